"""What a ticket's conversation shows, as the templates in `ui/ticket/` take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from okno.ui.cells import PersonCell


@dataclass(frozen=True, slots=True)
class FileCell:
    """A file on a message; `preview_url` is a small picture of it, where there is one."""

    name: str
    size: int
    url: str
    preview_url: str = ""
    is_image: bool = False


@dataclass(frozen=True, slots=True)
class ResendCell:
    """Sending a message again to whom it did not reach: `address` is posted to `url`, with `card` to correct that too.

    `may_help` says that the same address may work now; `has_card`, that there is a contact whose card can be corrected.
    """

    id: int
    url: str
    address: str
    may_help: bool = False
    has_card: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryCell:
    """What became of an outgoing message for some of its recipients: `state` waiting, sent, failed, resent or kept.

    `act_url` and `act_label` are the one thing that can be done by a button; `original` is what the server said.
    """

    state: str
    words: str
    act_url: str = ""
    act_label: str = ""
    original: str = ""
    resend: ResendCell | None = None


@dataclass(frozen=True, slots=True)
class HeldCell:
    """A message that waits for a decision: why, and where `decision` (accepted, new_ticket, spam) is posted to."""

    reason: str
    url: str
    requester: str = ""
    """Whose other address it may be, which `is_requester` says; empty if that is not asked."""


@dataclass(frozen=True, slots=True)
class MenuLink:
    """One entry of a message's menu."""

    label: str
    url: str
    icon: str = "file-text"


@dataclass(frozen=True, slots=True)
class MessageCell:
    """One message. `kind` reply or note; `direction` in, out or internal.

    The body is exactly one of: `text` (plain, shown as typed; links may be marked up), `html` (sanitised, as our own
    editor makes) or `frame_url` (foreign HTML in a sandboxed frame; `images_url` is the same with remote pictures).
    """

    id: int
    kind: str
    direction: str
    author: PersonCell
    created_at: datetime
    byline: str = ""
    """What stands for the author's name, where it says something else: `You`."""
    to: str = ""
    text: SafeString | str = ""
    html: SafeString | str = ""
    frame_url: str = ""
    images_url: str = ""
    whole_url: str = ""
    """Where all of a text is that is too long for the page."""
    quoted: SafeString | str = ""
    quoted_frame_url: str = ""
    files: Sequence[FileCell] = ()
    deliveries: Sequence[DeliveryCell] = ()
    held: HeldCell | None = None
    menu: Sequence[MenuLink] = ()
    is_new: bool = False
    outside_url: str = ""
    """Where the talk with people outside is that it belongs to."""
    summary: str = ""
    """One line for what a machine wrote, behind which it is folded; empty: it stands open."""


@dataclass(frozen=True, slots=True)
class EventCell:
    """One grey line: an icon, words (made by `format_html`, names in <b>), the moment."""

    icon: str
    words: SafeString | str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RecipientCell:
    """A person or a bare address in To or Cc."""

    address: str
    person: PersonCell | None = None
    warning: str = ""
    """Why mail to it may not arrive."""


@dataclass(frozen=True, slots=True)
class ComposerCell:
    """The docked composer of one ticket, with the draft it opens on.

    `after` is the newest message on the page: the server refuses with 409 when there is a newer public one.
    `key` makes a repeated send harmless. Without `can_reply` there is only the note.
    """

    action: str
    draft_url: str
    upload_url: str
    recipients_url: str
    key: str
    after: int
    reply_to: str = ""
    to: Sequence[RecipientCell] = ()
    cc: Sequence[RecipientCell] = ()
    kind: str = "reply"
    text: str = ""
    html: str = ""
    files: Sequence[UploadedFile] = ()
    can_reply: bool = True


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file that the draft already has; `id` is what the upload answered."""

    id: str
    name: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class ColumnCell:
    """A head of the list; `url` sorts by it, `sort` is ascending, descending or nothing."""

    name: str
    label: str
    url: str = ""
    sort: str = ""
