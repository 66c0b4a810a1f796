"""What a message says: the sender's own words, and what the desk has to say of them where they are not all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _

from okno.channels.base import Invitation, ParsedMessage
from okno.channels.email.parse import TEXT_DIFFERS
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id
from okno.tickets.commands.words import Body

_SHOWN_INVITATIONS = 5


def body_of(parsed: ParsedMessage) -> Body:
    """Return the sender's own words; of a mail that has none, or more than could be read, it says so."""
    text, html = parsed.reply_text.strip(), parsed.reply_html or ""
    zone = _zone() if parsed.invitations else ZoneInfo("UTC")
    blocks = [_invitation_lines(one, zone) for one in parsed.invitations[:_SHOWN_INVITATIONS]]
    if TEXT_DIFFERS in parsed.problems:
        blocks.append(
            [_("The plain text of this mail says something else than its HTML, which is shown here.")]
        )
    if not text and not html:
        text = parsed.text.strip()
    if not text and not html and not blocks:
        return Body(text=_why_empty(parsed))
    plain = "\n\n".join([*([text] if text else []), *("\n".join(block) for block in blocks)])
    return Body(text=plain, html=html + "".join(map(_as_html, blocks)) if html else "")


def _why_empty(parsed: ParsedMessage) -> str:
    if not parsed.is_whole:
        return _(
            "(This mail is too large: only its headers were read. "
            "It is kept whole and can be downloaded as it came.)"
        )
    if parsed.protection == "encrypted":
        return _("(This mail is encrypted. What came is among its files.)")
    return _("(The mail has no text.)")


def _invitation_lines(invitation: Invitation, zone: ZoneInfo) -> list[str]:
    titles = {
        "CANCEL": _("Called off: %(what)s"),
        "REPLY": _("Answer to an invitation: %(what)s"),
        "COUNTER": _("Another time is proposed: %(what)s"),
    }
    title = titles.get(invitation.method, _("Invitation: %(what)s"))
    lines = [title % {"what": invitation.summary or _("(no subject)")}]
    if invitation.starts_at is not None:
        lines.append(_("When: %(when)s") % {"when": _period(invitation, invitation.starts_at, zone)})
    if invitation.place:
        lines.append(_("Where: %(place)s") % {"place": invitation.place})
    if invitation.organizer:
        lines.append(_("Organizer: %(address)s") % {"address": invitation.organizer})
    return lines


def _period(invitation: Invitation, starts_at: datetime, zone: ZoneInfo) -> str:
    if invitation.is_all_day:
        first = date_format(starts_at, "j E Y")
        # The end of a whole day is the next one's beginning (RFC 5545, 3.6.1).
        last = date_format((invitation.ends_at or starts_at) - timedelta(seconds=1), "j E Y")
        return first if invitation.ends_at is None or first == last else f"{first} – {last}"
    start = starts_at.astimezone(zone)
    shown = date_format(start, "j E Y H:i")
    if invitation.ends_at is not None:
        end = invitation.ends_at.astimezone(zone)
        shown += f" – {date_format(end, 'H:i' if end.date() == start.date() else 'j E Y H:i')}"
    return f"{shown} ({zone.key})"


def _as_html(lines: Sequence[str]) -> str:
    title, *rest = map(escape, lines)
    return f"<p>{'<br>'.join([f'<strong>{title}</strong>', *rest])}</p>"


def _zone() -> ZoneInfo:
    workspace = Workspace.objects.get(pk=current_workspace_id())
    try:
        return ZoneInfo(workspace.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
