"""A mailbox that has just been connected: seen before it is taken, and silent until it is released."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from okno.channels.email import first_connection, imap_listing, imap_preview
from okno.channels.email.fetcher import MailboxFetcher, readable_mailboxes, take_lease
from okno.channels.email.first_connection import ask_preview, hold_mailbox, preview_of, start_mailbox
from okno.channels.email.imap_in import ImapFailure, ImapMailbox, Position
from okno.channels.email.imap_preview import Preview, preview
from okno.channels.email.imap_window import Listed, Window, read_listed
from okno.channels.email.mailboxes import MailboxSettings, create_mailbox, update_mailbox
from okno.channels.email.models import Mailbox, MailboxLookup, OutgoingMail, RawMail
from okno.channels.email.sender import send_mail
from okno.channels.email.store import Route
from okno.lib.clock import current_time
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.models import Event
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.channels.email.mail import simple
from tests.channels.email.test_imap_in import NEVER, Kept, settings_for
from tests.conftest import Shop
from tests.servers.imap_server import PASSWORD, USER, Dovecot, ImapServer

AGES = {"hour": 1, "days": 3 * 24, "weeks": 20 * 24, "years": 700 * 24}


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """Give a server that keeps the moments that mail is delivered with."""
    with Dovecot() as server:
        yield server


def deliver_aged(server: ImapServer, now: datetime, *, flags: str = "") -> None:
    """Put one mail of each age into the inbox."""
    client = server.client()
    for name, hours in AGES.items():
        received = now - timedelta(hours=hours)
        mail = simple(name, Subject=f"Aged {name}", Message_ID=f"<{name}{flags.strip(chr(92))}@x>")
        kind, answer = client.append("INBOX", flags, received, mail)  # type: ignore[arg-type]
        assert kind == "OK", answer
    client.logout()


def typed_for(port: int) -> MailboxSettings:
    return MailboxSettings(
        address=USER,
        imap_host="127.0.0.1",
        imap_port=port,
        imap_security="none",
        imap_user=USER,
        imap_password=PASSWORD,
    )


@pytest.fixture
def connected(open_shop: Shop, dovecot: Dovecot) -> Mailbox:
    """Give a mailbox that was connected a moment ago."""
    deliver_aged(dovecot, open_shop.now)
    deliver_aged(dovecot, open_shop.now, flags="\\Seen")
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        actor: Any = open_shop.actor("administrator")
        return create_mailbox(actor=actor, settings=typed_for(dovecot.port), now=open_shop.now)


def again(mailbox: Mailbox) -> Mailbox:
    with scope(mailbox.workspace_id):
        row: Mailbox = Mailbox.objects.get(pk=mailbox.pk)
    return row


def fetch(mailbox: Mailbox) -> list[tuple[str, bool]]:
    """Fetch once, and return the name of each stored mail with whether it is an import."""
    route = Route(workspace_id=mailbox.workspace_id, mailbox_id=mailbox.pk)

    assert take_lease(route, "test")
    stop = threading.Event()
    fetcher = MailboxFetcher(route, "test")
    fetcher.server = first_connection.imap_server(again(mailbox))
    assert fetcher.server is not None
    with ImapMailbox(fetcher.server) as opened:
        fetcher._fetch(opened, stop)
    from okno.lib.stores import raw_store

    with scope(mailbox.workspace_id):
        rows = list(RawMail.objects.order_by("uid"))
    names = []
    for row in rows:
        content = raw_store().read(row.workspace_id, row.sha256).decode()
        names.append(
            (content.partition("Subject: ")[2].split("\r\n")[0].removeprefix("Aged "), row.is_import)
        )
    return names


def start(shop: Shop, mailbox: Mailbox, window: str, **values: Any) -> Mailbox:
    with scope(mailbox.workspace_id):
        actor: Any = shop.actor("administrator")
        return start_mailbox(actor=actor, mailbox_id=mailbox.pk, window=window, now=current_time(), **values)


def look(shop: Shop, mailbox: Mailbox) -> MailboxLookup:
    with scope(mailbox.workspace_id):
        preview_of(mailbox, now=current_time())
    drain(MailboxLookup)
    with scope(mailbox.workspace_id):
        return preview_of(mailbox, now=current_time())


def test_a_new_mailbox_is_silent_and_not_fetched(open_shop: Shop, connected: Mailbox) -> None:
    assert (connected.is_released, connected.awaits_window) == (False, True)
    assert readable_mailboxes() == []
    assert not take_lease(Route(workspace_id=connected.workspace_id, mailbox_id=connected.pk), "one")


def test_the_preview_counts_and_shows_and_marks_nothing(
    open_shop: Shop, connected: Mailbox, dovecot: Dovecot
) -> None:
    before = dovecot.flags()
    known = look(open_shop, connected)
    assert not known.is_pending
    seen = Preview.from_json(known.answer)
    counts = {name: (count.messages, count.unseen) for name, count in seen.counts.items()}
    assert counts == {"day": (2, 1), "week": (4, 2), "month": (6, 3), "all": (8, 4)}
    assert not any(count.is_more for count in seen.counts.values())
    assert [mail.subject for mail in seen.newest][::2] == [f"Aged {name}" for name in AGES]
    assert sorted(mail.is_seen for mail in seen.newest) == [False] * 4 + [True] * 4
    assert seen.newest[0].received_at[:10] == (open_shop.now - timedelta(hours=1)).date().isoformat()
    assert dovecot.flags() == before


@pytest.mark.parametrize(
    ("window", "takes_seen", "expected"),
    [
        ("new", False, []),
        ("day", False, ["hour"]),
        ("week", True, ["hour", "days"] * 2),
        ("month", False, ["hour", "days", "weeks"]),
        ("all", False, list(AGES)),
        ("all", True, list(AGES) * 2),
    ],
)
@pytest.mark.parametrize("is_looked_at", [True, False])
def test_a_window_takes_what_it_says_and_all_that_comes_after(
    *,
    open_shop: Shop,
    connected: Mailbox,
    dovecot: Dovecot,
    window: str,
    takes_seen: bool,
    expected: list[str],
    is_looked_at: bool,
) -> None:
    if is_looked_at:
        look(open_shop, connected)
    start(open_shop, connected, window, takes_seen=takes_seen)
    dovecot.deliver(simple("x", Subject="Came later", Message_ID="<later@x>"), flags="\\Seen")
    came = fetch(connected)
    assert came == [*[(name, True) for name in expected], ("Came later", False)]
    dovecot.deliver(simple("x", Subject="Even later", Message_ID="<even@x>"))
    assert fetch(connected) == [*came, ("Even later", False)]
    if expected == []:
        assert sum("Seen" in flags for flags in dovecot.flags()) == len(AGES) + 2, "old mail is not marked"


def test_another_numbering_brings_nothing_old(open_shop: Shop, connected: Mailbox, dovecot: Dovecot) -> None:
    look(open_shop, connected)
    start(open_shop, connected, "week")
    dovecot.deliver(simple("x", Subject="Came later", Message_ID="<later@x>"))
    before = fetch(connected)
    assert before == [("hour", True), ("days", True), ("Came later", False)]
    dovecot.change_uidvalidity()
    after = fetch(connected)
    with scope(connected.workspace_id):
        rows = RawMail.objects.exclude(outcome="duplicate").count()
    assert rows == len(before)
    assert {name for name, _ in after} == {name for name, _ in before}


def test_stopped_in_mid_rescan_the_window_still_holds(dovecot: Dovecot, now: datetime) -> None:
    deliver_aged(dovecot, now)
    dovecot.deliver(*[simple("x", Message_ID=f"<{number}@x>") for number in range(2)])
    stop = threading.Event()

    class StopsAfterOne(Kept):
        def store(self, *args: Any, **values: Any) -> None:
            super().store(*args, **values)
            stop.set()

    window = Window(since=now - timedelta(days=5), connected_at=now)
    before = Position(uidvalidity=1, last_uid=99)
    kept = StopsAfterOne()
    with ImapMailbox(settings_for(dovecot.port)) as mailbox:
        assert mailbox.fetch_new(before, kept, stop=stop, window=window) == before
        assert [uid for _, uid in kept.mails] == [1]
        after = mailbox.fetch_new(before, kept, stop=NEVER, window=window)
    assert ([uid for _, uid in kept.mails], kept.imports) == ([1, 2, 5, 6], [1, 2])
    assert after.last_uid == 6


def test_what_comes_between_the_look_and_the_start_is_new(
    open_shop: Shop, connected: Mailbox, dovecot: Dovecot
) -> None:
    look(open_shop, connected)
    dovecot.deliver(simple("x", Subject="Between", Message_ID="<b@x>"))
    start(open_shop, connected, "new")
    assert fetch(connected) == [("Between", False)]


def test_starting_forgets_subjects_and_happens_once(open_shop: Shop, connected: Mailbox) -> None:
    look(open_shop, connected)
    started = start(open_shop, connected, "day")
    assert (started.awaits_window, started.is_released, started.first_uid) == (False, False, 9)
    with scope(connected.workspace_id):
        assert not MailboxLookup.objects.exists()
        assert Event.objects.filter(type="mailbox.started").count() == 1
        actor: Any = open_shop.actor("administrator")
        with pytest.raises(Conflict):
            start_mailbox(actor=actor, mailbox_id=connected.pk, window="all", now=open_shop.now)
        with pytest.raises(Conflict):
            ask_preview(actor=actor, mailbox_id=connected.pk)
    assert again(connected).import_since == started.import_since


def test_refusals_leave_the_mailbox_as_it_was(open_shop: Shop, connected: Mailbox) -> None:
    with scope(connected.workspace_id):
        agent: Any = open_shop.actor("agent")
        boss: Any = open_shop.actor("administrator")
        with pytest.raises(Denied):
            start_mailbox(actor=agent, mailbox_id=connected.pk, window="new", now=open_shop.now)
        with pytest.raises(Denied):
            ask_preview(actor=agent, mailbox_id=connected.pk)
        with pytest.raises(Denied):
            hold_mailbox(actor=agent, mailbox_id=connected.pk, now=open_shop.now)
        with pytest.raises(Invalid):
            start_mailbox(actor=boss, mailbox_id=connected.pk, window="century", now=open_shop.now)
        with pytest.raises(NotFound):
            start_mailbox(actor=boss, mailbox_id=0, window="new", now=open_shop.now)
        assert not MailboxLookup.objects.exists()
        assert not Event.objects.filter(type="mailbox.started").exists()
    assert again(connected).awaits_window


def test_a_server_that_is_away_is_said_to_be(open_shop: Shop, connected: Mailbox, dovecot: Dovecot) -> None:
    dovecot.stop()
    known = look(open_shop, connected)
    assert known.answer["problem"] == "unreachable"
    dovecot.start()
    with scope(connected.workspace_id):
        actor: Any = open_shop.actor("administrator")
        assert ask_preview(actor=actor, mailbox_id=connected.pk).is_pending
    assert "counts" in look(open_shop, connected).answer


def test_a_question_asked_anew_outdates_its_worker(open_shop: Shop, connected: Mailbox) -> None:
    with scope(connected.workspace_id):
        preview_of(connected, now=open_shop.now)
        (working,) = MailboxLookup.claim(
            MailboxLookup.objects.values_list("pk", flat=True), lease=timedelta(seconds=60)
        )
        actor: Any = open_shop.actor("administrator")
        ask_preview(actor=actor, mailbox_id=connected.pk)
        assert not working.finish(answer={"problem": "old"})
    assert "counts" in look(open_shop, connected).answer


def test_a_preview_ends_in_time(dovecot: Dovecot) -> None:
    with pytest.raises(ImapFailure) as failed:
        preview(settings_for(dovecot.port), folder="INBOX", now=current_time(), seconds=-1)
    assert failed.value.problem == "timeout"


def test_more_than_is_looked_at_is_said_to_be_more(
    dovecot: Dovecot, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_aged(dovecot, now)
    dovecot.deliver(*[simple("x", Message_ID=f"<{number}@x>") for number in range(3)])
    monkeypatch.setattr(imap_preview, "DATED_LIMIT", 2)
    seen = preview(settings_for(dovecot.port), folder="INBOX", now=current_time())
    assert seen.counts["day"] == imap_preview.Count(messages=2, unseen=2, is_more=True)
    assert seen.counts["all"].messages == 7


def test_a_large_mailbox_is_listed_in_parts(dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    search = ImapMailbox._search
    monkeypatch.setattr(
        ImapMailbox, "_search", lambda self, words: asked.append(words) or search(self, words)
    )
    monkeypatch.setattr(imap_listing, "UIDS_A_SEARCH", 4)
    monkeypatch.setattr(imap_listing, "MOST_UIDS_A_SEARCH", 8)
    dovecot.deliver(*[simple(f"{number}", Message_ID=f"<{number}@x>") for number in range(30)])
    client = dovecot.client()
    client.store("5:24", "+FLAGS", r"(\Deleted)")
    client.expunge()
    client.logout()
    kept = Kept()
    with ImapMailbox(settings_for(dovecot.port)) as mailbox:
        position = mailbox.fetch_new(Position(), kept, stop=NEVER)
        assert [uid for _, uid in kept.mails] == [*range(1, 5), *range(25, 31)]
        spans = [words.split()[1] for words in asked]
        assert spans == ["1:4", "5:8", "9:16", "17:24", "25:*"]
        assert list(mailbox.list_newest_first(position.last_uid + 1)) == [
            [27, 28, 29, 30],
            [25, 26],
            [3, 4],
            [1, 2],
        ]


def test_another_server_gives_only_what_is_newer_than_the_last_fetch(
    open_shop: Shop, connected: Mailbox
) -> None:
    look(open_shop, connected)
    start(open_shop, connected, "day")
    fetch(connected)
    fetched_at = again(connected).fetched_at
    with scope(connected.workspace_id):
        actor: Any = open_shop.actor("administrator")
        typed = MailboxSettings(
            address=USER, imap_host="mail.example.com", imap_user=USER, imap_password="new"
        )
        changed = update_mailbox(actor=actor, mailbox_id=connected.pk, settings=typed, now=open_shop.now)
    assert (changed.awaits_window, changed.uidvalidity, changed.first_uid) == (False, None, None)
    assert changed.import_since == changed.connected_at == fetched_at


def test_a_mailbox_that_gets_its_first_server_waits_for_a_window(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        actor: Any = open_shop.actor("administrator")
        mailbox: Any = open_shop.mailbox()
        typed = MailboxSettings(address=mailbox.address, imap_host="mail.example.com", imap_user="x")
        changed = update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=typed, now=open_shop.now)
        assert (changed.awaits_window, changed.is_released) == (True, True)
        typed = MailboxSettings(address=mailbox.address)
        changed = update_mailbox(actor=actor, mailbox_id=mailbox.pk, settings=typed, now=open_shop.now)
        assert not changed.awaits_window


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            b'1 (UID 7 FLAGS (\\Seen) INTERNALDATE "17-Jul-2026 02:44:25 -0700")',
            (7, True, "2026-07-17T02:44:25-07:00"),
        ),
        (
            b'1 (INTERNALDATE " 1-Jan-2026 00:00:00 +0330" FLAGS () UID 8)',
            (8, False, "2026-01-01T00:00:00+03:30"),
        ),
        (b'1 (UID 9 FLAGS (\\Recent) INTERNALDATE "31-Feb-2026 00:00:00 +0000")', (9, False, None)),
        (b"1 (UID 10 FLAGS (\\seen \\Answered))", (10, True, None)),
        (b"2 EXISTS", None),
    ],
)
def test_lines_of_the_server_are_read(line: bytes, expected: tuple[int, bool, str | None] | None) -> None:
    listed = read_listed(line)
    if expected is None:
        assert listed is None
        return
    assert listed is not None
    moment = listed.received_at.isoformat() if listed.received_at else None
    assert (listed.uid, listed.is_seen, moment) == expected


def test_a_mail_without_a_date_is_taken_and_not_called_new(now: datetime) -> None:
    window = Window(since=now, takes_seen=True, connected_at=now)
    listed = Listed(uid=1, is_seen=True, received_at=None)
    assert window.is_wanted(listed)
    assert not window.is_new(listed, uidvalidity=1)


def outgoing(mailbox: Mailbox, **values: Any) -> OutgoingMail:
    with scope(mailbox.workspace_id):
        row: OutgoingMail = OutgoingMail.objects.create(
            mailbox=mailbox,
            purpose=values.pop("purpose", "reply"),
            message_id="<okno-x@okno.example>",
            from_address=mailbox.address,
            to=[{"address": "a@example.org", "name": "Anna"}],
            subject="Re: Printer",
            text="It works now.",
            **values,
        )
    return row


def test_a_mail_that_was_kept_while_somebody_released_is_not_forgotten(
    open_shop: Shop, connected: Mailbox
) -> None:
    """The sender looks at the mailbox before it is released, and keeps the mail after."""
    mail = outgoing(connected)
    with scope(connected.workspace_id):
        (claimed,) = OutgoingMail.claim([mail.pk], lease=timedelta(seconds=60))
        stale = claimed.mailbox
        assert not stale.is_released
        Mailbox.objects.filter(pk=connected.pk).update(is_released=True)
    send_mail(claimed)
    with scope(connected.workspace_id):
        mail.refresh_from_db()
    assert (mail.state, mail.awaits_release) == ("due", False)


def test_letters_about_accounts_take_another_way(open_shop: Shop, connected: Mailbox, settings: Any) -> None:
    from okno.accounts.letters import Letter
    from okno.channels.email.letters import queue_letter

    letter = Letter(address="a@example.org", name="A", subject="Reset", text="link", opens_account=True)
    with scope(connected.workspace_id):
        assert not queue_letter(letter)
        Mailbox.objects.filter(pk=connected.pk).update(is_released=True, smtp_host="mail.example.com")
        assert queue_letter(letter)
