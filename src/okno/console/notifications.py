"""The bell: what happened that concerns the member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.console.addresses import ticket_url
from okno.console.errors import trigger
from okno.console.identity import ConsoleRequest, member_required
from okno.lib.clock import current_time
from okno.reactors.notify.commands import mark_notifications_read
from okno.reactors.notify.models import Notification, NotificationKind
from okno.reactors.notify.queries import LIMIT, newest_notifications, unread_count
from okno.team.models import Member

BELL_LENGTH = 12
ICONS = {
    NotificationKind.NEW_TICKET: "inbox",
    NotificationKind.ASSIGNED: "user-check",
    NotificationKind.CLIENT_REPLY: "message-square-text",
    NotificationKind.SIDE_ANSWER: "forward",
    NotificationKind.DELIVERY_FAILED: "mail-x",
    NotificationKind.LOOP: "shield-alert",
    NotificationKind.REMINDER: "alarm-clock",
    NotificationKind.MAILBOX: "mail-x",
    NotificationKind.WEBHOOK: "webhook",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsCell:
    """One line of the bell."""

    id: int
    icon: str
    words: str
    about: str
    created_at: datetime
    is_unread: bool


@require_safe
@member_required
def notification_list(request: ConsoleRequest) -> HttpResponse:
    """Show the newest news: a page, or the few lines of the bell."""
    return _answer(request)


@require_safe
@member_required
def count(request: ConsoleRequest) -> HttpResponse:
    """Answer how many lines are unread."""
    return JsonResponse({"count": unread_count(request.member)})


@require_safe
@member_required
def follow(request: ConsoleRequest, notification_id: int) -> HttpResponse:
    """Mark a line as read and go to what it is about."""
    row = (
        Notification.objects.select_related("ticket")
        .filter(member=request.member, pk=notification_id)
        .first()
    )
    if row is None:
        raise Http404
    mark_notifications_read(member=request.member, ids=[row.pk], now=current_time())
    return redirect(_address(row))


@require_POST
@member_required
def mark_read(request: ConsoleRequest) -> HttpResponse:
    """Mark everything as read."""
    mark_notifications_read(member=request.member, now=current_time())
    if not request.htmx:
        return redirect("console:notifications")
    read = {"id": "", "type": "notifications.read", "ticket": None, "number": None}
    return trigger(_answer(request), "okno:event", read)


def _answer(request: ConsoleRequest) -> HttpResponse:
    in_bell = bool(request.htmx)
    news = news_of(request.member, limit=BELL_LENGTH if in_bell else LIMIT)
    template = "console/notifications/bell.html" if in_bell else "console/notifications/page.html"
    return render(request, template, {"news": news})


def news_of(member: Member, *, limit: int) -> list[NewsCell]:
    """Return the newest lines of a member's bell (one query)."""
    return [_cell(row) for row in newest_notifications(member, limit=limit)]


def _cell(row: Notification) -> NewsCell:
    return NewsCell(
        id=row.pk,
        icon=ICONS.get(NotificationKind(row.kind), "bell"),
        words=_words(row),
        about=_about(row),
        created_at=row.created_at,
        is_unread=row.read_at is None,
    )


def _address(row: Notification) -> str:
    if row.ticket is not None:
        return ticket_url(row.ticket.number)
    if row.mailbox_id is not None:
        return reverse("console:mailbox", args=[row.mailbox_id])
    if row.webhook_id is not None:
        return reverse("console:webhook", args=[row.webhook_id])
    return reverse("console:oauth_clients")


def _about(row: Notification) -> str:
    if row.ticket is not None:
        return f"{row.ticket.number} · {row.ticket.subject}"
    if row.webhook is not None:
        return str(row.webhook.name)
    return row.mailbox.address if row.mailbox is not None else _("Sign-in at providers")


def _words(row: Notification) -> str:
    who = {"name": row.actor_name}
    match row.kind:
        case NotificationKind.NEW_TICKET:
            return _("New in your team, from %(name)s") % who if row.actor_name else _("New in your team")
        case NotificationKind.MAILBOX:
            is_of_mailbox = row.mailbox_id is not None
            return (
                _("The mailbox must be connected again") if is_of_mailbox else _("A client secret runs out")
            )
        case NotificationKind.WEBHOOK:
            return _("The webhook was switched off: nothing arrived")
    plain = {
        NotificationKind.ASSIGNED: _("%(name)s assigned it to you"),
        NotificationKind.CLIENT_REPLY: _("%(name)s wrote"),
        NotificationKind.SIDE_ANSWER: _("Somebody outside answered"),
        NotificationKind.DELIVERY_FAILED: _("Your reply was not delivered"),
        NotificationKind.LOOP: _("Two machines seem to answer each other; further mail is held"),
        NotificationKind.REMINDER: _("You wanted to be reminded"),
    }
    return plain[NotificationKind(row.kind)] % who
