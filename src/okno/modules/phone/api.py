"""What a telephone exchange may send."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Status
from pydantic import Field

from okno.api.answers.base import Answer, Named
from okno.api.callers import ApiRequest
from okno.api.examples import EXAMPLES
from okno.api.inputs import Given, Line, Moment, Plain, Truth, Whole
from okno.api.rights import needs
from okno.lib.errors import Invalid
from okno.lib.phones import InvalidPhone
from okno.modules.phone.callers import stored_number
from okno.modules.phone.commands.reports import Report, Reported, report_call
from okno.team.policy import TICKETS_WRITE
from okno.tenancy.hosts import public_url

router = Router(tags=["calls"])

AHEAD = timedelta(minutes=5)
"""So much may the clock of an exchange be ahead of ours."""


class NewCallBody(Given):
    """A call as an exchange saw it."""

    number: Annotated[Plain, Field(max_length=60)] = Field(
        "", description="The other side's number in any form; empty if it was hidden."
    )
    direction: Literal["in", "out"] = "in"
    missed: Truth = Field(False, description="Nobody answered: the team is told, and a draft waits.")
    at: Moment | None = Field(None, description="When it began; now without it.")
    duration: Annotated[Whole, Field(ge=0, le=86_400)] | None = Field(None, description="In seconds.")
    call_id: Line = Field("", description="The exchange's name for the call: told again, it is the same one.")


class CallAnswer(Answer):
    """What became of a call."""

    ticket: int | None = Field(description="The number of its ticket; null if its draft was thrown away.")
    url: str = Field(description="Where the call is written down; empty without a ticket.")
    is_new: bool = Field(description="Whether this call made the draft, or was known or joined another.")
    missed: bool
    number: str
    contact: Named | None = Field(description="Whose number it is.")
    is_draft: bool = Field(description="Whether it is still to be written down.")


@router.post("", response={201: CallAnswer, 200: CallAnswer}, auth=needs(TICKETS_WRITE))
def create_call(request: ApiRequest, response: HttpResponse, body: NewCallBody) -> Status[CallAnswer]:
    """Tell of a call: a missed one is a draft ticket, or joins that of its number; another waits to be written down."""
    at = body.at or request.now
    if at > request.now + AHEAD:
        words = _("This call has not been yet.")
        raise Invalid(words, fields={"at": [words]})
    report = Report(
        number=_number(body.number),
        direction=body.direction,
        is_missed=body.missed,
        at=at,
        duration=body.duration,
        call_id=body.call_id.strip(),
    )
    told = report_call(actor=request.actor, report=report, now=request.now)
    answer = _answer(request, told, report)
    if answer.ticket is not None:
        response["Location"] = f"/api/v1/tickets/{answer.ticket}"
    return Status(201 if told.is_new else 200, answer)


def _number(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return stored_number(text)
    except InvalidPhone as error:
        words = _("“%(phone)s” is not a phone number. Write it with its country: +44 20 7946 0018.") % {
            "phone": text
        }
        raise Invalid(words, fields={"number": [words]}) from error


def _answer(request: ApiRequest, told: Reported, report: Report) -> CallAnswer:
    ticket = told.call.ticket if told.call else None
    contact = ticket.requester if ticket else None
    path = f"/phone/?call={ticket.number}" if ticket else ""
    return CallAnswer(
        ticket=ticket.number if ticket else None,
        url=public_url(request.caller.workspace, path) if path else "",
        is_new=told.is_new,
        missed=told.call.is_missed if told.call else report.is_missed,
        number=report.number,
        contact=Named(id=contact.pk, name=contact.name) if contact else None,
        is_draft=ticket.is_draft if ticket else False,
    )


# The document's examples are one dictionary by schema; these are the module's part of the story.
EXAMPLES["NewCallBody"] = {
    "number": "+7 912 345-67-89",
    "direction": "in",
    "missed": True,
    "at": "2026-03-02T09:00:00Z",
    "call_id": "pbx-1772442000.113",
}
EXAMPLES["CallAnswer"] = {
    "ticket": 1301,
    "url": "https://desk.client.example/phone/?call=1301",
    "is_new": True,
    "missed": True,
    "number": "+79123456789",
    "contact": {"id": 89, "name": "Maria"},
    "is_draft": True,
}
