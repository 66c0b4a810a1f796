"""Finishing a call: its draft becomes a ticket like any other, once."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Invalid
from okno.modules.phone.callers import caller_contact, find_caller
from okno.modules.phone.commands.writing import Written, find_call, start_call, write_down
from okno.modules.phone.durations import measured
from okno.modules.phone.events import CallFinished
from okno.modules.phone.models import PhoneCall
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets.commands.calls import change_draft_ticket, finish_draft_ticket
from okno.tickets.commands.changing import announce
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.open import Placement
from okno.tickets.commands.status import change_status
from okno.tickets.commands.words import written_body
from okno.tickets.models import Direction, MessageKind, StatusCategory, Ticket
from okno.tickets.models.ticket import Channel

TITLE_LENGTH = 80


@command
def finish_call(
    *,
    actor: Actor,
    number: int | None,
    written: Written,
    is_solved: bool = False,
    wants_receipt: bool = False,
    now: datetime,
) -> Ticket:
    """Make a call a ticket, solved already if it `is_solved`; the same page sent again finishes nothing twice.

    Raises NotFound, Denied, Invalid, and Conflict if somebody else has changed or finished it meanwhile.
    """
    call = find_call(actor, number, written.page)
    if call is not None and not call.ticket.is_draft and call.page == written.page:
        finished: Ticket = call.ticket
        return finished
    _refuse_unfinished(written, is_solved=is_solved)
    if call is None:
        call = start_call(actor, written, now=now)
    else:
        write_down(actor, call, written, now=now)
    _make_real(actor, call, wants_receipt=wants_receipt, is_solved=is_solved, now=now)
    ticket: Ticket = call.ticket
    if is_solved:
        change_status(
            actor=actor,
            ticket_id=ticket.pk,
            status=StatusCategory.RESOLVED,
            solution=written.solution,
            now=now,
        )
    return ticket


def _refuse_unfinished(written: Written, *, is_solved: bool) -> None:
    """Refuse what cannot become a ticket, by field."""
    missing = {}
    if not (written.subject.strip() or written.said.strip()):
        missing["subject"] = [_("Write what the call was about.")]
    if is_solved and not written.solution.strip():
        missing["solution"] = [_("Write how it was solved.")]
    if missing:
        raise Invalid(next(iter(missing.values()))[0], fields=missing)


def _make_real(actor: Actor, call: PhoneCall, *, wants_receipt: bool, is_solved: bool, now: datetime) -> None:
    ticket = call.ticket
    contact = caller_contact(actor, find_caller(call.who, number=call.number), now=now)
    change_draft_ticket(
        actor,
        ticket,
        subject=call.subject or _first_line(call.said),
        requester=contact,
        place=Placement(type=ticket.type, kind=ticket.kind, desk=ticket.desk, team_id=ticket.team_id),
        now=now,
    )
    finish_draft_ticket(
        actor=actor,
        ticket=ticket,
        message=NewMessage(
            kind=MessageKind.REPLY,
            direction=Direction.IN,
            channel=Channel.PHONE,
            author_contact=contact,
            body=written_body(text=call.said.strip() or call.subject),
        ),
        was_told=call.is_missed,
        now=now,
    )
    if call.duration is None and not call.is_missed:
        call.duration = measured(call.started_at, now)
    # What was typed is in the ticket now; here it would only be one more place to forget it from.
    call.who = call.subject = call.said = call.solution = call.number = ""
    call.save()
    announce(
        actor,
        ticket,
        CallFinished(duration=call.duration, is_solved=is_solved, wants_receipt=wants_receipt),
        now=now,
    )


def _first_line(text: str) -> str:
    line = text.strip().partition("\n")[0].strip()
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1].rstrip()}…"
