"""What a requester asks for by a form or in the portal, as a ticket with all that he was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext as _

from okno.lib.errors import Denied, Invalid
from okno.people.models import Contact
from okno.spine.actor import Actor, ActorKind
from okno.spine.unit import command
from okno.team.models import Desk, Team
from okno.tenancy.scope import current_workspace_id
from okno.tickets.commands.attachments import clean_filename
from okno.tickets.commands.changing import clean_text, save_changes
from okno.tickets.commands.custom import value_columns
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.open import NewTicket, open_with_message
from okno.tickets.commands.words import written_body
from okno.tickets.models import (
    Attachment,
    CustomField,
    CustomValue,
    Direction,
    MessageKind,
    Priority,
    RequestType,
    Ticket,
    Topic,
)

CUSTOM = "custom."
DEVICE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file whose bytes are in the file store; its type is by our own sniffing."""

    filename: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """What a requester sends. `channel` is how; `desk` and `team` are what the way in says, else the type decides."""

    type: RequestType
    subject: str
    text: str
    channel: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """By the keys of `RequestType.asked`: a topic's id, a device, a priority, custom values as JSON."""
    files: Sequence[NewFile] = ()
    client_key: UUID | None = None
    desk: Desk | None = None
    team: Team | None = None
    wants_receipt: bool = False


@command
def submit_request(*, contact: Contact, address: str, request: NewRequest, now: datetime) -> Ticket:
    """Open a contact's ticket by what he was asked; sent again with its `client_key` it is the same ticket.

    Raises Invalid, naming the fields, and Denied if the key is another person's.
    """
    if request.client_key is not None:
        known = _sent_before(request.client_key)
        if known is not None and known.requester_id != contact.pk:
            raise Denied(_("This form was sent by somebody else. Load it again."))
        if known is not None:
            return known
    _refuse_unasked(request)
    custom = _custom_columns(request.values)
    ticket, _message = open_with_message(
        actor=Actor(kind=ActorKind.CONTACT, id=contact.pk, name=contact.name),
        ticket=_new_ticket(contact, request),
        message=NewMessage(
            kind=MessageKind.REPLY,
            direction=Direction.IN,
            channel=request.channel,
            author_contact=contact,
            from_address=address,
            subject=request.subject,
            body=written_body(text=request.text),
            attachments=[stored_attachment(file, now=now) for file in request.files],
        ),
        now=now,
    )
    if custom:
        _write_custom(ticket, custom, request.values, now=now)
    return ticket


def asked_fields(request_type: RequestType) -> dict[str, bool]:
    """Return the keys of what requesters are asked for a type, in order, with whether they have to answer."""
    return {entry["field"]: bool(entry.get("required")) for entry in request_type.asked}


def _sent_before(client_key: UUID) -> Ticket | None:
    """Return the ticket of a key, waiting for whoever sends the same form at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{current_workspace_id()} submission {client_key}"],
        )
    return Ticket.objects.filter(client_key=client_key).first()


def _refuse_unasked(request: NewRequest) -> None:
    if not (request.type.is_active and request.type.is_public):
        words = _("Requests of this type are not taken any more. Choose another.")
        raise Invalid(words, fields={"type": [words]})
    unasked = sorted(set(request.values) - set(asked_fields(request.type)))
    if unasked:
        raise Invalid(_("There is no such field."), fields={key: [_("Unknown field.")] for key in unasked})


def _new_ticket(contact: Contact, request: NewRequest) -> NewTicket:
    return NewTicket(
        subject=request.subject,
        channel=request.channel,
        requester=contact,
        type=request.type,
        desk=request.desk,
        team=request.team if request.type.team_id is None else None,
        topic=_topic(request.values.get("topic")),
        device=clean_text(str(request.values.get("device") or ""))[:DEVICE_LENGTH],
        priority=_priority(request.values.get("priority")),
        client_key=request.client_key,
        wants_receipt=request.wants_receipt,
    )


def _topic(topic_id: int | None) -> Topic | None:
    if topic_id is None:
        return None
    found: Topic | None = Topic.objects.filter(pk=topic_id, is_active=True).first()
    if found is None:
        words = _("There is no such topic any more. Choose another.")
        raise Invalid(words, fields={"topic": [words]})
    return found


def _priority(value: int | None) -> int:
    if value is None:
        return Priority.NORMAL
    if value not in Priority.values:
        raise Invalid(_("There is no such priority."), fields={"priority": [_("Choose one of the list.")]})
    return value


def _custom_columns(values: Mapping[str, Any]) -> dict[CustomField, dict[str, Any]]:
    """Return the columns of the custom values that were given. Raises Invalid."""
    given = {key.removeprefix(CUSTOM): value for key, value in values.items() if key.startswith(CUSTOM)}
    if not given:
        return {}
    fields = CustomField.objects.filter(key__in=list(given), is_active=True)
    columns = {one: value_columns(one, given[one.key]) for one in fields}
    return {one: value for one, value in columns.items() if value is not None}


def _write_custom(
    ticket: Ticket,
    custom: Mapping[CustomField, dict[str, Any]],
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    CustomValue.objects.bulk_create(
        [CustomValue(ticket=ticket, field=one, **columns) for one, columns in custom.items()]
    )
    save_changes(ticket, now=now, custom={one.key: values[f"{CUSTOM}{one.key}"] for one in custom})


def stored_attachment(file: NewFile, *, now: datetime) -> Attachment:
    """Return the row of a requester's file, for a message that is being written."""
    return Attachment(
        filename=clean_filename(file.filename),
        content_type=file.content_type,
        sha256=file.sha256,
        size=file.size,
        key=uuid4(),
        created_at=now,
    )
