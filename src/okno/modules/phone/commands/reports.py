"""What a telephone exchange tells: a missed call is a draft and news for the team, another waits to be written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.lib.phones import shown_phone
from okno.modules.phone.callers import find_caller
from okno.modules.phone.commands.writing import title_of_call, wait_for_turn
from okno.modules.phone.durations import shown_duration
from okno.modules.phone.events import CallStarted
from okno.modules.phone.models import PhoneCall, ReportedCall
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.calls import open_draft_ticket
from okno.tickets.commands.changing import announce
from okno.tickets.commands.messages import NewMessage, add_message
from okno.tickets.commands.open import NewTicket
from okno.tickets.commands.words import written_body
from okno.tickets.models import Direction, MessageKind, Ticket
from okno.tickets.models.ticket import Channel

JOINED_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A call as an exchange tells it. `number` is as it is stored, empty if it was hidden."""

    number: str
    direction: str
    is_missed: bool
    at: datetime
    duration: int | None = None
    call_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What became of it."""

    call: PhoneCall | None
    """None if its draft has been thrown away since it was first told of."""
    is_new: bool
    """Whether this made the draft: otherwise the call was known, or has joined another missed one."""


@command
def report_call(*, actor: Actor, report: Report, now: datetime) -> Reported:
    """Keep a call that an exchange tells of; a call told again is the same, a missed one joins the open draft.

    Raises Denied.
    """
    wait_for_turn(f"reported call {report.call_id or report.number}")
    if report.call_id:
        known = ReportedCall.objects.select_related("call__ticket").filter(reference=report.call_id).first()
        if known is not None:
            return Reported(call=known.call, is_new=False)
        if report.number:
            wait_for_turn(f"reported call {report.number}")
    joined = _missed_before(actor, report) if report.is_missed and report.number else None
    with _words_of_workspace():
        call = joined or _open(actor, report, now=now)
        _add_line(actor, call.ticket, report, now=now)
    if report.call_id:
        ReportedCall.objects.create(reference=report.call_id, call=call, created_at=now)
    return Reported(call=call, is_new=joined is None)


def forget_reports(*, now: datetime) -> None:
    """Forget which calls were told of: nobody tells them again after so long."""
    ReportedCall.objects.filter(created_at__lt=now - timedelta(days=30)).delete()


def _missed_before(actor: Actor, report: Report) -> PhoneCall | None:
    """Return the locked draft of a missed call of this number within a day, if the actor may add to it."""
    rows = PhoneCall.objects.filter(
        number=report.number,
        is_missed=True,
        direction=report.direction,
        ticket__is_draft=True,
        ticket__spam_at__isnull=True,
        started_at__gt=report.at - JOINED_FOR,
    )
    reached = Ticket.objects.filter(policy.changeable_by(actor)).values("pk")
    call = rows.filter(ticket__in=reached).order_by("-id").first()
    if call is None:
        return None
    ticket = lock_ticket(actor, call.ticket_id, policy.can_change)
    # While this waited for the lock, somebody may have finished it.
    call.ticket = ticket
    return call if ticket.is_draft else None


def _open(actor: Actor, report: Report, *, now: datetime) -> PhoneCall:
    ticket = open_draft_ticket(
        actor=actor,
        ticket=NewTicket(
            subject=title_of_call(report.number, is_missed=report.is_missed),
            channel=Channel.PHONE,
            requester=find_caller("", number=report.number).contact,
        ),
        is_told=report.is_missed,
        now=now,
    )
    call: PhoneCall = PhoneCall.objects.create(
        ticket=ticket,
        direction=report.direction,
        is_missed=report.is_missed,
        number=report.number,
        who=shown_phone(report.number),
        started_at=report.at,
        duration=report.duration,
        saved_at=now,
    )
    announce(actor, ticket, CallStarted(direction=call.direction, is_missed=call.is_missed), now=now)
    return call


def _add_line(actor: Actor, ticket: Ticket, report: Report, *, now: datetime) -> None:
    """Write the call into the ticket, for its readers only."""
    note = NewMessage(
        kind=MessageKind.NOTE,
        direction=Direction.INTERNAL,
        channel=Channel.PHONE,
        is_automatic=True,
        body=written_body(text=_line(report)),
    )
    add_message(actor=actor, ticket=ticket, message=note, now=now)


def _line(report: Report) -> str:
    when = localtime(report.at).strftime("%d.%m.%Y %H:%M")
    values = {"title": title_of_call(report.number, is_missed=report.is_missed), "when": when}
    if report.duration is None or report.is_missed:
        return _("%(title)s, %(when)s") % values
    return _("%(title)s, %(when)s, %(duration)s") % {**values, "duration": shown_duration(report.duration)}


def _words_of_workspace() -> Any:
    """Write in the language of the workspace, not in that of the exchange's request."""
    workspace = Workspace.objects.get(pk=current_workspace_id())
    return override(workspace.language)
