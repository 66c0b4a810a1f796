"""Reading calls for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from okno.lib.phones import phone_beginning, shown_phone
from okno.modules.phone.callers import Caller
from okno.modules.phone.models import PhoneCall
from okno.people.models import Contact, ContactAddress
from okno.people.queries import find_contacts
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import Ticket
from okno.tickets.queries.list import ListedTicket, tickets_of

SHOWN = 50
SUGGESTED = 8
OPEN_SHOWN = 5
_PHONE = ContactAddress.Kind.PHONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A contact to choose while one types: what stands in the field then, and what is shown of him."""

    contact: Contact
    value: str
    details: str


def unfinished(actor: Actor) -> Sequence[PhoneCall]:
    """Return the calls that the actor may go on with, the newest first (one query)."""
    tickets = Ticket.objects.filter(policy.changeable_by(actor), is_draft=True, spam_at__isnull=True)
    calls = PhoneCall.objects.select_related("ticket__requester", "started_by")
    return list(calls.filter(ticket__in=tickets.values("pk")).order_by("-id")[:SHOWN])


def call_of(actor: Actor, number: int) -> PhoneCall | None:
    """Return the unfinished call of a ticket that the actor may change, or None."""
    tickets = Ticket.objects.filter(policy.changeable_by(actor), number=number, is_draft=True)
    calls = PhoneCall.objects.select_related("ticket__requester", "saved_by")
    found: PhoneCall | None = calls.filter(ticket__in=tickets.values("pk")).first()
    return found


def suggestions(q: str) -> list[Suggestion]:
    """Return the contacts who may be meant (three queries)."""
    found = find_contacts(q, limit=SUGGESTED) if len(q.strip()) > 1 else []
    return [_suggestion(contact, q) for contact in found]


def caller_tickets(actor: Actor, caller: Caller) -> tuple[list[ListedTicket], list[ContactAddress]]:
    """Return the newest open tickets of a known caller that the actor sees, and how to reach him (three queries)."""
    if caller.contact is None:
        return [], []
    rows = ContactAddress.objects.filter(contact=caller.contact).order_by("-kind", "-is_primary", "id")
    open_ones = tickets_of(actor, is_open=True, requester_id=caller.contact.pk, limit=OPEN_SHOWN)
    # Unfinished calls have a list of their own; among them is the one that is being written down.
    return [one for one in open_ones if not one.is_draft], list(rows[:OPEN_SHOWN])


def _suggestion(contact: Contact, q: str) -> Suggestion:
    # The one that was being typed before the main one, numbers before mail addresses.
    rows = sorted(contact.addresses.all(), key=lambda row: (not _begins(row, q), row.kind != _PHONE))
    shown = [shown_phone(row.value) if row.kind == _PHONE else row.value for row in rows]
    organization = [contact.organization.name] if contact.organization else []
    return Suggestion(
        contact=contact,
        value=shown[0] if shown else f"contact:{contact.pk}",
        details=" · ".join([*organization, *shown[:2]]),
    )


def _begins(row: ContactAddress, q: str) -> bool:
    beginning = phone_beginning(q) if row.kind == _PHONE else q.strip().lower()
    return bool(beginning) and row.value.startswith(beginning)
