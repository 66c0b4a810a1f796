"""A mail that has been read, and how it ended: what the steps of intake hand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from okno.channels.base import ParsedMessage
from okno.channels.email.auth_results import Verdict
from okno.channels.email.models import Mailbox, RawMail
from okno.people.models import Contact
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.words import Body
from okno.tickets.models import Attachment, Direction, Message, MessageKind, Ticket

Outcome = RawMail.Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a mail ended."""

    outcome: str
    reason: str = ""
    ticket: Ticket | None = None
    message: Message | None = None

    words: str = ""
    """How a mail begins that is on no ticket."""

    def columns(self) -> dict[str, Any]:
        """Return the values for the raw row."""
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "words": self.words,
            "ticket_number": self.ticket.number if self.ticket else None,
            "message_ref": self.message.pk if self.message else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that has been read, with its files in the store."""

    raw: RawMail
    parsed: ParsedMessage
    files: Sequence[Attachment]
    mailbox: Mailbox
    own_addresses: frozenset[str]
    verdict: Verdict

    @property
    def address(self) -> str:
        """Return the address of who wrote it, empty if it does not say."""
        return self.parsed.sender.address if self.parsed.sender else ""

    @property
    def name(self) -> str:
        """Return the name that its author gives himself, perhaps none."""
        return self.parsed.sender.name if self.parsed.sender else ""

    @property
    def shown_author(self) -> str:
        """Return what stands where the author is shown."""
        return self.name or self.address or str(_("(no sender)"))

    def message(self, contact: Contact | None, *, is_automatic: bool = False) -> NewMessage:
        """Return it as a message of a contact, or of nobody if it does not say who wrote it."""
        parsed = self.parsed
        return NewMessage(
            kind=MessageKind.REPLY,
            direction=Direction.IN,
            channel="email",
            body=self.body(),
            author_contact=contact,
            author_name=self.name or (contact.name if contact else "") or self.shown_author,
            from_address=self.address,
            subject=parsed.subject,
            quoted_text=parsed.quoted_text,
            quoted_html=parsed.quoted_html or "",
            message_id=parsed.message_id,
            raw=self.raw,
            is_automatic=is_automatic,
            attachments=self.files,
        )

    def body(self) -> Body:
        """Return the sender's own words; an empty mail is said to be empty, never refused."""
        text = self.parsed.reply_text.strip()
        if not text and not self.parsed.reply_html:
            text = self.parsed.text.strip() or str(_("(The mail has no text.)"))
        return Body(text=text, html=self.parsed.reply_html or "")
