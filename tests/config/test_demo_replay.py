"""What the demo writes in bulk is what the commands write one by one."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.forms.models import model_to_dict

from okno.channels.email.models import OutgoingMail
from okno.config.demo.directory import Directory, read_directory, write_directory
from okno.config.demo.load import write_tickets
from okno.config.demo.plan import (
    Assigned,
    Category,
    PlannedMessage,
    PlannedTicket,
    PriorityChanged,
    Sorted,
    StatusChanged,
    TeamChanged,
)
from okno.config.demo.planner import plan_tickets
from okno.lib.sanitize import sanitize_html
from okno.spine.models import Event
from okno.tenancy.commands import create_workspace
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope
from okno.tickets.commands.assign import assign_ticket, change_team
from okno.tickets.commands.deliveries import record_delivery
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.open import NewTicket, open_ticket
from okno.tickets.commands.properties import change_priority, change_topic
from okno.tickets.commands.receive import receive_message
from okno.tickets.commands.reply import add_note, reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.commands.tags import set_tags
from okno.tickets.commands.words import Body
from okno.tickets.models import Attachment, Delivery, Message, Participant, StatusCategory, Ticket

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UNTIL_SENT = timedelta(seconds=12)
# What cannot be the same twice.
OWN = {"id", "number", "workspace", "ticket", "message", "mail", "key", "message_id", "sha256", "client_key"}


@pytest.fixture
def directory() -> Iterator[Directory]:
    workspace = create_workspace(name="Demo", host="demo.example", now=NOW, language="ru", is_demo=True)
    with scope(workspace):
        write_directory(now=NOW, password_hash="!")
        yield read_directory()


def test_bulk_rows_equal_what_commands_write(directory: Directory) -> None:
    plans = _telling(plan_tickets(now=NOW))
    write_tickets(Workspace.objects.get(is_demo=True), plans, directory)
    in_bulk = list(Ticket.objects.order_by("number"))
    assert len(in_bulk) == len(plans) >= 12
    for plan, written in zip(plans, in_bulk, strict=True):
        ticket = _by_commands(plan, directory)
        assert _row(written) == _row(ticket), plan.story
        assert _rows(Message, written) == _rows(Message, ticket)
        assert _rows(Participant, written) == _rows(Participant, ticket)
        assert _deliveries(written) == _deliveries(ticket)
        for event, wanted in zip(_events(written), _events(ticket), strict=True):
            assert event == wanted


def _telling(plans: Sequence[PlannedTicket]) -> list[PlannedTicket]:
    """Choose plans that between them take every way through the replay."""
    chosen: dict[str, PlannedTicket] = {}
    for plan in plans:
        traits = [f"category {plan.category}", f"channel {plan.channel} {plan.category is Category.NEW}"]
        traits += [type(step).__name__ for step in plan.steps]
        traits += ["copied"] if plan.copied else []
        traits += ["refused"] if any(message.is_refused for message in plan.messages) else []
        traits += (
            ["given"] if any(isinstance(s, Assigned) and s.actor != s.member for s in plan.steps) else []
        )
        traits += (
            ["back"]
            if any(isinstance(s, StatusChanged) and s.actor == plan.requester for s in plan.steps)
            else []
        )
        for trait in traits:
            chosen.setdefault(trait, plan)
    assert {"copied", "refused", "given", "back", "TeamChanged"} <= set(chosen)
    return list({plan.subject: plan for plan in chosen.values()}.values())


def _by_commands(plan: PlannedTicket, directory: Directory) -> Ticket:
    ticket = _open(plan, directory)
    for step in plan.steps[1:]:
        _take(step, plan, ticket, directory)
    ticket.refresh_from_db()
    return ticket


def _open(plan: PlannedTicket, directory: Directory) -> Ticket:
    return open_ticket(
        actor=directory.actor(plan.opened_by),
        ticket=NewTicket(
            subject=plan.subject,
            channel=plan.channel,
            requester=directory.contacts[plan.requester],
            kind=plan.kind,
            type=directory.type_for(plan.kind),
            team=directory.teams[plan.team],
            priority=plan.priority,
            device=plan.device,
            due_at=plan.due_at,
            mailbox_id=directory.mailbox.pk if plan.channel == "email" else None,
            copied=[directory.contacts[key] for key in plan.copied],
        ),
        message=_incoming(plan.messages[0], plan, directory, subject=plan.subject),
        now=plan.created_at,
    )


def _take(step: object, plan: PlannedTicket, ticket: Ticket, directory: Directory) -> None:
    match step:
        case PlannedMessage(direction="in"):
            message = _incoming(step, plan, directory, subject=f"Re: {plan.subject}")
            receive_message(
                actor=directory.actor(step.author), ticket_id=ticket.pk, message=message, now=step.at
            )
        case PlannedMessage(direction="out"):
            _answer(step, ticket, directory)
        case PlannedMessage():
            actor = directory.actor(step.author)
            add_note(actor=actor, ticket_id=ticket.pk, text=step.text, html=step.html, now=step.at)
        case Assigned():
            actor, to = directory.actor(step.actor), directory.members[step.member]
            assign_ticket(actor=actor, ticket_id=ticket.pk, to=to, now=step.at)
        case TeamChanged():
            actor, team = directory.actor(step.actor), directory.teams[step.team]
            change_team(actor=actor, ticket_id=ticket.pk, to=team, now=step.at)
        case StatusChanged(actor=plan.requester):
            pass  # The requester's message has done it.
        case StatusChanged():
            change_status(
                actor=directory.actor(step.actor),
                ticket_id=ticket.pk,
                status=StatusCategory(step.category.value),
                solution=step.solution or None,
                now=step.at,
            )
        case PriorityChanged():
            actor = directory.actor(step.actor)
            change_priority(actor=actor, ticket_id=ticket.pk, priority=step.priority, now=step.at)
        case Sorted():
            actor, topic = directory.actor(step.actor), directory.topics[step.topic]
            change_topic(actor=actor, ticket_id=ticket.pk, to=topic, now=step.at)
            set_tags(actor=actor, ticket_id=ticket.pk, tags=step.tags, now=step.at)


def _incoming(step: PlannedMessage, plan: PlannedTicket, directory: Directory, *, subject: str) -> NewMessage:
    is_mail = step.channel == "email"
    words = "\n\n".join(part for part in (step.text, step.signature) if part)
    return NewMessage(
        kind="reply",
        direction="in",
        channel=step.channel,
        body=Body(text=words, html=sanitize_html(step.html) if step.html else ""),
        author_contact=directory.contacts[step.author],
        from_address=directory.addresses[step.author] if is_mail else "",
        subject=subject if is_mail else "",
        quoted_text=step.quoted,
        attachments=[
            Attachment(
                filename=file.name,
                content_type=file.content_type,
                size=len(file.content),
                key=uuid4(),
                created_at=step.at,
            )
            for file in step.files
        ],
    )


def _answer(step: PlannedMessage, ticket: Ticket, directory: Directory) -> None:
    message = reply_to_ticket(
        actor=directory.actor(step.author), ticket_id=ticket.pk, text=step.text, html=step.html, now=step.at
    )
    mail = OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk)
    addresses = Delivery.objects.filter(message=message).values_list("address", "role")
    refusal = "550 5.1.1 <{}>: Recipient address rejected: User unknown"
    results = {
        address: {"state": "failed", "words": refusal.format(address)}
        if step.is_refused and role == "to"
        else {"state": "sent"}
        for address, role in addresses
    }
    record_delivery(mail=mail, results=results, now=step.at + UNTIL_SENT)


def _row(row: Any) -> dict[str, Any]:
    values = model_to_dict(row) | {"workspace": None}
    return {name: value for name, value in values.items() if name not in OWN}


def _rows(model: Any, ticket: Ticket) -> list[dict[str, Any]]:
    return [_row(row) for row in model.objects.filter(ticket=ticket).order_by("id")]


def _deliveries(ticket: Ticket) -> list[dict[str, Any]]:
    return [_row(row) for row in Delivery.objects.filter(message__ticket=ticket).order_by("id")]


def _events(ticket: Ticket) -> list[tuple[Any, ...]]:
    rows = Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk).order_by("created_at", "id")
    assert all(row.root == row.uid and row.cause is None for row in rows)
    # The recipients of one mail are recorded in no particular order.
    in_order = sorted(rows, key=lambda row: (row.created_at, row.payload.get("address_ref") or 0))
    return [
        (
            row.type,
            row.version,
            row.is_internal,
            row.actor_kind,
            row.actor_id,
            row.actor_name,
            {k: v for k, v in row.payload.items() if k not in ("message", "delivery", "number")},
            {k: v for k, v in row.snapshot.items() if k != "number"},
            row.created_at,
        )
        for row in in_order
    ]
