"""The messages of a ticket: list, read, write."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.messages import MessageAnswer, message_answer
from okno.api.callers import ApiRequest, require
from okno.api.idempotency import client_key
from okno.api.inputs import Address, Given, Id, Key, Paging, PathId, Prose
from okno.api.lookups import find_status
from okno.api.rights import needs
from okno.conditions.ordering import Keyset, Order
from okno.lib.errors import Invalid, NotFound
from okno.team.policy import TICKETS_NOTE, TICKETS_READ, TICKETS_WRITE
from okno.tickets.access import find_ticket
from okno.tickets.commands.reply import RECIPIENTS_LIMIT, add_note, reply_to_ticket
from okno.tickets.models import Channel, Message, Ticket
from okno.tickets.queries.people import reply_addresses
from okno.tickets.queries.whole import whole_messages

router = Router(tags=["messages"])

_OLDEST_FIRST = Keyset((Order(column="id", nulls="never"),))
GivenAddresses = Annotated[list[Address], Field(max_length=RECIPIENTS_LIMIT)]


class NewMessageBody(Given):
    """A reply, which leaves, or an internal note, which never does."""

    kind: Literal["reply", "note"]
    body: Prose = Field("", description="Plain text; may be empty if there is `html`.")
    html: Prose = ""
    to: GivenAddresses | None = Field(
        None, description="Of a reply; without it the requester and the copied people."
    )
    cc: GivenAddresses | None = None
    status: Key | None = Field(
        None, description="The status to give the ticket with it: a key or a category."
    )
    attachments: Annotated[list[UUID], Field(max_length=100)] = Field(
        [], description="Keys of uploaded files."
    )
    seen: Id | None = Field(
        None,
        description="The newest message that the writer knew; a reply that crosses a newer one is refused.",
    )


@router.get("/tickets/{number}/messages", response=Listed[MessageAnswer], auth=needs(TICKETS_READ))
def list_messages(request: ApiRequest, number: PathId, paging: Query[Paging]) -> Listed[MessageAnswer]:
    """Return the messages of a ticket, oldest first."""
    ticket = find_ticket(request.actor, number=number)
    page = _OLDEST_FIRST.page(whole_messages(ticket), cursor=paging.cursor, size=paging.limit)
    return Listed[MessageAnswer](items=[message_answer(message) for message in page.rows], next=page.next)


@router.get("/tickets/{number}/messages/{id}", response=MessageAnswer, auth=needs(TICKETS_READ))
def read_message(request: ApiRequest, number: PathId, id: PathId) -> MessageAnswer:  # noqa: A002 (the path's name)
    """Return one message of a ticket, such as to see whether it has been delivered."""
    return _answer(find_ticket(request.actor, number=number), id)


@router.post("/tickets/{number}/messages", response={201: MessageAnswer}, auth=needs(TICKETS_NOTE))
def create_message(
    request: ApiRequest, response: HttpResponse, number: PathId, body: NewMessageBody
) -> MessageAnswer:
    """Answer the client, or write an internal note."""
    is_reply = body.kind == "reply"
    if is_reply:
        require(request, TICKETS_WRITE)
    ticket = find_ticket(request.actor, number=number)
    if body.seen is not None and not Message.objects.filter(ticket=ticket, pk=body.seen).exists():
        words = _("There is no such message on this ticket.")
        raise Invalid(words, code="unknown_reference", fields={"seen": [words]})
    message = _reply(request, ticket, body) if is_reply else _note(request, ticket, body)
    response["Location"] = f"/api/v1/tickets/{ticket.number}/messages/{message.pk}"
    return _answer(ticket, message.pk)


def _reply(request: ApiRequest, ticket: Ticket, body: NewMessageBody) -> Message:
    to = body.to
    if to is None and body.cc is not None:
        to = reply_addresses(ticket)["to"]
    return reply_to_ticket(
        actor=request.actor,
        ticket_id=ticket.pk,
        text=body.body,
        html=body.html,
        to=to,
        cc=body.cc,
        attachment_keys=body.attachments,
        status=find_status(body.status) if body.status is not None else None,
        seen_message_id=body.seen,
        channel=Channel.API,
        client_key=client_key(request),
        now=request.now,
    )


def _note(request: ApiRequest, ticket: Ticket, body: NewMessageBody) -> Message:
    if body.to or body.cc:
        words = _("A note goes to nobody.")
        raise Invalid(words, code="note_stays", fields={"to": [words]})
    return add_note(
        actor=request.actor,
        ticket_id=ticket.pk,
        text=body.body,
        html=body.html,
        attachment_keys=body.attachments,
        status=find_status(body.status) if body.status is not None else None,
        channel=Channel.API,
        client_key=client_key(request),
        now=request.now,
    )


def _answer(ticket: Ticket, message_id: int) -> MessageAnswer:
    message = whole_messages(ticket).filter(pk=message_id).first()
    if message is None:
        raise NotFound(_("There is no such message."))
    return message_answer(message)
