"""`okno mail parse` and `okno html clean`: for scripts, without a desk, and no file stops the next one."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from okno.config.cli import main
from tests.channels.email.mail import raw

KEYS = [
    "file",
    "message_id",
    "subject",
    "from",
    "to",
    "cc",
    "reply_to",
    "date",
    "in_reply_to",
    "references",
    "text",
    "html",
    "reply_text",
    "signature",
    "attachments",
    "auto_reply",
    "bounces",
    "complaint",
    "may_answer",
    "problems",
]


def answers(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.eml"
    path.write_bytes(
        raw(
            """
            Message-ID: <one@example.org>
            From: =?utf-8?B?0JjQstCw0L0=?= <Ivan@Example.org>
            To: Support <support@okno.example>
            Date: Mon, 3 Nov 2025 10:11:12 +0300
            In-Reply-To: <zero@okno.example>
            References: <a@x> <zero@okno.example>
            Subject: Printer
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/html

            <p>Hello<script>alert(1)</script></p>
            --b
            Content-Type: text/csv; name=a.csv

            1;2
            --b--
            """
        )
    )
    return path


def test_every_key_that_scripts_rely_on(letter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail", "parse", str(letter), "--json"]) == 0
    (answer,) = answers(capsys)
    assert list(answer) == KEYS
    assert answer == {
        "file": str(letter),
        "message_id": "<one@example.org>",
        "subject": "Printer",
        "from": {"name": "Иван", "address": "Ivan@Example.org"},
        "to": [{"name": "Support", "address": "support@okno.example"}],
        "cc": [],
        "reply_to": [],
        "date": "2025-11-03T10:11:12+03:00",
        "in_reply_to": "<zero@okno.example>",
        "references": ["<a@x>", "<zero@okno.example>"],
        "text": "Hello",
        "html": "<p>Hello</p>",
        "reply_text": "Hello",
        "signature": None,
        "attachments": [
            {
                "filename": "a.csv",
                "content_type": "text/csv",
                "size": 3,
                "sha256": "cbf6d3a344b6cdc05893f974cbab31c42bdafe2bf0acee2aa8f02f834e53a160",
                "inline": False,
                "content_id": None,
            }
        ],
        "auto_reply": False,
        "bounces": [],
        "complaint": False,
        "may_answer": True,
        "problems": [],
    }


def test_a_hostile_file_is_one_answer_among_others(
    letter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = tmp_path / "deep.eml"
    hostile.write_bytes(b"Content-Type: text/html\r\n\r\n" + b"<div>" * 80_000)
    assert main(["mail", "parse", str(hostile), str(letter), "--json"]) == 0
    refused, read = answers(capsys)
    assert list(refused) == KEYS
    assert refused["problems"] == ["html_too_deep"]
    assert refused["from"] is None
    assert refused["may_answer"] is False
    assert read["subject"] == "Printer"


def test_a_file_that_cannot_be_opened_is_said_and_the_next_is_read(
    letter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mail", "parse", str(tmp_path / "none"), str(tmp_path), str(letter), "--json"]) == 1
    said = capsys.readouterr()
    assert [json.loads(line)["problems"] for line in said.out.splitlines()] == [["unreadable"]] * 2 + [[]]
    assert "No such file" in said.err


def test_words_for_people(letter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mail", "parse", str(letter)]) == 0
    shown = capsys.readouterr().out
    assert "Иван <Ivan@Example.org>" in shown
    assert "a.csv (text/csv, 3 bytes)" in shown


def test_names_from_input_are_answered_one_by_one_without_any_settings(letter: Path, tmp_path: Path) -> None:
    """Run as a stranger's script would: no database, no data folder, an empty environment."""
    process = subprocess.Popen(
        [sys.executable, "-m", "okno.config.cli", "mail", "parse", "-", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        cwd=tmp_path,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for _ in range(3):
        process.stdin.write(os.fsencode(letter) + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["subject"] == "Printer"
    process.stdin.close()
    assert process.wait(timeout=30) == 0
    process.stdout.close()
    assert [path.name for path in tmp_path.iterdir()] == [letter.name]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<p>Добрый день</p>".encode(), "<p>Добрый день</p>"),
        ("<meta charset=windows-1251><p>Добрый день</p>".encode("cp1251"), "<p>Добрый день</p>"),
        ("<p>Добрый день</p>".encode("utf-16"), "<p>Добрый день</p>"),
        (b"<p onclick=x>a<script>b</script></p>", "<p>a</p>"),
        (b"<div>" * 50_000, ""),
    ],
)
def test_html_is_shown_harmless(
    content: bytes, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(content)
    assert main(["html", "clean", str(page), "--json"]) == 0
    assert answers(capsys) == [{"file": str(page), "html": expected}]


def test_html_names_from_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"<b>x</b>")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{page}\n\n{page}\n".encode())))
    assert main(["html", "clean", "-", "--json"]) == 0
    assert [answer["html"] for answer in answers(capsys)] == ["<b>x</b>"] * 2
