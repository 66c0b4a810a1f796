"""The health of mailboxes: each state told for what it is, in the same number of queries for any number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.channels.email.health import MailboxHealth, mailbox_health
from okno.channels.email.models import Mailbox, OutgoingMail, RawMail


def health_of(shop: Any, **values: Any) -> MailboxHealth:
    """Return how a mailbox with these values is."""
    box = shop.mailbox()
    Mailbox.objects.filter(pk=box.pk).update(**values)
    [found] = mailbox_health(now=shop.now)
    return found


IMAP = {"imap_host": "imap.shop.example"}


@pytest.mark.parametrize(
    ("values", "expected", "advice"),
    [
        ({}, "smtp", []),
        ({"is_active": False}, "off", []),
        (IMAP, "new", []),
        (
            {**IMAP, "awaits_window": True},
            "waiting",
            ["Say which mail is to be taken, and fetching begins."],
        ),
        ({**IMAP, "fetch_error": "The server is away."}, "failing", ["The server is away."]),
        ({**IMAP, "fetched_at": timedelta(minutes=-1)}, "ok", []),
        (
            {**IMAP, "fetched_at": timedelta(hours=-1)},
            "silent",
            ["Nobody fetches it: is “okno worker” running?"],
        ),
    ],
)
def test_receiving(shop: Any, values: dict[str, Any], expected: str, advice: list[str]) -> None:
    if "fetched_at" in values:
        values = {**values, "fetched_at": shop.now + values["fetched_at"]}
    found = health_of(shop, smtp_host="smtp.shop.example", **values)
    assert (found.receiving, found.advice) == (expected, advice)
    assert found.is_well == (expected not in ("failing", "silent"))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "nowhere"),
        ({"smtp_host": "smtp.shop.example"}, "new"),
        ({"smtp_host": "smtp.shop.example", "send_error": "no"}, "failing"),
        ({"smtp_host": "smtp.shop.example", "is_released": False}, "held"),
        ({"is_active": False}, "off"),
    ],
)
def test_sending(shop: Any, values: dict[str, Any], expected: str) -> None:
    assert health_of(shop, **values).sending == expected


@pytest.mark.parametrize(
    ("values", "expected", "words"),
    [
        ({"auth": "oauth"}, "ok", ""),
        ({"auth": "oauth", "oauth_error": "inactive: AADSTS700082"}, "lost", "not used for too long"),
        ({"auth": "oauth", "oauth_expires_at": timedelta(days=1)}, "ends", "ends soon"),
        ({"auth": "oauth", "oauth_expires_at": timedelta(days=5)}, "ok", ""),
    ],
)
def test_consent(shop: Any, values: dict[str, Any], expected: str, words: str) -> None:
    if "oauth_expires_at" in values:
        values = {**values, "oauth_expires_at": shop.now + values["oauth_expires_at"]}
    found = health_of(shop, smtp_host="smtp.shop.example", **values)
    assert found.consent == expected
    assert found.is_well == (expected == "ok")
    assert words in " ".join(found.advice)


def test_what_waits_is_counted(shop: Any) -> None:
    box = shop.mailbox()
    other = shop.mailbox("other@shop.example")

    def raw(mailbox: Any, **values: Any) -> None:
        RawMail.objects.create(mailbox=mailbox, source="smtp", sha256="0" * 64, size=1, **values)

    raw(box)
    raw(box, state="dead", outcome="quarantined")
    raw(box, state="done", outcome="opened", created_at=shop.now + timedelta(minutes=1))
    raw(other)
    for state in ("due", "done"):
        OutgoingMail.objects.create(
            mailbox=box,
            purpose="reply",
            message_id=f"<{state}@x>",
            from_address="a@b.example",
            subject="x",
            text="x",
            state=state,
        )
    found = {health.mailbox.pk: health for health in mailbox_health(now=shop.now)}
    mine = found[box.pk]
    assert (mine.unread, mine.quarantined, mine.outgoing) == (1, 1, 1)
    assert mine.last_mail_at == shop.now + timedelta(minutes=1)
    assert (found[other.pk].unread, found[other.pk].outgoing) == (1, 0)
    assert not mine.is_well
    assert mine.as_dict()["waiting_to_be_read"] == 1


def test_it_costs_the_same_for_many(shop: Any) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            mailbox_health(now=shop.now)
        return len(seen)

    shop.mailbox()
    few = queries()
    for number in range(20):
        shop.mailbox(f"box{number}@shop.example")
    assert queries() == few == 4
