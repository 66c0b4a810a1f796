"""What tests do to a desk from the terminal: `python -m tests.servers.desk_acts DATA FUNCTION JSON`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from okno.config.installation import locate, reached


def read_by_imap(*, address: str, port: int, user: str, password: str) -> str:
    """Let a mailbox be read from an IMAP server on this machine."""
    from okno.channels.email.first_connection import start_mailbox
    from okno.channels.email.mailboxes import MailboxSettings, update_mailbox
    from okno.channels.email.models import Mailbox
    from okno.lib.clock import current_time
    from okno.spine.actor import SYSTEM

    mailbox = Mailbox.objects.get(address=address)
    settings = MailboxSettings(
        address=address,
        name=mailbox.name,
        imap_host="127.0.0.1",
        imap_port=port,
        imap_security="none",
        imap_user=user,
        imap_password=password,
    )
    mailbox = update_mailbox(actor=SYSTEM, mailbox_id=mailbox.pk, settings=settings, now=current_time())
    if mailbox.awaits_window:
        start_mailbox(actor=SYSTEM, mailbox_id=mailbox.pk, window="all", now=current_time())
    return str(mailbox.pk)


def keep_mails(*, address: str, folder: str) -> str:
    """Store the files of a folder as mail to an address, in the order of their names."""
    from okno.channels.base import InboundMail
    from okno.channels.email.store import route_for, store_raw

    route = route_for(address)
    assert route is not None
    files = sorted(Path(folder).iterdir())
    for file in files:
        with file.open("rb") as opened:
            store_raw(route, opened, InboundMail(source="smtp"), file_name=file.name)
    return str(len(files))


def read_set_aside_again() -> str:
    """Let all mail that was set aside be read once more."""
    from okno.channels.email.models import RawMail
    from okno.reactors.intake.again import read_again
    from okno.spine.actor import SYSTEM

    return str(read_again(actor=SYSTEM, mails=RawMail.objects.filter(outcome="quarantined")))


ACTS: dict[str, Callable[..., str]] = {
    "keep_mails": keep_mails,
    "read_by_imap": read_by_imap,
    "read_set_aside_again": read_set_aside_again,
}


def main(data: str, name: str, values: dict[str, Any]) -> None:
    """Do one act in the first workspace of an installation."""
    with reached(locate(Path(data))):
        from okno.tenancy.queries import all_workspaces
        from okno.tenancy.scope import scope

        with scope(next(all_workspaces())):
            print(ACTS[name](**values))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3]))
