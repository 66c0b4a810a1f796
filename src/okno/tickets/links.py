"""Signed links by which a requester opens his ticket without an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from okno.people.models import Contact, ContactAddress
from okno.tenancy.scope import current_workspace_id
from okno.tickets.models import Ticket

LIFETIME = timedelta(days=90)
_SALT = "okno.requester-link"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequesterLink:
    """What a valid link opens, for whom, and the address that it was sent to."""

    ticket: Ticket
    contact: Contact
    address: ContactAddress


def requester_link(ticket: Ticket, address: ContactAddress) -> str:
    """Return the path of a ticket's page for the owner of an address; good for 90 days and this workspace only."""
    token = signing.dumps([ticket.workspace_id, ticket.pk, address.pk], salt=_SALT, compress=False)
    return f"/r/{token}/"


def open_requester_link(token: str) -> RequesterLink | None:
    """Return what a link's token opens in the workspace of the scope, or None if it is not (any more) good.

    The right is checked now, not when the link was made: the contact must still be the ticket's requester.
    """
    try:
        workspace_id, ticket_id, address_id = signing.loads(token, salt=_SALT, max_age=LIFETIME)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if workspace_id != current_workspace_id():
        return None
    address = ContactAddress.objects.select_related("contact").filter(pk=address_id).first()
    ticket = Ticket.objects.filter(pk=ticket_id).first()
    if address is None or ticket is None or ticket.requester_id != address.contact_id:
        return None
    return RequesterLink(ticket=ticket, contact=address.contact, address=address)
