"""A ticket as its requester reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from okno.lib.sanitize import show_pictures
from okno.tickets.models import Attachment, Direction, StatusCategory, Ticket
from okno.tickets.models.ticket import Channel
from okno.tickets.queries.public import PublicMessage
from okno.ui.answers import PREVIEW_BYTES, is_picture
from okno.ui.cells import PersonCell
from okno.ui.linkify import linked
from okno.ui.thread import FileCell, MessageCell

TEXT_SHOWN = 20_000


class Place(Protocol):
    """Where a requester looks at a ticket from: by a link in a mail, or signed in."""

    @property
    def contact_id(self) -> int:
        """Return who looks."""

    def body_url(self, message_id: int) -> str:
        """Return the address of a message as a document of its own."""

    def file_url(self, file: Attachment) -> str:
        """Return the address of a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose move it is, in plain words, and what the requester can say about it."""

    category: str
    title: str
    words: str
    due_at: datetime | None = None
    """Until when it is to be done, while it is our move."""
    can_confirm: bool = False
    can_reopen: bool = False


def turn_of(ticket: Ticket) -> Turn:
    """Return whose move it is."""
    category = StatusCategory(ticket.category)
    is_ours = ticket.waiting_since is not None
    words = {
        StatusCategory.NEW: _("It is our move: we have your request and will answer soon."),
        StatusCategory.OPEN: _("It is our move: we are working on it."),
        StatusCategory.WAITING: _("It is our move: we have your answer.")
        if is_ours
        else _("We need something from you or from others. If we asked you something, answer below."),
        StatusCategory.RESOLVED: _("We think that it is solved. Is it?"),
        StatusCategory.CLOSED: _("This request is closed."),
        StatusCategory.CANCELLED: _("This request was cancelled."),
    }
    return Turn(
        category=category,
        title=ticket.status.public_name,
        words=words[category],
        due_at=ticket.due_at if category.is_active else None,
        can_confirm=category is StatusCategory.RESOLVED,
        can_reopen=not category.is_active,
    )


def message_cell(public: PublicMessage, place: Place) -> MessageCell:
    """Return a message for its requester; nothing about who else got it."""
    message = public.message
    is_own_html = message.channel == Channel.CONSOLE and message.author_member_id is not None
    body = place.body_url(message.pk)
    has_frame = bool(message.html) and not is_own_html
    shown_in_text = {file.content_id for file in public.files if file.is_inline and message.html}
    return MessageCell(
        id=message.pk,
        kind=message.kind,
        direction=message.direction,
        author=PersonCell(message.author_member_id or message.author_contact_id or 0, message.author_name),
        created_at=message.created_at,
        byline=_author(public, place),
        text=linked(message.text[:TEXT_SHOWN]),
        # Sanitised when it was stored; only the addresses of its pictures are put in here.
        html=mark_safe(_with_pictures(public, place)) if is_own_html else "",  # noqa: S308
        frame_url=body if has_frame else "",
        whole_url=body if len(message.text) > TEXT_SHOWN and not message.html else "",
        quoted=linked(message.quoted_text[:TEXT_SHOWN]),
        files=[_file(file, place) for file in public.files if file.content_id not in shown_in_text],
    )


def picture_urls(files: list[Attachment], place: Place) -> dict[str, str]:
    """Return the addresses of inline pictures by their content ids."""
    return {file.content_id: place.file_url(file) for file in files if file.content_id}


def _with_pictures(public: PublicMessage, place: Place) -> str:
    return show_pictures(public.message.html, inline=picture_urls(list(public.files), place).get)


def _author(public: PublicMessage, place: Place) -> str:
    message = public.message
    if message.author_contact_id == place.contact_id:
        return _("You")
    if message.direction == Direction.OUT:
        return _("%(name)s, support") % {"name": message.author_name}
    return message.author_name


def _file(file: Attachment, place: Place) -> FileCell:
    url = place.file_url(file)
    is_image = is_picture(file.content_type)
    has_preview = is_image and file.size <= PREVIEW_BYTES
    return FileCell(file.filename, file.size, url, preview_url=url if has_preview else "", is_image=is_image)
