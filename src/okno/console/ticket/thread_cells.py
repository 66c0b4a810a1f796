"""The conversation as the templates of `ui/ticket/` take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from okno.console.addresses import file_url
from okno.console.held_words import belonging_to, held_reason
from okno.console.ticket.delivery_cells import delivery_cells, shown
from okno.console.ticket.pictures import as_edited
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.commands.changing import last_words
from okno.tickets.models import Attachment, Delivery, Direction, HeldMessage, Message, MessageKind, Ticket
from okno.tickets.models.ticket import Channel
from okno.tickets.queries.timeline import Done, Said, Thread
from okno.ui.answers import PREVIEW_BYTES, is_picture
from okno.ui.cells import PersonCell
from okno.ui.linkify import linked
from okno.ui.thread import EventCell, FileCell, HeldCell, MenuLink, MessageCell
from okno.ui.times import day_words

TEXT_SHOWN = 20_000
_EVENT_ICONS = {
    "ticket.created": "plus",
    "ticket.message_cancelled": "undo-2",
    "ticket.message_resent": "send",
    "ticket.assigned": "user-check",
    "ticket.team_changed": "users",
    "ticket.status_changed": "arrow-right",
    "ticket.priority_changed": "arrow-up",
    "ticket.subject_changed": "pencil",
    "ticket.tags_changed": "tag",
    "ticket.due_changed": "calendar",
    "ticket.reminder_changed": "alarm-clock",
    "ticket.reminder_due": "alarm-clock",
    "ticket.participant_added": "user-plus",
    "ticket.participant_removed": "user-round",
    "ticket.requester_changed": "user-round",
    "ticket.parent_changed": "link",
    "ticket.linked": "link",
    "ticket.message_held": "shield-alert",
    "ticket.held_decided": "shield-check",
    "ticket.side_closed": "check",
    "ticket.marked_spam": "shield-alert",
    "ticket.unmarked_spam": "shield-check",
}
_CHANNEL_WORDS = {
    Channel.EMAIL: pgettext_lazy("channel", "by mail"),
    Channel.PHONE: pgettext_lazy("channel", "by phone"),
    Channel.API: pgettext_lazy("channel", "by API"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadItem:
    """One element of the conversation: exactly one of the three."""

    message: MessageCell | None = None
    event: EventCell | None = None
    day: str = ""


def thread_items(
    thread: Thread, ticket: Ticket, actor: Actor, *, now: datetime, is_new: bool = False
) -> list[ThreadItem]:
    """Return the conversation with a line between two days."""
    items: list[ThreadItem] = []
    day = None
    today = timezone.localtime(now).date()
    # What opened the ticket is what it is about, whoever wrote it.
    first = None if is_new else next((entry for entry in thread.entries if isinstance(entry, Said)), None)
    for entry in thread.entries:
        entry_day = timezone.localtime(entry.created_at).date()
        if day is not None and entry_day != day:
            items.append(ThreadItem(day=_capital(day_words(entry_day, today))))
        day = entry_day
        if isinstance(entry, Done):
            items.append(ThreadItem(event=event_cell(entry)))
        else:
            is_aside = entry.message.is_automatic and not (entry is first and thread.earlier is None)
            cell = message_cell(entry, ticket, actor, now=now, is_new=is_new, is_aside=is_aside)
            items.append(ThreadItem(message=cell))
    return items


def event_cell(done: Done) -> EventCell:
    """Return one event as a grey line."""
    words = format_html("<b>{}</b> {}", done.who, done.what)
    return EventCell(_EVENT_ICONS.get(done.type, "pencil"), words, done.created_at)


def message_cell(
    said: Said,
    ticket: Ticket,
    actor: Actor,
    *,
    now: datetime,
    is_new: bool = False,
    is_aside: bool = False,
) -> MessageCell:
    """Return one message: our own as text or small HTML, foreign HTML as the address of its frame.

    `is_aside` folds what a machine wrote, so that the talk of people is not interrupted.
    """
    message = said.message
    body = reverse("console:message_body", args=[ticket.number, message.pk])
    frame_url = body if said.has_foreign_html else ""
    shown_in_text = {file.content_id for file in said.files if file.is_inline and (said.html or frame_url)}
    is_cut = len(message.text) > TEXT_SHOWN
    return MessageCell(
        id=message.pk,
        kind=message.kind,
        direction=message.direction,
        author=PersonCell(message.author_member_id or message.author_contact_id or 0, message.author_name),
        created_at=message.created_at,
        to=_beside_author(said),
        text=linked(message.text[:TEXT_SHOWN]),
        # Sanitised when it was stored; only the addresses of its pictures are put in here.
        html=mark_safe(as_edited(said.html, said.files)),  # noqa: S308
        frame_url=frame_url,
        images_url=f"{body}?images=1" if said.has_remote_pictures else "",
        whole_url=body if is_cut and not said.html and not frame_url else "",
        quoted=linked(message.quoted_text[:TEXT_SHOWN]),
        quoted_frame_url=f"{body}?part=quoted" if said.has_quoted_html else "",
        files=[
            file_cell(file)
            for file in said.files
            if file.content_id not in shown_in_text or not file.is_inline
        ],
        deliveries=delivery_cells(said, ticket, actor, now=now),
        menu=_menu(message, ticket, can_forward=policy.can_reply(actor, ticket)),
        is_new=is_new,
        outside_url=(
            reverse("console:ticket_outside", args=[ticket.number, message.side_thread_id])
            if message.side_thread_id
            else ""
        ),
        summary=(message.subject or last_words(message.text)) if is_aside else "",
    )


def file_cell(file: Attachment) -> FileCell:
    """Return one file; a picture of a sensible size shows itself."""
    url = file_url(file)
    is_image = is_picture(file.content_type)
    return FileCell(
        name=file.filename,
        size=file.size,
        url=url,
        preview_url=url if is_image and file.size <= PREVIEW_BYTES else "",
        is_image=is_image,
    )


def held_cells(waiting: Sequence[HeldMessage], ticket: Ticket, actor: Actor) -> list[MessageCell]:
    """Return the mails that wait for a decision (one query if there are any)."""
    requesters = belonging_to(waiting, actor)
    return [_held_cell(held, ticket, requester=requesters.get(held.pk, "")) for held in waiting]


def _held_cell(held: HeldMessage, ticket: Ticket, *, requester: str) -> MessageCell:
    return MessageCell(
        id=held.pk,
        kind=MessageKind.REPLY,
        direction=Direction.IN,
        author=PersonCell(0, held.from_name or held.from_address),
        created_at=held.created_at,
        to=held.from_address,
        text=linked(held.text[:TEXT_SHOWN]),
        held=HeldCell(
            reason=held_reason(held),
            url=reverse("console:ticket_held", args=[ticket.number, held.pk]),
            requester=requester,
        ),
        menu=[
            MenuLink(
                _("Raw message"), reverse("console:held_raw", args=[ticket.number, held.pk]), "download"
            ),
            MenuLink(_("Headers"), reverse("console:held_headers", args=[ticket.number, held.pk]), "list"),
        ],
    )


def _beside_author(said: Said) -> str:
    """Return what stands behind the author's name: from where, or to whom."""
    message = said.message
    if message.direction == Direction.IN:
        channel = _CHANNEL_WORDS.get(Channel(message.channel), "")
        return " · ".join(str(part) for part in (message.from_address, channel) if part)
    if message.direction == Direction.INTERNAL and not said.deliveries:
        return message.from_address
    to = ", ".join(shown(delivery) for delivery in said.deliveries if delivery.role == Delivery.Role.TO)
    cc = ", ".join(shown(delivery) for delivery in said.deliveries if delivery.role == Delivery.Role.CC)
    if to and cc:
        return pgettext("recipients", "to: %(to)s, copy: %(cc)s") % {"to": to, "cc": cc}
    return pgettext("recipients", "to: %(to)s") % {"to": to} if to else ""


def _menu(message: Message, ticket: Ticket, *, can_forward: bool) -> list[MenuLink]:
    place = [ticket.number, message.pk]
    forward = MenuLink(
        _("Forward outside"),
        f"{reverse('console:ticket_ask_outside', args=[ticket.number])}?message={message.pk}",
        "forward",
    )
    if message.raw_id is None:
        return [forward] if can_forward else []
    return [
        *([forward] if can_forward else []),
        MenuLink(_("Raw message"), reverse("console:message_raw", args=place), "download"),
        MenuLink(_("Headers"), reverse("console:message_headers", args=place), "list"),
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
