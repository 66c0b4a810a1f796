"""What came in is on the disk and in the ledger before anybody is told so."""

import io
import smtplib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from okno.channels.base import InboundMail
from okno.channels.email import listener
from okno.channels.email.models import RawMail
from okno.channels.email.parsing import parse_raw
from okno.channels.email.store import Route, route_for, store_raw
from okno.lib.stores import raw_store
from okno.tenancy.scope import scope
from tests.channels.email.mail import simple
from tests.conftest import Shop, make_shop

IMAP = InboundMail(source="imap")


@pytest.fixture
def route(open_shop: Shop) -> Route:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        open_shop.mailbox()
    found = route_for(f"support@{open_shop.host}")
    assert found is not None
    return found


def rows(route: Route) -> list[RawMail]:
    with scope(route.workspace_id):
        return list(RawMail.objects.order_by("id"))


def test_bytes_and_row_are_kept_and_can_be_read(route: Route) -> None:
    store_raw(route, io.BytesIO(simple("Hello")), InboundMail(source="ingest"), file_name="a.eml")
    (row,) = rows(route)
    assert (row.state, row.source, row.outcome, row.file_name) == ("due", "ingest", "", "a.eml")
    assert raw_store().read(route.workspace_id, row.sha256) == simple("Hello")
    assert parse_raw(row).text.strip() == "Hello"
    assert RawMail.due(10) == [(route.workspace_id, row.pk)]


def test_one_uid_makes_one_row(route: Route) -> None:
    for _ in range(3):
        store_raw(route, io.BytesIO(simple()), IMAP, uidvalidity=1, uid=5)
    store_raw(route, io.BytesIO(simple()), IMAP, uidvalidity=1, uid=6)
    assert [(row.uid, row.state) for row in rows(route)] == [(5, "due"), (6, "due")]


def test_a_renumbered_mailbox_makes_no_doubles_but_leaves_a_trace(route: Route) -> None:
    store_raw(route, io.BytesIO(simple("one")), IMAP, uidvalidity=1, uid=5)
    store_raw(route, io.BytesIO(simple("one")), IMAP, uidvalidity=2, uid=1)
    store_raw(route, io.BytesIO(simple("two")), IMAP, uidvalidity=2, uid=2)
    assert [(row.state, row.outcome) for row in rows(route)] == [
        ("due", ""),
        ("done", "duplicate"),
        ("due", ""),
    ]


def test_a_full_disk_leaves_no_row(route: Route, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            store_raw(route, io.BytesIO(simple()), IMAP, uidvalidity=1, uid=5)
    assert rows(route) == []


@pytest.fixture
def listening(route: Route) -> Iterator[int]:
    stop = threading.Event()
    bound = socket.create_server(("127.0.0.1", 0))
    port: int = bound.getsockname()[1]
    thread = threading.Thread(target=listener.serve, args=(stop,), kwargs={"smtp": bound})
    thread.start()
    yield port
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_mail_over_smtp_is_in_the_ledger_when_it_is_acknowledged(
    route: Route, listening: int, open_shop: Shop, data_dir: Path
) -> None:
    address = f"support+tag@{open_shop.host}"
    with smtplib.SMTP("127.0.0.1", listening, timeout=10) as client:
        assert client.sendmail("", [address], simple("Hello").replace(b"\n", b"\r\n")) == {}
        assert client.mail("a@example.org")[0] == 250
        assert client.rcpt(f"nobody@{open_shop.host}")[0] == 550
    (row,) = rows(route)
    assert (row.source, row.envelope_from, row.envelope_to) == ("smtp", "", [address])
    assert parse_raw(row).text.strip() == "Hello"
    assert list((data_dir / "raw" / "receiving").iterdir()) == []


def test_mail_over_lmtp_comes_to_the_same_ledger(route: Route, open_shop: Shop, tmp_path: Path) -> None:
    stop = threading.Event()
    path = tmp_path / "lmtp"
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(str(path))
    thread = threading.Thread(target=listener.serve, args=(stop,), kwargs={"lmtp": bound})
    bound.listen()
    thread.start()
    with smtplib.LMTP(str(path)) as client:
        assert client.sendmail("a@example.org", [f"support@{open_shop.host}"], simple("Hello")) == {}
        assert client.mail("a@example.org")[0] == 250
        assert client.rcpt(f"nobody@{open_shop.host}")[0] == 550
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    (row,) = rows(route)
    assert (row.source, row.envelope_from) == ("smtp", "a@example.org")
    assert parse_raw(row).text.strip() == "Hello"


def test_mail_for_two_workspaces_is_kept_by_each_for_itself(
    listening: int, open_shop: Shop, route: Route
) -> None:
    other = make_shop(open_shop.now)
    with scope(other.workspace):  # type: ignore[arg-type]
        other.mailbox()
    theirs = route_for(f"support@{other.host}")
    assert theirs is not None
    recipients = [f"support@{open_shop.host}", f"support@{other.host}"]
    with smtplib.SMTP("127.0.0.1", listening, timeout=10) as client:
        assert client.sendmail("a@example.org", recipients, simple("Hello")) == {}
    for where, recipient in ((route, recipients[0]), (theirs, recipients[1])):
        (row,) = rows(where)
        assert row.envelope_to == [recipient]
        assert raw_store().exists(where.workspace_id, row.sha256)
