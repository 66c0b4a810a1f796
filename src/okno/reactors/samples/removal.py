"""Taking sample data away: exactly what is marked, with what hangs on it, and nothing that somebody uses by now."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Model

from okno.channels.email.models import SuppressedAddress
from okno.people.models import Contact, ContactAddress, Organization, OrganizationDomain
from okno.reactors.samples.models import SampleThing
from okno.spine.actor import SYSTEM
from okno.spine.unit import command
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.spam import delete_whole
from okno.tickets.models import Ticket

_KIND = SampleThing.Kind
# What belongs to a row and says nothing about its being used.
_PARTS: tuple[type[Model], ...] = (ContactAddress, OrganizationDomain)


@command
def remove_tickets(how_many: int, *, now: datetime) -> int:
    """Delete some of the sample tickets, whatever was done with them; returns how many marks are gone."""
    marks = list(SampleThing.objects.filter(kind=_KIND.TICKET).order_by("id")[:how_many])
    ids = [mark.object_id for mark in marks]
    for ticket_id in Ticket.objects.filter(pk__in=ids).order_by("id").values_list("pk", flat=True):
        delete_whole(SYSTEM, lock_ticket(SYSTEM, ticket_id, policy.can_change), now=now)
    SampleThing.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    return len(marks)


@command
def remove_people() -> None:
    """Delete the sample contacts and organizations, but for those that something real refers to by now."""
    _remove(SuppressedAddress, _KIND.SUPPRESSION)
    _remove(Contact, _KIND.CONTACT)
    _remove(Organization, _KIND.ORGANIZATION)


def _remove(model: type[Model], kind: SampleThing.Kind) -> None:
    marks = SampleThing.objects.filter(kind=kind)
    rows = model._default_manager.filter(pk__in=marks.values("object_id"))
    unused = [row.pk for row in rows if not _is_used(row)]
    model._default_manager.filter(pk__in=unused).delete()
    marks.delete()


def _is_used(row: Model) -> bool:
    relations = [one for one in row._meta.related_objects if one.related_model not in _PARTS]
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: row}).exists()
        for relation in relations
    )
