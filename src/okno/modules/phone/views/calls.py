"""The page on which a call is written down, and what it asks while somebody types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.addresses import ticket_url
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.listing import row_cell
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid, NotFound
from okno.lib.phones import shown_phone
from okno.modules.phone.callers import find_caller
from okno.modules.phone.commands.finishing import finish_call
from okno.modules.phone.commands.writing import WHO_LENGTH, discard_call, keep_call
from okno.modules.phone.models import PhoneCall
from okno.modules.phone.queries import call_of, caller_tickets, suggestions, unfinished
from okno.modules.phone.views.form import CallForm, values_of
from okno.tickets import policy
from okno.tickets.queries.directory import read_directory

callers_only = member_required(allowed=policy.can_open)
KEEP, FINISH, SOLVED = "keep", "finish", "solved"
_LARGEST = 2**63 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@callers_only
def call(request: ConsoleRequest) -> HttpResponse:
    """Show the form, or keep or finish the call that was written into it."""
    if request.method == "POST":
        return _take(request)
    found = _asked(request)
    who = request.GET.get("who", "")[:WHO_LENGTH]
    form = CallForm(initial=values_of(found, who=who), directory=read_directory())
    return _show(request, form, found)


@require_POST
@callers_only
def draft(request: ConsoleRequest) -> HttpResponse:
    """Keep what was typed so far and say as what; nothing typed is nothing kept."""
    form = CallForm(request.POST, directory=read_directory())
    if not form.is_valid():
        raise Invalid(_("This cannot be kept. Load the page again."))
    kept = keep_call(actor=request.actor, number=form.number, written=form.written, now=current_time())
    if kept is None:
        return HttpResponse(status=204)
    words = _("Kept as %(number)d at %(time)s") % {
        "number": kept.ticket.number,
        "time": localtime(kept.saved_at).strftime("%H:%M"),
    }
    return JsonResponse(
        {
            "call": kept.ticket.number,
            "seen": kept.version,
            "words": words,
            "url": _address(kept.ticket.number),
        }
    )


@require_safe
@callers_only
def caller(request: ConsoleRequest) -> HttpResponse:
    """Show who is meant, and what of his is open."""
    return render(request, "phone/caller.html", _about(request, request.GET.get("who", "")[:WHO_LENGTH]))


@require_safe
@callers_only
def suggest(request: ConsoleRequest) -> HttpResponse:
    """Suggest contacts by the beginning of a number or name."""
    found = suggestions(request.GET.get("q", "")[:WHO_LENGTH])
    return render(request, "phone/suggestions.html", {"found": found})


@require_POST
@callers_only
def discard(request: ConsoleRequest, number: int) -> HttpResponse:
    """Throw one's own draft away."""
    discard_call(actor=request.actor, number=number, now=current_time())
    messages.success(request, _("Thrown away."))
    return redirect("phone:call")


def _take(request: ConsoleRequest) -> HttpResponse:
    form, now = CallForm(request.POST, directory=read_directory()), current_time()
    act = request.POST.get("act", FINISH)
    try:
        if form.is_valid() and act == KEEP:
            kept = keep_call(actor=request.actor, number=form.number, written=form.written, now=now)
            return redirect(_address(kept.ticket.number) if kept else "phone:call")
        if form.is_valid():
            ticket = finish_call(
                actor=request.actor,
                number=form.number,
                written=form.written,
                is_solved=act == SOLVED,
                wants_receipt=form.cleaned_data["receipt"],
                now=now,
            )
            return redirect(ticket_url(ticket.number))
    except DomainError as error:
        add_refusal(form, error)
    number = form.cleaned_data.get("call")
    return _show(request, form, call_of(request.actor, number) if number else None, status=422)


def _asked(request: ConsoleRequest) -> PhoneCall | None:
    """Return the call that the address asks to go on with. Raises NotFound."""
    number = request.GET.get("call", "")
    if not number:
        return None
    known = number.isdecimal() and int(number) <= _LARGEST
    found = call_of(request.actor, int(number)) if known else None
    if found is None:
        raise NotFound(_("There is no such unfinished call. Perhaps somebody has finished it."))
    return found


def _show(
    request: ConsoleRequest, form: CallForm, found: PhoneCall | None, *, status: int = 200
) -> HttpResponse:
    who = form["who"].value() or ""
    shown = {
        "form": form,
        "call": found,
        "may_discard": found is not None and found.is_own(request.actor.member_id),
        "calls": [one for one in unfinished(request.actor) if found is None or one.pk != found.pk],
        **_about(request, str(who), found),
    }
    return render(request, "phone/call.html", shown, status=status)


def _about(request: ConsoleRequest, who: str, found: PhoneCall | None = None) -> dict[str, Any]:
    meant = find_caller(who, number=found.number if found else "")
    now = current_time()
    tickets, addresses = caller_tickets(request.actor, meant)
    return {
        "caller": meant,
        "caller_number": shown_phone(meant.number),
        "tickets": [row_cell(one, now=now) for one in tickets],
        "addresses": addresses,
        "now": now,
    }


def _address(number: int) -> str:
    return f"{reverse('phone:call')}?call={number}"
