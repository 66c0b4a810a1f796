"""What stands beside the conversation: properties, people, related tickets, and the panels of modules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from okno.console.addresses import ticket_url
from okno.spine.actor import Actor
from okno.tenancy.models import Workspace
from okno.tenancy.modules import enabled_manifests
from okno.tickets.commands.participants import CONTACT_ROLES, MEMBER_ROLES
from okno.tickets.models import CustomField, Participant, ParticipantRole, Priority, TicketKind
from okno.tickets.models.ticket import TicketLink
from okno.tickets.queries.detail import Around, Related
from okno.tickets.queries.directory import Named
from okno.ui import cells
from okno.ui.cells import PersonCell
from okno.ui.times import due_words

CUSTOM = "custom."
FILTERED_FROM = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that a property can be."""

    value: str
    label: SafeString | str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One row: a label, what is shown, and its control: `menu`, `text`, `long`, `moment`, `date`, `number`, `tags`."""

    name: str
    label: str
    shown: SafeString | str
    control: str = "menu"
    value: str = ""
    choices: Sequence[Choice] = ()
    key: str = ""
    url: str = ""
    is_set: bool = True

    @property
    def dom_id(self) -> str:
        """Return the id of its element."""
        return f"property-{self.name.replace('.', '-')}"

    @property
    def is_filtered(self) -> bool:
        """Tell whether there is so much to choose from that one wants to type."""
        return len(self.choices) > FILTERED_FROM

    @property
    def input_type(self) -> str:
        """Return the type of its field."""
        return {"moment": "datetime-local", "date": "date"}.get(self.control, "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One line of the participants."""

    person: PersonCell
    role: str
    url: str = ""
    remove_url: str = ""
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRow:
    """One line of the related tickets."""

    number: int
    subject: str
    url: str
    relation: str
    category: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePanel:
    """What a module shows beside a ticket."""

    name: str
    title: str
    template: str
    context: dict[str, Any]


def properties(around: Around, *, now: datetime) -> list[Property]:
    """Return the rows of the properties panel; what a workspace has only one of stays out of sight."""
    return [
        _type(around),
        _kind(around),
        _status(around),
        _priority(around),
        *([_team(around)] if len(around.directory.teams.active) > 1 else []),
        _assignee(around),
        *([_topic(around)] if around.directory.topics.all else []),
        _tags(around),
        _moment("due", pgettext("property", "Due"), around.ticket.due_at, around, now=now, key="d"),
        _moment("reminder", _("Reminder"), around.ticket.reminder_at, around, now=now),
        _text("device", _("Device"), around.ticket.device, around),
        _text("solution", _("Solution"), around.ticket.solution, around, control="long"),
        *(_custom(field, around) for field in around.directory.fields.active),
    ]


def property_named(around: Around, name: str, *, now: datetime) -> Property | None:
    """Return one row of the panel."""
    return next((row for row in properties(around, now=now) if row.name == name), None)


def people(around: Around) -> list[Person]:
    """Return who takes part beside requester and assignee, who have places of their own."""
    own_place = (ParticipantRole.REQUESTER, ParticipantRole.ASSIGNEE)
    return [_person(one, around) for one in around.people if one.role not in own_place]


def roles() -> list[Choice]:
    """Return the roles that somebody can be added in."""
    order = [ParticipantRole.COPIED, *MEMBER_ROLES]
    assert set(order) >= set(CONTACT_ROLES) - {ParticipantRole.APPROVER}  # noqa: S101 - both lists name what exists
    return [Choice(value=role.value, label=str(role.label)) for role in order]


def related(rows: Sequence[Related]) -> list[RelatedRow]:
    """Return the related tickets in words."""
    return [
        RelatedRow(
            number=one.ticket.number,
            subject=one.ticket.subject,
            url=ticket_url(one.ticket.number),
            relation=_relation(one),
            category=one.ticket.category,
            is_open=one.ticket.is_open,
        )
        for one in rows
    ]


def module_panels(workspace: Workspace, actor: Actor, around: Around) -> list[ModulePanel]:
    """Return the panels of the modules that are on."""
    return [
        ModulePanel(
            name=manifest.name,
            title=str(panel.title),
            template=panel.template,
            context=context,
        )
        for manifest in enabled_manifests(workspace)
        if (panel := manifest.side_panel) is not None
        and (context := panel.context(actor=actor, ticket=around.ticket)) is not None
    ]


def status_label(one: Named) -> SafeString:
    """Return a status as glyph and word."""
    return mark_safe(cells.status_cell(one.detail, one.name))  # noqa: S308 - escaped there


def priority_label(value: int) -> SafeString:
    """Return a priority as bars and word."""
    bars = mark_safe(cells.priority_bars(value, label=""))  # noqa: S308 - constants
    return format_html('<span class="status">{}<span>{}</span></span>', bars, Priority(value).label)


def person_label(person: Named | None) -> SafeString:
    """Return a member as avatar and name, or nobody."""
    cell = PersonCell(person.id, person.name) if person else None
    face = mark_safe(cells.avatar(cell, size="xs", label=""))  # noqa: S308 - escaped there
    name = person.name if person else _("nobody")
    return format_html('<span class="status">{}<span class="cut">{}</span></span>', face, name)


def team_label(team: Named, around: Around) -> str:
    """Return a team, with its desk where there are several."""
    desks = around.directory.desks
    if len(desks.active) < 2:
        return team.name
    return f"{desks.name(int(team.detail))} · {team.name}"


def _menu(
    around: Around, name: str, label: str, shown: SafeString | str, *, choices: list[Choice], key: str = ""
) -> Property:
    return Property(name=name, label=label, shown=shown, choices=choices, key=key, url=_url(around, name))


def _type(around: Around) -> Property:
    ref = around.ticket.type_id
    offered = [one for one in around.directory.types.all if one.is_active or one.id == ref]
    choices = [Choice(value=str(one.id), label=one.name, is_chosen=one.id == ref) for one in offered]
    return _menu(around, "type", _("Type"), around.directory.types.name(ref), choices=choices)


def _kind(around: Around) -> Property:
    now = around.ticket.kind
    choices = [Choice(value=kind.value, label=str(kind.label), is_chosen=kind == now) for kind in TicketKind]
    return _menu(around, "kind", _("Kind"), str(TicketKind(now).label), choices=choices)


def _status(around: Around) -> Property:
    ticket, statuses = around.ticket, around.directory.statuses
    offered = [
        one
        for one in statuses.all
        if (one.is_active or one.id == ticket.status_id)
        and (one.detail != "new" or ticket.first_response_at is None)
    ]
    choices = [
        Choice(value=str(one.id), label=status_label(one), is_chosen=one.id == ticket.status_id)
        for one in offered
    ]
    shown = mark_safe(cells.status_cell(ticket.category, statuses.name(ticket.status_id)))  # noqa: S308 - escaped there
    return _menu(around, "status", _("Status"), shown, choices=choices, key="s")


def _priority(around: Around) -> Property:
    now = around.ticket.priority
    choices = [
        Choice(value=str(int(value)), label=priority_label(value), is_chosen=value == now)
        for value in reversed(Priority)
    ]
    return _menu(around, "priority", _("Priority"), priority_label(now), choices=choices, key="p")


def _team(around: Around) -> Property:
    ref = around.ticket.team_id
    choices = [
        Choice(value=str(one.id), label=team_label(one, around), is_chosen=one.id == ref)
        for one in around.directory.teams.active
    ]
    found = around.directory.teams.get(ref)
    return _menu(
        around, "team", _("Team"), team_label(found, around) if found else _("none"), choices=choices, key="t"
    )


def _assignee(around: Around) -> Property:
    ref = around.ticket.assignee_id
    members = [one for one in around.directory.members.active if one.detail == "works" or one.id == ref]
    choices = [
        Choice(value="", label=person_label(None), is_chosen=ref is None),
        *(Choice(value=str(one.id), label=person_label(one), is_chosen=one.id == ref) for one in members),
    ]
    return _menu(
        around,
        "assignee",
        _("Assignee"),
        person_label(around.directory.members.get(ref)),
        choices=choices,
        key="a",
    )


def _topic(around: Around) -> Property:
    ref = around.ticket.topic_id
    directory = around.directory
    offered = [one for one in directory.topics.all if one.is_active or one.id == ref]
    choices = [
        Choice(value="", label=_("none"), is_chosen=ref is None),
        *sorted(
            (
                Choice(value=str(one.id), label=directory.topic_words(one), is_chosen=one.id == ref)
                for one in offered
            ),
            key=lambda choice: str(choice.label).lower(),
        ),
    ]
    found = directory.topics.get(ref)
    row = _menu(
        around, "topic", _("Topic"), directory.topic_words(found) if found else _("none"), choices=choices
    )
    return row if found else _unset(row)


def _tags(around: Around) -> Property:
    tags = around.ticket.tags
    return Property(
        name="tags",
        label=_("Tags"),
        shown=mark_safe(" ".join(cells.tag_cell(tag) for tag in tags)) if tags else _("none"),  # noqa: S308 - escaped there
        control="tags",
        value=", ".join(tags),
        key="l",
        url=_url(around, "tags"),
        is_set=bool(tags),
    )


def _moment(
    name: str, label: str, value: datetime | None, around: Around, *, now: datetime, key: str = ""
) -> Property:
    return Property(
        name=name,
        label=label,
        shown=due_words(value, now) if value else _("not set"),
        control="moment",
        value=timezone.localtime(value).strftime("%Y-%m-%dT%H:%M") if value else "",
        key=key,
        url=_url(around, name),
        is_set=value is not None,
    )


def _text(name: str, label: str, value: str, around: Around, *, control: str = "text") -> Property:
    return Property(
        name=name,
        label=label,
        shown=value or _("not set"),
        control=control,
        value=value,
        url=_url(around, name),
        is_set=bool(value),
    )


def _custom(field: Named, around: Around) -> Property:
    name = f"{CUSTOM}{field.key}"
    value = around.ticket.custom.get(field.key)
    if field.detail == CustomField.Kind.CHOICE:
        options = [Choice(value=one, label=one, is_chosen=one == value) for one in field.choices]
        none = Choice(value="", label=_("none"), is_chosen=value is None)
        row = _menu(around, name, field.name, str(value) if value else _("none"), choices=[none, *options])
        return row if value else _unset(row)
    if field.detail == CustomField.Kind.BOOLEAN:
        words = {True: _("yes"), False: _("no"), None: _("not set")}
        options = [
            Choice(value=text, label=words[known], is_chosen=value is known)
            for text, known in (("yes", True), ("no", False), ("", None))
        ]
        row = _menu(
            around, name, field.name, words[value if isinstance(value, bool) else None], choices=options
        )
        return row if value is not None else _unset(row)
    control = {CustomField.Kind.NUMBER: "number", CustomField.Kind.DATE: "date"}.get(
        CustomField.Kind(field.detail), "text"
    )
    return _text(name, field.name, "" if value is None else str(value), around, control=control)


def _unset(row: Property) -> Property:
    return Property(
        name=row.name,
        label=row.label,
        shown=row.shown,
        choices=row.choices,
        key=row.key,
        url=row.url,
        is_set=False,
    )


def _person(one: Participant, around: Around) -> Person:
    who = one.contact or one.member
    assert who is not None  # noqa: S101 - a constraint of the table
    return Person(
        person=PersonCell(who.pk, who.name),
        role=str(ParticipantRole(one.role).label),
        url=f"/contacts/{one.contact_id}/" if one.contact_id else "",
        remove_url=reverse("console:ticket_person", args=[around.ticket.number, one.pk])
        if around.can_change
        else "",
        is_hidden=not one.is_visible,
    )


def _relation(one: Related) -> str:
    if one.relation == "parent":
        return _("part of")
    if one.relation == "child":
        return _("its part")
    words = {
        TicketLink.Kind.MENTIONS: (_("mentions"), _("mentioned by")),
        TicketLink.Kind.RELATED: (_("related"), _("related")),
        TicketLink.Kind.DUPLICATE: (_("duplicate of"), _("has a duplicate")),
    }
    return words[TicketLink.Kind(one.relation)][int(one.is_back_link)]


def _url(around: Around, name: str) -> str:
    return reverse("console:ticket_property", args=[around.ticket.number, name])
