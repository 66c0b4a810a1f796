"""Mail that waits for an agent's decision, of all tickets and of none."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from okno.conditions.ordering import Keyset, Order, Page
from okno.lib.errors import NotFound
from okno.spine.actor import Actor
from okno.team.policy import TICKETS_READ
from okno.tickets import policy
from okno.tickets.models import HeldMessage, Ticket

COUNTED_UP_TO = 999
_OLDEST = Keyset((Order(column="id", nulls="never"),))


def held_page(actor: Actor, *, cursor: str | None, size: int) -> Page[HeldMessage]:
    """Return some of the mails that wait, oldest first (two queries). Raises Invalid for a cursor that is none."""
    rows = waiting_for(actor).select_related("ticket__requester", "raw__mailbox")
    return _OLDEST.page(rows, cursor=cursor, size=size)


def held_count(actor: Actor) -> int:
    """Return how many wait that the actor may see; `COUNTED_UP_TO` may be more."""
    return waiting_for(actor).order_by()[:COUNTED_UP_TO].count()


def find_waiting(actor: Actor, *, held_id: int) -> HeldMessage:
    """Return a held mail that the actor may see, decided or not, with its raw mail. Raises NotFound."""
    found = HeldMessage.objects.select_related("raw").filter(_visible_to(actor), pk=held_id).first()
    if found is None:
        raise NotFound(_("There is no such mail."))
    return found


def waiting_for(actor: Actor) -> QuerySet[HeldMessage]:
    """Return the mails that wait for a decision and that the actor may see: by their ticket, or by their mailbox."""
    return HeldMessage.objects.filter(_visible_to(actor), decision="")


def _visible_to(actor: Actor) -> Q:
    reach = policy.reach(actor, TICKETS_READ)
    if reach == policy.EVERYTHING:
        return Q()
    if reach == policy.NOTHING:
        return Q(pk__in=[])
    # Asked for each waiting mail by the ticket's id; as a set it would be all tickets of the desk.
    ticket: Any = Ticket.objects.filter(policy.visible_to(actor), pk=OuterRef("ticket_id"))
    mailboxes = policy.readable_mailboxes(actor)
    return Q(Exists(ticket)) | Q(ticket__isnull=True, raw__mailbox_id__in=mailboxes)
