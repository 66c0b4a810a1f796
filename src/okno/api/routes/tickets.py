"""Tickets: list, create, read, change."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.tickets import TicketAnswer, ticket_answer
from okno.api.callers import ApiRequest
from okno.api.etags import ETAG, is_conditional, is_known, require_match, tag_of
from okno.api.idempotency import client_key
from okno.api.inputs import Paging, PathId, Plain
from okno.api.lookups import (
    GivenPerson,
    find_contact,
    find_parent,
    find_team,
    find_topic,
    find_type,
    find_worker,
    priority_of,
)
from okno.api.rights import needs
from okno.api.ticket_bodies import NewTicketBody, TicketChange, apply_changes
from okno.conditions.ordering import keyset
from okno.lib.errors import Conflict, Invalid
from okno.people.commands import contact_for_address
from okno.people.models import Contact, ContactAddress
from okno.spine.actor import Actor
from okno.spine.unit import unit_of_work
from okno.team.policy import TICKETS_READ, TICKETS_WRITE
from okno.tickets.access import find_ticket, lock_ticket
from okno.tickets.commands.custom import set_custom_values
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.open import NewTicket, open_ticket
from okno.tickets.commands.spam import delete_spam, mark_spam, unmark_spam
from okno.tickets.commands.words import written_body
from okno.tickets.fields import ticket_fields
from okno.tickets.models import Channel, Direction, MessageKind, Ticket
from okno.tickets.policy import can_change
from okno.tickets.queries.searching import Asked, asked_tickets
from okno.tickets.queries.views import viewer_for
from okno.tickets.queries.whole import visible_numbers, whole

router = Router(tags=["tickets"])


_SORTED_BY = "^-?(number|status|priority|created|updated|due|waiting)$"


class TicketPaging(Paging):
    """Which tickets, and which part of them."""

    q: Annotated[Plain, Field(max_length=1000)] = Field(
        "", description="Search words, such as `status:open team:L2 printer`."
    )
    filter: Annotated[Plain, Field(max_length=20_000)] | None = Field(
        None,
        description='A condition tree as JSON: `{"kind": "test", "field": "status", "values": ["open"]}`.',
    )
    sort: Annotated[Plain, Field(max_length=50, json_schema_extra={"pattern": _SORTED_BY})] = Field(
        "-updated", description="By which field; a minus reverses."
    )


@router.get("/tickets", response=Listed[TicketAnswer], auth=needs(TICKETS_READ))
def list_tickets(request: ApiRequest, paging: Query[TicketPaging]) -> Listed[TicketAnswer]:
    """Return the tickets that the token's member may see, a page at a time."""
    workspace = request.caller.workspace
    # Without words or a condition nothing can ask for the workspace's own fields.
    fields = ticket_fields(workspace, custom=None if paging.q or paging.filter else ())
    asked = Asked(
        actor=request.actor,
        fields=fields,
        viewer=viewer_for(request.actor, now=request.now, zone=request.caller.zone),
        words=paging.q,
        condition=_condition(paging.filter),
        language=(get_language() or "en").split("-")[0],
    )
    page = keyset(paging.sort, fields).page(
        whole(asked_tickets(asked)), cursor=paging.cursor, size=paging.limit
    )
    return Listed[TicketAnswer](items=_answers(request.actor, page.rows), next=page.next)


@router.post("/tickets", response={201: TicketAnswer}, auth=needs(TICKETS_WRITE))
def create_ticket(request: ApiRequest, response: HttpResponse, body: NewTicketBody) -> TicketAnswer:
    """Open a ticket in the name of its requester."""
    with unit_of_work():
        requester, address = _requester(body.requester, now=request.now)
        opened = open_ticket(
            actor=request.actor,
            ticket=_new_ticket(request, body, requester),
            message=NewMessage(
                kind=MessageKind.REPLY,
                direction=Direction.IN,
                channel=Channel.API,
                author_contact=requester,
                from_address=address,
                subject=body.subject,
                body=written_body(text=body.body, html=body.html),
            ),
            now=request.now,
        )
        if body.custom:
            set_custom_values(actor=request.actor, ticket_id=opened.pk, values=body.custom, now=request.now)
    response["Location"] = f"/api/v1/tickets/{opened.number}"
    return _tagged(response, _answer(request.actor, opened))


@router.get("/tickets/{number}", response=TicketAnswer, auth=needs(TICKETS_READ))
def read_ticket(
    request: ApiRequest, response: HttpResponse, number: PathId
) -> TicketAnswer | HttpResponseNotModified:
    """Return one ticket. Its `ETag` changes with anything that is said of it here."""
    answer = _answer(request.actor, find_ticket(request.actor, number=number))
    if is_known(request, tag_of(answer)):
        return HttpResponseNotModified(headers={ETAG: tag_of(answer)})
    return _tagged(response, answer)


@router.patch("/tickets/{number}", response=TicketAnswer, auth=needs(TICKETS_WRITE))
def change_ticket(
    request: ApiRequest, response: HttpResponse, number: PathId, body: TicketChange
) -> TicketAnswer:
    """Change some properties of a ticket, all or none of them; with `If-Match` only of what one has seen."""
    ticket = find_ticket(request.actor, number=number)
    with unit_of_work():
        _require_seen(request, ticket)
        apply_changes(body, actor=request.actor, ticket_id=ticket.pk, now=request.now)
    return _tagged(response, _answer(request.actor, ticket))


@router.delete("/tickets/{number}", response={204: None}, auth=needs(TICKETS_WRITE))
def delete_ticket(request: ApiRequest, number: PathId) -> None:
    """Delete a ticket that is spam for good, with its messages, files and mails; any other is refused."""
    ticket = find_ticket(request.actor, number=number)
    with unit_of_work():
        _require_seen(request, ticket)
        if not delete_spam(actor=request.actor, ticket_id=ticket.pk, now=request.now):
            raise Conflict(_("Only spam is deleted. Call the ticket spam first."), code="not_spam")


@router.post("/tickets/{number}/spam", response=TicketAnswer, auth=needs(TICKETS_WRITE))
def call_ticket_spam(request: ApiRequest, response: HttpResponse, number: PathId) -> TicketAnswer:
    """Take a ticket out of every list, as spam."""
    ticket = find_ticket(request.actor, number=number)
    with unit_of_work():
        _require_seen(request, ticket)
        mark_spam(actor=request.actor, ticket_id=ticket.pk, now=request.now)
    return _tagged(response, _answer(request.actor, ticket))


@router.delete("/tickets/{number}/spam", response=TicketAnswer, auth=needs(TICKETS_WRITE))
def call_ticket_no_spam(request: ApiRequest, response: HttpResponse, number: PathId) -> TicketAnswer:
    """Put a ticket that was called spam back among the others."""
    ticket = find_ticket(request.actor, number=number)
    with unit_of_work():
        _require_seen(request, ticket)
        unmark_spam(actor=request.actor, ticket_id=ticket.pk, now=request.now)
    return _tagged(response, _answer(request.actor, ticket))


def _require_seen(request: ApiRequest, ticket: Ticket) -> None:
    """Refuse to change what is not as the caller has seen it, and let nobody change it meanwhile."""
    if is_conditional(request):
        lock_ticket(request.actor, ticket.pk, can_change)
        require_match(request, tag_of(_answer(request.actor, ticket)))


def _tagged(response: HttpResponse, answer: TicketAnswer) -> TicketAnswer:
    response[ETAG] = tag_of(answer)
    return answer


def _condition(text: str | None) -> object:
    if text is None:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        words = _("This is not JSON.")
        raise Invalid(words, code="bad_condition", fields={"filter": [words]}) from error


def _requester(given: GivenPerson | int, *, now: datetime) -> tuple[Contact, str]:
    """Return the contact who asks, and the address at which he is answered."""
    if isinstance(given, GivenPerson):
        contact = contact_for_address(address=given.email, name=given.name, now=now, source="api")
        return contact, given.email
    contact = find_contact(given, field="requester")
    mails = contact.addresses.filter(kind=ContactAddress.Kind.EMAIL).order_by("-is_primary", "id")
    return contact, mails.values_list("value", flat=True).first() or ""


def _new_ticket(request: ApiRequest, body: NewTicketBody, requester: Contact) -> NewTicket:
    return NewTicket(
        subject=body.subject,
        channel=Channel.API,
        requester=requester,
        kind=body.kind,
        type=find_type(body.type) if body.type is not None else None,
        team=find_team(body.team) if body.team is not None else None,
        assignee=find_worker(body.assignee) if body.assignee is not None else None,
        priority=priority_of(body.priority),
        topic=find_topic(body.topic) if body.topic is not None else None,
        parent=find_parent(request.actor, body.parent) if body.parent is not None else None,
        device=body.device,
        due_at=body.due_at,
        tags=body.tags,
        client_key=client_key(request),
        wants_receipt=True,
    )


def _answer(actor: Actor, ticket: Ticket) -> TicketAnswer:
    # Read anew: commands keep only what they changed up to date on their own instances.
    return _answers(actor, list(whole(Ticket.objects.filter(pk=ticket.pk))))[0]


def _answers(actor: Actor, tickets: list[Ticket]) -> list[TicketAnswer]:
    parents = visible_numbers(actor, {ticket.parent_id for ticket in tickets if ticket.parent_id is not None})
    return [ticket_answer(ticket, parent=parents.get(ticket.parent_id or 0)) for ticket in tickets]
