"""What an exchange tells: a missed call is news and a draft, told twice it is one, again within a day it joins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from okno.channels.email.models import OutgoingMail
from okno.modules.phone.commands.finishing import finish_call
from okno.modules.phone.commands.reports import forget_reports
from okno.modules.phone.commands.writing import Written, discard_call, keep_call
from okno.modules.phone.models import PhoneCall, ReportedCall
from okno.people.commands import save_contact
from okno.reactors.notify.models import Notification
from okno.spine.actor import SYSTEM
from okno.spine.models import Event
from okno.spine.work import drain
from okno.team.models import Team, TeamMembership
from okno.tenancy.modules import set_modules
from okno.tickets.models import Message, Ticket
from tests.api.caller import Caller
from tests.conftest import Shop

NUMBER = "8 (912) 345-67-89"
MISSED = {"number": NUMBER, "missed": True}
Exchange = Callable[..., Caller]


def test_a_missed_call_is_a_draft_and_news_for_the_team(shop: Shop, exchange: Exchange) -> None:
    shop.mailbox()
    colleague: Any = shop.member("colleague")
    TeamMembership.objects.create(team=Team.objects.earliest("id"), member=colleague)
    maria = save_contact(
        actor=SYSTEM,
        contact=None,
        name="Maria",
        addresses=["maria@client.example"],
        phones=[NUMBER],
        now=shop.now,
    )
    told = exchange().post("/calls", MISSED)
    ticket = Ticket.objects.get()
    assert told.status == 201, told.body
    assert told.headers["Location"] == f"/api/v1/tickets/{ticket.number}"
    assert {**told.body, "url": ""} == {
        "url": "",
        "ticket": ticket.number,
        "is_new": True,
        "missed": True,
        "number": "+79123456789",
        "contact": {"id": maria.pk, "name": "Maria"},
        "is_draft": True,
    }
    assert told.body["url"].endswith(f"/phone/?call={ticket.number}")
    assert (ticket.subject, ticket.is_draft) == ("Missed call from +7 912 345-67-89", True)
    drain()
    assert Notification.objects.filter(member=colleague, kind="new_ticket").count() == 1
    assert not OutgoingMail.objects.exclude(purpose="staff").exists()
    actor: Any = shop.actor("other", role="agent")
    written = Written(page=uuid4(), seen=0, who="", subject="Called back", said="All is well.")
    finish_call(actor=actor, number=ticket.number, written=written, wants_receipt=True, now=shop.now)
    drain()
    assert Event.objects.filter(type="ticket.created").count() == 1
    assert Ticket.objects.get().requester_id == maria.pk
    assert OutgoingMail.objects.filter(purpose="receipt").count() == 1


def test_a_second_missed_call_within_a_day_joins_the_draft(shop: Shop, exchange: Exchange) -> None:
    pbx = exchange()
    first = pbx.post("/calls", {**MISSED, "call_id": "a"}).body
    second = pbx.post("/calls", {**MISSED, "number": "+79123456789", "call_id": "b"})
    assert (second.status, second.body["ticket"], second.body["is_new"]) == (200, first["ticket"], False)
    notes = Message.objects.order_by("id")
    assert [note.kind for note in notes] == ["note", "note"]
    assert all("Missed call from +7 912 345-67-89" in note.text for note in notes)
    assert pbx.post("/calls", {**MISSED, "number": "+442079460018"}).body["is_new"]
    PhoneCall.objects.update(started_at=shop.now - timedelta(hours=25))
    assert pbx.post("/calls", MISSED).body["ticket"] != first["ticket"]


def test_a_finished_draft_is_joined_no_more(shop: Shop, exchange: Exchange) -> None:
    pbx = exchange()
    first = pbx.post("/calls", MISSED).body["ticket"]
    written = Written(page=uuid4(), who=NUMBER, subject="Called back")
    actor: Any = shop.actor("other", role="agent")
    finish_call(actor=actor, number=first, written=written, now=shop.now)
    assert pbx.post("/calls", MISSED).body["is_new"]
    assert PhoneCall.objects.get(ticket__number=first).number == ""


def test_a_call_told_again_is_the_same(shop: Shop, exchange: Exchange) -> None:
    pbx = exchange()
    call = {"number": NUMBER, "duration": 65, "call_id": "pbx-1"}
    made = pbx.post("/calls", call)
    again = pbx.post("/calls", call)
    assert (made.status, again.status, again.body["ticket"]) == (201, 200, made.body["ticket"])
    keyed = [pbx.post("/calls", MISSED, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert keyed[0].body == keyed[1].body
    assert Message.objects.count() == 2
    actor: Any = shop.actor()
    number = made.body["ticket"]
    keep_call(actor=actor, number=number, written=Written(page=uuid4(), who=NUMBER), now=shop.now)
    discard_call(actor=actor, number=number, now=shop.now)
    gone = pbx.post("/calls", call)
    assert (gone.status, gone.body["ticket"], gone.body["url"]) == (200, None, "")
    forget_reports(now=shop.now + timedelta(days=31))
    assert not ReportedCall.objects.exists()


def test_an_answered_call_waits_to_be_written_down_with_its_duration(shop: Shop, exchange: Exchange) -> None:
    at = shop.now - timedelta(hours=3)
    call = {"number": NUMBER, "duration": 65, "at": at.isoformat(), "direction": "out"}
    number = exchange().post("/calls", call).body["ticket"]
    assert "1 min" in Message.objects.get().text
    drain()
    assert not Notification.objects.exists()
    actor: Any = shop.actor()
    written = Written(page=uuid4(), who=NUMBER, subject="Called")
    finish_call(actor=actor, number=number, written=written, now=shop.now)
    call_row = PhoneCall.objects.get()
    assert (call_row.duration, call_row.direction, call_row.started_by_id) == (65, "out", actor.member_id)
    assert Event.objects.filter(type="ticket.created").count() == 1


def test_a_hidden_number_is_a_draft_of_its_own(exchange: Exchange) -> None:
    pbx = exchange()
    told = [pbx.post("/calls", {"missed": True}).body["ticket"] for _ in range(2)]
    assert len(set(told)) == 2
    assert {ticket.subject for ticket in Ticket.objects.all()} == {"Missed call from a hidden number"}


@pytest.mark.parametrize(
    "body",
    [
        {"number": "not a number"},
        {"number": "12"},
        {"number": "+7" * 40},
        {"number": 5},
        {"number": NUMBER, "direction": "sideways"},
        {"number": NUMBER, "missed": "yes"},
        {"number": NUMBER, "at": "2199-01-01T00:00:00Z"},
        {"number": NUMBER, "at": "yesterday"},
        {"number": NUMBER, "duration": -1},
        {"number": NUMBER, "duration": 10**9},
        {"number": NUMBER, "call_id": "x" * 501},
        {"number": NUMBER, "call_id": "a\x00b"},
        {"number": NUMBER, "volume": 11},
        [],
    ],
)
def test_what_is_no_call_is_refused(exchange: Exchange, body: Any) -> None:
    assert exchange().post("/calls", body).status == 422
    assert not Ticket.objects.exists()


def test_only_who_may_write_tickets_tells_of_calls(shop: Shop, exchange: Exchange) -> None:
    assert exchange("light_agent", role="light_agent").post("/calls", MISSED).status == 403
    assert exchange("agent", scopes=("tickets:read",)).post("/calls", MISSED).status == 403
    assert Caller(shop.host, "okno_" + "x" * 43).post("/calls", MISSED).status == 401
    pbx = exchange("administrator", role="administrator", scopes=("tickets:write",))
    assert pbx.post("/calls", MISSED).status == 201
    workspace: Any = shop.workspace
    set_modules(workspace, [name for name in workspace.modules if name != "phone"], now=shop.now)
    assert pbx.post("/calls", MISSED).status == 404
    assert Ticket.objects.count() == 1
