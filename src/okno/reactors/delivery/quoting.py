"""What an answer answers to: the other side's last message, quoted below it so that every mail program folds it."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import override

from okno.channels.email.markup import Block, render_line, text_as_html
from okno.channels.email.wording import attribution
from okno.tenancy.models import Workspace
from okno.tickets.models import Direction, Message, MessageKind, Ticket
from okno.tickets.models.ticket import Channel

TEXT_LENGTH = 8_000
HTML_LENGTH = 40_000
NAME_LENGTH = 100
# Of sanitised HTML: every attribute stands in quotes, and angle brackets within are escaped.
_PICTURE = re.compile(r'<img(?: [a-z-]+="[^"]*")*\s*/?>')


def words_answered(ticket: Ticket, *, before: int, language: str, workspace: Workspace) -> Block | None:
    """Return the last thing that the client's side wrote before a message, as a quotation; None if it is nothing.

    What an agent took down on the telephone is not quoted: nobody wrote it in these words.
    """
    written = Message.objects.filter(
        ticket=ticket, kind=MessageKind.REPLY, direction=Direction.IN, is_automatic=False, pk__lt=before
    )
    message: Message | None = written.exclude(channel=Channel.PHONE).order_by("-id").first()
    if message is None or not message.text.strip():
        return None
    line = _attribution(message, language=language, workspace=workspace)
    text = _shortened(message.text)
    is_html_whole = bool(message.html) and len(message.html) <= HTML_LENGTH and text == message.text.strip()
    html = _PICTURE.sub("", message.html) if is_html_whole else text_as_html(text)
    marked = "\n".join(f"> {one}".rstrip() for one in text.split("\n"))
    return Block(
        text=f"{line}\n{marked}",
        html=f'<div>{escape(line)}</div><blockquote type="cite" class="quoted">{html}</blockquote>',
    )


def _attribution(message: Message, *, language: str, workspace: Workspace) -> str:
    with override(language):
        moment = message.created_at.astimezone(_zone(workspace))
        values = {
            "date": date_format(moment, "j E Y"),
            "time": date_format(moment, "H:i"),
            "author": _author(message),
        }
    return render_line(attribution(language), values)


def _author(message: Message) -> str:
    name = " ".join(message.author_name.split())[:NAME_LENGTH]
    address = message.from_address
    if not address:
        return name
    return f"{name} <{address}>" if name and name != address else address


def _zone(workspace: Workspace) -> ZoneInfo:
    try:
        return ZoneInfo(workspace.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _shortened(text: str) -> str:
    text = text.strip()
    if len(text) <= TEXT_LENGTH:
        return text
    return f"{text[:TEXT_LENGTH].rpartition(chr(10))[0] or text[:TEXT_LENGTH]}\n…"
