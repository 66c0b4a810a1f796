"""The one gate to a ticket: strangers get *not found*, whoever sees it but may not act is denied."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from okno.lib.errors import Denied, NotFound
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import Ticket

Permission = Callable[[Actor, Ticket], bool]


def find_ticket(actor: Actor, *, number: int) -> Ticket:
    """Return a ticket that the actor may see, by its number. Raises NotFound."""
    found = Ticket.objects.filter(policy.visible_to(actor), number=number).first()
    if found is None:
        raise _not_found()
    return found


def lock_ticket(actor: Actor, ticket_id: int, allowed: Permission) -> Ticket:
    """Lock a ticket for a change. Raises NotFound for a stranger and Denied if `allowed` says no."""
    ticket = Ticket.objects.select_for_update(no_key=True, of=("self",)).filter(pk=ticket_id).first()
    if ticket is None or not policy.can_read(actor, ticket):
        raise _not_found()
    if not allowed(actor, ticket):
        raise Denied(_("You may see this ticket but not change it like this."))
    return ticket


def _not_found() -> NotFound:
    return NotFound(_("There is no such ticket."))
