"""Each house rule finds what it is for, and lets be what it is not for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.lint.rules import RULES


def broken(path: str, text: str) -> list[str]:
    return [rule.__name__ for rule in RULES for _ in rule(Path(path), text)]


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        ("is_named_well", "src/okno/tickets/helpers.py", ""),
        ("is_finished", "src/okno/tickets/open.py", "# TODO: later"),
        ("has_nothing_inline", "src/okno/ui/templates/a.html", '<p style="color:red">'),
        ("has_nothing_inline", "src/okno/ui/templates/a.html", "<script>alert(1)</script>"),
        ("has_nothing_inline", "src/okno/ui/templates/a.html", '<button onclick="go()">'),
        ("sets_locally", "src/okno/a.py", "x = \"SET okno.workspace_id = '1'\""),
        ("asks_by_the_orm", "src/okno/a.py", "Ticket.objects.raw('SELECT 1')"),
        ("is_told_the_time", "src/okno/tickets/a.py", "from django.utils import timezone\ntimezone.now()"),
    ],
)
def test_finds(rule: str, path: str, text: str) -> None:
    assert broken(path, text) == [rule]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/okno/tickets/open.py", "# Everything is done."),
        ("src/okno/reactors/templates/mail/a.html", '<p style="color:red">'),
        (
            "src/okno/ui/templates/a.html",
            '<script src="a.js"></script><script type="application/json">{}</script>',
        ),
        ("src/okno/a.py", "x = \"SET LOCAL okno.workspace_id = '1'\""),
        ("src/okno/a.py", "x = 'Set the address of the mailbox'"),
        ("src/okno/a.py", "message.raw()"),
        ("src/okno/lib/clock.py", "from django.utils import timezone\ntimezone.now()"),
    ],
)
def test_lets_be(path: str, text: str) -> None:
    assert broken(path, text) == []
