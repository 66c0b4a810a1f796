"""Tickets and messages with all that they point to, for those who read them whole."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Prefetch, QuerySet

from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import Attachment, Delivery, Message, Participant, Ticket

_POINTED_TO = ("type", "status", "topic", "desk", "team", "assignee", "requester", "organization")


def whole_tickets(actor: Actor) -> QuerySet[Ticket]:
    """Return the tickets that the actor may see, with what they point to (two queries)."""
    return whole(Ticket.objects.filter(policy.visible_to(actor)))


def whole(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Return tickets with what they point to."""
    return tickets.select_related(*_POINTED_TO).prefetch_related("requester__addresses")


def visible_numbers(actor: Actor, ids: Collection[int]) -> dict[int, int]:
    """Return the numbers of those tickets that the actor may see, by their ids."""
    if not ids:
        return {}
    found = Ticket.objects.filter(policy.visible_to(actor), pk__in=ids)
    return dict(found.values_list("pk", "number"))


def whole_messages(ticket: Ticket) -> QuerySet[Message]:
    """Return the messages of a ticket with their deliveries and files (three queries)."""
    return Message.objects.filter(ticket=ticket).prefetch_related(
        Prefetch("deliveries", Delivery.objects.order_by("role", "id")),
        Prefetch("attachments", Attachment.objects.order_by("id")),
    )


def participants_of(ticket: Ticket) -> QuerySet[Participant]:
    """Return the people of a ticket, in the order in which they came (two queries)."""
    people = Participant.objects.filter(ticket=ticket).select_related("contact", "member")
    return people.prefetch_related("contact__addresses").order_by("id")
