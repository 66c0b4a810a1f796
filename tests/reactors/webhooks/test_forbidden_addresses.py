"""No webhook reaches anything inside: a list of attempts, with names from a resolver of ours."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from okno.lib import http_client
from okno.lib.dns_client import DnsClient
from okno.lib.errors import Invalid
from okno.reactors.webhooks.commands import create_webhook
from okno.reactors.webhooks.models import WebhookDelivery
from okno.spine.actor import SYSTEM
from tests.conftest import Shop
from tests.reactors.webhooks.conftest import LOOPBACK, deliver
from tests.reactors.webhooks.receiver import Receiver
from tests.servers.dns_server import DnsServer

Hook = Callable[..., Any]
_system_resolver = socket.getaddrinfo


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[DnsServer]:
    """Resolve names at a server of ours; what is no name is read as the machine reads it."""
    with DnsServer() as server:

        def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
            if not any(name == host for name, _kind in server.records):
                numeric = socket.AI_NUMERICHOST
                return list(_system_resolver(host, port, type=socket.SOCK_STREAM, flags=numeric))
            client = DnsClient(server=server.address)
            return [
                (
                    socket.AF_INET6 if ":" in address else socket.AF_INET,
                    socket.SOCK_STREAM,
                    6,
                    "",
                    (address, port),
                )
                for address in client.addresses(host)
            ]

        monkeypatch.setattr(http_client.socket, "getaddrinfo", look_up)
        yield server


@pytest.fixture
def listening() -> Iterator[Receiver]:
    """Give a receiver on the loopback, which is not opened: nothing may ever come."""
    with Receiver() as made:
        yield made


def error_of(shop: Shop, hook: Hook, url: str) -> str:
    """Return the error of a delivery to an address that was accepted when it was typed."""
    hook(url, events=("ticket.created",))
    shop.ticket()
    deliver()
    row = WebhookDelivery.objects.get()
    assert row.state == "due"
    assert row.status is None
    return str(row.last_error)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://example.com:22/",
        "https://example.com:6379/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "javascript:alert(1)",
        "https://user:pass@example.com/",
        "https://example.com@127.0.0.1/",
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:a9fe:a9fe]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://example.com/\r\nHost: inside",
        "https://example.com/#fragment",
        "https://экзампл.example/",
        "https:///nothing",
        "https://example.com:99999/",
        "//example.com/",
        "",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_what_is_seen_at_once_is_refused_when_it_is_typed(shop: Shop, url: str) -> None:
    member: Any = shop.member("administrator", role="administrator")
    with pytest.raises(Invalid) as refusal:
        create_webhook(actor=SYSTEM, name="x", url=url, events=[], owner=member, now=shop.now)
    assert "url" in refusal.value.fields


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "017700000001", "0x7f.0.0.1", "2852039166"],
)
def test_numbers_that_are_addresses_lead_nowhere(
    shop: Shop, hook: Hook, resolver: DnsServer, host: str
) -> None:
    assert "is inside" in error_of(shop, hook, f"https://{host}/")


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("A", "127.0.0.1"),
        ("A", "127.8.8.8"),
        ("A", "10.1.2.3"),
        ("A", "172.31.255.1"),
        ("A", "192.168.0.1"),
        ("A", "169.254.169.254"),
        ("A", "100.100.100.200"),
        ("A", "0.0.0.0"),  # noqa: S104 (nobody listens there)
        ("A", "198.18.0.1"),
        ("AAAA", "::1"),
        ("AAAA", "fe80::1"),
        ("AAAA", "fc00::1"),
        ("AAAA", "::ffff:127.0.0.1"),
        ("AAAA", "::ffff:169.254.169.254"),
        ("AAAA", "64:ff9b::a9fe:a9fe"),
        ("AAAA", "2002:7f00:1::1"),
        ("AAAA", "fd00:ec2::254"),
    ],
)
def test_a_name_that_means_something_inside_leads_nowhere(
    shop: Shop, hook: Hook, resolver: DnsServer, kind: str, address: str
) -> None:
    resolver.records["hook.example", kind] = [address]
    assert "is inside" in error_of(shop, hook, "https://hook.example/")


def test_one_address_inside_among_others_is_enough(shop: Shop, hook: Hook, resolver: DnsServer) -> None:
    resolver.records["hook.example", "A"] = ["127.0.0.1", "93.184.216.34"]
    assert "is inside" in error_of(shop, hook, "https://hook.example/")


def test_a_name_that_changes_its_mind_is_checked_when_it_counts(
    shop: Shop, hook: Hook, resolver: DnsServer, listening: Receiver
) -> None:
    """The answer for a name is outside while it is set up and inside when it is sent, and the other way round."""
    resolver.records["hook.example", "A"] = ["93.184.216.34"]
    hook("https://hook.example/", events=("ticket.created",))
    resolver.records["hook.example", "A"] = ["127.0.0.1"]
    shop.ticket()
    deliver()
    assert "is inside" in WebhookDelivery.objects.get().last_error
    assert listening.received == []


def test_a_name_is_asked_once_for_each_attempt(shop: Shop, hook: Hook, resolver: DnsServer) -> None:
    """What was checked is what is connected to: there is no second question whose answer could differ."""
    resolver.records["hook.example", "A"] = ["127.0.0.1"]
    error_of(shop, hook, "https://hook.example/")
    assert resolver.asked.count(("hook.example", "A")) == 1


def test_a_redirect_into_the_house_is_not_followed(
    shop: Shop, hook: Hook, receiver: Receiver, listening: Receiver
) -> None:
    receiver.status, receiver.headers = 302, {"Location": listening.url}
    hook(receiver.url, events=("ticket.created",))
    shop.ticket()
    deliver()
    assert (len(receiver.received), listening.received) == (1, [])
    assert WebhookDelivery.objects.get().status == 302


def test_an_opened_network_opens_no_other(
    shop: Shop, hook: Hook, resolver: DnsServer, settings: Any, listening: Receiver
) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(
        update={"outgoing_networks": (ip_network("10.20.0.0/16"),)}
    )
    resolver.records["hook.example", "A"] = ["127.0.0.1"]
    assert "is inside" in error_of(shop, hook, f"http://hook.example:{listening.port}/")
    assert listening.received == []


def test_an_opened_network_is_reached_by_name(
    shop: Shop, hook: Hook, resolver: DnsServer, settings: Any, listening: Receiver
) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"outgoing_networks": (LOOPBACK,)})
    resolver.records["hook.example", "A"] = ["127.0.0.1"]
    hook(f"http://hook.example:{listening.port}/", events=("ticket.created",))
    shop.ticket()
    deliver()
    assert listening.events() == ["ticket.created"]
    assert listening.received[0].headers["host"] == f"hook.example:{listening.port}"


def test_an_endless_answer_ends(shop: Shop, hook: Hook, receiver: Receiver) -> None:
    receiver.words = b"\x00\xff" * 500_000
    hook(receiver.url, events=("ticket.created",))
    shop.ticket()
    deliver()
    row = WebhookDelivery.objects.get()
    assert (row.state, len(row.answer)) == ("done", 1000)
    assert "\x00" not in row.answer
