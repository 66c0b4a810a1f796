"""What happens to contacts and organizations."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from okno.spine.events import EventType, event_type


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
        return _("changed the contact")


@event_type("contact.address_added")
class AddressAdded(EventType):
    """A contact got another address."""

    address: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("added an address")


@event_type("contact.address_verified")
class AddressVerified(EventType):
    """A contact proved that he reads an address."""

    address: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("proved an address")


@event_type("organization.changed")
class OrganizationChanged(EventType):
    """An organization was made or changed."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the organization")
