"""Calling a ticket spam on its page, with or without blocking its sender; both can be undone at once."""

from __future__ import annotations

from http import HTTPStatus

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from okno.channels.email.models import BlockedSender
from okno.channels.email.senders import block_sender, forget_sender
from okno.console.addresses import ticket_url
from okno.console.errors import toast, trigger
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.lib.clock import current_time
from okno.lib.errors import Invalid
from okno.team.policy import TICKETS_WRITE
from okno.tickets.access import find_ticket
from okno.tickets.commands.spam import mark_spam, unmark_spam
from okno.tickets.models import Ticket
from okno.tickets.queries.people import reply_addresses

UNDO_SECONDS = 60
_SALT = "okno.console.spam"
writers_only = member_required(allowed=holds(TICKETS_WRITE))


@require_POST
@writers_only
def mark(request: ConsoleRequest, number: int) -> HttpResponse:
    """Call a ticket spam; `block` (`address` or `domain`) blocks who sent it too."""
    now = current_time()
    ticket = find_ticket(request.actor, number=number)
    mark_spam(actor=request.actor, ticket_id=ticket.pk, now=now)
    pattern = _pattern(ticket, request.POST.get("block", ""))
    is_new = bool(pattern) and not BlockedSender.objects.filter(pattern=pattern).exists()
    if pattern:
        block_sender(actor=request.actor, pattern=pattern, now=now)
    if not request.htmx:
        return redirect(ticket_url(number))
    was = signing.dumps([request.member.pk, number, pattern if is_new else ""], salt=_SALT)
    words = _("Marked as spam, and %(sender)s is blocked.") % {"sender": pattern} if pattern else ""
    return toast(
        _changed(),
        words or _("Marked as spam."),
        seconds=10,
        action={
            "label": _("Undo"),
            "url": f"{reverse('console:ticket_not_spam', args=[number])}?was={was}",
            "method": "post",
        },
    )


@require_POST
@writers_only
def unmark(request: ConsoleRequest, number: int) -> HttpResponse:
    """Put a ticket back among the others; an undo also lets go whom its act had blocked."""
    now = current_time()
    ticket = find_ticket(request.actor, number=number)
    pattern = _blocked_before(request, number)
    unmark_spam(actor=request.actor, ticket_id=ticket.pk, now=now)
    if pattern and BlockedSender.objects.filter(pattern=pattern).exists():
        forget_sender(actor=request.actor, pattern=pattern, now=now)
    if not request.htmx:
        return redirect(ticket_url(number))
    return toast(_changed(), _("Not spam: the ticket is among the others again."))


def _changed() -> HttpResponse:
    return trigger(HttpResponse(status=HTTPStatus.NO_CONTENT), "okno:refresh", {})


def _pattern(ticket: Ticket, what: str) -> str:
    """Return what is to be blocked. Raises Invalid if nobody is known to have sent the ticket."""
    if not what:
        return ""
    addresses = reply_addresses(ticket)["to"]
    if what not in ("address", "domain") or not addresses:
        raise Invalid(_("There is no address that could be blocked."))
    return addresses[0] if what == "address" else f"@{addresses[0].rpartition('@')[2]}"


def _blocked_before(request: ConsoleRequest, number: int) -> str:
    if "was" not in request.GET:
        return ""
    try:
        who, of, pattern = signing.loads(request.GET["was"], salt=_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise Invalid(_("It is too late to undo this.")) from error
    if (who, of) != (request.member.pk, number):
        raise Http404
    return str(pattern)
