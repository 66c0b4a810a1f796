"""The documentation is true where a program can tell: generated pages, links, commands, search words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.docs.pages import DOCS, ROOT, pages

from okno.conditions import words
from okno.config.cli import build_parser

WRITTEN = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)|src(?:set)?=\"([^\"]+)\"")
FENCED = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|\$\()(?:\./)?okno ([^\n)|]+)", re.MULTILINE)


def test_generated_pages_are_current() -> None:
    stale = [name for name, text in pages().items() if (DOCS / name).read_text() != text]
    assert stale == [], "run: python -m tools.docs"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    found = [link or source for link, source in LINK.findall(page.read_text())]
    dead = [target for target in found if "://" not in target and not (page.parent / target).exists()]
    assert dead == []


def test_the_index_names_every_page() -> None:
    linked = {
        (DOCS / (link or source)).resolve() for link, source in LINK.findall((DOCS / "README.md").read_text())
    }
    listed_elsewhere = {path.resolve() for path in (DOCS / "adr").glob("*.md")}
    assert {path.resolve() for path in DOCS.rglob("*.md")} - {DOCS / "README.md"} <= linked | listed_elsewhere


def commands_of(page: Path) -> Iterator[list[str]]:
    """Yield the words after `okno` of every command that a page shows."""
    for block in FENCED.findall(page.read_text()):
        for said in COMMAND.findall(block):
            yield shlex.split(said, comments=True)


def test_every_command_shown_is_understood() -> None:
    shown = [(page, command) for page in WRITTEN for command in commands_of(page)]
    assert len(shown) >= 15
    for page, command in shown:
        assert is_understood(command), f"{page}: okno {shlex.join(command)}"


def is_understood(command: list[str]) -> bool:
    """Tell whether the command line takes it; only `test` and `psql` hand words on."""
    try:
        _, rest = build_parser().parse_known_args(command)
    except SystemExit as error:
        return error.code == 0
    return not rest or command[0] in {"test", "psql"}


def test_every_search_word_shown_is_understood(shop: object) -> None:
    from okno.team.models import Team
    from okno.team.queries import default_desk
    from okno.tickets.fields import ticket_fields

    Team.objects.create(desk=default_desk(), name="Second line")
    page = (DOCS / "user" / "search-words.md").read_text()
    rows = [line for line in page.split("## Fields")[0].splitlines() if line.startswith("| `")]
    shown = [typed for row in rows for typed in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    assert len(shown) > 10
    view = ticket_fields(shop.workspace)  # type: ignore[attr-defined]
    for typed in shown:
        parsed = words.parse(typed, view)
        assert parsed.mistakes == (), typed
        assert parsed.tokens or parsed.text, typed
