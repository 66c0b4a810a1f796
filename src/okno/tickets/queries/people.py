"""The people of a ticket."""

from __future__ import annotations

from okno.people.models import ContactAddress
from okno.tickets.models import Message, Participant, ParticipantRole, Ticket


def reply_addresses(ticket: Ticket) -> dict[str, list[str]]:
    """Return the addresses a reply goes to by itself, as `{"to": […], "cc": […]}`.

    The requester is answered at the address he wrote from last, the copied people at their primary ones.
    """
    people = Participant.objects.filter(
        ticket=ticket, contact__isnull=False, role__in=[ParticipantRole.REQUESTER, ParticipantRole.COPIED]
    )
    roles = {one.contact_id: one.role for one in people if one.contact_id is not None}
    if ticket.requester_id is not None:
        roles[ticket.requester_id] = ParticipantRole.REQUESTER
    rows = ContactAddress.objects.filter(contact_id__in=roles, kind=ContactAddress.Kind.EMAIL)
    by_contact: dict[int, list[str]] = {}
    for row in rows.order_by("-is_primary", "id"):
        by_contact.setdefault(row.contact_id, []).append(row.value)
    found: dict[str, list[str]] = {"to": [], "cc": []}
    for contact_id, addresses in by_contact.items():
        if roles[contact_id] == ParticipantRole.REQUESTER:
            found["to"].append(_last_used(ticket, addresses))
        else:
            found["cc"].append(addresses[0])
    return found


def _last_used(ticket: Ticket, addresses: list[str]) -> str:
    used = (
        Message.objects.filter(ticket=ticket, from_address__in=addresses)
        .order_by("-id")
        .values_list("from_address", flat=True)
        .first()
    )
    return used or addresses[0]
