"""What configures tickets: statuses, request types, topics, custom fields."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from okno.spine.ledger import LeasedRow
from okno.team.models import Desk, Member, Team
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class StatusCategory(models.TextChoices):
    """The six fixed categories under every status."""

    NEW = "new", pgettext_lazy("status", "New")
    OPEN = "open", pgettext_lazy("status", "Open")
    WAITING = "waiting", pgettext_lazy("status", "Waiting")
    RESOLVED = "resolved", pgettext_lazy("status", "Resolved")
    CLOSED = "closed", pgettext_lazy("status", "Closed")
    CANCELLED = "cancelled", pgettext_lazy("status", "Cancelled")

    @classmethod
    def active(cls) -> tuple[StatusCategory, ...]:
        """Return the categories in which somebody still has to do something."""
        return (cls.NEW, cls.OPEN, cls.WAITING)

    @property
    def is_active(self) -> bool:
        """Tell whether somebody still has to do something."""
        return self in StatusCategory.active()


class TranslatedName(TenantModel):
    """A row whose name people read, kept per language as `{"en": …, "ru": …}`."""

    names = models.JSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """Return the name in the language of the reader, else in any."""
        return localised(self.names)

    def __str__(self) -> str:
        return self.name


def localised(names: dict[str, str]) -> str:
    """Pick the text of the active language, else English, else any."""
    language = (get_language() or "en").split("-")[0]
    return names.get(language) or names.get("en") or next(iter(names.values()), "")


class Status(TranslatedName):
    """A label over a category, with the name that requesters see beside the inner one."""

    key = models.TextField()
    category = models.TextField(choices=StatusCategory.choices)
    public_names = models.JSONField(default=dict)
    position = models.IntegerField(default=0)
    is_default = models.BooleanField(default=False)
    """The status that a bare category means."""
    is_active = models.BooleanField(default=True)
    """Out of use it is offered no more; tickets that have it keep it."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="tickets_status_key")
        ]

    @property
    def public_name(self) -> str:
        """Return the name that a requester reads."""
        return localised(self.public_names) or self.name


class RequestType(TranslatedName):
    """Fixes the kind, the default team and the allowed statuses; requesters choose it, never a kind."""

    key = models.TextField()
    desk = TenantForeignKey(Desk, on_delete=models.PROTECT, related_name="request_types")
    kind = models.TextField()
    team = TenantForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.IntegerField(default=0)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_public = models.BooleanField(default=True)
    """Whether requesters may choose it in forms and the portal."""
    public_names = models.JSONField(default=dict)
    """What requesters read instead of the name, by language."""
    hints = models.JSONField(default=dict)
    """One sentence for requesters that says when to choose it, by language."""
    asked = models.JSONField(default=list)
    """What requesters are asked besides subject, text and files: `{"field": key, "required": bool}` in order, where the
    key is `topic`, `device`, `priority` or `custom.<key>`."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="tickets_type_key")
        ]

    @property
    def public_name(self) -> str:
        """Return the name that a requester reads."""
        return localised(self.public_names) or self.name


class Tag(TenantModel):
    """A tag that the workspace knows: its colour, and what it is for. Tickets hold it by name."""

    name = models.TextField()
    colour = models.TextField(blank=True, default="")
    """A name of the palette of tags; empty: grey."""
    purpose = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="tickets_knowntag_key")
        ]

    def __str__(self) -> str:
        return self.name


class TagWork(LeasedRow):
    """A tag that is taken from all tickets, or becomes another one, and how far that has come."""

    old = models.TextField()
    new = models.TextField(blank=True, default="")
    """Empty: it is taken away."""
    member = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who asked for it."""
    done = models.PositiveIntegerField(default=0)

    class Meta(LeasedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "old"], name="tickets_tagwork_one", condition=Q(state="due")
            )
        ]
        indexes: ClassVar = LeasedRow.due_index("tickets_tagwork")

    def __str__(self) -> str:
        return f"{self.old} {self.done}"


class Topic(TranslatedName):
    """A node of the topic tree; `path` is the ids from the root, `/1/7/`."""

    parent = TenantForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    path = models.TextField(default="/")
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "path"], name="tickets_topic_path")]


class CustomField(TranslatedName):
    """A field that a workspace added to its tickets."""

    class Kind(models.TextChoices):
        """What a value is."""

        TEXT = "text", _("Text")
        NUMBER = "number", pgettext_lazy("kind of field", "Number")
        DATE = "date", _("Date")
        BOOLEAN = "boolean", _("Yes or no")
        CHOICE = "choice", _("Choice")

    key = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    choices = models.JSONField(default=list)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="tickets_customfield_key")
        ]
