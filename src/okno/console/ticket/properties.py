"""Properties, taking, people and held mail: each address is one command."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.console.addresses import ticket_url
from okno.console.errors import toast, trigger
from okno.console.held_words import decided_words
from okno.console.identity import ConsoleRequest, member_required
from okno.console.ticket.changing import change_property, contact_named
from okno.console.ticket.composer_cells import suggested_recipients
from okno.console.ticket.side_cells import Property, property_named
from okno.lib.clock import current_time
from okno.lib.errors import Invalid
from okno.people.models import Contact
from okno.reactors.intake.held import settle_held
from okno.team.models import Member
from okno.team.queries import active_members
from okno.tickets.access import find_ticket
from okno.tickets.commands.assign import take_ticket
from okno.tickets.commands.participants import add_participant, remove_participant
from okno.tickets.models import HeldMessage
from okno.tickets.queries.detail import read_around
from okno.tickets.queries.files import find_held
from okno.ui.cells import PersonCell

SUGGESTED = 8
# What is undone by setting the old value again.
_UNDONE = ("status", "priority", "team", "assignee", "type", "kind", "topic")


@require_POST
@member_required
def change(request: ConsoleRequest, number: int, name: str) -> HttpResponse:
    """Change one property."""
    now = current_time()
    before = (
        property_named(read_around(request.actor, number=number), name, now=now) if name in _UNDONE else None
    )
    ticket = find_ticket(request.actor, number=number)
    value = request.POST.get("value", request.GET.get("value", ""))
    change_property(request.actor, ticket.pk, name, value, now=now)
    response = _done(request, number)
    return _with_undo(response, before, value) if request.htmx and before is not None else response


@require_POST
@member_required
def take(request: ConsoleRequest, number: int) -> HttpResponse:
    """Take a ticket that nobody has; of two, the second is told who was first."""
    ticket = find_ticket(request.actor, number=number)
    take_ticket(actor=request.actor, ticket_id=ticket.pk, now=current_time())
    return _done(request, number)


@require_POST
@member_required
def add_person(request: ConsoleRequest, number: int) -> HttpResponse:
    """Let somebody take part: a suggestion, an address, or a member's name."""
    now = current_time()
    ticket = find_ticket(request.actor, number=number)
    person = _person_named(request.POST.get("person", ""), request.POST.get("words", ""), now=now)
    role = request.POST.get("role", "")
    add_participant(actor=request.actor, ticket_id=ticket.pk, role=role, person=person, now=now)
    return _done(request, number)


@require_POST
@member_required
def remove_person(request: ConsoleRequest, number: int, participant_id: int) -> HttpResponse:
    """Take somebody out."""
    ticket = find_ticket(request.actor, number=number)
    remove_participant(
        actor=request.actor, ticket_id=ticket.pk, participant_id=participant_id, now=current_time()
    )
    return _done(request, number)


@require_safe
@member_required
def suggest_people(request: ConsoleRequest, number: int) -> HttpResponse:
    """Suggest members and contacts, or contacts only, as buttons of the form that asks."""
    find_ticket(request.actor, number=number)
    words = " ".join((request.GET.get("words") or request.GET.get("value") or "").split())
    name = "value" if "value" in request.GET else "person"
    members = [] if name == "value" else _members_called(words)
    context = {
        "name": name,
        "members": [PersonCell(member.pk, member.name) for member in members],
        "contacts": [
            (PersonCell(contact.pk, contact.name), address)
            for address, contact in suggested_recipients(words)
        ],
        "words": words,
    }
    return HttpResponse(render_to_string("console/ticket/people_options.html", context))


@require_POST
@member_required
def decide(request: ConsoleRequest, number: int, held_id: int) -> HttpResponse:
    """Decide on a held mail."""
    find_held(request.actor, number=number, held_id=held_id)
    decision = request.POST.get("decision", "")
    held = settle_held(
        actor=request.actor,
        held_id=held_id,
        decision=decision,
        is_requester="is_requester" in request.POST,
        now=current_time(),
    )
    response = _done(request, number)
    if not request.htmx:
        return response
    action = None
    if held.decision == HeldMessage.Decision.SPAM:
        undo = reverse("console:held_undo", args=[held.pk])
        action = {"label": _("Undo"), "url": undo, "method": "post"}
    return toast(response, decided_words(held), action=action)


def _done(request: ConsoleRequest, number: int) -> HttpResponse:
    """Answer a change: the page asks for what is new, or is shown again."""
    if not request.htmx:
        return redirect(ticket_url(number))
    return trigger(HttpResponse(status=HTTPStatus.NO_CONTENT), "okno:refresh", {})


def _with_undo(response: HttpResponse, before: Property, value: str) -> HttpResponse:
    old = next((choice for choice in before.choices if choice.is_chosen), None)
    if old is None or old.value == value:
        return response
    return toast(
        response,
        _("%(property)s changed") % {"property": before.label},
        action={"label": _("Undo"), "url": f"{before.url}?value={old.value}", "method": "post"},
    )


def _person_named(person: str, words: str, *, now: datetime) -> Contact | Member:
    """Return whom a form means. Raises Invalid."""
    kind, _colon, ref = person.partition(":")
    if kind == "member" and ref.isdecimal() and len(ref) < 19:
        found = Member.objects.filter(pk=int(ref), is_active=True).first()
        if found is not None:
            return found
    if not person:
        named = [member for member in active_members() if member.name.casefold() == words.strip().casefold()]
        if len(named) == 1:
            return named[0]
    if not (person or words).strip():
        raise Invalid(_("Write a name or an address."), fields={"words": [_("Write a name or an address.")]})
    return contact_named(person or words, now=now)


def _members_called(words: str) -> list[Member]:
    wanted = words.casefold()
    return [member for member in active_members() if wanted in member.name.casefold()][:SUGGESTED]
