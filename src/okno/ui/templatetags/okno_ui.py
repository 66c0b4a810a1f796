"""`{% load okno_ui %}`: icons, cells and times for templates. The HTML itself is made in `okno.ui.cells`."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any

from django import template
from django.template.context import Context
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okno.lib.clock import current_time
from okno.ui import cells, times
from okno.ui.icons import icon_svg

register = template.Library()

KILO = 1024


def _now(context: Context) -> datetime:
    """Return the page's `now`, so that all its times are told from one moment."""
    now = context.get("now")
    return now if isinstance(now, datetime) else current_time()


def _person(person: Any) -> cells.PersonCell | None:
    if person is None or person == "":
        return None
    return cells.PersonCell(id=person.id, name=person.name)


@register.simple_tag
def icon(name: str, css: str = "", *, label: str = "") -> SafeString:
    """Show a lucide icon: `{% icon "mail" %}`, `{% icon "mail" "icon-s" label=_("Mail") %}`."""
    return mark_safe(icon_svg(name, css, label))  # noqa: S308 - icon_svg escapes the label


@register.simple_tag
def status_glyph(category: str) -> SafeString:
    """Show the glyph of a status category."""
    return mark_safe(cells.status_glyph(category))  # noqa: S308 - a constant


@register.simple_tag
def status(category: str, name: str) -> SafeString:
    """Show glyph and name of a status."""
    return mark_safe(cells.status_cell(category, str(name)))  # noqa: S308 - escaped there


@register.simple_tag
def priority(value: int, *, words: bool = False) -> SafeString:
    """Show the bars of a priority, with its word behind them if `words`."""
    if not words:
        return mark_safe(cells.priority_bars(value))  # noqa: S308 - constants
    name = cells.priority_name(value)
    return mark_safe(  # noqa: S308 - constants
        f'<span class="status">{cells.priority_bars(value, label="")}<span>{name}</span></span>'
    )


@register.simple_tag
def priority_mark() -> SafeString:
    """Show the bars as the sign of the column, without saying a priority."""
    return mark_safe(cells.priority_bars(1, label=""))  # noqa: S308 - constants


def _new_tickets(count: int) -> str:
    return ngettext("%(count)s new ticket", "%(count)s new tickets", count) % {"count": "%s"}


@register.simple_tag
def time_words() -> SafeString:
    """Give the page the words with which its ages grow (islands/ticking.ts)."""
    words = times.age_patterns().items()
    return mark_safe(  # noqa: S308 - escaped here
        " ".join(f'data-age-{name}="{escape(pattern)}"' for name, pattern in words)
    )


@register.simple_tag
def list_words() -> SafeString:
    """Give `ok-list` the words for new tickets, in each plural form the language has (CLDR names)."""
    forms = {"one": 1, "few": 2, "many": 5, "other": 2}
    return mark_safe(  # noqa: S308 - escaped here
        " ".join(f'data-new-{form}="{escape(_new_tickets(n))}"' for form, n in forms.items())
    )


@register.simple_tag
def avatar(person: Any, size: str = "", *, label: str | None = None) -> SafeString:
    """Show somebody with `id` and `name`, or nobody; `label=""` where the name stands beside it."""
    return mark_safe(cells.avatar(_person(person), size=size, label=label))  # noqa: S308 - escaped there


@register.simple_tag
def clock(value: cells.ClockCell) -> SafeString:
    """Show the badge of a clock."""
    return mark_safe(cells.clock_badge(value))  # noqa: S308 - escaped there


@register.simple_tag
def channel(value: str) -> SafeString:
    """Show the icon of a channel."""
    return mark_safe(cells.channel_icon(value))  # noqa: S308 - constants


@register.simple_tag(takes_context=True)
def ago(context: Context, moment: datetime) -> SafeString:
    """Show how long ago it was: `48 min`, `yesterday`."""
    return mark_safe(times.age_tag(moment, _now(context)))  # noqa: S308 - escaped there


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime) -> SafeString:
    """Show when it was: `9:06`, `yesterday, 17:42`."""
    return mark_safe(times.time_tag(value, times.moment_words(value, _now(context))))  # noqa: S308 - escaped there


@register.simple_tag(takes_context=True)
def due(context: Context, value: datetime) -> SafeString:
    """Show when it will be: `today, 11:00`."""
    return mark_safe(cells.due_cell(value, _now(context)))  # noqa: S308 - escaped there


@register.simple_tag(takes_context=True)
def ticket_rows(context: Context, rows: list[cells.TicketRow]) -> SafeString:
    """Show the `<tr>`s of a ticket list."""
    return cells.ticket_rows(rows, now=_now(context))


@register.filter
def file_size(size: int) -> str:
    """Return a size for people: `284 KB`, `1.2 MB`; the decimal sign is the language's."""
    if size < KILO:
        return _("%(size)d B") % {"size": size}
    if size < KILO**2:
        return _("%(size)d KB") % {"size": size // KILO}
    if size < KILO**3:
        return _("%(size)s MB") % {"size": number_format(round(size / KILO**2, 1), 1)}
    return _("%(size)s GB") % {"size": number_format(round(size / KILO**3, 1), 1)}
