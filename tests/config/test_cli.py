"""The command line: help everywhere, one clear line and status 2 for nonsense."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from okno.config.cli import build_parser
from tests.config.conftest import okno
from tests.servers.installation import copy_of, free_port


@pytest.fixture
def desk_data(empty_desk: Path) -> Iterator[Path]:
    """A data folder at rest with an empty desk."""
    with copy_of(empty_desk) as data:
        yield data


def commands(parser: argparse.ArgumentParser, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield every command as its words, groups too."""
    yield path
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from commands(inner, *path, name)


@pytest.mark.parametrize("words", list(commands(build_parser())), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        build_parser().parse_args([*words, "--help"])
    assert leaving.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: {' '.join(['okno', *words])}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["upp"], "did you mean “up”?"),
        (["db", "stup", "x"], "did you mean “setup”?"),
        (["frobnicate"], "unknown: “frobnicate”; known: up, "),
        (["up", "--port", "99999"], "“99999” is not a port from 1 to 65535"),
        (["up", "--colour"], "not understood: --colour"),
        (["workspace", "create", "Name"], "--host"),
        (["db", "setup", "nonsense"], "ADMIN_URL must look like"),
        (["worker"], "Set OKNO_DATABASE_URL"),
    ],
)
def test_nonsense_gets_one_line_and_status_2(words: list[str], said: str) -> None:
    ended = okno(*words)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_variable_that_is_nonsense_is_named() -> None:
    ended = okno("up", OKNO_PORT="many")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert ended.stderr.startswith("okno: OKNO_PORT: ")


def test_a_database_that_does_not_answer_is_one_line() -> None:
    ended = okno("worker", OKNO_DATABASE_URL=f"postgresql://okno_app:x@127.0.0.1:{free_port()}/okno")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert "Connection refused" in ended.stderr


def test_check_does_not_make_what_it_examines(folder: Path) -> None:
    ended = okno("check", "--json", "--data", str(folder / "data"))
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["sections"][0]["state"] == "fail"
    assert not (folder / "data" / "postgres").exists()


@pytest.mark.faults
def test_commands_bring_their_database_and_take_it_away(desk_data: Path) -> None:
    data = ["--data", str(desk_data)]
    made = okno("workspace", "create", "Desk", "--host", "desk.example", "--json", *data)
    assert json.loads(made.stdout)["host"] == "desk.example", made.stderr
    again = okno("workspace", "create", "Desk", "--host", "desk.example", *data)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    asked = okno("psql", *data, "-At", "-c", "SELECT name FROM tenancy_workspace ORDER BY id")
    assert asked.stdout == "Okno\nDesk\n", asked.stderr
    found = okno("check", "--json", *data)
    states = {section["section"]: section["state"] for section in json.loads(found.stdout)["sections"]}
    assert found.returncode == 0
    mail = {"mail in", "mail out", "sending domains"}
    expected = {"database", "locale", "roles", "walls", "migrations", "disk", "clock"} | mail
    assert set(states) == expected
    assert not (desk_data / "postgres" / "postmaster.pid").exists()


@pytest.mark.faults
def test_check_finds_a_table_without_its_wall(desk_data: Path) -> None:
    data = str(desk_data)
    okno("psql", "--data", data, "-c", "ALTER TABLE tickets_ticket NO FORCE ROW LEVEL SECURITY")
    found = okno("check", "--json", "--data", data)
    walls = next(part for part in json.loads(found.stdout)["sections"] if part["section"] == "walls")
    assert found.returncode == 1
    assert (walls["state"], "tickets_ticket" in walls["words"]) == ("fail", True)
