"""What is spam: mails that never became a ticket, and tickets that somebody called so. Nothing of it is gone yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from okno.channels.email.models import RawMail
from okno.channels.email.senders import block_sender, trust_sender
from okno.console.addresses import is_number, ticket_url
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid, NotFound
from okno.lib.stores import raw_store
from okno.people.models import ContactAddress
from okno.reactors.intake.reasons import explain
from okno.reactors.intake.spam import delete_spam_mails, release_mails
from okno.spine.actor import Actor
from okno.spine.unit import unit_of_work
from okno.team.policy import SETTINGS_WRITE, TICKETS_READ, TICKETS_WRITE, is_granted, is_granted_everywhere
from okno.tickets.commands.spam import delete_spam, unmark_spam
from okno.tickets.models import Ticket
from okno.tickets.queries.spam import (
    COUNTED_UP_TO,
    spam_counts,
    spam_mail_page,
    spam_mails,
    spam_ticket_page,
    spam_tickets,
)
from okno.ui.answers import StoredFile, file_answer

PAGE_SIZE = 50
REFUSALS_TOLD = 3
TICKETS = "tickets"

readers_only = member_required(allowed=holds(TICKETS_READ))
writers_only = member_required(allowed=holds(TICKETS_WRITE))

ACTS: dict[str, Any] = {
    "release": gettext_lazy("Not spam"),
    "trust": gettext_lazy("Not spam, and always let this sender in"),
    "block": gettext_lazy("Block the address"),
    "block_domain": gettext_lazy("Block the whole domain"),
    "delete": gettext_lazy("Delete for good"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamRow:
    """One mail or ticket that is spam."""

    id: int
    """The id of the mail or the number of the ticket, as forms say it."""
    author: str
    address: str
    domain: str
    subject: str
    words: str
    url: str
    """The ticket, or the mail as it came."""
    reason: str
    since: datetime


@require_safe
@readers_only
def spam_list(request: ConsoleRequest) -> HttpResponse:
    """Show one of the two kinds of spam, newest first."""
    show = request.GET.get("show", "")
    if show not in ("", TICKETS):
        raise Http404
    here = reverse("console:spam")
    try:
        rows, following, previous = _page(request.actor, show, request.GET.get("cursor"))
    except Invalid:
        return redirect(f"{here}?show={show}" if show else here)

    def url(cursor: str | None) -> str:
        return f"{here}?show={show}&cursor={cursor}" if cursor else ""

    tickets, mails = spam_counts(request.actor)
    context = {
        "rows": rows,
        "show": show,
        "counts": {"tickets": _counted(tickets), "mails": _counted(mails)},
        "shown": ",".join(str(row.id) for row in rows),
        "can_change": is_granted(request.actor, TICKETS_WRITE),
        "can_block_domains": is_granted_everywhere(request.actor, SETTINGS_WRITE),
        "next_url": url(following),
        "previous_url": url(previous),
        "now": current_time(),
    }
    return render(request, "console/spam/list.html", context)


@require_POST
@writers_only
def act(request: ConsoleRequest) -> HttpResponse:
    """Let spam in, block who sent it, or delete it: one or the chosen ones. Deleting asks once more."""
    name, show = request.POST.get("act", ""), request.POST.get("show", "")
    if name not in ACTS or show not in ("", TICKETS):
        raise Invalid(_("There is no such action."))
    ids = _chosen(request)
    if name == "delete" and "sure" not in request.POST:
        return render(request, "console/spam/delete.html", {"ids": ids, "show": show})
    done = _act_on_tickets if show == TICKETS else _act_on_mails
    messages.info(request, done(request.actor, name, ids, now=current_time()))
    here = reverse("console:spam")
    return redirect(f"{here}?show={show}" if show else here)


@require_safe
@readers_only
def raw(request: ConsoleRequest, raw_id: int) -> HttpResponseBase:
    """Answer a spam mail as it came, to be saved."""
    mail = spam_mails(request.actor).filter(pk=raw_id).first()
    if mail is None:
        raise NotFound(_("There is no such mail."))
    file = StoredFile(
        sha256=mail.sha256, filename=f"mail-{mail.pk}.eml", content_type="message/rfc822", size=mail.size
    )
    return file_answer(
        request, file, workspace_id=request.workspace.pk, store=raw_store(), as_attachment=True
    )


def _act_on_mails(actor: Actor, name: str, ids: Collection[int], *, now: datetime) -> str:
    if name == "delete":
        count = delete_spam_mails(actor=actor, raw_ids=list(ids), now=now)
        return ngettext("%(count)d mail deleted.", "%(count)d mails deleted.", count) % {"count": count}
    if name in ("release", "trust"):
        released = release_mails(actor=actor, raw_ids=list(ids), trusts=name == "trust", now=now)
        words = ngettext(
            "%(count)d mail is taken in now.", "%(count)d mails are taken in now.", released.count
        )
        told = [words % {"count": released.count}]
        if released.still_blocked:
            told.append(
                _("Still blocked by the settings: %(senders)s.")
                % {"senders": ", ".join(released.still_blocked)}
            )
        return " ".join(told)
    senders = spam_mails(actor).filter(pk__in=ids).values_list("sender", flat=True)
    return _block(actor, name, senders, now=now)


def _act_on_tickets(actor: Actor, name: str, numbers: Collection[int], *, now: datetime) -> str:
    tickets = list(spam_tickets(actor).filter(number__in=numbers).order_by("number"))
    if not tickets:
        raise NotFound(_("There are no such tickets, or they are no longer spam."))
    addresses = _addresses(tickets)
    if name in ("block", "block_domain"):
        return _block(actor, name, addresses.values(), now=now)
    if name == "delete":
        done = _each(tickets, lambda ticket: delete_spam(actor=actor, ticket_id=ticket.pk, now=now))
        words = ngettext("%(count)d ticket deleted.", "%(count)d tickets deleted.", done.count)
        return done.told(words)

    def release(ticket: Ticket) -> None:
        unmark_spam(actor=actor, ticket_id=ticket.pk, now=now)
        if name == "trust" and ticket.pk in addresses:
            trust_sender(actor=actor, pattern=addresses[ticket.pk], now=now)

    done = _each(tickets, release)
    return done.told(ngettext("%(count)d ticket put back.", "%(count)d tickets put back.", done.count))


@dataclass(slots=True)
class _Done:
    count: int
    refusals: list[str]

    def told(self, words: str) -> str:
        said = [words % {"count": self.count}]
        if self.refusals:
            said += [_("Not changed:"), "; ".join(dict.fromkeys(self.refusals[:REFUSALS_TOLD]))]
        return " ".join(said)


def _each(items: Iterable[Any], do: Callable[[Any], object]) -> _Done:
    """Act on each in a unit of its own, so that the refusal of one leaves the others done."""
    done = _Done(0, [])
    for item in items:
        try:
            with unit_of_work():
                do(item)
            done.count += 1
        except DomainError as error:
            done.refusals.append(str(error.message))
    return done


def _block(actor: Actor, name: str, senders: Iterable[str], *, now: datetime) -> str:
    wanted = sorted({sender for sender in senders if sender})
    if not wanted:
        raise Invalid(_("These do not say who sent them, so there is nobody to block."))
    patterns = sorted({f"@{sender.rpartition('@')[2]}" for sender in wanted}) if "domain" in name else wanted
    done = _each(patterns, lambda pattern: block_sender(actor=actor, pattern=pattern, now=now))
    return done.told(ngettext("%(count)d sender is blocked.", "%(count)d senders are blocked.", done.count))


def _chosen(request: ConsoleRequest) -> list[int]:
    said = request.POST.getlist("id")
    if "all" in request.POST:
        said = request.POST.get("shown", "").split(",")
    ids = [int(one) for one in said if is_number(one)][:PAGE_SIZE]
    if not ids:
        raise Invalid(_("Choose some first."))
    return ids


def _page(actor: Actor, show: str, cursor: str | None) -> tuple[list[SpamRow], str | None, str | None]:
    if show == TICKETS:
        page = spam_ticket_page(actor, cursor=cursor, size=PAGE_SIZE)
        addresses = _addresses(page.rows)
        rows = [_ticket_row(ticket, addresses.get(ticket.pk, "")) for ticket in page.rows]
        return rows, page.next, page.previous
    mails = spam_mail_page(actor, cursor=cursor, size=PAGE_SIZE)
    return [_mail_row(mail) for mail in mails.rows], mails.next, mails.previous


def _mail_row(mail: RawMail) -> SpamRow:
    return SpamRow(
        id=mail.pk,
        author=mail.sender or mail.envelope_from or _("(no sender)"),
        address=mail.sender,
        domain=mail.sender.rpartition("@")[2],
        subject=mail.subject or _("(no subject)"),
        words=mail.words,
        url=reverse("console:spam_raw", args=[mail.pk]),
        reason=explain(mail.reason),
        since=mail.created_at,
    )


def _ticket_row(ticket: Ticket, address: str) -> SpamRow:
    who: Any = ticket.spam_by
    words = _("Marked by %(name)s.") % {"name": who.name} if who else _("Marked as spam.")
    return SpamRow(
        id=ticket.number,
        author=ticket.requester.name if ticket.requester else _("(no sender)"),
        address=address,
        domain=address.rpartition("@")[2],
        subject=ticket.subject,
        words=ticket.last_words,
        url=ticket_url(ticket.number),
        reason=words,
        since=ticket.spam_at or ticket.updated_at,
    )


def _addresses(tickets: Collection[Ticket]) -> dict[int, str]:
    """Return the requester's first mail address by the ticket's id (one query)."""
    people = {ticket.requester_id for ticket in tickets if ticket.requester_id is not None}
    rows = ContactAddress.objects.filter(contact_id__in=people, kind=ContactAddress.Kind.EMAIL)
    # The primary one is read last and stays.
    first = {row.contact_id: row.value for row in rows.order_by("is_primary", "-id")}
    return {ticket.pk: first[ticket.requester_id] for ticket in tickets if ticket.requester_id in first}


def _counted(count: int) -> str:
    return f"{COUNTED_UP_TO}+" if count >= COUNTED_UP_TO else str(count)
