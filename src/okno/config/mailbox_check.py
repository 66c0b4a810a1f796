"""What `okno check` says of every mailbox: the same as the page of mailboxes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from okno.channels.email.health import MailboxHealth, mailbox_health
from okno.lib.clock import current_time
from okno.tenancy.queries import all_workspaces
from okno.tenancy.scope import scope

# States whose own word says too little.
_STATES = {
    "held": "held until released",
    "new": "not tried yet",
    "nowhere": "without a server",
    "silent": "not looked at for long",
    "smtp": "by smtp",
    "waiting": "not begun",
}

MailboxAnswer = tuple[str, bool, str, dict[str, Any]]


def mailbox_answers() -> Iterator[MailboxAnswer]:
    """Yield of each mailbox of each workspace its address, whether it is well, words, and details for programs."""
    now = current_time()
    for workspace in list(all_workspaces()):
        with scope(workspace):
            found = [
                (health.mailbox.address, health.is_well, _words(health), health.as_dict())
                for health in mailbox_health(now=now)
            ]
        for address, is_well, words, details in found:
            yield address, is_well, words, {"workspace": workspace.name, **details}


def _words(health: MailboxHealth) -> str:
    box = health.mailbox
    parts = [
        _direction("receiving", health.receiving, box.fetch_failing_since),
        f"last mail {_short(health.last_mail_at)}" if health.last_mail_at else "no mail yet",
        f"{health.unread} to be read",
        _direction("sending", health.sending, box.send_failing_since),
        f"last sent {_short(box.sent_at)}" if box.sent_at else "nothing sent yet",
        f"{health.outgoing} in the outbox",
        f"{health.quarantined} quarantined" if health.quarantined else "",
        f"consent {health.consent}" if health.consent != "none" else "",
        *(() if health.receiving == "off" else health.advice),
    ]
    return "; ".join(part for part in parts if part)


def _direction(name: str, state: str, since: datetime | None) -> str:
    words = f"{name} {_STATES.get(state, state)}"
    return f"{words} since {_short(since)}" if state == "failing" and since else words


def _short(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
