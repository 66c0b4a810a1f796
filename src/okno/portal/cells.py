"""A ticket as its requester reads it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from okno.lib.sanitize import show_pictures
from okno.tickets.links import RequesterLink
from okno.tickets.models import Attachment, Direction, StatusCategory, Ticket
from okno.tickets.models.ticket import Channel
from okno.tickets.queries.public import PublicMessage
from okno.ui.answers import PREVIEW_BYTES, is_picture
from okno.ui.cells import PersonCell
from okno.ui.linkify import linked
from okno.ui.thread import FileCell, MessageCell

TEXT_SHOWN = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose move it is, in plain words, and what the requester can say about it."""

    category: str
    title: str
    words: str
    can_confirm: bool = False
    can_reopen: bool = False


def turn_of(ticket: Ticket) -> Turn:
    """Return whose move it is."""
    category = StatusCategory(ticket.category)
    words = {
        StatusCategory.NEW: _(
            "We have your request and will answer soon. To add something, reply to our mail."
        ),
        StatusCategory.OPEN: _("We are working on it. To add something, reply to our mail."),
        StatusCategory.WAITING: _("We need something from you or from others. To answer, reply to our mail."),
        StatusCategory.RESOLVED: _("We think that it is solved. Is it?"),
        StatusCategory.CLOSED: _("This request is closed."),
        StatusCategory.CANCELLED: _("This request was cancelled."),
    }
    return Turn(
        category=category,
        title=ticket.status.public_name,
        words=words[category],
        can_confirm=category is StatusCategory.RESOLVED,
        can_reopen=not category.is_active,
    )


def message_cell(public: PublicMessage, link: RequesterLink, token: str) -> MessageCell:
    """Return a message for its requester; nothing about who else got it."""
    message = public.message
    is_own_html = message.channel == Channel.CONSOLE and message.author_member_id is not None
    body = reverse("portal:message_body", args=[token, message.pk])
    has_frame = bool(message.html) and not is_own_html
    shown_in_text = {file.content_id for file in public.files if file.is_inline and message.html}
    return MessageCell(
        id=message.pk,
        kind=message.kind,
        direction=message.direction,
        author=PersonCell(message.author_member_id or message.author_contact_id or 0, message.author_name),
        created_at=message.created_at,
        byline=_author(public, link),
        text=linked(message.text[:TEXT_SHOWN]),
        # Sanitised when it was stored; only the addresses of its pictures are put in here.
        html=mark_safe(_with_pictures(public, token)) if is_own_html else "",  # noqa: S308
        frame_url=body if has_frame else "",
        whole_url=body if len(message.text) > TEXT_SHOWN and not message.html else "",
        quoted=linked(message.quoted_text[:TEXT_SHOWN]),
        files=[_file(file, token) for file in public.files if file.content_id not in shown_in_text],
    )


def file_url(file: Attachment, token: str) -> str:
    """Return the address of a file under the requester's link."""
    return f"/r/{token}/files/{file.key}/{quote(file.filename, safe='')}"


def picture_urls(files: list[Attachment], token: str) -> dict[str, str]:
    """Return the addresses of inline pictures by their content ids."""
    return {file.content_id: file_url(file, token) for file in files if file.content_id}


def _with_pictures(public: PublicMessage, token: str) -> str:
    return show_pictures(public.message.html, inline=picture_urls(list(public.files), token).get)


def _author(public: PublicMessage, link: RequesterLink) -> str:
    message = public.message
    if message.author_contact_id == link.contact.pk:
        return _("You")
    if message.direction == Direction.OUT:
        return _("%(name)s, support") % {"name": message.author_name}
    return message.author_name


def _file(file: Attachment, token: str) -> FileCell:
    url = file_url(file, token)
    is_image = is_picture(file.content_type)
    has_preview = is_image and file.size <= PREVIEW_BYTES
    return FileCell(file.filename, file.size, url, preview_url=url if has_preview else "", is_image=is_image)
