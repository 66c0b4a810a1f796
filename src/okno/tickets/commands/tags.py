"""Tags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from okno.lib.html_text import without_unusable
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce, save_changes
from okno.tickets.events import TagsChanged
from okno.tickets.models import Ticket, TicketTag

TAG_LENGTH = 50
TAGS_LIMIT = 50


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Return tags as they are stored: lower-case, without doubles or commas, sorted."""
    cleaned = {" ".join(without_unusable(tag).replace(",", " ").lower().split())[:TAG_LENGTH] for tag in tags}
    return sorted(cleaned - {""})[:TAGS_LIMIT]


@command
def set_tags(*, actor: Actor, ticket_id: int, tags: Iterable[str], now: datetime) -> Ticket:
    """Make these the ticket's tags."""
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    old, new = set(ticket.tags), set(clean_tags(tags))
    if old == new:
        return ticket
    TicketTag.objects.filter(ticket=ticket, name__in=old - new).delete()
    write_tag_rows(ticket, sorted(new - old))
    save_changes(ticket, now=now, tags=sorted(new))
    announce(actor, ticket, TagsChanged(added=sorted(new - old), removed=sorted(old - new)), now=now)
    return ticket


def write_tag_rows(ticket: Ticket, names: Iterable[str]) -> None:
    """Insert the narrow rows of tags; those that are there stay."""
    TicketTag.objects.bulk_create(
        [TicketTag(ticket=ticket, name=name) for name in names], ignore_conflicts=True
    )
