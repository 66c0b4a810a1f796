"""Talks with people outside about a ticket, by mail: what is said there is internal, hidden from the requester."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from okno.lib.addresses import Address, InvalidAddress, clean_name, normalise_address
from okno.lib.errors import Conflict, Invalid, NotFound
from okno.people.models import ContactAddress
from okno.spine.actor import SYSTEM, Actor
from okno.spine.unit import command
from okno.team.models import Member
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.attachments import uploaded_attachments
from okno.tickets.commands.changing import announce, clean_subject
from okno.tickets.commands.messages import NewMessage, Recipient, add_message
from okno.tickets.commands.words import written_body
from okno.tickets.message_events import SideAnswered, SideClosed, SideWritten
from okno.tickets.models import Attachment, Direction, Message, MessageKind, SideThread, Ticket
from okno.tickets.models.ticket import Channel

PEOPLE_LIMIT = 10


@command
def ask_outside(
    *,
    actor: Actor,
    ticket_id: int,
    people: Sequence[Address],
    subject: str,
    text: str = "",
    html: str = "",
    forwarded_files: Sequence[int] = (),
    attachment_keys: Sequence[UUID] = (),
    client_key: UUID | None = None,
    now: datetime,
) -> Message:
    """Begin a talk with people outside, and send them the first words of it.

    `forwarded_files` are ids of files of this ticket's messages. A repeated `client_key` returns the message that it
    made. Raises NotFound, Denied, Invalid.
    """
    ticket = lock_ticket(actor, ticket_id, policy.can_reply)
    known = _already_sent(client_key)
    if known is not None:
        return known
    thread = SideThread(
        ticket=ticket,
        subject=clean_subject(subject),
        people=_people(people),
        opened_by_id=actor.member_id,
        created_at=now,
    )
    thread.save(force_insert=True)
    files = [*uploaded_attachments(actor, attachment_keys), *_copies(ticket, forwarded_files, now=now)]
    return _write(actor, ticket, thread, text=text, html=html, files=files, client_key=client_key, now=now)


@command
def write_outside(
    *,
    actor: Actor,
    ticket_id: int,
    side_thread_id: int,
    text: str = "",
    html: str = "",
    attachment_keys: Sequence[UUID] = (),
    client_key: UUID | None = None,
    now: datetime,
) -> Message:
    """Write to the people of a talk once more; one that was closed is open again. Raises NotFound, Denied, Invalid."""
    ticket = lock_ticket(actor, ticket_id, policy.can_reply)
    known = _already_sent(client_key)
    if known is not None:
        return known
    thread = _thread_of(ticket, side_thread_id)
    if thread.closed_at is not None:
        thread.closed_at = None
        thread.save(update_fields=["closed_at"])
    files = uploaded_attachments(actor, attachment_keys)
    return _write(actor, ticket, thread, text=text, html=html, files=files, client_key=client_key, now=now)


@command
def close_side_thread(*, actor: Actor, ticket_id: int, side_thread_id: int, now: datetime) -> SideThread:
    """End a talk; later answers are still taken. Raises NotFound, Denied, and Conflict if it is closed."""
    ticket = lock_ticket(actor, ticket_id, policy.can_reply)
    thread = _thread_of(ticket, side_thread_id)
    if thread.closed_at is not None:
        raise Conflict(_("This talk has been closed by now."), code="closed")
    thread.closed_at = now
    thread.save(update_fields=["closed_at"])
    announce(actor, ticket, SideClosed(side_thread=thread.pk), now=now)
    return thread


@command
def receive_side_answer(*, thread: SideThread, message: NewMessage, now: datetime) -> Message:
    """Keep what somebody outside answered as an internal note; nothing of the ticket's state changes."""
    ticket = lock_ticket(SYSTEM, thread.ticket_id, policy.can_read)
    row = add_message(actor=SYSTEM, ticket=ticket, message=message, now=now)
    announce(SYSTEM, ticket, SideAnswered(message=row.pk, side_thread=thread.pk), now=now)
    return row


@command
def admit_outsider(*, thread: SideThread, address: str, name: str) -> None:
    """Take the answers of one more address in a talk, as an agent decided."""
    if address and all(person["address"] != address for person in thread.people):
        thread.people = [*thread.people, {"address": address, "name": clean_name(name)}]
        thread.save(update_fields=["people"])


def _write(
    actor: Actor,
    ticket: Ticket,
    thread: SideThread,
    *,
    text: str,
    html: str,
    files: Sequence[Attachment],
    client_key: UUID | None,
    now: datetime,
) -> Message:
    message = add_message(
        actor=actor,
        ticket=ticket,
        message=NewMessage(
            kind=MessageKind.NOTE,
            direction=Direction.INTERNAL,
            channel=Channel.CONSOLE,
            body=written_body(text=text, html=html),
            subject=thread.subject,
            recipients=_recipients(thread),
            attachments=files,
            client_key=client_key,
            side_thread=thread,
        ),
        now=now,
    )
    announce(actor, ticket, SideWritten(message=message.pk, side_thread=thread.pk), now=now)
    return message


def _already_sent(client_key: UUID | None) -> Message | None:
    return Message.objects.filter(client_key=client_key).first() if client_key is not None else None


def _thread_of(ticket: Ticket, side_thread_id: int) -> SideThread:
    rows = SideThread.objects.select_for_update(no_key=True, of=("self",))
    thread: SideThread | None = rows.filter(ticket=ticket, pk=side_thread_id).first()
    if thread is None:
        raise NotFound(_("There is no such talk."))
    return thread


def _people(people: Sequence[Address]) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for person in people:
        try:
            address = normalise_address(person.address)
        except InvalidAddress as error:
            words = _("“%(address)s” is not a mail address.") % {"address": person.address[:200]}
            raise Invalid(words, fields={"to": [words]}) from error
        if Member.objects.filter(email=address, is_active=True).exists():
            words = _("%(address)s is a colleague: write a note to him.") % {"address": address}
            raise Invalid(words, fields={"to": [words]})
        found.setdefault(address, clean_name(person.name))
    if not found:
        raise Invalid(_("Nobody would get this."), fields={"to": [_("Add a recipient.")]})
    if len(found) > PEOPLE_LIMIT:
        raise Invalid(_("These are too many recipients."), fields={"to": [_("At most 10.")]})
    return [{"address": address, "name": name} for address, name in found.items()]


def _recipients(thread: SideThread) -> list[Recipient]:
    addresses = [person["address"] for person in thread.people]
    rows = ContactAddress.objects.select_related("contact").filter(kind="email", value__in=addresses)
    contacts = {row.value: row.contact for row in rows}
    return [
        Recipient(address=person["address"], name=person["name"], contact=contacts.get(person["address"]))
        for person in thread.people
    ]


def _copies(ticket: Ticket, ids: Sequence[int], *, now: datetime) -> list[Attachment]:
    """Return new rows for files of the ticket, of the same bytes."""
    rows = Attachment.objects.filter(ticket=ticket, message__isnull=False, pk__in=list(ids)).order_by("id")
    files = [
        Attachment(
            filename=row.filename,
            content_type=row.content_type,
            size=row.size,
            sha256=row.sha256,
            key=uuid4(),
            created_at=now,
        )
        for row in rows
    ]
    if len(files) != len(set(ids)):
        words = _("One of the files is not there any more.")
        raise Invalid(words, fields={"files": [words]})
    return files
