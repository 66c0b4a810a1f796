"""Cells of long tables: plain functions that return HTML.

Fifty rows of a dozen components cost 12 ms as templates and 3 ms here. Every value that a person wrote goes
through `html.escape`, which a test proves value by value; the strings are marked safe once, where they enter
a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from math import pi

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from okno.ui.icons import icon_svg
from okno.ui.times import age_tag, due_words, left_words, time_tag
from okno.ui.words import per_language

AVATAR_HUES = 6
_SPREAD = 2654435761  # Knuth's multiplier: neighbouring ids get different hues
RING = 2 * pi * 6
SOON_SHARE = 0.25

CHANNEL_ICONS = {
    "email": "mail",
    "form": "panel-top",
    "portal": "app-window",
    "phone": "phone",
    "telegram": "send",
    "chat": "message-circle",
    "whatsapp": "message-square-text",
    "api": "webhook",
    "monitoring": "activity",
    "console": "keyboard",
}

# Own glyphs of 14 px: the shape tells the category without its colour.
_GLYPHS = {
    "new": '<circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<circle cx="7" cy="7" r="2" fill="currentColor"/>',
    "open": '<circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M7 3.25a3.75 3.75 0 0 1 0 7.5z" fill="currentColor"/>',
    "waiting": '<circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M5.6 5v4M8.4 5v4" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/>',
    "resolved": '<circle cx="7" cy="7" r="6.5" fill="currentColor"/>'
    '<path d="m4.4 7.2 1.8 1.8 3.4-3.6" fill="none" stroke="var(--ok-surface)" stroke-width="1.5"'
    ' stroke-linecap="round" stroke-linejoin="round"/>',
    "closed": '<rect x="1.25" y="1.25" width="11.5" height="11.5" rx="2.5" fill="none" stroke="currentColor"'
    ' stroke-width="1.5"/><path d="m4.4 7.2 1.8 1.8 3.4-3.6" fill="none" stroke="currentColor"'
    ' stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>',
    "cancelled": '<circle cx="7" cy="7" r="5.75" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="m3.2 10.8 7.6-7.6" stroke="currentColor" stroke-width="1.5"/>',
}


_CIRCLE = '<circle cx="7" cy="7" r="6" fill="none" stroke="currentColor" stroke-width="1.75" %s/>'
_DASHES = 'stroke-dasharray="2 2.7"'
_FAINT = 'opacity=".25"'
_LATE = (
    '<svg viewBox="0 0 14 14" aria-hidden="true"><circle cx="7" cy="7" r="6.5" fill="currentColor"/>'
    '<path d="M7 3.75V7l2 1.25" fill="none" stroke="var(--ok-surface)" stroke-width="1.5"'
    ' stroke-linecap="round" stroke-linejoin="round"/></svg>'
)


@dataclass(frozen=True, slots=True)
class PersonCell:
    """Somebody as a row or a message shows him: the id colours the avatar, the name gives its letters."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ClockCell:
    """A running promise. `share` of the time is left, 0 to 1; `state` is running, paused or met."""

    seconds_left: int
    share: float = 1.0
    state: str = "running"


@dataclass(frozen=True, slots=True)
class PresenceCell:
    """Somebody else who has the ticket open; `is_writing` shows the pen instead of the eye."""

    person: PersonCell
    is_writing: bool = False


@dataclass(frozen=True, slots=True)
class TicketRow:
    """What one row of the list shows; `priority` 1 (low) to 4 (critical), `status` one of six categories."""

    id: int
    number: int
    url: str
    subject: str
    words: str
    channel: str
    requester: str
    status: str
    status_name: str
    priority: int
    updated_at: datetime
    assignee: PersonCell | None = None
    is_unread: bool = False
    tags: Sequence[str] = ()
    clock: ClockCell | None = None
    presence: Sequence[PresenceCell] = ()
    is_vip: bool = False
    is_draft: bool = False


def initials(name: str) -> str:
    """Return one or two letters of the name; what is not a letter is passed over."""
    words = ["".join(filter(str.isalnum, word)) for word in name.split()]
    letters = [word[0] for word in words if word]
    return "".join(letters[:1] + letters[-1:] if len(letters) > 1 else letters).upper() or "?"


def avatar_class(person_id: int) -> str:
    """Return the class that gives this person the same one of six hues everywhere."""
    return f"avatar-{(person_id * _SPREAD >> 16) % AVATAR_HUES}"


def avatar(person: PersonCell | None, *, size: str = "", label: str | None = None) -> str:
    """Return the round letters, or a dashed ring for nobody; `size` is xs, s, l or xl; label "" hides it."""
    sized = f" avatar-{size}" if size else ""
    if person is None:
        said = _nobody() if label is None else label
        return f'<span class="avatar avatar-none{sized}" {_said(said)}>{icon_svg("user-round")}</span>'
    said = person.name if label is None else label
    letters = escape(initials(person.name))
    return f'<span class="avatar {avatar_class(person.id)}{sized}" {_said(said)}>{letters}</span>'


@per_language
def _nobody() -> str:
    return _("Nobody")


def _said(label: str) -> str:
    if not label:
        return 'aria-hidden="true"'
    said = escape(label)
    return f'role="img" aria-label="{said}" title="{said}"'


@cache
def status_glyph(category: str) -> str:
    """Return the glyph of one of the six categories."""
    shape = _GLYPHS[category]
    return f'<svg class="glyph glyph-{category}" viewBox="0 0 14 14" aria-hidden="true">{shape}</svg>'


def status_cell(category: str, name: str) -> str:
    """Return glyph and word."""
    return f'<span class="status">{status_glyph(category)}<span class="cut">{escape(name)}</span></span>'


@per_language
def priority_name(priority: int) -> str:
    """Return the word for 1 to 4."""
    return {
        1: pgettext("priority", "Low"),
        2: pgettext("priority", "Normal"),
        3: pgettext("priority", "High"),
        4: pgettext("priority", "Critical"),
    }[priority]


@cache
def _bars(priority: int) -> str:
    if priority == 4:
        return (
            '<rect x="1" y="1" width="12" height="12" rx="2.5" fill="currentColor"/>'
            '<rect class="hole" x="6.25" y="3.5" width="1.5" height="4.5" rx=".5"/>'
            '<rect class="hole" x="6.25" y="9" width="1.5" height="1.5" rx=".5"/>'
        )
    bar = '<rect x="{x}" y="{y}" width="2.5" height="{height}" rx=".75" fill="currentColor"{off}/>'
    shapes = ((1.5, 8.5, 4), (5.75, 5.5, 7), (10, 2.5, 10))
    return "".join(
        bar.format(x=x, y=y, height=height, off="" if index < priority else ' class="off"')
        for index, (x, y, height) in enumerate(shapes)
    )


def priority_bars(priority: int, *, label: str | None = None) -> str:
    """Return three bars, or the black square with "!" for critical; label "" makes it decoration."""
    said = _said(priority_name(priority) if label is None else label)
    return f'<svg class="bars bars-{priority}" viewBox="0 0 14 14" {said}>{_bars(priority)}</svg>'


@per_language
def channel_icon(channel: str) -> str:
    """Return the icon of the channel with its name said; an unknown channel gets an envelope."""
    return icon_svg(CHANNEL_ICONS.get(channel, "mail"), "", _channel_name(channel))


def _channel_name(channel: str) -> str:
    names = {
        "email": pgettext("channel", "Mail"),
        "form": pgettext("channel", "Form"),
        "portal": pgettext("channel", "Portal"),
        "phone": pgettext("channel", "Phone"),
        "chat": pgettext("channel", "Chat"),
        "api": "API",
        "monitoring": pgettext("channel", "Monitoring"),
        "console": pgettext("channel", "Console"),
    }
    return names.get(channel) or channel.capitalize()


def clock_badge(clock: ClockCell) -> str:
    """Return the ring that drains and the time left: calm, soon (amber), late (red), paused, met."""
    if clock.state == "met":
        return _badge("met", icon_svg("check", "icon-s"), left_words(clock.seconds_left))
    if clock.state == "paused":
        return _badge("paused", _ring(None), _("paused"))
    if clock.seconds_left < 0:
        return _badge("late", _LATE, left_words(clock.seconds_left), clock.seconds_left)
    mood = "soon" if clock.share <= SOON_SHARE else "calm"
    return _badge(mood, _ring(clock.share), left_words(clock.seconds_left), clock.seconds_left)


def _badge(mood: str, figure: str, words: str, running: int | None = None) -> str:
    left = "" if running is None else f' data-left="{running}"'
    return f'<span class="clock clock-{mood}"{left}>{figure}<span>{escape(words)}</span></span>'


def _ring(share: float | None) -> str:
    if share is None:
        return f'<svg viewBox="0 0 14 14" aria-hidden="true">{_CIRCLE % _DASHES}</svg>'
    left = f'stroke-dasharray="{RING * min(1.0, share):.1f} {RING:.1f}" transform="rotate(-90 7 7)"'
    return f'<svg viewBox="0 0 14 14" aria-hidden="true">{_CIRCLE % _FAINT}{_CIRCLE % left}</svg>'


def due_badge(due_at: datetime, *, now: datetime, started_at: datetime) -> ClockCell:
    """Return the clock of a plain due date, until targets measure in working time."""
    whole = max(1.0, (due_at - started_at).total_seconds())
    left = (due_at - now).total_seconds()
    return ClockCell(seconds_left=int(left), share=max(0.0, min(1.0, left / whole)))


def due_cell(due_at: datetime, now: datetime) -> str:
    """Return the due moment in words with the exact one on hover."""
    return time_tag(due_at, due_words(due_at, now))


def presence_cell(presence: PresenceCell) -> str:
    """Return who else is here: an eye looks, a pen writes."""
    words = _("%(name)s is writing") if presence.is_writing else _("%(name)s is looking")
    person = avatar(presence.person, size="s", label=words % {"name": presence.person.name})
    shape = icon_svg("pencil" if presence.is_writing else "eye")
    return f'<span class="presence">{person}{shape}</span>'


def tag_cell(name: str) -> str:
    """Return one tag."""
    return f'<span class="tag"><span class="cut">{escape(name)}</span></span>'


@per_language
def _vip_mark() -> str:
    return f'<span class="tag" title="{escape(_("A very important person"))}">VIP</span> '


@per_language
def _draft_mark() -> str:
    return f'<span class="tag" title="{escape(_("Unfinished call"))}">{escape(pgettext("ticket", "draft"))}</span> '


@per_language
def _unread_dot() -> str:
    return f'<span class="row-dot" role="img" aria-label="{escape(_("Unread"))}"></span>'


@per_language
def _select_words() -> str:
    return escape(_("Select %(number)s") % {"number": "%s"})


def ticket_row(row: TicketRow, *, now: datetime, is_new: bool = False) -> str:
    """Return one `<tr>` of the list; `is_new` lets it slide in."""
    classes = "row"
    classes += " row-unread" if row.is_unread else ""
    classes += " row-done" if row.status in ("resolved", "closed", "cancelled") else ""
    classes += " row-in" if is_new else ""
    subject = escape(row.subject)
    requester = escape(row.requester)
    dot = _unread_dot() if row.is_unread else ""
    select = _select_words().replace("%s", str(row.number))
    return (
        f'<tr class="{classes}" id="row-{row.number}" data-number="{row.number}" data-ticket="{row.id}">'
        f'<td class="row-pick">{dot}<input type="checkbox" name="number" value="{row.number}" form="bulk"'
        f' aria-label="{select}"></td>'
        f'<td class="row-number">{row.number}</td>'
        f'<td class="row-channel">{channel_icon(row.channel)}</td>'
        f'<td class="row-what">{_draft_mark() if row.is_draft else ""}'
        f'<a class="row-link" href="{escape(row.url)}" title="{subject}">{subject}</a>'
        f'{"".join(map(tag_cell, row.tags))}<span class="row-words">{escape(row.words)}</span></td>'
        f'<td class="row-presence">{"".join(map(presence_cell, row.presence[:1]))}</td>'
        f'<td class="row-from cut" title="{requester}">{_vip_mark() if row.is_vip else ""}{requester}</td>'
        f'<td class="row-status">{status_cell(row.status, row.status_name)}</td>'
        f'<td class="row-priority">{priority_bars(row.priority)}</td>'
        f'<td class="row-clock">{clock_badge(row.clock) if row.clock else ""}</td>'
        f'<td class="row-who">{avatar(row.assignee, size="s")}</td>'
        f'<td class="row-age">{age_tag(row.updated_at, now)}</td>'
        "</tr>"
    )


def ticket_rows(rows: Iterable[TicketRow], *, now: datetime, is_new: bool = False) -> SafeString:
    """Return the rows of a list, ready for a template."""
    return mark_safe("".join(ticket_row(row, now=now, is_new=is_new) for row in rows))  # noqa: S308 - see the module
