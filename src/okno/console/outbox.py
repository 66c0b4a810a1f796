"""The outbox: what goes out and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from okno.channels.email.bounce_words import explain_bounce
from okno.channels.email.models import OutgoingMail
from okno.conditions.ordering import Keyset, Order
from okno.console.identity import ConsoleRequest
from okno.console.intake import TabCell, readers_only, writers_only
from okno.lib.clock import current_time
from okno.lib.errors import Invalid
from okno.reactors.delivery.again import send_again
from okno.team.policy import SETTINGS_WRITE, is_granted_everywhere
from okno.tickets.models import Delivery, Message, Ticket

PAGE_SIZE = 50
_NEWEST = Keyset((Order(column="id", descending=True, nulls="never"),))
_STATES = OutgoingMail.State
OUTBOX_TABS: dict[str, tuple[Any, Q]] = {
    "": (pgettext_lazy("mails", "All"), Q()),
    "due": (gettext_lazy("On its way"), Q(state=_STATES.DUE)),
    "failed": (gettext_lazy("Not delivered"), Q(state=_STATES.DEAD)),
    "kept": (gettext_lazy("Kept, not sent"), Q(state=_STATES.KEPT)),
    "sent": (pgettext_lazy("mails", "Sent"), Q(state=_STATES.DONE)),
}
STATE_WORDS = {
    _STATES.DUE: ("waiting", gettext_lazy("On its way")),
    _STATES.DONE: ("resolved", pgettext_lazy("mail", "Sent")),
    _STATES.DEAD: ("cancelled", gettext_lazy("Not delivered")),
    _STATES.CANCELLED: ("cancelled", pgettext_lazy("mail", "Not sent")),
    _STATES.KEPT: ("closed", gettext_lazy("Kept, not sent")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingCell:
    """One outgoing mail as the journal shows it."""

    mail: OutgoingMail
    url: str
    recipients: str
    glyph: str
    state: Any
    error: str
    ticket_number: int | None
    is_hidden: bool


@require_safe
@readers_only
def outbox(request: ConsoleRequest) -> HttpResponse:
    """Show what goes out, newest first."""
    context = _page_context(request, _tab(request))
    if context is None:
        return redirect("console:outbox")
    kept = OutgoingMail.objects.filter(state=_STATES.KEPT)
    silent = kept.filter(awaits_release=True).order_by("mailbox__address")
    context |= {
        "has_kept": kept.filter(awaits_release=False).exists(),
        "unreleased": silent.values_list("mailbox_id", "mailbox__address").distinct(),
        "can_release": is_granted_everywhere(request.actor, SETTINGS_WRITE),
    }
    return render(request, "console/mail/outbox.html", context)


@require_safe
@readers_only
def outgoing(request: ConsoleRequest, mail_id: int) -> HttpResponse:
    """Show one outgoing mail: to whom, what, and what became of it."""
    mail = OutgoingMail.objects.select_related("mailbox").filter(pk=mail_id).first()
    if mail is None:
        raise Http404
    context = {
        "cell": _outgoing(request, [mail])[0],
        "results": [
            (address, Delivery.State(result["state"]).label, result.get("code"), result.get("words", ""))
            for address, result in sorted(mail.results.items())
        ],
        # The words of a letter about an account are not kept, so there is nothing to send again.
        "can_release": is_granted_everywhere(request.actor, SETTINGS_WRITE),
        "can_send": mail.state == _STATES.DEAD
        and not _is_personal(mail)
        and is_granted_everywhere(request.actor, SETTINGS_WRITE),
    }
    return render(request, "console/mail/outgoing.html", context)


@require_POST
@writers_only
def retry(request: ConsoleRequest, mail_id: int) -> HttpResponse:
    """Send a mail again that was given up."""
    send_again(actor=request.actor, mail_id=mail_id, now=current_time())
    return redirect("console:outgoing", mail_id)


def _tab(request: ConsoleRequest) -> str:
    tab = request.GET.get("show", "")
    if tab not in OUTBOX_TABS:
        raise Http404
    return tab


def _page_context(request: ConsoleRequest, tab: str) -> dict[str, Any] | None:
    """Return a page of rows with its tabs, or None if the cursor is none of ours."""
    here = reverse("console:outbox")
    rows = OutgoingMail.objects.filter(OUTBOX_TABS[tab][1])
    try:
        page = _NEWEST.page(rows, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except Invalid:
        return None

    def url(show: str, cursor: str | None = None) -> str:
        said = {key: value for key, value in (("show", show), ("cursor", cursor)) if value}
        return f"{here}?{urlencode(said)}" if said else here

    return {
        "rows": _outgoing(request, page.rows),
        "tab": tab,
        "tabs": [
            TabCell(label=label, url=url(key), is_current=key == tab)
            for key, (label, _q) in OUTBOX_TABS.items()
        ],
        "next_url": url(tab, page.next) if page.next else "",
        "previous_url": url(tab, page.previous) if page.previous else "",
    }


def _outgoing(request: ConsoleRequest, mails: Sequence[OutgoingMail]) -> list[OutgoingCell]:
    numbers = _ticket_numbers(mails)
    cells = []
    for mail in mails:
        glyph, state = STATE_WORDS[_STATES(mail.state)]
        cells.append(
            OutgoingCell(
                mail=mail,
                url=reverse("console:outgoing", args=[mail.pk]),
                recipients=", ".join(person["address"] for person in (*mail.to, *mail.cc, *mail.bcc)),
                glyph=glyph,
                state=state,
                error=_error(mail),
                ticket_number=numbers.get(mail.pk),
                # A link in these opens an account, which may reach into other workspaces: nobody else reads it.
                is_hidden=_is_personal(mail),
            )
        )
    return cells


def _error(mail: OutgoingMail) -> str:
    """Return what stands in the way of a mail, or what was reported after a server had taken it."""
    if mail.state != _STATES.DONE:
        return mail.last_error
    told = [result for result in mail.results.values() if result["state"] == "failed"]
    return (
        f"{_('Not delivered')}: {explain_bounce(told[0].get('status', ''), told[0]['words'])}" if told else ""
    )


def _is_personal(mail: OutgoingMail) -> bool:
    return bool(mail.purpose == OutgoingMail.Purpose.ACCOUNT)


def _ticket_numbers(mails: Iterable[OutgoingMail]) -> dict[int, int]:
    """Return the ticket's number of those mails that belong to one, by the mail's id."""
    refs = {mail.pk: (mail.subject_kind, mail.subject_ref) for mail in mails}
    messages = Message.objects.filter(pk__in=[ref for kind, ref in refs.values() if kind == "message"])
    tickets = Ticket.objects.filter(pk__in=[ref for kind, ref in refs.values() if kind == "ticket"])
    numbers = {("message", pk): number for pk, number in messages.values_list("pk", "ticket__number")}
    numbers |= {("ticket", pk): number for pk, number in tickets.values_list("pk", "number")}
    return {mail_id: numbers[ref] for mail_id, ref in refs.items() if ref in numbers}
