"""Talks with people outside, as a ticket's page and their own pages show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from okno.lib.errors import NotFound
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.access import find_ticket
from okno.tickets.models import Message, SideThread, Ticket
from okno.tickets.queries.timeline import Said, read_messages

SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTalk:
    """One talk with what was said in it, oldest first."""

    ticket: Ticket
    thread: SideThread
    said: list[Said]


def side_threads_of(ticket: Ticket) -> list[SideThread]:
    """Return a ticket's talks, newest first, each with `count` messages and when the `newest` came (one query)."""
    rows = SideThread.objects.filter(ticket=ticket)
    return list(
        rows.annotate(count=Count("messages"), newest=Max("messages__created_at")).order_by("-id")[:SHOWN]
    )


def read_side_talk(actor: Actor, *, number: int, side_thread_id: int) -> SideTalk:
    """Return a talk. Raises NotFound for one that is not there or not for the actor, who must see notes."""
    ticket = find_ticket(actor, number=number)
    thread = SideThread.objects.filter(ticket=ticket, pk=side_thread_id).first()
    if thread is None or not policy.can_note(actor, ticket):
        raise NotFound(_("There is no such talk."))
    ids = Message.objects.filter(side_thread=thread).order_by("-id").values_list("pk", flat=True)[:SHOWN]
    return SideTalk(ticket=ticket, thread=thread, said=read_messages(ticket, list(ids)))
