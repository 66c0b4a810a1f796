"""What was said on a ticket, what is attached, and whether it arrived."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okno.channels.email.models import OutgoingMail, RawMail
from okno.people.models import Contact
from okno.team.models import Member
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tickets.models.ticket import Channel, Ticket


class MessageKind(models.TextChoices):
    """Whether the client's side may read it. Only a reply ever leaves."""

    REPLY = "reply", _("Reply")
    NOTE = "note", _("Internal note")


class Direction(models.TextChoices):
    """Where it went."""

    IN = "in", _("incoming")
    OUT = "out", _("outgoing")
    INTERNAL = "internal", _("internal")


class SideThread(TenantModel):
    """A talk about a ticket with people outside, by mail; the requester knows nothing of it."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="side_threads")
    subject = models.TextField()
    people = models.JSONField(default=list)
    """Lists of `{"address", "name"}`: whose answers are taken."""
    opened_by = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "ticket"], name="tickets_side_ticket")]

    def __str__(self) -> str:
        return self.subject


class Message(TenantModel):
    """A public reply or an internal note. Append-only but for `cancelled_at`."""

    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.TextField(choices=MessageKind.choices)
    direction = models.TextField(choices=Direction.choices)
    channel = models.TextField(choices=Channel.choices)
    author_member = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    author_contact = TenantForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.TextField()
    from_address = models.TextField(blank=True, default="")
    subject = models.TextField(blank=True, default="")
    text = models.TextField()
    """Its own words, plain. Always there."""
    html = models.TextField(blank=True, default="")
    """Its own words as sanitised HTML; empty for plain messages. Pictures are `cid:` references to attachments."""
    quoted_text = models.TextField(blank=True, default="")
    quoted_html = models.TextField(blank=True, default="")
    message_id = models.TextField(blank=True, default="")
    """The RFC 5322 Message-ID, with brackets."""
    raw = TenantForeignKey(RawMail, null=True, on_delete=models.PROTECT, related_name="+")
    is_automatic = models.BooleanField(default=False)
    side_thread = TenantForeignKey(SideThread, null=True, on_delete=models.PROTECT, related_name="messages")
    """The talk with an outside expert that it belongs to; such a message is internal."""
    client_key = models.UUIDField(null=True)
    """The key of the composer that sent it: sending again finds this message."""
    leaves_at = models.DateTimeField(null=True)
    """Until then it can be taken back."""
    cancelled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "client_key"],
                name="tickets_message_client_key",
                condition=Q(client_key__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["workspace", "raw"], name="tickets_message_raw_key", condition=Q(raw__isnull=False)
            ),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(direction="internal"), name="tickets_message_note_stays"
            ),
            models.CheckConstraint(
                condition=Q(author_member__isnull=True) | Q(author_contact__isnull=True),
                name="tickets_message_one_author",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "ticket", "id"], name="tickets_message_ticket"),
            models.Index(
                fields=["workspace", "message_id"], name="tickets_message_mid", condition=~Q(message_id="")
            ),
        ]

    @property
    def is_internal(self) -> bool:
        """Tell whether the client's side must never see it."""
        return self.kind == MessageKind.NOTE


class Delivery(TenantModel):
    """What became of an outgoing message for one recipient."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", pgettext_lazy("delivery", "Leaves soon")
        SENDING = "sending", pgettext_lazy("delivery", "Being sent")
        SENT = "sent", pgettext_lazy("delivery", "Sent")
        FAILED = "failed", pgettext_lazy("delivery", "Not delivered")
        CANCELLED = "cancelled", pgettext_lazy("delivery", "Taken back")
        KEPT = "kept", pgettext_lazy("delivery", "Kept in the outbox, not sent")

    class Role(models.TextChoices):
        """In which line the recipient stands."""

        TO = "to", pgettext_lazy("recipient", "To")
        CC = "cc", pgettext_lazy("recipient", "Cc")

    message = TenantForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    mail = TenantForeignKey(OutgoingMail, null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.TextField(choices=Role.choices, default=Role.TO)
    address = models.TextField()
    name = models.TextField(blank=True, default="")
    contact = TenantForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.TextField(choices=State.choices, default=State.WAITING)
    words = models.TextField(blank=True, default="")
    """What the other side said when it refused."""
    status = models.TextField(blank=True, default="")
    """Enhanced status code (RFC 3463) of a refusal or bounce."""
    is_permanent = models.BooleanField(default=False)
    """It refused for good: sending again would change nothing."""
    resent_to = models.TextField(blank=True, default="")
    """The address that got the message instead of this one, which was wrong."""
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "message", "address"], name="tickets_delivery_key")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "mail"], name="tickets_delivery_mail")]


class Attachment(TenantModel):
    """A file of a message, or of a draft until it is sent. Its bytes are in the file store by sha256."""

    ticket = TenantForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="attachments")
    message = TenantForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    uploaded_by = TenantForeignKey(Member, null=True, on_delete=models.CASCADE, related_name="+")
    filename = models.TextField()
    content_type = models.TextField()
    """By our own sniffing, never the sender's word."""
    size = models.BigIntegerField()
    sha256 = models.TextField()
    is_inline = models.BooleanField(default=False)
    content_id = models.TextField(blank=True, default="")
    key = models.UUIDField()
    """The random name in its address."""
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="tickets_attachment_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "message"], name="tickets_attachment_message"),
            models.Index(fields=["workspace", "ticket"], name="tickets_attachment_ticket"),
        ]


class HeldMessage(TenantModel):
    """A mail that an agent decides on: its ticket cannot be trusted to be its, or its sender wrote too much."""

    class Decision(models.TextChoices):
        """What an agent decided."""

        ACCEPTED = "accepted", _("Accepted")
        NEW_TICKET = "new_ticket", _("New ticket")
        SPAM = "spam", _("Spam")

    ticket = TenantForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="held")
    """Null if it points to no ticket, as mail beyond a sender's rate does."""
    raw = TenantForeignKey(RawMail, on_delete=models.PROTECT, related_name="+")
    from_address = models.TextField()
    from_name = models.TextField(blank=True, default="")
    subject = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    reason = models.TextField()
    """A code: `other_address`, `failed_dmarc`, `unasked`, `rate`, `loop`."""
    decision = models.TextField(choices=Decision.choices, blank=True, default="")
    decided_by = TenantForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "raw"], name="tickets_held_raw_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "ticket"], name="tickets_held_open", condition=Q(decision="")),
            models.Index(fields=["workspace", "id"], name="tickets_held_waiting", condition=Q(decision="")),
        ]


class Draft(TenantModel):
    """What a member has written on a ticket but not sent yet."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="drafts")
    ticket = TenantForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    kind = models.TextField(choices=MessageKind.choices, default=MessageKind.REPLY)
    html = models.TextField(blank=True, default="")
    recipients = models.JSONField(default=dict)
    attachment_keys = models.JSONField(default=list)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "member", "ticket"], name="tickets_draft_key")
        ]
