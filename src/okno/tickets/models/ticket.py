"""The ticket, its tags, values, people and read marks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okno.people.models import Contact, Organization
from okno.team.models import Desk, Member, Team
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tickets.models.config import CustomField, RequestType, Status, StatusCategory, Topic


class TicketKind(models.TextChoices):
    """What a ticket is; a column, never another table."""

    QUESTION = "question", _("Question")
    INCIDENT = "incident", _("Incident")
    REQUEST = "request", _("Request")
    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")
    TASK = "task", _("Task")
    PROBLEM = "problem", _("Problem")
    CHANGE = "change", pgettext_lazy("kind", "Change")


class Priority(models.IntegerChoices):
    """How urgent it is; greater is more urgent."""

    LOW = 1, pgettext_lazy("priority", "Low")
    NORMAL = 2, pgettext_lazy("priority", "Normal")
    HIGH = 3, pgettext_lazy("priority", "High")
    CRITICAL = 4, pgettext_lazy("priority", "Critical")


class Channel(models.TextChoices):
    """How a ticket or message came."""

    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    API = "api", _("API")
    CONSOLE = "console", _("Console")
    FORM = "form", _("Web form")
    PORTAL = "portal", _("Portal")


class Ticket(TenantModel):
    """The one work item. Written only by commands."""

    taking_part: set[int] | None = None
    """The ids of the members who take part, kept by `snapshot.participant_members` within one command."""

    number = models.BigIntegerField()
    subject = models.TextField()
    kind = models.TextField(choices=TicketKind.choices)
    type = TenantForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    status = TenantForeignKey(Status, on_delete=models.PROTECT, related_name="+")
    category = models.TextField(choices=StatusCategory.choices)
    """The status's category, copied so that lists need no join."""
    is_open = models.BooleanField(default=True)
    """Whether the category is new, open or waiting."""
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    topic = TenantForeignKey(Topic, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.TextField(choices=Channel.choices)
    requester = TenantForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="tickets")
    organization = TenantForeignKey(
        Organization, null=True, on_delete=models.SET_NULL, related_name="tickets"
    )
    desk = TenantForeignKey(Desk, on_delete=models.PROTECT, related_name="tickets")
    team = TenantForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="tickets")
    assignee = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="tickets")
    device = models.TextField(blank=True, default="")
    due_at = models.DateTimeField(null=True)
    reminder_at = models.DateTimeField(null=True)
    solution = models.TextField(blank=True, default="")
    """What the requester is shown as the way it was solved."""
    parent = TenantForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="children")
    mailbox_id = models.BigIntegerField(null=True)
    """The mailbox it came by, so that answers leave from the same address."""
    tags = models.JSONField(default=list)
    """A copy of the tag rows for display; filters use the rows."""
    custom = models.JSONField(default=dict)
    """A copy of the custom values by field key for display."""
    is_draft = models.BooleanField(default=False)
    """An unfinished call: it is in the queue, and nobody outside is told of it."""
    client_key = models.UUIDField(null=True)
    """The key of the form that made it: sending the form again finds this ticket."""

    last_words = models.TextField(blank=True, default="")
    """The beginning of the newest message, for the list."""
    last_is_internal = models.BooleanField(default=False)
    message_count = models.PositiveIntegerField(default=0)
    spam_at = models.DateTimeField(null=True)
    """When somebody called it spam; it is in no list but that of spam, and deleted after thirty days."""
    spam_by = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who called it so."""
    held_count = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    last_message_at = models.DateTimeField(null=True)
    last_requester_at = models.DateTimeField(null=True)
    """When the client's side spoke last."""
    last_agent_at = models.DateTimeField(null=True)
    """When we last answered in public."""
    waiting_since = models.DateTimeField(null=True)
    """Since when the client has been waiting for our answer; null when it is not our move."""
    first_response_at = models.DateTimeField(null=True)
    first_assigned_at = models.DateTimeField(null=True)
    status_changed_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopened_at = models.DateTimeField(null=True)
    reopen_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "number"], name="tickets_ticket_number_key"),
            models.UniqueConstraint(
                fields=["workspace", "client_key"],
                name="tickets_ticket_client_key",
                condition=Q(client_key__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(is_open=True, category__in=["new", "open", "waiting"])
                | Q(is_open=False, category__in=["resolved", "closed", "cancelled"]),
                name="tickets_ticket_is_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-updated_at", "-id"], name="tickets_by_updated"),
            models.Index(fields=["workspace", "-created_at", "-id"], name="tickets_by_created"),
            models.Index(
                fields=["workspace", "-spam_at", "-id"],
                name="tickets_spam",
                condition=Q(spam_at__isnull=False),
            ),
            models.Index(
                fields=["workspace", "-updated_at", "-id"],
                name="tickets_open_updated",
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["workspace", "assignee", "-updated_at", "-id"],
                name="tickets_open_assignee",
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["workspace", "team", "-updated_at", "-id"],
                name="tickets_open_team",
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["workspace", "due_at", "id"], name="tickets_open_due", condition=Q(is_open=True)
            ),
            models.Index(
                fields=["workspace", "-priority", "-id"],
                name="tickets_open_priority",
                condition=Q(is_open=True),
            ),
            models.Index(
                fields=["workspace"],
                name="tickets_open_counts",
                condition=Q(is_open=True, spam_at__isnull=True),
                include=[
                    "category",
                    "status",
                    "priority",
                    "channel",
                    "kind",
                    "type",
                    "desk",
                    "team",
                    "assignee",
                    "requester",
                    "due_at",
                    "updated_at",
                ],
            ),
            models.Index(fields=["workspace", "requester", "-id"], name="tickets_by_requester"),
            models.Index(fields=["workspace", "organization", "-id"], name="tickets_by_organization"),
            models.Index(fields=["workspace", "assignee", "-id"], name="tickets_by_assignee"),
            models.Index(fields=["workspace", "team", "-id"], name="tickets_by_team"),
            models.Index(fields=["workspace", "status", "-id"], name="tickets_by_status"),
            models.Index(fields=["workspace", "topic", "-id"], name="tickets_by_topic"),
            models.Index(
                fields=["workspace", "parent"], name="tickets_by_parent", condition=Q(parent__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"


class TicketTag(TenantModel):
    """A tag on a ticket: a narrow row, because row security keeps arrays and JSON from their indexes."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="tag_rows")
    name = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name", "ticket"], name="tickets_tag_key")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "ticket"], name="tickets_tag_ticket")]


class CustomValue(TenantModel):
    """A custom value on a ticket, in the column of its kind."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="custom_rows")
    field = TenantForeignKey(CustomField, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(null=True)  # noqa: DJ001 (no value, as in the two beside it)
    number = models.FloatField(null=True)
    time = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "ticket", "field"], name="tickets_customvalue_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "field", "text", "ticket"], name="tickets_custom_text"),
            models.Index(fields=["workspace", "field", "number", "ticket"], name="tickets_custom_number"),
            models.Index(fields=["workspace", "field", "time", "ticket"], name="tickets_custom_time"),
        ]


class ParticipantRole(models.TextChoices):
    """What a person is on a ticket."""

    REQUESTER = "requester", _("Requester")
    COPIED = "copied", _("Copied")
    ASSIGNEE = "assignee", _("Assignee")
    CO_ASSIGNEE = "co_assignee", _("Co-assignee")
    WATCHER = "watcher", _("Watcher")
    CONTROLLER = "controller", _("Controller")
    HIDDEN = "hidden", _("Hidden participant")
    APPROVER = "approver", _("Approver")


class Participant(TenantModel):
    """A person on a ticket, in a role: a contact or a member."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    role = models.TextField(choices=ParticipantRole.choices)
    contact = TenantForeignKey(Contact, null=True, on_delete=models.CASCADE, related_name="participations")
    member = TenantForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="participations")
    is_visible = models.BooleanField(default=True)
    """Whether the client's side may know of this person."""
    added_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "ticket", "role", "contact", "member"],
                name="tickets_participant_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=False, member__isnull=True)
                | Q(contact__isnull=True, member__isnull=False),
                name="tickets_participant_one",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "ticket"], name="tickets_participant_ticket"),
            models.Index(fields=["workspace", "member", "ticket"], name="tickets_participant_member"),
            models.Index(fields=["workspace", "contact", "ticket"], name="tickets_participant_contact"),
        ]


class ReadMark(TenantModel):
    """Up to when a member has read a ticket."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="read_marks")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "member", "ticket"], name="tickets_readmark_key")
        ]


class TicketLink(TenantModel):
    """A relation between two tickets, such as a new one that mentions the number of an old one."""

    class Kind(models.TextChoices):
        """What the relation says."""

        MENTIONS = "mentions", _("mentions")
        RELATED = "related", _("related to")
        DUPLICATE = "duplicate", _("duplicate of")

    source = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    target = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="back_links")
    kind = models.TextField(choices=Kind.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "source", "target", "kind"], name="tickets_link_key")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "target"], name="tickets_link_target")]
