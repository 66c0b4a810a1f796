"""What tickets can be asked about: filters, search words, visibility and the API use these fields.

Filters touch only leak-proof types (text, bigint, smallint, timestamptz): under row security nothing else reaches an
index. `tests/tickets/test_explain.py` runs EXPLAIN for each field as the app role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okno.conditions.fields import ME, MY_TEAMS, Column, Field, FieldRegistry, FieldView, Rows, Shortcut
from okno.conditions.kinds import Boolean, Choice, Kind, Moment, Number, Reference, Text
from okno.conditions.match import Op
from okno.conditions.options import Listed, Option, Options
from okno.people.models import Contact, ContactAddress, Organization
from okno.people.queries import contacts, organizations
from okno.team.models import Desk, Member, Team
from okno.tenancy.models import Workspace
from okno.tenancy.modules import enabled_manifests
from okno.tickets.models import (
    Channel,
    CustomField,
    CustomValue,
    Participant,
    Priority,
    RequestType,
    Status,
    StatusCategory,
    TicketKind,
    TicketTag,
    Topic,
)

TICKET_FIELDS = FieldRegistry("tickets.Ticket", number="number")

_STATUS_WORDS = {
    StatusCategory.NEW: {"en": ("new",), "ru": ("новая", "новые")},
    StatusCategory.OPEN: {"en": ("open",), "ru": ("в_работе", "открыта", "открытые")},
    StatusCategory.WAITING: {"en": ("waiting",), "ru": ("ждём", "ожидает")},
    StatusCategory.RESOLVED: {"en": ("resolved", "solved"), "ru": ("решена", "решённые")},
    StatusCategory.CLOSED: {"en": ("closed",), "ru": ("закрыта", "закрытые")},
    StatusCategory.CANCELLED: {"en": ("cancelled",), "ru": ("отменена", "отменённые")},
}
_PRIORITY_WORDS = {
    Priority.LOW: {"en": ("low",), "ru": ("низкий",)},
    Priority.NORMAL: {"en": ("normal",), "ru": ("обычный",)},
    Priority.HIGH: {"en": ("high",), "ru": ("высокий",)},
    Priority.CRITICAL: {"en": ("critical", "urgent"), "ru": ("критический", "срочный")},
}


def _choices(choices: Any, words: dict[Any, Any] | None = None) -> Options:
    options = [
        Option(value=value, label=label, words=(words or {}).get(value, {}))
        for value, label in choices.choices
    ]
    return Listed(lambda: options)


def _named(rows: Callable[[], Iterable[Any]]) -> Options:
    """Offer the rows of a short configuration table by their names."""
    return Listed(lambda: [Option(value=row.pk, label=row.name) for row in rows()])


class _ContactOptions:
    """Contacts, found by name or address: there are too many to list."""

    def called(self, text: str) -> list[Option]:
        by_address = ContactAddress.objects.filter(value=text.lower()).values_list("contact_id", flat=True)
        found = contacts().filter(pk__in=list(by_address)) or contacts().filter(name=text)
        return [self._option(contact) for contact in found[:20]]

    def of(self, value: Any) -> Option | None:
        contact = Contact.objects.filter(pk=value).first()
        return self._option(contact) if contact else None

    def suggest(self, prefix: str, limit: int) -> list[Option]:
        ends = prefix + "\U0010ffff"
        return [self._option(one) for one in contacts().filter(name__gte=prefix, name__lt=ends)[:limit]]

    @staticmethod
    def _option(contact: Contact) -> Option:
        return Option(value=contact.pk, label=contact.name)


class _OrganizationOptions:
    """Organizations, found by name."""

    def called(self, text: str) -> list[Option]:
        return [Option(value=one.pk, label=one.name) for one in organizations().filter(name=text)[:20]]

    def of(self, value: Any) -> Option | None:
        found = Organization.objects.filter(pk=value).first()
        return Option(value=found.pk, label=found.name) if found else None

    def suggest(self, prefix: str, limit: int) -> list[Option]:
        ends = prefix + "\U0010ffff"
        found = organizations().filter(name__gte=prefix, name__lt=ends)[:limit]
        return [Option(value=one.pk, label=one.name) for one in found]


def _important() -> QuerySet[Any]:
    """Return contacts with whether they, or their organizations, are important."""
    either = Q(is_vip=True) | Q(organization__is_vip=True)
    return Contact.objects.annotate(is_important=Case(When(either, then=True), default=False))


def _is_from_important(snapshot: Any) -> bool | None:
    """Tell whether a ticket's requester is important now: it is his mark and changes without the ticket."""
    row = _important().filter(pk=snapshot["requester_id"]).values_list("is_important", flat=True)
    return row.first() if snapshot["requester_id"] is not None else None


TICKET_FIELDS.register(
    Field(
        name="number",
        label=_("Number"),
        kind=Number(),
        source=Column("number", nullable=False),
        words={"en": ("number", "no"), "ru": ("номер",)},
        sortable=True,
    ),
    Field(
        name="status",
        label=_("Status"),
        kind=Choice(),
        source=Column("category", nullable=False),
        words={"en": ("status", "is"), "ru": ("статус",)},
        options=_choices(StatusCategory, _STATUS_WORDS),
        shortcuts=(
            Shortcut(
                label=_("Any open"),
                words={"en": ("active",), "ru": ("активные",)},
                op=Op.IN,
                values=tuple(category.value for category in StatusCategory.active()),
            ),
        ),
        sortable=True,
    ),
    Field(
        name="inner_status",
        label=_("Inner status"),
        kind=Reference(),
        source=Column("status_id", nullable=False),
        words={"en": ("state",), "ru": ("состояние",)},
        options=_named(lambda: Status.objects.order_by("position")),
    ),
    Field(
        name="is_open",
        label=_("Still open"),
        kind=Boolean(),
        source=Column("is_open", nullable=False),
        words={"en": ("unfinished",), "ru": ("незавершённые",)},
    ),
    Field(
        name="priority",
        label=_("Priority"),
        kind=Choice(stored="number"),
        source=Column("priority", nullable=False),
        words={"en": ("priority",), "ru": ("приоритет",)},
        options=_choices(Priority, _PRIORITY_WORDS),
        sortable=True,
    ),
    Field(
        name="kind",
        label=_("Kind"),
        kind=Choice(),
        source=Column("kind", nullable=False),
        words={"en": ("kind",), "ru": ("вид",)},
        options=_choices(TicketKind),
    ),
    Field(
        name="type",
        label=_("Type"),
        kind=Reference(),
        source=Column("type_id", nullable=False),
        words={"en": ("type",), "ru": ("тип",)},
        options=_named(lambda: RequestType.objects.order_by("position")),
    ),
    Field(
        name="channel",
        label=_("Channel"),
        kind=Choice(),
        source=Column("channel", nullable=False),
        words={"en": ("channel",), "ru": ("канал",)},
        options=_choices(Channel),
    ),
    Field(
        name="topic",
        label=_("Topic"),
        kind=Reference(),
        source=Column("topic_id"),
        words={"en": ("topic",), "ru": ("тема",)},
        options=_named(lambda: Topic.objects.order_by("path", "position")),
    ),
    Field(
        name="desk",
        label=_("Desk"),
        kind=Reference(),
        source=Column("desk_id", nullable=False),
        words={"en": ("desk",), "ru": ("стол",)},
        options=_named(lambda: Desk.objects.order_by("position")),
    ),
    Field(
        name="team",
        label=_("Team"),
        kind=Reference(),
        source=Column("team_id"),
        words={"en": ("team",), "ru": ("команда",)},
        options=_named(lambda: Team.objects.order_by("position")),
        placeholders=(MY_TEAMS,),
    ),
    Field(
        name="assignee",
        label=_("Assignee"),
        kind=Reference(),
        source=Column("assignee_id"),
        words={"en": ("assignee", "owner"), "ru": ("исполнитель",)},
        options=_named(lambda: Member.objects.order_by("name")),
        placeholders=(ME,),
    ),
    Field(
        name="participant",
        label=_("Participant"),
        kind=Reference(),
        source=Rows(
            rows=lambda: Participant.objects.filter(member__isnull=False), owner="ticket", value="member_id"
        ),
        words={"en": ("participant",), "ru": ("участник",)},
        options=_named(lambda: Member.objects.order_by("name")),
        placeholders=(ME,),
        read="participants",
    ),
    Field(
        name="requester",
        label=_("Requester"),
        kind=Reference(),
        source=Column("requester_id"),
        words={"en": ("requester", "from"), "ru": ("заявитель", "от")},
        options=_ContactOptions(),
    ),
    Field(
        name="organization",
        label=_("Organization"),
        kind=Reference(),
        source=Column("organization_id"),
        words={"en": ("organization", "org"), "ru": ("организация", "компания")},
        options=_OrganizationOptions(),
    ),
    Field(
        name="vip",
        label=_("VIP"),
        kind=Boolean(),
        source=Rows(rows=_important, owner="tickets", value="is_important"),
        words={"en": ("vip",), "ru": ("вип", "важный_клиент")},
        read=_is_from_important,
    ),
    Field(
        name="tag",
        label=_("Tag"),
        kind=Text(normalise=lambda text: text.strip().lower(), usual=Op.IN),
        source=Rows(rows=TicketTag.objects.all, owner="ticket", value="name"),
        words={"en": ("tag",), "ru": ("метка",)},
        read="tags",
    ),
    Field(
        name="subject",
        label=_("Subject"),
        kind=Text(),
        source=Column("subject", nullable=False),
        words={"en": ("subject",), "ru": ("заголовок",)},
    ),
    Field(
        name="device",
        label=_("Device"),
        kind=Text(),
        source=Column("device", nullable=False),
        words={"en": ("device",), "ru": ("устройство",)},
    ),
    Field(
        name="created",
        label=_("Created"),
        kind=Moment(),
        source=Column("created_at", nullable=False),
        words={"en": ("created",), "ru": ("создана",)},
        sortable=True,
    ),
    Field(
        name="updated",
        label=_("Updated"),
        kind=Moment(),
        source=Column("updated_at", nullable=False),
        words={"en": ("updated",), "ru": ("изменена",)},
        sortable=True,
    ),
    Field(
        name="due",
        label=pgettext_lazy("field", "Due"),
        kind=Moment(ahead=True),
        source=Column("due_at"),
        words={"en": ("due",), "ru": ("срок",)},
        shortcuts=(
            Shortcut(
                label=_("Overdue"),
                words={"en": ("overdue",), "ru": ("просрочен",)},
                op=Op.LT,
                values=("now",),
            ),
        ),
        sortable=True,
    ),
    Field(
        name="waiting",
        label=_("Client waits since"),
        kind=Moment(),
        source=Column("waiting_since"),
        words={"en": ("waiting_since",), "ru": ("ждёт_с",)},
        sortable=True,
    ),
    Field(
        name="resolved",
        label=pgettext_lazy("field", "Resolved"),
        kind=Moment(),
        source=Column("resolved_at"),
        words={"en": ("resolved_at",), "ru": ("решена_когда",)},
    ),
)

_CUSTOM_KINDS: dict[str, tuple[Kind, str]] = {
    CustomField.Kind.TEXT: (Text(), "text"),
    CustomField.Kind.CHOICE: (Choice(), "text"),
    CustomField.Kind.NUMBER: (Number(integer=False), "number"),
    CustomField.Kind.BOOLEAN: (Choice(), "text"),
    CustomField.Kind.DATE: (Moment(), "time"),
}


def ticket_fields(workspace: Workspace, custom: Iterable[CustomField] | None = None) -> FieldView:
    """Return the fields that tickets of a workspace have: ours, its modules' and its own."""
    own = CustomField.objects.filter(is_active=True) if custom is None else custom
    added = [field for manifest in enabled_manifests(workspace) for field in manifest.fields]
    return TICKET_FIELDS.view(workspace.modules, [*added, *(_custom(field) for field in own)])


def _custom(field: CustomField) -> Field:
    kind, column = _CUSTOM_KINDS[field.kind]
    field_id = field.pk
    return Field(
        name=f"custom.{field.key}",
        label=field.name,
        kind=kind,
        source=Rows(rows=lambda: CustomValue.objects.filter(field_id=field_id), owner="ticket", value=column),
        words={language: (word.lower().replace(" ", "_"),) for language, word in field.names.items()},
        options=_custom_options(field),
        read=lambda snapshot: snapshot["custom"].get(field.key),
    )


def _custom_options(field: CustomField) -> Options:
    if field.kind == CustomField.Kind.BOOLEAN:
        return Listed(lambda: [Option(value="yes", label=_("yes")), Option(value="no", label=_("no"))])
    return Listed(lambda: [Option(value=choice, label=choice) for choice in field.choices])
