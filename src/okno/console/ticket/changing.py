"""Changing one property by its name and the text that a form sends: each is one command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from math import isfinite
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, make_aware
from django.utils.translation import gettext as _

from okno.console.ticket.side_cells import CUSTOM
from okno.lib.errors import Invalid
from okno.people.commands import contact_for_address
from okno.people.models import Contact
from okno.spine.actor import Actor
from okno.team.models import Member, Team
from okno.tickets.commands.assign import assign_ticket, change_team
from okno.tickets.commands.custom import set_custom_values
from okno.tickets.commands.properties import (
    change_device,
    change_due,
    change_kind,
    change_parent,
    change_priority,
    change_reminder,
    change_requester,
    change_solution,
    change_subject,
    change_topic,
    change_type,
)
from okno.tickets.commands.status import change_status
from okno.tickets.commands.tags import set_tags
from okno.tickets.models import CustomField, RequestType, Status, Topic

Change = Callable[[Actor, int, str, datetime], Any]


def _status(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_status(actor=actor, ticket_id=ticket_id, status=_row(Status, value), now=now)


def _priority(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_priority(
        actor=actor, ticket_id=ticket_id, priority=int(value) if value.isdecimal() else 0, now=now
    )


def _kind(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_kind(actor=actor, ticket_id=ticket_id, kind=value, now=now)


def _type(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_type(actor=actor, ticket_id=ticket_id, to=_row(RequestType, value), now=now)


def _topic(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_topic(actor=actor, ticket_id=ticket_id, to=_row(Topic, value) if value else None, now=now)


def _team(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_team(actor=actor, ticket_id=ticket_id, to=_row(Team, value) if value else None, now=now)


def _assignee(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return assign_ticket(actor=actor, ticket_id=ticket_id, to=_row(Member, value) if value else None, now=now)


def _subject(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_subject(actor=actor, ticket_id=ticket_id, subject=value, now=now)


def _device(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_device(actor=actor, ticket_id=ticket_id, device=value, now=now)


def _solution(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_solution(actor=actor, ticket_id=ticket_id, solution=value, now=now)


def _tags(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return set_tags(actor=actor, ticket_id=ticket_id, tags=value.split(","), now=now)


def _due(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_due(actor=actor, ticket_id=ticket_id, due_at=_moment(value), now=now)


def _reminder(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_reminder(actor=actor, ticket_id=ticket_id, reminder_at=_moment(value), now=now)


def _parent(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    number = value.strip().removeprefix("#")
    if number and not (number.isdecimal() and len(number) < 19):
        words = _("Write the number of a ticket.")
        raise Invalid(words, fields={"parent": [words]})
    return change_parent(
        actor=actor, ticket_id=ticket_id, parent_number=int(number) if number else None, now=now
    )


def _requester(actor: Actor, ticket_id: int, value: str, now: datetime) -> Any:
    return change_requester(actor=actor, ticket_id=ticket_id, to=contact_named(value, now=now), now=now)


CHANGES: dict[str, Change] = {
    "status": _status,
    "priority": _priority,
    "kind": _kind,
    "type": _type,
    "topic": _topic,
    "team": _team,
    "assignee": _assignee,
    "subject": _subject,
    "device": _device,
    "solution": _solution,
    "tags": _tags,
    "due": _due,
    "reminder": _reminder,
    "parent": _parent,
    "requester": _requester,
}


def change_property(actor: Actor, ticket_id: int, name: str, value: str, *, now: datetime) -> None:
    """Change one property. Raises Invalid for a name that is none, and what its command raises."""
    if name.startswith(CUSTOM):
        _change_custom(actor, ticket_id, name.removeprefix(CUSTOM), value, now)
    elif name in CHANGES:
        CHANGES[name](actor, ticket_id, value, now)
    else:
        raise Invalid(_("There is no such property."), code="unknown_property")


def contact_named(value: str, *, now: datetime) -> Contact:
    """Return the contact that a form names by `contact:<id>` or by an address, made if it is new. Raises Invalid."""
    kind, _colon, ref = value.strip().partition(":")
    if kind == "contact" and ref.isdecimal():
        contact: Contact = _row(Contact, ref)
        return contact
    return contact_for_address(address=value, now=now, source="console")


def _change_custom(actor: Actor, ticket_id: int, key: str, value: str, now: datetime) -> None:
    field = CustomField.objects.filter(key=key, is_active=True).first()
    if field is None:
        raise Invalid(_("There is no such field."), code="unknown_property")
    typed: Any = value.strip()
    if field.kind == CustomField.Kind.BOOLEAN:
        typed = {"yes": True, "no": False}.get(typed)
    elif field.kind == CustomField.Kind.NUMBER and typed:
        typed = _number(typed)
    set_custom_values(actor=actor, ticket_id=ticket_id, values={key: typed}, now=now)


def _number(text: str) -> float | str:
    try:
        number = float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        return text
    return number if isfinite(number) else text


def _moment(text: str) -> datetime | None:
    """Return a moment of the page's zone as the browser's field writes it. Raises Invalid."""
    if not text.strip():
        return None
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        moment = None
    if moment is None:
        words = _("Write a date and a time.")
        raise Invalid(words, fields={"value": [words]})
    return moment if is_aware(moment) else make_aware(moment)


def _row(model: Any, value: str) -> Any:
    """Return a row of the workspace by what a form sent. Raises Invalid."""
    found = model.objects.filter(pk=int(value)).first() if value.isdecimal() and len(value) < 19 else None
    if found is None:
        raise Invalid(_("This cannot be chosen any more."), code="gone")
    return found
