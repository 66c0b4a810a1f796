"""Messages, files and participants as callers get them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from okno.api.answers.base import Answer
from okno.api.answers.people import PersonAnswer, person_answer
from okno.api.answers.tickets import AssigneeAnswer
from okno.tickets.models import Attachment, Delivery, Message, Participant


class AuthorAnswer(Answer):
    """Who wrote a message."""

    kind: str = Field(description="member, contact or system.")
    id: int | None
    name: str
    address: str = Field(description="The address that an incoming message came from; else empty.")


class DeliveryAnswer(Answer):
    """What became of a message for one recipient."""

    address: str
    role: str = Field(description="to or cc.")
    state: str = Field(description="waiting, sending, sent, failed, cancelled or kept.")
    words: str = Field(description="What the other side said when it refused.")
    code: str = Field(
        description="The enhanced status code (RFC 3463) of a refusal, such as 5.1.1; else empty."
    )
    is_permanent: bool = Field(description="Whether it refused for good: sending again would change nothing.")
    settled_at: datetime | None


class AttachmentAnswer(Answer):
    """A file; its bytes are at `/attachments/{key}`."""

    key: UUID
    filename: str
    content_type: str
    size: int
    is_inline: bool
    content_id: str = Field(description="By which the HTML shows an inline picture (`cid:`).")


class MessageAnswer(Answer):
    """A message of a ticket."""

    id: int
    kind: str = Field(description="reply or note.")
    direction: str = Field(description="in, out or internal.")
    channel: str
    subject: str
    body: str = Field(description="Plain text, without what was quoted.")
    html: str = Field(description="The same as sanitised HTML; empty for plain messages.")
    quoted: str = Field(description="What was quoted, as plain text.")
    author: AuthorAnswer
    is_automatic: bool
    created_at: datetime
    leaves_at: datetime | None
    cancelled_at: datetime | None
    delivery: list[DeliveryAnswer]
    attachments: list[AttachmentAnswer]


class ParticipantAnswer(Answer):
    """A person on a ticket in a role: a contact or a member."""

    id: int
    role: str
    contact: PersonAnswer | None
    member: AssigneeAnswer | None
    is_visible: bool = Field(description="Whether the client's side may know of this person.")
    added_at: datetime


def message_answer(message: Message) -> MessageAnswer:
    """Return a message, whose deliveries and files are loaded."""
    return MessageAnswer(
        id=message.pk,
        kind=message.kind,
        direction=message.direction,
        channel=message.channel,
        subject=message.subject,
        body=message.text,
        html=message.html,
        quoted=message.quoted_text,
        author=_author(message),
        is_automatic=message.is_automatic,
        created_at=message.created_at,
        leaves_at=message.leaves_at,
        cancelled_at=message.cancelled_at,
        delivery=[_delivery(row) for row in message.deliveries.all()],
        attachments=[attachment_answer(row) for row in message.attachments.all()],
    )


def attachment_answer(row: Attachment) -> AttachmentAnswer:
    """Return a file."""
    return AttachmentAnswer(
        key=row.key,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        is_inline=row.is_inline,
        content_id=row.content_id,
    )


def participant_answer(row: Participant) -> ParticipantAnswer:
    """Return a participant, whose contact or member is loaded."""
    member = row.member
    return ParticipantAnswer(
        id=row.pk,
        role=row.role,
        contact=person_answer(row.contact),
        member=AssigneeAnswer(id=member.pk, name=member.name, email=member.email) if member else None,
        is_visible=row.is_visible,
        added_at=row.added_at,
    )


def _author(message: Message) -> AuthorAnswer:
    if message.author_member_id is not None:
        kind, ref = "member", message.author_member_id
    elif message.author_contact_id is not None:
        kind, ref = "contact", message.author_contact_id
    else:
        kind, ref = "system", None
    return AuthorAnswer(kind=kind, id=ref, name=message.author_name, address=message.from_address)


def _delivery(row: Delivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        address=row.address,
        role=row.role,
        state=row.state,
        words=row.words,
        code=row.status,
        is_permanent=row.is_permanent,
        settled_at=row.settled_at,
    )
