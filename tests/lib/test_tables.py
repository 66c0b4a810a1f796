"""Tables in files: encodings, separators, workbooks, and what is no table."""

from __future__ import annotations

import random
import zipfile
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from okno.lib import tables
from okno.lib.tables import BadTable, plain_cell, read_table, safe_cell


def write(folder: Path, data: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_text_is_read_in_any_encoding_and_with_any_separator(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    lines = ["Имя;Почта", '"Соколова; ""Марина""";ms@log.example', "", "Олег;", ""]
    text = "\r\n".join(lines).replace(";", delimiter)
    table = read_table(write(tmp_path, text.encode(encoding)))
    assert table.columns == ["Имя", "Почта"]
    assert table.rows == [
        (2, [f'Соколова{delimiter} "Марина"', "ms@log.example"]),
        (4, ["Олег", ""]),
    ]


def test_a_western_text_stays_western(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "Name;City\nJosé Ñuñez;Köln, Übersee\n".encode("cp1252")))
    assert table.rows == [(2, ["José Ñuñez", "Köln, Übersee"])]


def test_a_workbook_is_read_as_it_shows(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        [None],
        ["Name", "Phone", "VIP", "Since", None],
        ["Nora", 79123456789, True, date(2026, 1, 2), "beyond the heads"],
        [None, None],
        ["=1+1", 7.5, False, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "0f3a")
    table = read_table(tmp_path / "0f3a")
    assert table.columns == ["Name", "Phone", "VIP", "Since"]
    assert table.rows[0] == (3, ["Nora", "79123456789", "yes", "2026-01-02T00:00:00"])
    # A formula that was never computed has no value; it is not evaluated.
    assert table.rows[1] == (5, ["", "7.5", "no", ""])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\n\n;;\n", "empty"),
        (b"Name\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old_excel"),
        (b"PK\x03\x04 but no archive", "broken"),
        (b"Name\x00;Phone\nNora\x00;1\n", "binary"),
        (b'Name\n"' + b"x" * 200_000, "broken"),
    ],
)
def test_what_is_no_table_is_refused_and_says_why(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(BadTable, match=why):
        read_table(write(tmp_path, data))


def test_what_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROW_LIMIT", 3)
    with pytest.raises(BadTable, match="rows"):
        read_table(write(tmp_path, b"Name\n" + b"Nora\n" * 4))
    monkeypatch.setattr(tables, "SIZE_LIMIT", 10)
    with pytest.raises(BadTable, match="large"):
        read_table(write(tmp_path, b"Name\n" + b"Nora\n" * 4))


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "UNPACKED_LIMIT", 1_000_000)
    bomb = packed(tmp_path / "bomb.xlsx", {"xl/worksheets/sheet1.xml": b"0" * 2_000_000})
    assert bomb.stat().st_size < 10_000
    with pytest.raises(BadTable, match="large"):
        read_table(bomb)
    many = packed(tmp_path / "many.xlsx", {f"part{number}": b"" for number in range(501)})
    with pytest.raises(BadTable, match="large"):
        read_table(many)


def test_entities_of_a_workbook_are_not_expanded(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "plain.xlsx")
    with zipfile.ZipFile(tmp_path / "plain.xlsx") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
    )
    with pytest.raises(BadTable, match="broken"):
        read_table(packed(tmp_path / "entities.xlsx", members))


def test_a_row_far_away_ends_the_sheet(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["A1048576"] = "Name", "Nora", "Far"
    book.save(tmp_path / "far.xlsx")
    assert read_table(tmp_path / "far.xlsx").rows == [(2, ["Nora"])]


def test_any_bytes_are_a_table_or_refused(tmp_path: Path) -> None:
    chance = random.Random(7)
    book = Workbook()
    book.save(tmp_path / "book.xlsx")
    good = (tmp_path / "book.xlsx").read_bytes()
    for _round in range(60):
        data = bytearray(good)
        for _change in range(20):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_table(write(tmp_path, bytes(data)))
        except BadTable:
            continue


@pytest.mark.parametrize("cell", ["=1+1", "+79123456789", "-1", "@SUM(A1)", "\tx", "plain", "'quoted", ""])
def test_a_cell_comes_back_as_it_went_out(cell: str) -> None:
    assert not safe_cell(cell).startswith(("=", "+", "-", "@", "\t"))
    assert plain_cell(safe_cell(cell)) == cell
