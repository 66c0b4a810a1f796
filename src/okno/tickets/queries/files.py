"""Finding a file by the random key in its address. The right to it is the right to its ticket, at each download."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from okno.lib.errors import NotFound
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.access import find_ticket
from okno.tickets.models import Attachment, HeldMessage, Message, Ticket


def find_file(actor: Actor, key: UUID) -> Attachment:
    """Return a file of a ticket that the actor sees, or an unsent upload of his own. Raises NotFound."""
    file = Attachment.objects.filter(key=key).first()
    if file is None or not _may_have(actor, file):
        raise _no_file()
    return file


def find_message(actor: Actor, *, number: int, message_id: int) -> Message:
    """Return a message of a ticket that the actor sees, with its raw mail. Raises NotFound."""
    ticket = find_ticket(actor, number=number)
    found = Message.objects.select_related("raw").filter(ticket=ticket, pk=message_id).first()
    if found is None:
        raise NotFound(_("There is no such message."))
    return found


def find_held(actor: Actor, *, number: int, held_id: int) -> HeldMessage:
    """Return a held mail of a ticket that the actor sees, with its raw mail. Raises NotFound."""
    ticket = find_ticket(actor, number=number)
    found = HeldMessage.objects.select_related("raw").filter(ticket=ticket, pk=held_id).first()
    if found is None:
        raise NotFound(_("There is no such mail."))
    return found


def pictures_of(message: Message) -> dict[str, Attachment]:
    """Return the files of a message by their content ids."""
    rows = Attachment.objects.filter(message=message).exclude(content_id="")
    return {row.content_id: row for row in rows}


def own_uploads(actor: Actor, keys: list[UUID]) -> list[Attachment]:
    """Return those of the files that the actor uploaded and has not sent yet."""
    if not keys or actor.member_id is None:
        return []
    return list(
        Attachment.objects.filter(
            key__in=keys, uploaded_by_id=actor.member_id, message__isnull=True
        ).order_by("id")
    )


def _may_have(actor: Actor, file: Attachment) -> bool:
    if file.message_id is None:
        return file.uploaded_by_id is not None and file.uploaded_by_id == actor.member_id
    return Ticket.objects.filter(Q(pk=file.ticket_id) & policy.visible_to(actor)).exists()


def _no_file() -> NotFound:
    return NotFound(_("There is no such file."))
