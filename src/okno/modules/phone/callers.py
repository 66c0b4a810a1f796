"""Who is on the phone: found by what stands in one field, or made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Invalid
from okno.lib.phones import InvalidPhone, normalise_phone, shown_phone
from okno.people.commands import clean_name, contact_for_address, save_contact
from okno.people.models import Contact, ContactAddress
from okno.people.phones import home_country
from okno.people.queries import contacts
from okno.spine.actor import Actor

# A run of digits with what people write between them: at least three digits, as inner numbers have.
_NUMBER = re.compile(r"\+?\d[\d\s().\-‑–—/]*\d")
_CHOSEN = "contact:"
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What one field says of a caller. Without a contact he is new."""

    contact: Contact | None = None
    name: str = ""
    number: str = ""
    """As it is stored."""
    address: str = ""

    @property
    def is_nobody(self) -> bool:
        """Tell whether nothing is known of him."""
        return self.contact is None and not (self.name or self.number or self.address)


def find_caller(who: str, *, number: str = "") -> Caller:
    """Return the caller that a text names: by a number in any form, a mail address, a chosen contact or a name.

    `number` is what an exchange told; what was typed goes before it.
    """
    text = who.strip()
    if text.startswith(_CHOSEN):
        return Caller(contact=_chosen(text.removeprefix(_CHOSEN)), number=number)
    if "@" in text:
        return _by_address(text, number)
    typed, name = _taken_apart(text)
    number = typed or number
    found = _owner(ContactAddress.Kind.PHONE, number) if number else None
    return Caller(contact=found, name=name, number=number)


def caller_contact(actor: Actor, caller: Caller, *, now: datetime) -> Contact:
    """Return the contact of a caller, made if he is new. Raises Denied, Invalid."""
    if caller.contact is not None:
        return caller.contact
    if caller.is_nobody:
        words = _("Write who called: a number or a name.")
        raise Invalid(words, fields={"who": [words]})
    if caller.address:
        return contact_for_address(address=caller.address, name=caller.name, now=now, source="phone")
    return save_contact(
        actor=actor,
        contact=None,
        name=caller.name or shown_phone(caller.number),
        addresses=(),
        phones=(caller.number,) if caller.number else (),
        source="phone",
        now=now,
    )


def stored_number(text: str) -> str:
    """Return a number as it is stored. Raises InvalidPhone."""
    return normalise_phone(text, country=home_country())


def _chosen(ref: str) -> Contact | None:
    if not ref.isdecimal() or int(ref) > _LARGEST:
        return None
    return contacts().select_related("organization").filter(pk=int(ref)).first()


def _by_address(text: str, number: str) -> Caller:
    try:
        address = normalise_address(text)
    except InvalidAddress:
        return Caller(name=clean_name(text), number=number)
    return Caller(contact=_owner(ContactAddress.Kind.EMAIL, address), number=number, address=address)


def _owner(kind: str, value: str) -> Contact | None:
    row = ContactAddress.objects.select_related("contact__organization").filter(kind=kind, value=value)
    found = row.first()
    return found.contact if found is not None else None


def _taken_apart(text: str) -> tuple[str, str]:
    """Return the number and the name in a text; what looks like a number but is none belongs to the name."""
    for match in _NUMBER.finditer(text):
        try:
            number = stored_number(match.group())
        except InvalidPhone:
            continue
        rest = f"{text[: match.start()]} {text[match.end() :]}"
        return number, clean_name(rest.strip(" \t,;:()-–—"))
    return "", clean_name(text)
