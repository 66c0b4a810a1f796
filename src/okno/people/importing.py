"""What a row of an imported table means: columns by their heads, people by their rows, and what they change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.errors import Words
from okno.lib.phones import InvalidPhone, normalise_phone
from okno.people.commands.checking import NAME_LENGTH, clean_name, clean_notes
from okno.people.models import Contact, ContactAddress, Organization
from okno.people.queries import organizations, whole_contacts

TARGETS: dict[str, Words] = {
    "name": gettext_lazy("Name"),
    "last_name": gettext_lazy("Last name"),
    "first_name": gettext_lazy("First name"),
    "middle_name": gettext_lazy("Middle name"),
    "email": gettext_lazy("Mail addresses"),
    "phone": gettext_lazy("Phones"),
    "organization": gettext_lazy("Organization"),
    "title": gettext_lazy("Position"),
    "language": gettext_lazy("Language"),
    "vip": gettext_lazy("VIP"),
    "notes": pgettext_lazy("column", "Notes"),
}
NEEDED = {"name", "last_name", "first_name", "email", "phone"}
"""Without one of these nobody is known."""

_HEADS: dict[str, str] = {
    "name": "name|full name|fullname|display name|contact|contact name|person|customer|requester|имя|фио|ф и о|"
    "ф.и.о|ф.и.о.|полное имя|имя контакта|контакт|контактное лицо|сотрудник|клиент|заявитель",
    "last_name": "last name|lastname|surname|family name|фамилия",
    "first_name": "first name|firstname|given name|имя сотрудника",
    "middle_name": "middle name|patronymic|second name|отчество",
    "email": "email|e-mail|e mail|mail|email address|e-mail address|emails|mail address|mail addresses|"
    "primary email|work email|почта|эл почта|эл. почта|электронная почта|адрес|адрес почты|адреса почты|"
    "адрес электронной почты|емейл|имейл|мейл",
    "phone": "phone|phones|telephone|tel|phone number|mobile|mobile phone|work phone|cell|телефон|телефоны|тел|"
    "тел.|номер|номер телефона|мобильный|мобильный телефон|рабочий телефон|сотовый",
    "organization": "organization|organisation|company|account|company name|organization name|client|employer|"
    "организация|компания|фирма|контрагент|название организации|название компании|юрлицо",
    "title": "title|position|job title|job|role|должность|роль",
    "language": "language|lang|locale|язык",
    "vip": "vip|important|вип|важный|важный клиент",
    "notes": "notes|note|comment|comments|description|remark|заметки|заметка|комментарий|примечание|описание",
}
_TARGET_OF = {head: target for target, heads in _HEADS.items() for head in heads.split("|")}
_LANGUAGES = {
    "": "", "en": "en", "english": "en", "английский": "en", "en-us": "en", "en-gb": "en",
    "ru": "ru", "russian": "ru", "русский": "ru", "рус": "ru", "ru-ru": "ru",
}  # fmt: skip
_TRUTH = {
    **dict.fromkeys(("yes", "y", "true", "1", "+", "vip", "x", "да", "истина", "вип"), True),
    **dict.fromkeys(("", "no", "n", "false", "0", "-", "нет", "ложь"), False),
}
_MAIL_SEPARATORS = re.compile(r"[\s;,|]+")
_PHONE_SEPARATORS = re.compile(r"[;,|\n]+")


class Outcome(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a row says of somebody; empty is what it does not say."""

    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    organization: str = ""
    title: str = ""
    language: str = ""
    is_vip: bool | None = None
    notes: str = ""

    @property
    def addresses(self) -> list[tuple[str, str]]:
        """Return the addresses and numbers with their kinds."""
        mails = [(ContactAddress.Kind.EMAIL.value, value) for value in self.emails]
        return mails + [(ContactAddress.Kind.PHONE.value, value) for value in self.phones]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a row would do: to whom, and which values and addresses he gets."""

    outcome: Outcome
    contact: Contact | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    addresses: Sequence[tuple[str, str]] = ()
    words: str = ""


class WrongRow(ValueError):
    """Say in words why a row cannot be taken."""


def guess_mapping(columns: Sequence[str]) -> list[str]:
    """Return what each column is by its head, in either language; what is not known is left out.

    Only addresses, numbers and notes may stand in several columns.
    """
    found: list[str] = []
    for column in columns:
        target = _target_of(column)
        found.append("" if target in found and target not in ("email", "phone", "notes") else target)
    if "last_name" in found and "name" in found and "first_name" not in found:
        # Beside a column of surnames, “Name” is the first name.
        found[found.index("name")] = "first_name"
    return found


def read_person(cells: Sequence[str], mapping: Sequence[str], *, country: str) -> Person:
    """Return what a row says. Raises WrongRow."""
    said: dict[str, list[str]] = {}
    for cell, target in zip(cells, mapping, strict=False):
        if target and cell:
            said.setdefault(target, []).append(cell)
    emails, phones = _emails(said.get("email", ())), _phones(said.get("phone", ()), country)
    parts = [said.get(part, [""])[0] for part in ("last_name", "first_name", "middle_name")]
    name = clean_name(said.get("name", [""])[0] or " ".join(filter(None, parts)))
    if not name and not emails and not phones:
        raise WrongRow(_("Neither a name nor an address nor a number."))
    return Person(
        name=name,
        emails=emails,
        phones=phones,
        organization=clean_name(said.get("organization", [""])[0]),
        title=clean_name(said.get("title", [""])[0]),
        language=_one_of(_LANGUAGES, said.get("language"), _("There is no language “%(value)s” here.")) or "",
        is_vip=_one_of(_TRUTH, said.get("vip"), _("“%(value)s” is neither yes nor no.")),
        notes=clean_notes("\n".join(said.get("notes", ()))),
    )


class Known:
    """The contacts and organizations that some rows may mean, read by a fixed number of queries."""

    def __init__(self, people: Iterable[Person]) -> None:
        people = list(people)
        self._owners: dict[tuple[str, str], int] = {}
        self._contacts: dict[int, Contact] = {}
        self._by_name: dict[str, list[int]] = {}
        self._organizations: dict[str, Organization] = {}
        addresses = [address for person in people for address in person.addresses]
        names = {person.name.lower() for person in people if not person.addresses}
        values, kinds = {value for _kind, value in addresses}, ContactAddress.Kind.values
        owners = ContactAddress.objects.filter(kind__in=kinds, value__in=values).values("contact_id")
        for contact in whole_contacts().filter(Q(pk__in=owners) | Q(name_key__in=names)):
            self.add(contact)
        wanted = {person.organization.lower() for person in people if person.organization}
        for organization in organizations().filter(name_key__in=wanted).order_by("-id"):
            self._organizations[organization.name_key] = organization

    def add(self, contact: Contact) -> None:
        """Know a contact as he is now."""
        self._contacts[contact.pk] = contact
        namesakes = self._by_name.setdefault(contact.name.lower(), [])
        if contact.pk not in namesakes:
            namesakes.append(contact.pk)
        for row in contact.addresses.all():
            self._owners[(row.kind, row.value)] = contact.pk

    def add_organization(self, organization: Organization) -> None:
        """Know an organization that was made meanwhile."""
        self._organizations[organization.name.lower()] = organization

    def organization(self, name: str) -> Organization | None:
        """Return the organization of a name, however its letters are."""
        return self._organizations.get(name.lower())

    def meant_by(self, person: Person) -> Contact | None:
        """Return the contact that a row means: by its addresses, without any by the name. Raises WrongRow."""
        owners = dict.fromkeys(self._owners[one] for one in person.addresses if one in self._owners)
        if not person.addresses:
            owners = dict.fromkeys(self._namesakes(person))
        if len(owners) > 1:
            names = ", ".join(self._contacts[pk].name for pk in list(owners)[:3])
            raise WrongRow(_("It fits several contacts: %(names)s.") % {"names": names})
        return self._contacts[next(iter(owners))] if owners else None

    def _namesakes(self, person: Person) -> list[int]:
        found = (self._contacts[pk] for pk in self._by_name.get(person.name.lower(), ()))
        wanted = person.organization.lower()
        return [
            contact.pk
            for contact in found
            if not wanted or (contact.organization and contact.organization.name.lower() == wanted)
        ]


def plan_row(person: Person, known: Known) -> Plan:
    """Return what a row does: empty cells change nothing, addresses and numbers are added, never taken away."""
    try:
        contact = known.meant_by(person)
    except WrongRow as error:
        return Plan(outcome=Outcome.WRONG, words=str(error))
    if contact is None:
        values = _values(person) | {"name": person.name or _made_up_name(person)}
        return Plan(outcome=Outcome.NEW, values=values, addresses=person.addresses)
    values = {key: value for key, value in _values(person).items() if not _is_so(contact, key, value)}
    present = {(row.kind, row.value) for row in contact.addresses.all()}
    added = [one for one in person.addresses if one not in present]
    outcome = Outcome.CHANGED if values or added else Outcome.UNCHANGED
    return Plan(outcome=outcome, contact=contact, values=values, addresses=added)


def _values(person: Person) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": person.name,
        "organization": person.organization,
        "title": person.title,
        "language": person.language,
        "notes": person.notes,
    }
    return {key: value for key, value in said.items() if value} | (
        {} if person.is_vip is None else {"is_vip": person.is_vip}
    )


def _is_so(contact: Contact, key: str, value: Any) -> bool:
    if key != "organization":
        return bool(getattr(contact, key) == value)
    return contact.organization is not None and contact.organization.name.lower() == value.lower()


def _made_up_name(person: Person) -> str:
    return person.emails[0].partition("@")[0] if person.emails else person.phones[0]


def _target_of(column: str) -> str:
    head = re.sub(r"[\s_]+", " ", column.lower().replace("ё", "е")).strip(" :*")
    return _TARGET_OF.get(head) or _TARGET_OF.get(re.sub(r"[\s#№]*\d+$", "", head), "")


def _emails(cells: Iterable[str]) -> tuple[str, ...]:
    found = []
    for text in (part for cell in cells for part in _MAIL_SEPARATORS.split(cell) if part):
        try:
            found.append(normalise_address(text.strip("<>")))
        except InvalidAddress as error:
            raise WrongRow(
                _("“%(address)s” is not a mail address.") % {"address": text[:NAME_LENGTH]}
            ) from error
    return tuple(dict.fromkeys(found))


def _phones(cells: Iterable[str], country: str) -> tuple[str, ...]:
    found = []
    for text in (part.strip() for cell in cells for part in _PHONE_SEPARATORS.split(cell) if part.strip()):
        try:
            found.append(normalise_phone(text, country=country))
        except InvalidPhone as error:
            words = _("“%(phone)s” is not a phone number. Write it with its country: +44 20 7946 0018.")
            raise WrongRow(words % {"phone": text[:NAME_LENGTH]}) from error
    return tuple(dict.fromkeys(found))


def _one_of(known: Mapping[str, Any], said: Sequence[str] | None, words: str) -> Any:
    """Return what the first cell means, None if there is none. Raises WrongRow with the words."""
    if not said:
        return None
    try:
        return known[said[0].strip().lower()]
    except KeyError:
        raise WrongRow(words % {"value": said[0][:NAME_LENGTH]}) from None
