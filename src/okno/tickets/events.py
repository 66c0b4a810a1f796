"""What happens to tickets. Payloads hold ids and small before/after values, never bodies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from okno.spine.events import Change, EventType, event_type
from okno.tickets.models import ParticipantRole, Priority, TicketKind


def _label(names: Mapping[str, str], kind: str, ref: Any) -> str:
    if ref is None:
        return _("nobody") if kind == "member" else _("none")
    return names.get(f"{kind}:{ref}", f"{kind} {ref}")


@event_type("ticket.created", is_internal=False)
class TicketCreated(EventType):
    """A ticket was opened."""

    number: int
    channel: str
    wants_receipt: bool = False
    """The requester is to be told by mail that it is here."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("opened the ticket")


@event_type("ticket.assigned")
class TicketAssigned(EventType):
    """The assignee changed."""

    old: int | None
    new: int | None

    def references(self) -> set[str]:
        return {f"member:{ref}" for ref in (self.old, self.new) if ref is not None}

    def describe(self, names: Mapping[str, str]) -> str:
        if self.new is None:
            return _("took the ticket from %(old)s") % {"old": _label(names, "member", self.old)}
        if self.old is None and names.get("actor") == f"member:{self.new}":
            return _("took the ticket")
        if self.old is None:
            return _("assigned the ticket to %(new)s") % {"new": _label(names, "member", self.new)}
        return _("passed the ticket from %(old)s to %(new)s") % {
            "old": _label(names, "member", self.old),
            "new": _label(names, "member", self.new),
        }


@event_type("ticket.team_changed")
class TeamChanged(EventType):
    """The team changed."""

    old: int | None
    new: int | None

    def references(self) -> set[str]:
        return {f"team:{ref}" for ref in (self.old, self.new) if ref is not None}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the team: %(old)s → %(new)s") % {
            "old": _label(names, "team", self.old),
            "new": _label(names, "team", self.new),
        }


@event_type("ticket.status_changed", is_internal=False)
class StatusChanged(EventType):
    """The status changed."""

    old: int
    new: int
    old_category: str
    new_category: str

    def references(self) -> set[str]:
        return {f"status:{self.old}", f"status:{self.new}"}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the status: %(old)s → %(new)s") % {
            "old": _label(names, "status", self.old),
            "new": _label(names, "status", self.new),
        }


@event_type("ticket.priority_changed")
class PriorityChanged(EventType):
    """The priority changed."""

    old: int
    new: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the priority: %(old)s → %(new)s") % {
            "old": Priority(self.old).label,
            "new": Priority(self.new).label,
        }

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", str(Priority(self.old).label), str(Priority(self.new).label))]


@event_type("ticket.subject_changed", is_internal=False)
class SubjectChanged(EventType):
    """The subject was edited."""

    old: str
    new: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the subject: “%(old)s” → “%(new)s”") % {"old": self.old, "new": self.new}

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        return {"old": "", "new": ""}


@event_type("ticket.kind_changed")
class KindChanged(EventType):
    """The kind changed."""

    old: str
    new: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the kind: %(old)s → %(new)s") % {
            "old": TicketKind(self.old).label,
            "new": TicketKind(self.new).label,
        }

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", str(TicketKind(self.old).label), str(TicketKind(self.new).label))]


@event_type("ticket.type_changed")
class TypeChanged(EventType):
    """The request type changed."""

    old: int
    new: int

    def references(self) -> set[str]:
        return {f"type:{self.old}", f"type:{self.new}"}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the type: %(old)s → %(new)s") % {
            "old": _label(names, "type", self.old),
            "new": _label(names, "type", self.new),
        }


@event_type("ticket.topic_changed")
class TopicChanged(EventType):
    """The topic changed."""

    old: int | None
    new: int | None

    def references(self) -> set[str]:
        return {f"topic:{ref}" for ref in (self.old, self.new) if ref is not None}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the topic: %(old)s → %(new)s") % {
            "old": _label(names, "topic", self.old),
            "new": _label(names, "topic", self.new),
        }


@event_type("ticket.tags_changed")
class TagsChanged(EventType):
    """Tags were added or taken off."""

    added: list[str]
    removed: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        parts = []
        if self.added:
            parts.append(_("added the tags %(tags)s") % {"tags": ", ".join(self.added)})
        if self.removed:
            parts.append(_("took off the tags %(tags)s") % {"tags": ", ".join(self.removed)})
        return "; ".join(parts)

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", self.removed, self.added)]


@event_type("ticket.field_changed")
class FieldChanged(EventType):
    """A plain field (device, solution, a custom one) changed; of long texts the beginning is kept.

    Events of earlier versions of Okno hold no values.
    """

    field: str
    label: str
    old: Any = None
    new: Any = None

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed “%(field)s”") % {"field": _(self.label)}

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "old": None, "new": None}


@event_type("ticket.due_changed")
class DueChanged(EventType):
    """The due date changed."""

    old: str | None
    new: str | None

    def describe(self, names: Mapping[str, str]) -> str:
        if self.new is None:
            return _("removed the due date")
        return _("set the due date to %(date)s") % {"date": _moment(self.new)}

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", *(value and _moment(value) for value in (self.old, self.new)))]


@event_type("ticket.reminder_changed")
class ReminderChanged(EventType):
    """The reminder was set, moved or removed."""

    old: str | None
    new: str | None

    def describe(self, names: Mapping[str, str]) -> str:
        if self.new is None:
            return _("removed the reminder")
        return _("set a reminder for %(date)s") % {"date": _moment(self.new)}

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", *(value and _moment(value) for value in (self.old, self.new)))]


@event_type("ticket.reminder_due")
class ReminderDue(EventType):
    """The time of the reminder has come."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("the time of the reminder has come")


@event_type("ticket.participant_added")
class ParticipantAdded(EventType):
    """A person joined."""

    role: str
    contact: int | None = None
    member: int | None = None

    def references(self) -> set[str]:
        return {f"contact:{self.contact}"} if self.contact is not None else {f"member:{self.member}"}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("added %(person)s (%(role)s)") % {"person": _person(self, names), "role": _role(self.role)}


@event_type("ticket.participant_removed")
class ParticipantRemoved(EventType):
    """A person left."""

    role: str
    contact: int | None = None
    member: int | None = None

    def references(self) -> set[str]:
        return {f"contact:{self.contact}"} if self.contact is not None else {f"member:{self.member}"}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("removed %(person)s (%(role)s)") % {"person": _person(self, names), "role": _role(self.role)}


@event_type("ticket.requester_changed")
class RequesterChanged(EventType):
    """The requester was changed by a member."""

    old: int | None
    new: int | None

    def references(self) -> set[str]:
        return {f"contact:{ref}" for ref in (self.old, self.new) if ref is not None}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the requester: %(old)s → %(new)s") % {
            "old": _label(names, "contact", self.old),
            "new": _label(names, "contact", self.new),
        }


@event_type("ticket.parent_changed")
class ParentChanged(EventType):
    """The parent ticket changed."""

    old: int | None
    new: int | None

    def references(self) -> set[str]:
        return {f"ticket:{ref}" for ref in (self.old, self.new) if ref is not None}

    def describe(self, names: Mapping[str, str]) -> str:
        if self.new is None:
            return _("took the ticket out of %(old)s") % {"old": _label(names, "ticket", self.old)}
        return _("put the ticket under %(new)s") % {"new": _label(names, "ticket", self.new)}


@event_type("ticket.linked")
class TicketLinked(EventType):
    """Two tickets were related."""

    other: int
    link: str

    def references(self) -> set[str]:
        return {f"ticket:{self.other}"}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("linked the ticket with %(other)s") % {"other": _label(names, "ticket", self.other)}


@event_type("ticket.marked_spam")
class MarkedSpam(EventType):
    """Somebody called the ticket spam."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("marked the ticket as spam")


@event_type("ticket.unmarked_spam")
class UnmarkedSpam(EventType):
    """The ticket is no spam after all."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("said that the ticket is not spam")


@event_type("ticket.deleted")
class TicketDeleted(EventType):
    """The ticket is gone with all that was said on it."""

    number: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("deleted the ticket")


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "SHORT_DATETIME_FORMAT")


def _person(event: ParticipantAdded | ParticipantRemoved, names: Mapping[str, str]) -> str:
    if event.contact is not None:
        return _label(names, "contact", event.contact)
    return _label(names, "member", event.member)


def _role(role: str) -> str:
    return str(ParticipantRole(role).label)
