"""Workers that are killed at the worst moment lose nothing and double only what SMTP cannot help."""

import subprocess
import sys
from pathlib import Path

import pytest

from okno.channels.email.first_connection import start_mailbox
from okno.channels.email.mailboxes import MailboxSettings, create_mailbox
from okno.channels.email.models import Mailbox, OutgoingMail, RawMail
from okno.channels.email.parse import parse_message
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.channels.email.mail import simple
from tests.conftest import Shop
from tests.servers.imap_server import PASSWORD, USER, ImapServer
from tests.servers.smtp_relay import SmtpRelay

pytestmark = pytest.mark.faults

_SET_UP = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "okno.config.settings"
django.setup()
def die(*_args, **_values):
    os.kill(os.getpid(), 9)
"""
_DIE_BEFORE_THE_MARK = """
from okno.channels.email import sender
from okno.channels.email.models import OutgoingMail
from okno.spine.work import drain
sender._settle = die
drain(OutgoingMail)
"""
_DIE_BEFORE_THE_FLAG = """
import threading
from okno.channels.email import fetcher, imap_in
plain = imap_in.ImapMailbox._take
def take(self, uid, uidvalidity, store, **kind):
    self._mailbox.client.uid = lambda command, *words: die() if command == "STORE" else real(command, *words)
    return plain(self, uid, uidvalidity, store, **kind)
def first_take(self, uid, uidvalidity, store, **kind):
    global real
    real = self._mailbox.client.uid
    imap_in.ImapMailbox._take = take
    return take(self, uid, uidvalidity, store, **kind)
imap_in.ImapMailbox._take = first_take
fetcher.serve(threading.Event())
"""


def run_until_killed(script: str, data_dir: Path) -> None:
    import os

    environment = os.environ | {"OKNO_DATA": str(data_dir), "PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(
        [sys.executable, "-c", _SET_UP + script],
        env=environment,
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert result.returncode == -9, result.stderr.decode()


def test_killed_between_the_relays_ok_and_our_mark(open_shop: Shop, relay: SmtpRelay, data_dir: Path) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        mailbox = open_shop.mailbox()
        Mailbox.objects.update(smtp_host="127.0.0.1", smtp_port=relay.port, smtp_security="none")
        mail = OutgoingMail.objects.create(
            mailbox=mailbox,
            purpose="reply",
            message_id="<okno-killed@okno.example>",
            from_address="support@okno.example",
            to=[{"address": "a@example.org", "name": ""}],
            subject="Re: Printer",
            text="It works now.",
        )
    run_until_killed(_DIE_BEFORE_THE_MARK, data_dir)
    assert len(relay.delivered) == 1
    assert drain(OutgoingMail) == 0, "the lease of the killed worker still holds"
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        OutgoingMail.objects.update(lease_until="2000-01-01T00:00:00Z")
    drain(OutgoingMail)
    drain(OutgoingMail)
    first, second = relay.delivered
    assert first.data == second.data
    assert parse_message(first.data).message_id == mail.message_id
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert OutgoingMail.objects.get(pk=mail.pk).state == "done"


def test_killed_between_storing_and_marking_a_fetched_mail(
    open_shop: Shop, imap: ImapServer, data_dir: Path
) -> None:
    typed = MailboxSettings(
        address=USER,
        imap_host="127.0.0.1",
        imap_port=imap.port,
        imap_security="none",
        imap_user=USER,
        imap_password=PASSWORD,
    )
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        actor = open_shop.actor("administrator")
        mailbox = create_mailbox(actor=actor, settings=typed, now=open_shop.now)  # type: ignore[arg-type]
        start_mailbox(actor=actor, mailbox_id=mailbox.pk, window="all", now=open_shop.now)  # type: ignore[arg-type]
    imap.deliver(*[simple(f"mail {number}", Message_ID=f"<{number}@x>") for number in range(3)])
    for done in (1, 2, 3):
        run_until_killed(_DIE_BEFORE_THE_FLAG, data_dir)
        with scope(open_shop.workspace):  # type: ignore[arg-type]
            assert list(RawMail.objects.order_by("uid").values_list("uid", flat=True)) == list(
                range(1, done + 1)
            )
            Mailbox.objects.update(fetch_until="2000-01-01T00:00:00Z")
