"""A request that comes by a form or the portal becomes a ticket with all that was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from okno.lib.errors import Denied, Invalid
from okno.lib.stores import file_store
from okno.spine.models import Event
from okno.team.models import Desk, Team
from okno.tickets.commands.submit import NewFile, NewRequest, submit_request
from okno.tickets.models import Attachment, CustomField, CustomValue, Message, RequestType, Ticket, Topic
from tests.conftest import Shop

ASKED = ("topic", "device", "priority", "custom.floor")


def request_for(shop: Shop, **values: Any) -> NewRequest:
    """Return a request of a type that asks everything."""
    kind = RequestType.objects.get(key="incident")
    kind.asked = [{"field": key, "required": False} for key in ASKED]
    kind.save()
    CustomField.objects.get_or_create(key="floor", kind="number", names={"en": "Floor"})
    start: dict[str, Any] = {"type": kind, "subject": "No toner", "text": "<b>Empty</b>", "channel": "form"}
    return NewRequest(**{**start, **values})


def submit(shop: Shop, request: NewRequest, by: str = "requester") -> Ticket:
    contact: Any = shop.contact(by)
    return submit_request(contact=contact, address=f"{by}@client.example", request=request, now=shop.now)


def test_every_answer_lands_in_its_field(shop: Shop) -> None:
    topic = Topic.objects.create(names={"en": "Printers"})
    blob = file_store().put(shop.workspace.pk, b"proof")  # type: ignore[attr-defined]
    file = NewFile(filename="../x\u202e.png", content_type="text/plain", size=5, sha256=blob.sha256)
    values = {"topic": topic.pk, "device": "PRN-7", "priority": 3, "custom.floor": 2}
    ticket = submit(shop, request_for(shop, values=values, files=[file], wants_receipt=True))
    ticket.refresh_from_db()
    assert (ticket.channel, ticket.kind, ticket.topic_id) == ("form", "incident", topic.pk)
    assert (ticket.device, ticket.priority, ticket.custom) == ("PRN-7", 3, {"floor": 2})
    assert CustomValue.objects.get(ticket=ticket).number == 2.0
    message = Message.objects.get(ticket=ticket)
    assert (message.text, message.html, message.channel) == ("<b>Empty</b>", "", "form")
    assert message.from_address == "requester@client.example"
    attached = Attachment.objects.get(message=message)
    assert (attached.filename, attached.sha256) == ("x.png", blob.sha256)
    created = Event.objects.get(type="ticket.created", subject_id=ticket.pk)
    assert created.actor_kind == "contact"
    assert created.payload["wants_receipt"]
    assert not Event.objects.filter(type="ticket.field_changed").exists()


def test_the_way_in_decides_desk_and_team_unless_the_type_has_a_team(shop: Shop) -> None:
    desk = Desk.objects.create(name="Second", position=2)
    team, own = (
        Team.objects.create(name="A", desk=desk, line=1),
        Team.objects.create(name="B", desk=desk, line=1),
    )
    first = request_for(shop, desk=desk, team=team)
    assert submit(shop, first).team_id == team.pk
    first.type.team = own
    first.type.save()
    assert submit(shop, first).team_id == own.pk


def test_the_same_form_twice_is_one_ticket_and_nobody_elses(shop: Shop) -> None:
    request = request_for(shop, client_key=uuid4())
    first = submit(shop, request)
    assert submit(shop, replace(request, subject="Other words")).pk == first.pk
    with pytest.raises(Denied):
        submit(shop, request, by="outsider")
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"topic": 987654321},
        {"priority": 9},
        {"custom.floor": "third"},
        {"custom.ceiling": 1},
        {"assignee": 1},
    ],
)
def test_what_was_not_asked_or_does_not_exist_is_refused(shop: Shop, values: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        submit(shop, request_for(shop, values=values))
    assert set(refusal.value.fields) == set(values)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("column", ["is_active", "is_public"])
def test_a_type_that_is_not_offered_is_refused(shop: Shop, column: str) -> None:
    request = request_for(shop)
    setattr(request.type, column, False)
    with pytest.raises(Invalid):
        submit(shop, request)
    assert not Ticket.objects.exists()
