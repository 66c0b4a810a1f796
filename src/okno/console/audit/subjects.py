"""What events are about: the kinds of subjects in words, their names, and the pages that show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.channels.email.models import Mailbox
from okno.lib.errors import Words
from okno.people.models import Contact, ImportRun, Organization
from okno.spine.models import ConfigVersion
from okno.spine.versions import known_kinds
from okno.team.models import ApiToken
from okno.tickets.models import Ticket
from okno.tickets.models.config import localised
from okno.tickets.queries.directory import read_directory

SYSTEM_KINDS = ("workspace", "token", "webhook", "security")
"""Of these the audit tells only whoever may change the system itself."""

KINDS: Mapping[str, Words] = {
    "ticket": gettext_lazy("Ticket"),
    "contact": gettext_lazy("Contact"),
    "organization": gettext_lazy("Organization"),
    "import": gettext_lazy("Import of contacts"),
    "member": gettext_lazy("Member"),
    "team": gettext_lazy("Team"),
    "desk": gettext_lazy("Desk"),
    "workspace": gettext_lazy("Workspace"),
    "token": gettext_lazy("API token"),
    "webhook": gettext_lazy("Webhook"),
    "mailbox": gettext_lazy("Mailbox"),
    "custom_field": gettext_lazy("Field"),
    "sender": pgettext_lazy("of mail", "Sender"),
    "suppressed": gettext_lazy("Suppressed address"),
    "oauth_client": gettext_lazy("Sign-in at a provider"),
    "mail_look": gettext_lazy("Look of mail"),
    "mail_text": gettext_lazy("Text of mail"),
}
_PAGES = {
    "contact": "console:contact",
    "organization": "console:organization",
    "import": "console:import",
    "member": "console:member",
    "team": "console:team",
    "desk": "console:desk",
    "mailbox": "console:mailbox",
    "custom_field": "console:field",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectGroup:
    """Kinds of subjects that are asked for together."""

    key: str
    label: Words
    kinds: tuple[str, ...]
    """Empty: all kinds that are in no other group."""


GROUPS = (
    SubjectGroup(key="tickets", label=gettext_lazy("Tickets"), kinds=("ticket",)),
    SubjectGroup(
        key="people",
        label=gettext_lazy("Contacts and organizations"),
        kinds=("contact", "organization", "import"),
    ),
    SubjectGroup(key="team", label=gettext_lazy("Members and teams"), kinds=("member", "team", "desk")),
    SubjectGroup(key="settings", label=gettext_lazy("Settings"), kinds=()),
    SubjectGroup(key="system", label=gettext_lazy("Workspace, tokens and webhooks"), kinds=SYSTEM_KINDS),
)


def kind_label(kind: str) -> str:
    """Return what a kind of subject is called."""
    versioned = known_kinds().get(kind)
    words = KINDS.get(kind) or (versioned.label if versioned else kind.replace("_", " "))
    return str(words)


def setting_kinds() -> list[tuple[str, str]]:
    """Return every kind of subject with its name, as a filter offers them, in the order of their names."""
    kinds = {*KINDS, *known_kinds()}
    return sorted(((kind, kind_label(kind)) for kind in kinds), key=lambda pair: pair[1].lower())


def subject_url(kind: str, subject_id: int, names: Mapping[str, str]) -> str:
    """Return the page of a subject that is still there, empty if it has none."""
    if f"{kind}:{subject_id}" not in names:
        return ""
    if kind == "ticket":
        number = names[f"ticket:{subject_id}"].removeprefix("№ ")
        return reverse("console:ticket", args=[number])
    if kind in _PAGES:
        return reverse(_PAGES[kind], args=[subject_id])
    versioned = known_kinds().get(kind)
    return reverse(versioned.url_name, args=[subject_id]) if versioned and versioned.url_name else ""


def names_of(references: Iterable[str]) -> dict[str, str]:
    """Return the names of `kind:id` references that still exist: one query, and one for each further kind asked for."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for reference in references:
        kind, _colon, ref = reference.partition(":")
        if ref.isdecimal():
            wanted[kind].add(int(ref))
    names = _short_tables()
    names |= _columns(Contact, "contact", "name", wanted)
    names |= _columns(Organization, "organization", "name", wanted)
    names |= _columns(ImportRun, "import", "filename", wanted)
    names |= _columns(Mailbox, "mailbox", "address", wanted)
    names |= _columns(ApiToken, "token", "name", wanted)
    for key, number in _columns(Ticket, "ticket", "number", wanted).items():
        names[key] = f"№ {number}"
    versioned = {kind: ids for kind, ids in wanted.items() if kind in known_kinds() and kind not in _PAGES}
    return names | {key: name for key, name in _versioned(versioned).items() if key not in names}


def _short_tables() -> dict[str, str]:
    directory = read_directory()
    names = dict(directory.labels)
    names |= {f"desk:{one.id}": one.name for one in directory.desks.all}
    names |= {f"custom_field:{one.id}": one.name for one in directory.fields.all}
    return names


def _columns(model: Any, kind: str, column: str, wanted: Mapping[str, set[int]]) -> dict[str, str]:
    if not wanted.get(kind):
        return {}
    rows = model.objects.filter(pk__in=wanted[kind]).values_list("pk", column)
    return {f"{kind}:{pk}": str(name) for pk, name in rows}


def _versioned(wanted: Mapping[str, set[int]]) -> dict[str, str]:
    """Return how pieces of configuration are called in their newest version."""
    if not wanted:
        return {}
    ids = {ref for refs in wanted.values() for ref in refs}
    rows = (
        ConfigVersion.objects.filter(kind__in=list(wanted), object_id__in=ids)
        .order_by("kind", "object_id", "-number")
        .distinct("kind", "object_id")
        .values_list("kind", "object_id", "values")
    )
    return {f"{kind}:{ref}": _called(values) or kind_label(kind) for kind, ref, values in rows}


def _called(values: Mapping[str, Any]) -> str:
    names = values.get("names")
    if isinstance(names, dict) and names:
        return str(localised(names))
    return next((str(values[key]) for key in ("name", "title", "address", "url") if values.get(key)), "")


def everybody() -> list[tuple[str, str]]:
    """Return who may have done something and is no member, as a filter offers it."""
    return [
        ("contact", _("Clients")),
        ("rule", _("Rules")),
        ("system", _("Okno itself")),
        ("token", _("Programs with a token")),
    ]
