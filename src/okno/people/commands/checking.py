"""What people's commands check: who may, and what names, addresses and numbers are."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Denied, Invalid
from okno.lib.html_text import without_unusable
from okno.lib.phones import InvalidPhone, normalise_phone
from okno.people.models import ContactAddress
from okno.people.phones import home_country
from okno.spine.actor import Actor
from okno.team.policy import can_manage_people

NAME_LENGTH = 200
NOTES_LENGTH = 10_000


def clean_name(name: str) -> str:
    """Return a name as one printable line."""
    return " ".join(without_unusable(name).split())[:NAME_LENGTH]


def require_rights(actor: Actor) -> None:
    """Refuse whoever may not change people. Raises Denied."""
    if not can_manage_people(actor):
        raise Denied(_("You may not change contacts."))


def normal_mails(addresses: Sequence[str]) -> list[tuple[str, str]]:
    """Return mail addresses as they are stored, with their kind. Raises Invalid."""
    found = []
    for address in addresses:
        if not address.strip():
            continue
        try:
            found.append((ContactAddress.Kind.EMAIL.value, normalise_address(address)))
        except InvalidAddress as error:
            words = _("“%(address)s” is not a mail address.") % {"address": address}
            raise Invalid(words, fields={"addresses": [words]}) from error
    return found


def normal_phones(phones: Sequence[str]) -> list[tuple[str, str]]:
    """Return phone numbers as they are stored, with their kind. Raises Invalid."""
    found = []
    for phone in phones:
        if not phone.strip():
            continue
        try:
            found.append((ContactAddress.Kind.PHONE.value, normalise_phone(phone, country=home_country())))
        except InvalidPhone as error:
            words = _("“%(phone)s” is not a phone number. Write it with its country: +44 20 7946 0018.") % {
                "phone": phone
            }
            raise Invalid(words, fields={"phones": [words]}) from error
    return found


def clean_notes(notes: str) -> str:
    """Return notes without what no page can show."""
    return without_unusable(notes).strip()[:NOTES_LENGTH]
