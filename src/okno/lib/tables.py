"""Tables in files that people bring: CSV in any usual encoding and with any usual separator, and XLSX.

Bytes from outside: sizes, rows, columns, cells and what a packed file unpacks to are limited, and nothing is evaluated.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

SIZE_LIMIT = 10 * 1024 * 1024
UNPACKED_LIMIT = 100 * 1024 * 1024
MEMBERS_LIMIT = 500
ROW_LIMIT = 50_000
COLUMN_LIMIT = 60
CELL_LENGTH = 10_000
_EMPTY_ROWS = 1000
"""So many empty rows in a row end a sheet: programs write rows that are not there."""
_DELIMITERS = ";,\t|"
_CYRILLIC, _CYRILLIC_WORD = re.compile("[а-яё]", re.IGNORECASE), re.compile("[а-яё]{2,}", re.IGNORECASE)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class BadTable(ValueError):
    """Say why a file is no table that can be read: `empty`, `large`, `rows`, `old_excel`, `binary` or `broken`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The heads of the columns, and the rows that are not empty, each with its number in the file."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]


def read_table(path: Path) -> Table:
    """Read a file as a table whose first row that is not empty has the heads. Raises BadTable."""
    if path.stat().st_size > SIZE_LIMIT:
        raise BadTable("large")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(_OLE):
        raise BadTable("old_excel")
    rows = _workbook(path) if head.startswith(_ZIP) else _text(path.read_bytes())
    return _table(rows)


def safe_cell(text: str) -> str:
    """Return a cell for CSV that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def plain_cell(text: str) -> str:
    """Return a cell as it was before `safe_cell`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _table(rows: Iterable[tuple[int, Sequence[str]]]) -> Table:
    filled = ((number, cells) for number, cells in rows if any(cells))
    _number, heads = next(filled, (0, ()))
    if not heads:
        raise BadTable("empty")
    width = max((place + 1 for place, head in enumerate(heads) if head), default=0)
    found: list[tuple[int, list[str]]] = []
    for number, cells in filled:
        if len(found) == ROW_LIMIT:
            raise BadTable("rows")
        found.append((number, [*cells[:width], *[""] * (width - len(cells))]))
    if not found:
        raise BadTable("empty")
    return Table(columns=list(heads[:width]), rows=found)


def _text(data: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(data)
    if "\x00" in text:
        raise BadTable("binary")
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    try:
        for cells in reader:
            yield reader.line_num, [_cell(cell) for cell in cells[:COLUMN_LIMIT]]
    except csv.Error as error:
        raise BadTable("broken") from error


def _decoded(data: bytes) -> str:
    """Decode by the byte order mark, as UTF-8, or as what a Russian or a western machine writes otherwise."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        russian = data.decode("cp1251", errors="replace")
        letters = len(_CYRILLIC.findall(russian))
        in_words = sum(map(len, _CYRILLIC_WORD.findall(russian)))
        # Western accents stand alone between other letters; Russian letters stand together.
        return russian if in_words * 2 > letters else data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """Return the separator that divides the first lines most, and evenly."""
    sample = "".join(islice(StringIO(text), 20))

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(StringIO(sample), delimiter=delimiter) if cells]
        except csv.Error:
            return (0, 0)
        return (min(widths, default=0), -len(set(widths)))

    return max(_DELIMITERS, key=score)


def _workbook(path: Path) -> Iterator[tuple[int, list[str]]]:
    _refuse_bomb(path)
    try:
        # An open file, because of a path the library believes the name's end.
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet: Any = book.active or book.worksheets[0]
            # What a file says of its size is not to be believed.
            sheet.reset_dimensions()
            empty = 0
            for number, cells in enumerate(sheet.iter_rows(max_col=COLUMN_LIMIT, values_only=True), 1):
                row = [_cell(_words(cell)) for cell in cells]
                empty = 0 if any(row) else empty + 1
                if empty > _EMPTY_ROWS:
                    break
                yield number, row
            book.close()
    except (
        InvalidFileException, zipfile.BadZipFile, DefusedXmlException, ParseError, SyntaxError,
        KeyError, ValueError, IndexError, TypeError, AttributeError, EOFError, OSError, OverflowError, zlib.error,
    ) as error:  # fmt: skip
        if isinstance(error, BadTable):
            raise
        raise BadTable("broken") from error


def _refuse_bomb(path: Path) -> None:
    """Refuse a packed file that unpacks to too much, by what is really in it and not by what it says."""
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
            if len(members) > MEMBERS_LIMIT:
                raise BadTable("large")
            left = UNPACKED_LIMIT
            for member in members:
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise BadTable("broken")
                with packed.open(member) as file:
                    while piece := file.read(1024 * 1024):
                        left -= len(piece)
                        if left < 0:
                            raise BadTable("large")
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, OverflowError
    ) as error:  # fmt: skip
        raise BadTable("broken") from error


def _words(value: object) -> str:
    """Return what a cell of a workbook shows."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer() and abs(value) < 1e16:
            return str(int(value))
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)


def _cell(text: str) -> str:
    text = "".join(character for character in text if character.isprintable() or character in "\n\t")
    return plain_cell(text.strip())[:CELL_LENGTH]
