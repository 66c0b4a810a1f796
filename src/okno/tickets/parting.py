"""What goes back with a contact who was merged with another and parted again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Subquery

from okno.people.merging import follows_parting
from okno.people.models import Contact
from okno.tickets.models import Direction, Message, Ticket


@follows_parting
def give_back_newer_tickets(*, survivor_id: int, restored: Contact, since: datetime, limit: int) -> int:
    """Give a contact the tickets that he opened by mail while he was one with the other; returns how many.

    Otherwise the next mail from his address would be a stranger's, and the link in his mails would open nothing.
    """
    first = Message.objects.filter(ticket=OuterRef("pk"), direction=Direction.IN).order_by("id")
    tickets = Ticket.objects.filter(requester_id=survivor_id, created_at__gte=since)
    theirs = tickets.annotate(opened_from=Subquery(first.values("from_address")[:1])).filter(
        opened_from__in=restored.addresses.values("value")
    )
    ids = list(theirs.order_by("id").values_list("pk", flat=True)[:limit])
    return Ticket.objects.filter(pk__in=ids, requester_id=survivor_id).update(requester=restored)
