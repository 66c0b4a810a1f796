"""Each verb: the row, the event, the repetition that does nothing, the stranger, the refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from okno.lib.errors import Denied, Invalid, NotFound
from okno.spine.models import Event, Timer
from okno.tickets.commands import custom, participants, properties, status, tags
from okno.tickets.commands.drafts import discard_draft, mark_read, save_draft
from okno.tickets.models import (
    CustomField,
    CustomValue,
    Draft,
    Participant,
    ReadMark,
    RequestType,
    StatusCategory,
    Ticket,
    Topic,
)
from tests.conftest import Shop

Verb = Callable[..., Any]


def the_topic(_shop: Shop) -> Topic:
    return Topic.objects.get_or_create(names={"en": "Printing"}, defaults={"path": "/1/"})[0]


CHANGES: list[tuple[Verb, Callable[[Shop], dict[str, Any]], str, str]] = [
    (properties.change_subject, lambda s: {"subject": " New  words "}, "subject", "ticket.subject_changed"),
    (properties.change_priority, lambda s: {"priority": 4}, "priority", "ticket.priority_changed"),
    (properties.change_kind, lambda s: {"kind": "incident"}, "kind", "ticket.kind_changed"),
    (
        properties.change_type,
        lambda s: {"to": RequestType.objects.get(key="complaint")},
        "type_id",
        "ticket.type_changed",
    ),
    (properties.change_topic, lambda s: {"to": the_topic(s)}, "topic_id", "ticket.topic_changed"),
    (properties.change_device, lambda s: {"device": "HP 4250"}, "device", "ticket.field_changed"),
    (properties.change_solution, lambda s: {"solution": "New toner"}, "solution", "ticket.field_changed"),
    (properties.change_due, lambda s: {"due_at": s.now + timedelta(days=1)}, "due_at", "ticket.due_changed"),
    (
        properties.change_reminder,
        lambda s: {"reminder_at": s.now + timedelta(days=1)},
        "reminder_at",
        "ticket.reminder_changed",
    ),
    (
        properties.change_requester,
        lambda s: {"to": s.contact("other")},
        "requester_id",
        "ticket.requester_changed",
    ),
    (tags.set_tags, lambda s: {"tags": ["One", "two"]}, "tags", "ticket.tags_changed"),
    (status.change_status, lambda s: {"status": StatusCategory.WAITING}, "category", "ticket.status_changed"),
]


@pytest.mark.parametrize(
    ("verb", "values", "column", "event"), CHANGES, ids=[row[0].__name__ for row in CHANGES]
)
def test_a_change(
    shop: Shop, verb: Verb, values: Callable[[Shop], dict[str, Any]], column: str, event: str
) -> None:
    ticket = shop.ticket()
    given = values(shop)
    before = getattr(Ticket.objects.get(pk=ticket.pk), column)
    for who, refusal in (("light_agent", Denied), ("stranger", NotFound)):
        actor = shop.actor(who) if who != "stranger" else shop.actor(who, role=None)
        with pytest.raises(refusal):
            verb(actor=actor, ticket_id=ticket.pk, now=shop.now, **given)
    assert getattr(Ticket.objects.get(pk=ticket.pk), column) == before
    assert not Event.objects.filter(type=event).exists()
    verb(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now, **given)
    assert getattr(Ticket.objects.get(pk=ticket.pk), column) != before
    row = Event.objects.get(type=event)
    assert (row.actor_name, row.subject_id) == ("Agent", ticket.pk)
    verb(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now, **given)
    assert Event.objects.filter(type=event).count() == 1


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        (properties.change_priority, {"priority": 9}),
        (properties.change_kind, {"kind": "miracle"}),
        (properties.change_subject, {"subject": "\n"}),
        (custom.set_custom_values, {"values": {"unknown": 1}}),
    ],
)
def test_nonsense_is_refused(shop: Shop, verb: Verb, values: dict[str, Any]) -> None:
    ticket = shop.ticket()
    with pytest.raises(Invalid):
        verb(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now, **values)


def test_the_moments_follow_the_status(shop: Shop) -> None:
    ticket = shop.ticket()
    agent = shop.actor("agent")

    def move(category: StatusCategory) -> Ticket:
        return status.change_status(actor=agent, ticket_id=ticket.pk, status=category, now=shop.now)  # type: ignore[arg-type]

    assert move(StatusCategory.RESOLVED).resolved_at == shop.now
    assert move(StatusCategory.CLOSED).closed_at == shop.now
    reopened = move(StatusCategory.OPEN)
    assert (reopened.reopen_count, reopened.resolved_at, reopened.closed_at) == (1, None, None)
    assert reopened.is_open


def test_a_ticket_cannot_be_under_itself(shop: Shop) -> None:
    top, middle, bottom = shop.ticket("top"), shop.ticket("middle"), shop.ticket("bottom")
    agent = shop.actor("agent")
    for child, parent in ((middle, top), (bottom, middle)):
        properties.change_parent(actor=agent, ticket_id=child.pk, parent_number=parent.number, now=shop.now)
    with pytest.raises(Invalid):
        properties.change_parent(actor=agent, ticket_id=top.pk, parent_number=bottom.number, now=shop.now)


def test_clearing_a_reminder_clears_its_timer(shop: Shop) -> None:
    ticket = shop.ticket()
    agent = shop.actor("agent")
    later = shop.now + timedelta(days=1)
    properties.change_reminder(actor=agent, ticket_id=ticket.pk, reminder_at=later, now=shop.now)
    properties.change_reminder(actor=agent, ticket_id=ticket.pk, reminder_at=None, now=shop.now)
    assert Timer.objects.get(kind=properties.REMINDER).state == "cancelled"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", "shelf 3", 5),
        ("number", 2.5, "many"),
        ("boolean", True, "perhaps"),
        ("choice", "red", "blue"),
        ("date", "2026-12-01", "tomorrow"),
    ],
)
def test_custom_values_are_kept_by_kind_and_as_a_copy(
    shop: Shop, kind: str, good: object, bad: object
) -> None:
    CustomField.objects.create(key="place", kind=kind, names={"en": "Place"}, choices=["red"])
    ticket = shop.ticket()

    def write(value: object) -> Ticket:
        return custom.set_custom_values(
            actor=shop.actor("agent"),
            ticket_id=ticket.pk,
            values={"place": value},
            now=shop.now,  # type: ignore[arg-type]
        )

    with pytest.raises(Invalid):
        write(bad)
    assert write(good).custom == {"place": good}
    assert CustomValue.objects.count() == 1
    assert write(None).custom == {}
    assert not CustomValue.objects.exists()


def test_people_join_and_leave(shop: Shop) -> None:
    ticket = shop.ticket()
    agent = shop.actor("agent")
    watcher = shop.member("watcher", role="agent")
    for _twice in range(2):
        added = participants.add_participant(
            actor=agent,
            ticket_id=ticket.pk,
            role="hidden",
            person=watcher,
            now=shop.now,  # type: ignore[arg-type]
        )
    assert not added.is_visible
    assert Event.objects.filter(type="ticket.participant_added").count() == 1
    with pytest.raises(Invalid):
        participants.add_participant(
            actor=agent,
            ticket_id=ticket.pk,
            role="hidden",
            person=shop.contact("guest"),
            now=shop.now,  # type: ignore[arg-type]
        )
    participants.remove_participant(actor=agent, ticket_id=ticket.pk, participant_id=added.pk, now=shop.now)
    assert not Participant.objects.filter(pk=added.pk).exists()
    requester = Participant.objects.get(ticket=ticket, role="requester")
    with pytest.raises(Invalid):
        participants.remove_participant(
            actor=agent, ticket_id=ticket.pk, participant_id=requester.pk, now=shop.now
        )


def test_a_draft_is_ones_own_and_clean(shop: Shop) -> None:
    ticket = shop.ticket()
    for who in ("agent", "light_agent"):
        save_draft(
            actor=shop.actor(who),  # type: ignore[arg-type]
            ticket_id=ticket.pk,
            kind="reply",
            html=f"<p onclick=x>{who}<script>bad()</script></p>",
            recipients={"to": ["a@b.example"], "evil": ["x"]},
            now=shop.now,
        )
    drafts = {draft.member_id: draft for draft in Draft.objects.all()}
    mine = drafts[shop.member("agent").pk]
    assert mine.html == "<p>agent</p>"
    assert mine.recipients == {"to": ["a@b.example"]}
    discard_draft(actor=shop.actor("agent"), ticket_id=ticket.pk)  # type: ignore[arg-type]
    assert Draft.objects.get().member_id == shop.member("light_agent").pk


def test_reading_is_remembered_once(shop: Shop) -> None:
    ticket = shop.ticket()
    for minutes in (0, 5):
        mark_read(actor=shop.actor("agent"), ticket=ticket, now=shop.now + timedelta(minutes=minutes))  # type: ignore[arg-type]
    assert ReadMark.objects.get().read_at == shop.now + timedelta(minutes=5)
