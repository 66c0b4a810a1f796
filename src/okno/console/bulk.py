"""Changes to several tickets at once: each by its own command, with a report and a way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from okno.console.addresses import is_number, safe_next
from okno.console.errors import toast
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import unit_of_work
from okno.team.models import Member, Team
from okno.team.policy import TICKETS_WRITE
from okno.team.queries import active_members, active_teams
from okno.tickets import policy
from okno.tickets.commands.assign import assign_ticket, change_team, take_ticket
from okno.tickets.commands.properties import change_priority
from okno.tickets.commands.spam import mark_spam, unmark_spam
from okno.tickets.commands.status import change_status
from okno.tickets.commands.tags import clean_tags, set_tags
from okno.tickets.models import Priority, Status, Ticket

LIMIT = 100
REFUSALS_TOLD = 3
UNDO_SECONDS = 60
NOBODY = "nobody"
_SALT = "okno.console.bulk"
writers_only = member_required(allowed=holds(TICKETS_WRITE))
Change = Callable[[Actor, Ticket, datetime], object]
Changes = dict[str, tuple[Any, Any]]
"""Old and new value by property."""


@dataclass(slots=True)
class Outcome:
    """What became of a change: which tickets were changed from what to what, and why others were not."""

    changed: dict[int, Changes] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)


@require_POST
@writers_only
def change_tickets(request: ConsoleRequest) -> HttpResponse:
    """Change the selected tickets; `ask` comes from pages without scripts and wants the form that says how."""
    if "ask" in request.POST:
        return _form(request)
    now = current_time()
    changes = _wanted(request.POST)
    tickets = _selected(request.actor, request.POST.getlist("number"))
    outcome = _each(tickets, lambda ticket: [change(request.actor, ticket, now) for change in changes])
    return _report(request, outcome)


@require_POST
@writers_only
def undo(request: ConsoleRequest) -> HttpResponse:
    """Put back what the last change of this member did, by commands like any other."""
    try:
        who, changed = signing.loads(request.GET.get("was", ""), salt=_SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature as error:
        raise Invalid(_("It is too late to undo this.")) from error
    if who != request.member.pk:
        raise Http404
    now = current_time()
    tickets = list(_visible(request.actor).filter(pk__in=[int(pk) for pk in changed]))
    outcome = _each(tickets, lambda ticket: _put_back(request.actor, ticket, changed[str(ticket.pk)], now))
    return _report(request, outcome, is_undo=True)


@require_safe
@writers_only
def options(request: ConsoleRequest, name: str) -> HttpResponse:
    """Answer the choices of one menu of the bar."""
    context: dict[str, Any] = {"name": name}
    match name:
        case "assignee":
            context["people"] = active_members()
        case "status":
            context["statuses"] = Status.objects.filter(is_active=True).order_by("position")
        case "team":
            context["teams"] = active_teams()
        case "priority":
            context["priorities"] = Priority.values
        case _:
            raise Http404
    return render(request, "console/tickets/bulk_options.html", context)


def _form(request: ConsoleRequest) -> HttpResponse:
    tickets = _selected(request.actor, request.POST.getlist("number"))
    context = {
        "tickets": tickets,
        "next": safe_next(request, reverse("console:tickets")),
        "people": active_members(),
        "statuses": Status.objects.filter(is_active=True).order_by("position"),
        "teams": active_teams(),
        "priorities": Priority.choices,
    }
    return render(request, "console/tickets/bulk.html", context)


def _visible(actor: Actor) -> Any:
    return Ticket.objects.filter(policy.visible_to(actor)).order_by("number")


def _selected(actor: Actor, numbers: Iterable[str]) -> list[Ticket]:
    """Return the selected tickets that the actor sees. Raises Invalid, or NotFound if he sees none of them."""
    wanted = {int(number) for number in numbers if is_number(number)}
    if not wanted:
        raise Invalid(_("Select some tickets first."))
    if len(wanted) > LIMIT:
        raise Invalid(_("At most %(count)d tickets can be changed at once.") % {"count": LIMIT})
    found = list(_visible(actor).filter(number__in=wanted))
    if not found:
        raise NotFound(_("There are no such tickets."))
    return found


def _wanted(said: Mapping[str, str]) -> list[Change]:
    """Return the changes that a form asks for. Raises Invalid for values that are none, or for nothing."""
    makers = {
        "assignee": _assigning,
        "status": _changing_status,
        "team": _changing_team,
        "priority": _changing_priority,
        "tags": _adding_tags,
        "spam": _marking_spam,
    }
    wanted = [make(said[name]) for name, make in makers.items() if said.get(name)]
    if not wanted:
        raise Invalid(_("Choose what to change."))
    return wanted


def _assigning(value: str) -> Change:
    if value == "me":
        return lambda actor, ticket, now: take_ticket(actor=actor, ticket_id=ticket.pk, now=now)
    to = None if value == NOBODY else _row(Member, value)
    return lambda actor, ticket, now: assign_ticket(actor=actor, ticket_id=ticket.pk, to=to, now=now)


def _changing_status(value: str) -> Change:
    status = _row(Status, value)
    return lambda actor, ticket, now: change_status(actor=actor, ticket_id=ticket.pk, status=status, now=now)


def _changing_team(value: str) -> Change:
    to = None if value == NOBODY else _row(Team, value)
    return lambda actor, ticket, now: change_team(actor=actor, ticket_id=ticket.pk, to=to, now=now)


def _changing_priority(value: str) -> Change:
    priority = int(value) if value in map(str, Priority.values) else 0
    return lambda actor, ticket, now: change_priority(
        actor=actor, ticket_id=ticket.pk, priority=priority, now=now
    )


def _adding_tags(value: str) -> Change:
    tags = clean_tags(value.split(","))
    return lambda actor, ticket, now: set_tags(
        actor=actor, ticket_id=ticket.pk, tags=[*ticket.tags, *tags], now=now
    )


def _marking_spam(_value: str) -> Change:
    return lambda actor, ticket, now: mark_spam(actor=actor, ticket_id=ticket.pk, now=now)


def _row(model: Any, value: str) -> Any:
    found = model.objects.filter(pk=int(value)).first() if is_number(value) else None
    if found is None:
        raise Invalid(_("What was chosen is gone. Reload the page."))
    return found


def _each(tickets: Sequence[Ticket], act: Callable[[Ticket], object]) -> Outcome:
    """Act on each ticket in a unit of its own, so that the refusal of one leaves the others changed."""
    outcome = Outcome()
    before = {ticket.pk: _state(ticket) for ticket in tickets}
    done = []
    for ticket in tickets:
        try:
            with unit_of_work():
                act(ticket)
            done.append(ticket.pk)
        except DomainError as error:
            outcome.refusals.append(f"{ticket.number}: {error.message}")
    for ticket in Ticket.objects.filter(pk__in=done):
        old, new = before[ticket.pk], _state(ticket)
        changes = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
        if changes:
            outcome.changed[ticket.pk] = changes
    return outcome


def _state(ticket: Ticket) -> dict[str, Any]:
    return {
        "team": ticket.team_id,
        "assignee": ticket.assignee_id,
        "status": ticket.status_id,
        "priority": ticket.priority,
        "tags": ticket.tags,
        "spam": ticket.spam_at is not None,
    }


def _put_back(actor: Actor, ticket: Ticket, changes: Changes, now: datetime) -> None:
    """Give properties their old values where nobody changed them since.

    The team goes first, because it may take the assignee off.
    """
    current = _state(ticket)
    old = {name: was for name, (was, became) in changes.items() if current[name] == became}
    ticket_id = ticket.pk
    if "team" in old:
        team = Team.objects.filter(pk=old["team"]).first()
        change_team(actor=actor, ticket_id=ticket_id, to=team, now=now)
    if "assignee" in old:
        assignee = Member.objects.filter(pk=old["assignee"]).first()
        assign_ticket(actor=actor, ticket_id=ticket_id, to=assignee, now=now)
    if "status" in old:
        status = Status.objects.get(pk=old["status"])
        change_status(actor=actor, ticket_id=ticket_id, status=status, now=now)
    if "priority" in old:
        change_priority(actor=actor, ticket_id=ticket_id, priority=old["priority"], now=now)
    if "spam" in old:
        (mark_spam if old["spam"] else unmark_spam)(actor=actor, ticket_id=ticket_id, now=now)
    if "tags" in old:
        set_tags(actor=actor, ticket_id=ticket_id, tags=old["tags"], now=now)


def _report(request: ConsoleRequest, outcome: Outcome, *, is_undo: bool = False) -> HttpResponse:
    words = _words(outcome, is_undo=is_undo)
    if not request.htmx:
        messages.info(request, words)
        return redirect(safe_next(request, reverse("console:tickets")))
    action = None
    if outcome.changed and not is_undo:
        was = signing.dumps([request.member.pk, outcome.changed], salt=_SALT, compress=True)
        action = {"label": _("Undo"), "url": f"{reverse('console:bulk_undo')}?was={was}", "method": "post"}
    return toast(
        HttpResponse(status=422 if outcome.refusals and not outcome.changed else 200),
        words,
        tone="danger" if outcome.refusals else "plain",
        seconds=10,
        action=action,
    )


def _words(outcome: Outcome, *, is_undo: bool) -> str:
    count = len(outcome.changed)
    if not count and not outcome.refusals:
        return _("They are like that already.")
    if is_undo:
        words = ngettext("%(count)d ticket put back.", "%(count)d tickets put back.", count)
    else:
        words = ngettext("%(count)d ticket changed.", "%(count)d tickets changed.", count)
    told = [words % {"count": count}]
    if outcome.refusals:
        told += [_("Not changed:"), "; ".join(outcome.refusals[:REFUSALS_TOLD])]
    return " ".join(told)
