"""A mail that has been read, and how it ended: what the steps of intake hand to each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.channels.base import ParsedMessage
from okno.channels.email.auth_results import Verdict
from okno.channels.email.models import Mailbox, RawMail
from okno.people.models import Contact
from okno.reactors.intake.said import body_of
from okno.reactors.intake.threads import verdict_of
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.words import Body
from okno.tickets.models import Attachment, Direction, Message, MessageKind, Ticket

Outcome = RawMail.Outcome


@dataclass(frozen=True, slots=True)
class Read:
    """A mail that was read, with its files in the store."""

    raw: RawMail
    parsed: ParsedMessage
    files: list[Attachment]


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
    people: Mapping[str, Contact] = field(default_factory=dict)
    """Contacts that were looked up beforehand, by their address."""

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
            quoted_text=self.folded_text(),
            quoted_html=parsed.quoted_html or "",
            message_id=parsed.message_id,
            raw=self.raw,
            is_automatic=is_automatic,
            attachments=self.files,
        )

    def folded_text(self) -> str:
        """Return what is folded away: the signature, then what is quoted; nothing if nothing else can be shown."""
        parsed = self.parsed
        if not parsed.reply_text.strip() and not parsed.reply_html:
            return ""
        return "\n\n".join(part for part in (parsed.signature, parsed.quoted_text) if part)

    def note(self) -> NewMessage:
        """Return it as an internal note: for agents, never for the client's side."""
        return NewMessage(
            kind=MessageKind.NOTE,
            direction=Direction.INTERNAL,
            channel="email",
            body=self.body(),
            author_name=self.shown_author,
            from_address=self.address,
            subject=self.parsed.subject,
            quoted_text=self.folded_text(),
            quoted_html=self.parsed.quoted_html or "",
            raw=self.raw,
            attachments=self.files,
        )

    def body(self) -> Body:
        """Return what it says; an empty mail is said to be empty, never refused."""
        return body_of(self.parsed)


def mails_of(reads: Sequence[Read]) -> list[Mail]:
    """Return mails that were read with what the desk knows of their mailboxes (one query)."""
    mailboxes = {mailbox.pk: mailbox for mailbox in Mailbox.objects.select_related("desk", "team")}
    own = frozenset(box.address for box in mailboxes.values())
    return [
        Mail(
            raw=read.raw,
            parsed=read.parsed,
            files=read.files,
            mailbox=mailboxes[read.raw.mailbox_id],
            own_addresses=own,
            verdict=verdict_of(mailboxes[read.raw.mailbox_id], read.parsed),
        )
        for read in reads
    ]


@contextmanager
def scope_of_words(workspace_id: int) -> Iterator[None]:
    """Work for one workspace, in whose language is written what a mail itself does not say."""
    with scope(workspace_id), override(Workspace.objects.get(pk=workspace_id).language):
        yield


def shown(parsed: ParsedMessage) -> dict[str, str]:
    """Return the values by which the journal shows a mail."""
    return {
        "message_id": parsed.message_id[:500],
        "subject": parsed.subject[:500],
        "sender": parsed.sender.address if parsed.sender else "",
    }


def lock_identities(mails: Sequence[tuple[RawMail, ParsedMessage]]) -> None:
    """Make copies of one mail wait for each other, so that the second sees the first and is a duplicate."""
    identities = {parsed.message_id or raw.sha256 for raw, parsed in mails}
    # In one order, so that two batches never wait for each other.
    keys = sorted({crc32(identity.encode()) - 2**31 for identity in identities})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key",
            [mails[0][0].workspace_id % 2**31, keys],
        )
