"""What happens to contacts and organizations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from okno.spine.events import EventType, event_type

_LABELS = {
    "name": gettext_noop("Name"),
    "organization": gettext_noop("Organization"),
    "title": gettext_noop("Position"),
    "language": gettext_noop("Language"),
    "notes": gettext_noop("Notes"),
    "is_vip": gettext_noop("VIP"),
    "sees_organization": gettext_noop("Sees the organization's requests"),
    "addresses": gettext_noop("Addresses"),
    "primary_address": gettext_noop("Main address"),
    "domains": gettext_noop("Mail domains"),
}


def _labels(fields: list[str]) -> str:
    return ", ".join(_(_LABELS[field]) if field in _LABELS else field for field in fields)


@event_type("contact.created")
class ContactCreated(EventType):
    """A contact was made."""

    source: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("created the contact")


@event_type("contact.changed")
class ContactChanged(EventType):
    """Fields of a contact changed; values are personal and stay out."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed: %(fields)s") % {"fields": _labels(self.fields)}


@event_type("contact.removed")
class ContactRemoved(EventType):
    """A contact was deleted."""

    source: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("removed the contact")


@event_type("contact.address_added")
class AddressAdded(EventType):
    """A contact got another address."""

    address: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("added an address")


@event_type("contact.address_removed")
class AddressRemoved(EventType):
    """An address was taken from a contact."""

    address: int
    kind: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("removed a phone number") if self.kind == "phone" else _("removed an address")


@event_type("contact.address_verified")
class AddressVerified(EventType):
    """A contact proved that he reads an address."""

    address: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("proved an address")


@event_type("organization.created")
class OrganizationCreated(EventType):
    """An organization was made."""

    source: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("made the organization")


@event_type("organization.changed")
class OrganizationChanged(EventType):
    """Fields of an organization changed."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed: %(fields)s") % {"fields": _labels(self.fields)}


@event_type("organization.contacts_attached")
class ContactsAttached(EventType):
    """Contacts who write from an organization's domains were put into it."""

    count: int

    def describe(self, names: Mapping[str, str]) -> str:
        words = ngettext("put in %(count)d person", "put in %(count)d people", self.count)
        return words % {"count": self.count}


@event_type("contact.merged")
class ContactMerged(EventType):
    """A contact went up in another; both get this event."""

    survivor: int
    absorbed: int
    merge: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _merged(self, "contact", names)

    def references(self) -> set[str]:
        return {f"contact:{self.survivor}", f"contact:{self.absorbed}"}


@event_type("contact.parted")
class ContactParted(EventType):
    """A merge of two contacts was undone; both get this event."""

    survivor: int
    absorbed: int
    merge: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _parted(self, "contact", names)

    def references(self) -> set[str]:
        return {f"contact:{self.survivor}", f"contact:{self.absorbed}"}


@event_type("organization.merged")
class OrganizationMerged(EventType):
    """An organization went up in another; both get this event."""

    survivor: int
    absorbed: int
    merge: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _merged(self, "organization", names)

    def references(self) -> set[str]:
        return {f"organization:{self.survivor}", f"organization:{self.absorbed}"}


@event_type("organization.parted")
class OrganizationParted(EventType):
    """A merge of two organizations was undone; both get this event."""

    survivor: int
    absorbed: int
    merge: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _parted(self, "organization", names)

    def references(self) -> set[str]:
        return {f"organization:{self.survivor}", f"organization:{self.absorbed}"}


def _merged(event: Any, kind: str, names: Mapping[str, str]) -> str:
    said = _names_of(event, kind, names)
    return _("merged %(absorbed)s into %(survivor)s") % said


def _parted(event: Any, kind: str, names: Mapping[str, str]) -> str:
    said = _names_of(event, kind, names)
    return _("parted %(absorbed)s from %(survivor)s again") % said


def _names_of(event: Any, kind: str, names: Mapping[str, str]) -> dict[str, str]:
    return {
        "absorbed": names.get(f"{kind}:{event.absorbed}", f"№ {event.absorbed}"),
        "survivor": names.get(f"{kind}:{event.survivor}", f"№ {event.survivor}"),
    }


@event_type("people.import_started")
class ImportStarted(EventType):
    """Somebody let a table into the contacts."""

    filename: str
    rows: int

    def describe(self, names: Mapping[str, str]) -> str:
        words = ngettext(
            "imported %(filename)s (%(count)d row)", "imported %(filename)s (%(count)d rows)", self.rows
        )
        return words % {"filename": self.filename, "count": self.rows}


@event_type("people.import_undone")
class ImportUndone(EventType):
    """Somebody took an imported table back."""

    filename: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("undid the import of %(filename)s") % {"filename": self.filename}


@event_type("people.exported")
class PeopleExported(EventType):
    """Somebody took contacts or organizations out as a file."""

    what: str
    format: str
    filters: dict[str, str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("exported organizations") if self.what == "organizations" else _("exported contacts")
