"""The whole corpus by a real IMAP server: every mail ends in one visible outcome, none is lost or doubled."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator

import psutil
import pytest

from okno.channels.email.fetcher import MailboxFetcher
from okno.channels.email.first_connection import start_mailbox
from okno.channels.email.mailboxes import MailboxSettings, create_mailbox
from okno.channels.email.models import Mailbox, RawMail
from okno.channels.email.parse import parse_message
from okno.channels.email.store import Route
from okno.lib.stores import raw_store
from okno.spine.work import drain
from okno.tenancy.scope import scope
from okno.tickets.models import Ticket
from tests.channels.email.corpus import corpus
from tests.channels.email.mail import simple
from tests.conftest import Shop
from tests.servers.imap_server import PASSWORD, USER, ImapServer, make_imap_server

MEMORY_BYTES = 300 * 1024 * 1024
TRIES = 600


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with make_imap_server() as server:
        yield server


@pytest.fixture
def route(open_shop: Shop, imap: ImapServer) -> Route:
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
        # They are all of one sender.
        Mailbox.objects.filter(pk=mailbox.pk).update(sender_hour_limit=0)
    return Route(workspace_id=mailbox.workspace_id, mailbox_id=mailbox.pk)


def fetch(route: Route, *, count: int) -> None:
    """Read the mailbox until all its mails are stored."""
    stop, pause = threading.Event(), threading.Event()
    thread = threading.Thread(target=MailboxFetcher(route, "test").run, args=(stop,))
    thread.start()
    try:
        for _ in range(TRIES):
            with scope(route.workspace_id):
                if RawMail.objects.count() >= count:
                    return
            pause.wait(0.1)
        pytest.fail("not all mail was fetched")
    finally:
        stop.set()
        thread.join(30)


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_every_mail_of_the_corpus_ends_in_one_outcome(route: Route, imap: ImapServer) -> None:
    cases = corpus()
    imap.deliver(*(case.raw for case in cases), simple("the last one", Message_ID="<last@example.org>"))
    before = psutil.Process().memory_info().rss
    fetch(route, count=len(cases) + 1)
    drain(RawMail)
    with scope(route.workspace_id):
        rows = list(RawMail.objects.order_by("uid"))
        outcomes = Counter(row.outcome for row in rows)
        assert len(rows) == len(cases) + 1
        assert set(outcomes) == {RawMail.Outcome.OPENED}, outcomes
        # Each has a ticket of its own, and what came is still there byte by byte.
        assert Ticket.objects.count() == len(rows)
        assert len({row.ticket_number for row in rows}) == len(rows)
        store = raw_store()
        for row in rows:
            raw = store.path(row.workspace_id, row.sha256).read_bytes()
            assert row.subject == parse_message(raw).subject[:500]
    assert psutil.Process().memory_info().rss - before < MEMORY_BYTES
