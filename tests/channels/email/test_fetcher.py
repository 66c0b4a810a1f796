"""One fetcher a mailbox, everything once, and the reason of failures on the mailbox."""

import threading
from collections.abc import Callable, Iterator

import pytest

from okno.channels.email import fetcher
from okno.channels.email.fetcher import MailboxFetcher, give_lease_back, readable_mailboxes, take_lease
from okno.channels.email.first_connection import start_mailbox
from okno.channels.email.mailboxes import MailboxSettings, create_mailbox, switch_mailbox
from okno.channels.email.models import Mailbox, RawMail
from okno.channels.email.store import Route
from okno.tenancy.scope import scope
from tests.channels.email.mail import simple
from tests.conftest import Shop
from tests.servers.imap_server import PASSWORD, USER, ImapServer

SECONDS = 20


@pytest.fixture
def route(open_shop: Shop, imap: ImapServer, monkeypatch: pytest.MonkeyPatch) -> Route:
    monkeypatch.setattr(fetcher, "LOOK_AROUND_SECONDS", 0.1)
    monkeypatch.setattr(fetcher, "FIRST_PAUSE_SECONDS", 0.2)
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
    return Route(workspace_id=mailbox.workspace_id, mailbox_id=mailbox.pk)


@pytest.fixture
def serve(route: Route) -> Iterator[Callable[[], None]]:
    """Give a way to start the service, as often as wanted."""
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def start() -> None:
        threads.append(threading.Thread(target=fetcher.serve, args=(stop,)))
        threads[-1].start()

    yield start
    stop.set()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()


def mailbox_of(route: Route) -> Mailbox:
    with scope(route.workspace_id):
        mailbox: Mailbox = Mailbox.objects.get(pk=route.mailbox_id)
    return mailbox


def wait_until(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(SECONDS * 20):
        if condition():
            return
        pause.wait(0.05)
    pytest.fail("it did not happen in time")


def uids(route: Route) -> list[int]:
    with scope(route.workspace_id):
        return list(RawMail.objects.order_by("uid").values_list("uid", flat=True))


def test_mail_is_fetched_when_it_comes(route: Route, imap: ImapServer, serve: Callable[[], None]) -> None:
    imap.deliver(simple("one", Message_ID="<1@x>"))
    serve()
    wait_until(lambda: uids(route) == [1])
    imap.deliver(simple("two", Message_ID="<2@x>"))
    wait_until(lambda: uids(route) == [1, 2])
    wait_until(lambda: mailbox_of(route).last_uid == 2)
    mailbox = mailbox_of(route)
    assert mailbox.fetch_error == ""
    assert mailbox.fetched_at is not None
    wait_until(lambda: all("\\Seen" in flags for flags in imap.flags()))


def test_two_services_do_not_double(route: Route, imap: ImapServer, serve: Callable[[], None]) -> None:
    imap.deliver(*[simple(f"mail {number}", Message_ID=f"<{number}@x>") for number in range(20)])
    serve()
    serve()
    wait_until(lambda: uids(route) == list(range(1, 21)))


def test_the_lease_is_exclusive_and_can_be_given_back(route: Route) -> None:
    assert take_lease(route, "one")
    assert take_lease(route, "one")
    assert not take_lease(route, "two")
    give_lease_back(route, "two")
    assert not take_lease(route, "two")
    give_lease_back(route, "one")
    assert take_lease(route, "two")


def test_a_fetcher_whose_lease_was_taken_stores_nothing(route: Route, imap: ImapServer) -> None:
    imap.deliver(simple())
    assert take_lease(route, "other")
    MailboxFetcher(route, "mine").run(threading.Event())
    assert uids(route) == []


def test_a_failure_is_on_the_mailbox_until_it_works(
    route: Route, imap: ImapServer, serve: Callable[[], None]
) -> None:
    imap.stop()
    serve()
    wait_until(lambda: "cannot be reached" in mailbox_of(route).fetch_error)
    imap.start()
    imap.deliver(simple())
    wait_until(lambda: uids(route) == [1])
    wait_until(lambda: mailbox_of(route).fetch_error == "")


def test_a_mailbox_that_is_off_or_has_no_server_is_not_read(route: Route, open_shop: Shop) -> None:
    assert readable_mailboxes() == [route]
    with scope(route.workspace_id):
        actor = open_shop.actor("administrator")
        switch_mailbox(actor=actor, mailbox_id=route.mailbox_id, is_active=False, now=open_shop.now)  # type: ignore[arg-type]
    assert readable_mailboxes() == []
    assert not take_lease(route, "one")
