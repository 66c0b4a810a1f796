"""Reading a mailbox over IMAP is cut, killed and renumbered anywhere: nothing truncated, nothing lost, no doubles."""

from __future__ import annotations

import hashlib
import os
import pwd
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from okno.channels.email.fetcher import LeaseLost, MailboxFetcher, take_lease
from okno.channels.email.first_connection import start_mailbox
from okno.channels.email.imap_in import ImapFailure, ImapMailbox, Position
from okno.channels.email.imap_preview import preview
from okno.channels.email.imap_window import Window
from okno.channels.email.mailboxes import MailboxSettings, create_mailbox, imap_server
from okno.channels.email.models import Mailbox, RawMail
from okno.channels.email.store import Route
from okno.lib.clock import current_time
from okno.lib.stores import file_store, raw_store
from okno.spine.work import drain
from okno.tenancy.scope import scope
from okno.tickets.models import Ticket
from tests.channels.email.mail import simple
from tests.channels.email.test_imap_in import NEVER, Kept, settings_for
from tests.channels.email.test_kills import _DIE_BEFORE_THE_FLAG, run_until_killed
from tests.conftest import Shop
from tests.servers.chaos import ChaosProxy
from tests.servers.imap_server import PASSWORD, USER, Dovecot

pytestmark = pytest.mark.faults
SOAK = [pytest.mark.soak, pytest.mark.timeout(3600)]


@dataclass
class Desk:
    """A started mailbox of a committed workspace, and the server behind it."""

    route: Route
    imap: Dovecot
    data: Path

    def fetch(self, owner: str = "one", *, port: int | None = None) -> MailboxFetcher:
        """Read once, by way of another port if one is given; return the fetcher, whose lease is given up."""
        with scope(self.route.workspace_id):
            Mailbox.objects.update(imap_port=port or self.imap.port, fetch_until=None)
        assert take_lease(self.route, owner)
        fetcher = MailboxFetcher(self.route, owner)
        with scope(self.route.workspace_id):
            server = imap_server(Mailbox.objects.get(pk=self.route.mailbox_id))
        assert server is not None
        with ImapMailbox(server, timeout=5) as opened:
            fetcher._fetch(opened, threading.Event())
        return fetcher

    def hashes(self) -> list[str]:
        """Return the hash of every stored mail that is no duplicate; the bytes in the store must match it."""
        with scope(self.route.workspace_id):
            rows = list(RawMail.objects.exclude(outcome="duplicate").order_by("id"))
        for row in rows:
            content = raw_store().read(row.workspace_id, row.sha256)
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (row.sha256, row.size)
        return sorted(row.sha256 for row in rows)


@pytest.fixture
def desk(open_shop: Shop, tmp_path: Path, settings: Any) -> Iterator[Desk]:
    """Give a mailbox from which everything new is taken."""
    settings.DATA_DIR = tmp_path / "data"
    file_store.cache_clear()
    raw_store.cache_clear()
    with Dovecot() as imap:
        typed = MailboxSettings(
            address=USER,
            imap_host="127.0.0.1",
            imap_port=imap.port,
            imap_security="none",
            imap_user=USER,
            imap_password=PASSWORD,
        )
        with scope(open_shop.workspace):  # type: ignore[arg-type]
            boss: Any = open_shop.actor("administrator")
            mailbox = create_mailbox(actor=boss, settings=typed, now=open_shop.now)
            start_mailbox(actor=boss, mailbox_id=mailbox.pk, window="all", now=current_time())
        route = Route(workspace_id=mailbox.workspace_id, mailbox_id=mailbox.pk)
        yield Desk(route=route, imap=imap, data=tmp_path / "data")
    file_store.cache_clear()
    raw_store.cache_clear()


def mails(count: int, size: int = 200) -> list[bytes]:
    """Return different mails of different people as they stand on the server."""
    made = (
        simple(
            f"Body {number} " + "word " * (size // 5),
            Subject=f"Mail {number}",
            From=f"client{number}@client.example",
            Message_ID=f"<{number}@x>",
        )
        for number in range(count)
    )
    return [one.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for one in made]


def hashes_of(contents: list[bytes]) -> list[str]:
    return sorted(hashlib.sha256(one).hexdigest() for one in contents)


@pytest.mark.parametrize("step", [1_900, pytest.param(67, marks=SOAK)])
def test_cut_after_any_number_of_bytes(desk: Desk, step: int) -> None:
    """F11: nothing truncated is ever stored, and the next reading completes what is missing."""
    sent = [*mails(2, 300), *mails(3, 12_000)[2:]]
    desk.imap.deliver(*sent)
    whole = hashes_of(sent)
    cuts = 0
    for cut_after in range(400, 24_000, step):
        with scope(desk.route.workspace_id):
            RawMail.objects.all().delete()
            Mailbox.objects.update(uidvalidity=None, last_uid=0)
        client = desk.imap.client()
        client.store("1:*", "-FLAGS", r"(\Seen)")
        client.logout()
        with ChaosProxy(desk.imap.port, cut_after=cut_after) as proxy:
            try:
                desk.fetch(port=proxy.port)
            except ImapFailure:
                cuts += 1
                stored = desk.hashes()
                assert set(stored) <= set(whole), cut_after
                assert len(stored) == len(set(stored)), cut_after
        desk.fetch()
        assert desk.hashes() == whole, cut_after
    assert cuts > 3


@pytest.mark.parametrize("count", [60, pytest.param(5_000, marks=SOAK)])
def test_killed_before_the_flag_and_numbered_anew(desk: Desk, count: int) -> None:
    """F12: after a rescan of everything there is one ticket a mail."""
    sent = mails(count)
    desk.imap.deliver(*sent[:-1])
    desk.fetch()
    desk.imap.deliver(sent[-1])
    with scope(desk.route.workspace_id):
        Mailbox.objects.update(fetch_until=None)
    run_until_killed(_DIE_BEFORE_THE_FLAG, desk.data)
    assert desk.hashes() == hashes_of(sent)
    assert sum("Seen" not in flags for flags in desk.imap.flags()) == 1
    desk.imap.change_uidvalidity()
    desk.fetch()
    drain(RawMail, rounds=10_000)
    assert desk.hashes() == hashes_of(sent)
    with scope(desk.route.workspace_id):
        assert RawMail.objects.filter(outcome="duplicate").count() == count
        assert Ticket.objects.count() == count
    assert all("Seen" in flags for flags in desk.imap.flags())


def test_two_fetchers_and_one_lease_that_changes_hands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """F13: whoever has lost the lease stores no more; the other takes the rest, each mail once."""
    sent = mails(30)
    desk.imap.deliver(*sent)
    stored = MailboxFetcher.store
    taken: list[int] = []

    def lose_the_lease(self: MailboxFetcher, raw: BinaryIO, **where: Any) -> None:
        if self.owner == "one" and len(taken) == 7:
            with scope(desk.route.workspace_id):
                Mailbox.objects.update(fetch_owner="two", fetch_until=current_time().replace(year=2100))
        stored(self, raw, **where)
        taken.append(where["uid"])

    monkeypatch.setattr(MailboxFetcher, "store", lose_the_lease)
    with pytest.raises(LeaseLost):
        desk.fetch("one")
    assert len(desk.hashes()) == 7
    with scope(desk.route.workspace_id):
        assert not Mailbox.objects.filter(uidvalidity__isnull=False).exists()
    desk.fetch("two")
    assert desk.hashes() == hashes_of(sent)
    assert taken == list(range(1, 31))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_thousand_mails_are_seen_and_left_alone_in_little_memory() -> None:
    """The preview and a window over a mailbox of the size that a firm has after ten years."""
    with Dovecot() as imap:
        _fill(imap, 100_000)
        imap.client().logout()
        settings = settings_for(imap.port)
        tracemalloc.start()
        seen = preview(settings, folder="INBOX", now=current_time(), seconds=600)
        kept = Kept()
        window = Window(
            since=current_time(),
            takes_seen=True,
            connected_at=current_time(),
            first_uidvalidity=seen.uidvalidity,
            first_uid=seen.next_uid,
        )
        new = simple("New", Message_ID="<new@x>")
        imap.deliver(new)
        with ImapMailbox(settings) as mailbox:
            position = mailbox.fetch_new(Position(), kept, stop=NEVER, window=window)
            assert mailbox.fetch_new(position, kept, stop=NEVER, window=window) == position
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert seen.counts["all"].messages == 100_000
    assert len(seen.newest) == 20
    assert [content.replace(b"\r\n", b"\n") for content in kept.contents] == [new.replace(b"\r\n", b"\n")]
    assert peak < 24 * 1024**2


def _fill(imap: Dovecot, count: int) -> None:
    """Put mails of long ago into the inbox behind the server's back: by its own commands it would take minutes."""
    account = pwd.getpwnam(imap._user)
    folder = imap.root / "mail" / "cur"
    for name in ("cur", "new", "tmp"):
        (imap.root / "mail" / name).mkdir(exist_ok=True)
        os.chown(imap.root / "mail" / name, account.pw_uid, account.pw_gid)
    for number in range(count):
        path = folder / f"1000000000.M{number}.x:2,S"
        path.write_bytes(f"From: a@client.example\r\nSubject: Old {number}\r\n\r\nx\r\n".encode())
        os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
        os.chown(path, account.pw_uid, account.pw_gid)
