"""Forms, the consents given by them, what waits to be let in, and how often who has sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from okno.team.models import Desk, Member, Team
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tickets.models import RequestType, Ticket
from okno.tickets.models.config import TranslatedName, localised


class Form(TranslatedName):
    """A form that anybody may fill in, at its own address and on the sites that it names."""

    key = models.TextField()
    """The random word in its address."""
    desk = TenantForeignKey(Desk, on_delete=models.PROTECT, related_name="+")
    team = TenantForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    """Who gets what comes by it, where the request type names no team."""
    intros = models.JSONField(default=dict)
    """What stands above the fields, by language."""
    thanks = models.JSONField(default=dict)
    """What is said when it was sent, by language."""
    sites = models.JSONField(default=list)
    """The origins (`https://www.example.org`) whose pages may show it."""
    consent_number = models.PositiveIntegerField(default=0)
    """The version of the consent that is asked for now; 0: none is."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "key"], name="form_key")]

    @property
    def intro(self) -> str:
        """Return what stands above the fields, in the reader's language."""
        return localised(self.intros)

    @property
    def thanks_text(self) -> str:
        """Return what is said when it was sent, in the reader's language."""
        return localised(self.thanks)


class OfferedType(TenantModel):
    """A request type that a form offers. A form without any offers all that its desk has for requesters."""

    form = TenantForeignKey(Form, on_delete=models.CASCADE, related_name="offered")
    type = TenantForeignKey(RequestType, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "form", "type"], name="form_offered_key")
        ]


class ConsentText(TenantModel):
    """A version of what senders of a form agree to. Never changed: people have agreed to these very words."""

    form = TenantForeignKey(Form, on_delete=models.CASCADE, related_name="consents")
    number = models.PositiveIntegerField()
    texts = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "form", "number"], name="form_consent_key")
        ]

    @property
    def text(self) -> str:
        """Return it in the reader's language."""
        return localised(self.texts)


class GivenConsent(TenantModel):
    """Which version the requester of a ticket has agreed to, and when."""

    text = TenantForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "ticket"], name="form_given_ticket")
        ]


class Submission(TenantModel):
    """What was sent but is no ticket yet: its sender presses a link in his mail, or an agent lets it in."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("Waiting")
        LET_IN = "let_in", _("Let in")
        SPAM = "spam", _("Spam")

    class Reason(models.TextChoices):
        """Why it is no ticket yet."""

        NO_PROOF = "no_proof", _("Sent without scripts, so nothing shows that a person sent it.")
        TRAP = "trap", _("A field was filled in that people do not see.")
        HASTE = "haste", _("It was sent faster than anybody types.")
        RATE = "rate", _("Very many came from the same sender or network.")
        BLOCKED = "blocked", _("Its sender is blocked.")

    form = TenantForeignKey(Form, on_delete=models.CASCADE, related_name="submissions")
    key = models.UUIDField()
    """That of the form as it was sent; the ticket gets it too."""
    state = models.TextField(choices=State.choices, default=State.WAITING)
    reason = models.TextField(choices=Reason.choices)
    type = TenantForeignKey(RequestType, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    address = models.TextField()
    subject = models.TextField()
    text = models.TextField()
    values = models.JSONField(default=dict)
    language = models.TextField()
    consent = TenantForeignKey(ConsentText, null=True, on_delete=models.SET_NULL, related_name="+")
    is_mailed = models.BooleanField(default=False)
    """Whether its sender was sent a link."""
    ticket = TenantForeignKey(Ticket, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_by = TenantForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """When the nightly work forgets it."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="form_submission_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "state", "-id"], name="form_submission_state"),
            models.Index(fields=["workspace", "expires_at"], name="form_submission_expires"),
        ]


class SubmissionFile(TenantModel):
    """A file of a submission. Its bytes are in the file store by sha256."""

    submission = TenantForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    filename = models.TextField()
    content_type = models.TextField()
    size = models.BigIntegerField()
    sha256 = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "submission"], name="form_file_submission"),
            models.Index(fields=["workspace", "sha256"], name="form_file_sha256"),
        ]


class Attempt(TenantModel):
    """How often somebody has sent in an hour. Whom it counts is a keyed hash: no address is kept."""

    who = models.TextField()
    hour = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "who", "hour"], name="form_attempt_key")
        ]
