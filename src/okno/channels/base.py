"""What a channel is: what it can carry, how it fails, and the plain data that it exchanges with the rest."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from okno.lib.addresses import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """Say what a message of a channel may have; the composer asks this and never for the kind."""

    rich_text: bool = False
    subject: bool = False
    recipients: bool = False
    """May be sent to several people, with copies."""
    files: bool = False
    inline_pictures: bool = False
    max_files_bytes: int = 0
    max_text_length: int = 100_000
    delivery_state: bool = False
    """Delivery is reported for each recipient."""


class PermanentFailure(Exception):
    """The receiver refused for good; repeating would change nothing."""

    def __init__(self, reason: str, *, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class TemporaryFailure(Exception):
    """It did not work this time; the same attempt may work later."""

    def __init__(self, reason: str, *, code: int | None = None, is_uncertain: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.is_uncertain = is_uncertain
        """The receiver may have it all the same: no answer came after everything was handed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedAttachment:
    """Hold one file of a message; its name is only a label, its type is sniffed from the content."""

    filename: str
    content_type: str
    size: int
    sha256: str
    is_inline: bool = False
    content_id: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthResults:
    """Hold one Authentication-Results header: what one server says that it found."""

    server: str
    results: tuple[tuple[str, str], ...]
    """Pairs of method and result in the order given, as ("dmarc", "pass")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """Say what a delivery report tells of one recipient."""

    recipient: str
    """In canonical form; empty if the report does not name it."""
    status: str = ""
    """Enhanced status code (RFC 3463), as "5.1.1"; empty if neither given nor told by the words."""
    action: Literal["failed", "delayed", "delivered", "relayed", "expanded"] = "failed"
    reason: str = ""
    """What the refusing server said, in its words."""
    permanent: bool = True
    """Trying again would change nothing. False for delays and for a full mailbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Hold one event of a calendar part (RFC 5545)."""

    method: str
    """Upper case: REQUEST, CANCEL, REPLY, PUBLISH, …"""
    summary: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_all_day: bool = False
    place: str = ""
    organizer: str = ""
    attendees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedMessage:
    """Hold all that is read from one message; every text is safe to store, `html` is sanitised."""

    message_id: str = ""
    """With its angle brackets; empty if there is none."""
    subject: str = ""
    senders: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    sent_at: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    """All text, derived from the HTML where there is no text part."""
    html: str | None = None
    reply_text: str = ""
    """The sender's own words, without the quoted part."""
    signature: str | None = None
    """The sender's signature as plain text, where one was found for certain; neither in `reply_text` nor lost."""
    quoted_text: str = ""
    reply_html: str | None = None
    quoted_html: str | None = None
    attachments: tuple[ParsedAttachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Decoded values of the headers that later decisions need, names in lower case, in order."""
    auth_results: tuple[AuthResults, ...] = ()
    """From the topmost header down."""
    is_automatic: bool = False
    """Written by a machine: out of office, notifications, bounces."""
    is_bounce: bool = False
    """Has the form of a delivery report or an empty return path."""
    bounces: tuple[Bounce, ...] = ()
    """What a delivery report says, by recipient; empty for all other mail."""
    is_complaint: bool = False
    """A report of a mail that somebody called spam (ARF, RFC 5965)."""
    reported_ids: tuple[str, ...] = ()
    """Message-IDs of the mail that a delivery report or complaint is about, with angle brackets."""
    reported_recipients: tuple[str, ...] = ()
    """Who had got the mail that a complaint is about, in canonical form."""
    spam_verdict: str = ""
    """The header by which the receiving server called it spam, as "X-Spam-Flag: YES"; empty if none did."""
    protection: Literal["none", "signed", "encrypted"] = "none"
    """Whether it came signed or encrypted (S/MIME, OpenPGP); nothing is verified, and the parts are kept whole."""
    invitations: tuple[Invitation, ...] = ()
    is_whole: bool = True
    """False if the mail was too large and only its headers were read."""
    problems: tuple[str, ...] = ()
    """Short words for what was odd and how it was read all the same."""

    @property
    def sender(self) -> Address | None:
        """Return the first author."""
        return self.senders[0] if self.senders else None

    def header(self, name: str) -> str | None:
        """Return the topmost value of a kept header."""
        return next((value for key, value in self.headers if key == name.lower()), None)

    def header_values(self, name: str) -> tuple[str, ...]:
        """Return all values of a kept header from the top."""
        return tuple(value for key, value in self.headers if key == name.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundMail:
    """Say how one raw message arrived."""

    source: Literal["smtp", "imap", "ingest"]
    envelope_from: str | None = None
    """None where the way in has no envelope; an empty text is the null sender."""
    envelope_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundFile:
    """Name one file to send."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    """Set for a picture that the HTML shows by `cid:`; without angle brackets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundMail:
    """Hold one mail to send; composing it again gives the same Message-ID."""

    message_id: str
    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    sent_at: datetime
    html: str | None = None
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    auto_submitted: Literal["", "auto-replied", "auto-generated"] = ""
    loop_mark: str = ""
    """By this we recognise our own mail when it comes back."""
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[OutboundFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientResult:
    """Say what became of one message for one recipient."""

    address: str
    state: Literal["sent", "failed", "retry"]
    code: int | None = None
    reason: str = ""
