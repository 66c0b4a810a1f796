"""What members write: replies that leave, notes that never do, and taking a reply back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from okno.channels.email.models import OutgoingMail
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.people.models import ContactAddress
from okno.spine.actor import Actor
from okno.spine.models import Event
from okno.spine.unit import command
from okno.team.models import Member
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.attachments import uploaded_attachments
from okno.tickets.commands.changing import announce, last_words, save_changes
from okno.tickets.commands.drafts import discard_draft
from okno.tickets.commands.messages import NewMessage, Recipient, add_message
from okno.tickets.commands.participants import remember_copied
from okno.tickets.commands.status import move_to_status
from okno.tickets.commands.words import written_body
from okno.tickets.events import StatusChanged
from okno.tickets.message_events import MessageCancelled
from okno.tickets.models import (
    Channel,
    Delivery,
    Direction,
    Message,
    MessageKind,
    Status,
    StatusCategory,
    Ticket,
)
from okno.tickets.queries.people import reply_addresses

RECIPIENTS_LIMIT = 50


@command
def reply_to_ticket(
    *,
    actor: Actor,
    ticket_id: int,
    text: str = "",
    html: str = "",
    to: Sequence[str] | None = None,
    cc: Sequence[str] | None = None,
    attachment_keys: Sequence[UUID] = (),
    status: Status | StatusCategory | None = None,
    seen_message_id: int | None = None,
    undo_seconds: int | None = None,
    channel: str = "console",
    client_key: UUID | None = None,
    now: datetime,
) -> Message:
    """Answer the client; the mail leaves after the member's undo time.

    `to` and `cc` are addresses; None means the requester and the copied people. A repeated `client_key` returns the
    message that it made. With `seen_message_id` (the newest message the writer had on his screen) a reply that
    crosses another public message is refused with Conflict `answered_meanwhile`.
    Raises NotFound, Denied, Invalid, and Conflict for that and on an unfinished call.
    """
    ticket = lock_ticket(actor, ticket_id, policy.can_reply)
    known = _already_sent(client_key)
    if known is not None:
        return known
    if ticket.is_draft:
        raise Conflict(_("This call is not finished yet. Finish it before you write."), code="unfinished")
    if seen_message_id is not None:
        _refuse_if_stale(ticket, seen_message_id)
    recipients = _recipients(ticket, to, cc)
    if not recipients:
        raise Invalid(_("Nobody would get this reply."), fields={"to": [_("Add a recipient.")]})
    remember_copied(ticket, recipients, now=now)
    message = add_message(
        actor=actor,
        ticket=ticket,
        message=NewMessage(
            kind=MessageKind.REPLY,
            direction=Direction.OUT,
            channel=channel,
            body=written_body(text=text, html=html),
            recipients=recipients,
            attachments=uploaded_attachments(actor, attachment_keys),
            client_key=client_key,
            leaves_at=now + timedelta(seconds=_undo_seconds(actor, undo_seconds)),
        ),
        now=now,
    )
    if status is not None:
        move_to_status(actor, ticket, status, now=now)
    elif ticket.category == StatusCategory.NEW:
        move_to_status(actor, ticket, StatusCategory.OPEN, now=now)
    if channel == Channel.CONSOLE:
        discard_draft(actor=actor, ticket_id=ticket.pk)
    return message


@command
def add_note(
    *,
    actor: Actor,
    ticket_id: int,
    text: str = "",
    html: str = "",
    attachment_keys: Sequence[UUID] = (),
    status: Status | StatusCategory | None = None,
    channel: str = "console",
    client_key: UUID | None = None,
    now: datetime,
) -> Message:
    """Write an internal note; it never leaves. A repeated `client_key` returns the note that it made."""
    ticket = lock_ticket(actor, ticket_id, policy.can_note)
    known = _already_sent(client_key)
    if known is not None:
        return known
    note = add_message(
        actor=actor,
        ticket=ticket,
        message=NewMessage(
            kind=MessageKind.NOTE,
            direction=Direction.INTERNAL,
            channel=channel,
            body=written_body(text=text, html=html),
            attachments=uploaded_attachments(actor, attachment_keys),
            client_key=client_key,
        ),
        now=now,
    )
    if status is not None:
        if not policy.can_change(actor, ticket):
            raise Denied(_("You may write notes here but not change the status."))
        move_to_status(actor, ticket, status, now=now)
    if channel == Channel.CONSOLE:
        discard_draft(actor=actor, ticket_id=ticket.pk)
    return note


@command
def cancel_reply(*, actor: Actor, ticket_id: int, message_id: int, now: datetime) -> Message:
    """Take one's own reply back before it leaves. Raises Conflict `already_left` when it is too late."""
    ticket = lock_ticket(actor, ticket_id, policy.can_reply)
    message = Message.objects.filter(ticket=ticket, pk=message_id, direction=Direction.OUT).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    if message.author_member_id != actor.member_id:
        raise Denied(_("Only its writer can take a reply back."))
    if message.cancelled_at is not None:
        return message
    mails = OutgoingMail.objects.filter(subject_kind="message", subject_ref=message.pk)
    waiting = mails.filter(state=OutgoingMail.State.DUE, attempts=0)
    if mails.count() != waiting.update(state=OutgoingMail.State.CANCELLED):
        raise Conflict(_("It is too late: the message has left."), code="already_left")
    message.cancelled_at = now
    message.save(update_fields=["cancelled_at"])
    Delivery.objects.filter(message=message).update(state=Delivery.State.CANCELLED, settled_at=now)
    _take_status_back(actor, ticket, message, now=now)
    _forget(ticket, message)
    announce(actor, ticket, MessageCancelled(message=message.pk), now=now)
    return message


def _already_sent(client_key: UUID | None) -> Message | None:
    return Message.objects.filter(client_key=client_key).first() if client_key is not None else None


def _refuse_if_stale(ticket: Ticket, seen_message_id: int) -> None:
    newer = Message.objects.filter(
        ticket=ticket,
        pk__gt=seen_message_id,
        kind=MessageKind.REPLY,
        cancelled_at__isnull=True,
        is_automatic=False,
    )
    if newer.exists():
        raise Conflict(_("Somebody wrote meanwhile. Read it, then send again."), code="answered_meanwhile")


def _undo_seconds(actor: Actor, asked: int | None) -> int:
    if asked is not None:
        return max(0, min(asked, Member.UNDO_SECONDS_LIMIT))
    if actor.member_id is None or actor.token_id is not None:
        return 0
    return Member.objects.values_list("undo_seconds", flat=True).get(pk=actor.member_id)


def _recipients(ticket: Ticket, to: Sequence[str] | None, cc: Sequence[str] | None) -> list[Recipient]:
    asked = reply_addresses(ticket) if to is None else {"to": to, "cc": cc or ()}
    found: dict[str, Recipient] = {}
    for role in (Delivery.Role.TO, Delivery.Role.CC):
        for raw in asked[role]:
            try:
                address = normalise_address(raw)
            except InvalidAddress as error:
                words = _("“%(address)s” is not a mail address.") % {"address": raw}
                raise Invalid(words, fields={role: [words]}) from error
            found.setdefault(address, Recipient(address=address, role=role))
    if len(found) > RECIPIENTS_LIMIT:
        raise Invalid(_("These are too many recipients."), fields={"to": [_("At most 50.")]})
    return _with_names(list(found.values()))


def _with_names(recipients: list[Recipient]) -> list[Recipient]:
    rows = ContactAddress.objects.filter(value__in=[one.address for one in recipients]).select_related(
        "contact"
    )
    contacts = {row.value: row.contact for row in rows}
    return [
        Recipient(
            address=one.address,
            role=one.role,
            contact=contacts.get(one.address),
            name=contacts[one.address].name if one.address in contacts else "",
        )
        for one in recipients
    ]


def _take_status_back(actor: Actor, ticket: Ticket, cancelled: Message, *, now: datetime) -> None:
    """Give the ticket the status that it had before the reply ended or opened it, unless it has another by now.

    Otherwise the requester would be asked whether it is solved, about an answer that he never got.
    """
    events = Event.objects.filter(
        subject_kind="ticket",
        subject_id=ticket.pk,
        type=StatusChanged.name,
        actor_kind=actor.kind,
        actor_id=actor.id,
        created_at=cancelled.created_at,
    )
    change = events.order_by("-id").first()
    if change is None or change.payload["new"] != ticket.status_id:
        return
    former = Status.objects.get(pk=change.payload["old"])
    if not StatusCategory(former.category).is_active:
        return
    OutgoingMail.objects.filter(
        subject_kind="ticket",
        subject_ref=ticket.pk,
        purpose=OutgoingMail.Purpose.RESOLVED,
        state=OutgoingMail.State.DUE,
        attempts=0,
    ).update(state=OutgoingMail.State.CANCELLED)
    event = StatusChanged(
        old=ticket.status_id, new=former.pk, old_category=ticket.category, new_category=former.category
    )
    save_changes(
        ticket,
        now=now,
        status=former,
        category=former.category,
        is_open=True,
        status_changed_at=now,
        resolved_at=None,
        closed_at=None,
    )
    announce(actor, ticket, event, now=now)


def _forget(ticket: Ticket, cancelled: Message) -> None:
    """Put the ticket's moments back to what they are without the reply that was taken back."""
    rest = Message.objects.filter(ticket=ticket, cancelled_at__isnull=True)
    # What machines added is not what the talk has come to, unless there is nothing else.
    newest = rest.order_by("is_automatic", "-id").first()
    said = rest.filter(kind=MessageKind.REPLY, is_automatic=False)
    answers = said.filter(direction=Direction.OUT).order_by("id").values_list("created_at", flat=True)
    asked = said.filter(direction=Direction.IN).order_by("id").values_list("created_at", flat=True)
    last_answer = answers.last()
    unanswered = asked.filter(created_at__gt=last_answer) if last_answer else asked
    ticket.first_response_at = answers.first()
    ticket.last_agent_at = last_answer
    ticket.waiting_since = unanswered.first() if ticket.is_open else None
    ticket.message_count = rest.count()
    ticket.last_words = last_words(newest.text) if newest else ""
    ticket.last_is_internal = newest.is_internal if newest else False
    ticket.last_message_at = newest.created_at if newest else None
    ticket.save(
        update_fields=[
            "first_response_at",
            "last_agent_at",
            "waiting_since",
            "message_count",
            "last_words",
            "last_is_internal",
            "last_message_at",
        ]
    )
