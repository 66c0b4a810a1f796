"""Writing a call down: its draft is kept from the first letter, and is one person's at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Denied, NotFound
from okno.lib.html_text import without_unusable
from okno.lib.phones import shown_phone
from okno.modules.phone.callers import find_caller
from okno.modules.phone.events import CallStarted
from okno.modules.phone.models import PhoneCall
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.models import Team
from okno.tenancy.scope import current_workspace_id
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.calls import change_draft_ticket, discard_draft_ticket, open_draft_ticket
from okno.tickets.commands.changing import SUBJECT_LENGTH, TEXT_LENGTH, announce
from okno.tickets.commands.open import NewTicket, placement_of
from okno.tickets.models import RequestType
from okno.tickets.models.ticket import Channel

WHO_LENGTH = 254
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands on a page of a call. `page` names the page itself, `seen` is the version that it was made from."""

    page: UUID
    seen: int = 0
    who: str = ""
    subject: str = ""
    said: str = ""
    place: str = ""
    solution: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing has been typed."""
        return not any(text.strip() for text in (self.who, self.subject, self.said, self.solution))


@command
def keep_call(*, actor: Actor, number: int | None, written: Written, now: datetime) -> PhoneCall | None:
    """Keep what stands on a page so far: a new draft with the first letter, then the same one.

    None for an empty page without a draft. Raises NotFound, Denied, and Conflict if somebody else has changed the
    draft meanwhile or it is finished.
    """
    call = find_call(actor, number, written.page)
    if call is None:
        return None if written.is_empty else start_call(actor, written, now=now)
    if call.ticket.is_draft or call.page != written.page:
        # What a page sends late, after it has finished the call, is no news.
        write_down(actor, call, written, now=now)
    return call


@command
def discard_call(*, actor: Actor, number: int, now: datetime) -> None:
    """Throw one's own draft away. Raises NotFound, Denied, and Conflict if the call is finished."""
    call = find_call(actor, number, None)
    if call is None or not call.ticket.is_draft:
        raise Conflict(_("This call is finished; its ticket is not thrown away."), code="finished")
    if not call.is_own(actor.member_id):
        raise Denied(_("Only whoever began to write a call down may throw it away."))
    discard_draft_ticket(actor=actor, ticket=call.ticket, now=now)


def find_call(actor: Actor, number: int | None, page: UUID | None) -> PhoneCall | None:
    """Lock the call of a ticket's number, or else the one that a page began; None if that has begun none.

    Raises NotFound, Denied.
    """
    if number is None:
        if page is None:
            return None
        wait_for_turn(f"call {page}")
        rows = PhoneCall.objects.filter(key=page)
    else:
        rows = PhoneCall.objects.filter(ticket__number=number)
    ticket_id = rows.values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        if number is None:
            return None
        raise NotFound(_("There is no such call."))
    ticket = lock_ticket(actor, ticket_id, policy.can_change)
    call: PhoneCall = PhoneCall.objects.select_related("saved_by").get(ticket=ticket)
    call.ticket = ticket
    return call


def start_call(actor: Actor, written: Written, *, now: datetime) -> PhoneCall:
    """Open the draft of a call that somebody begins to write down. Part of a command."""
    caller = find_caller(written.who)
    request_type, team = _chosen(written.place)
    ticket = open_draft_ticket(
        actor=actor,
        ticket=NewTicket(
            subject=_title(written, caller.number),
            channel=Channel.PHONE,
            requester=caller.contact,
            type=request_type,
            team=team,
        ),
        is_told=False,
        now=now,
    )
    call = PhoneCall(ticket=ticket, key=written.page, started_at=now, started_by_id=actor.member_id)
    _take_over(actor, call, written, now=now)
    call.save(force_insert=True)
    announce(actor, ticket, CallStarted(direction=call.direction), now=now)
    return call


def write_down(actor: Actor, call: PhoneCall, written: Written, *, now: datetime) -> None:
    """Keep on a locked draft what stands on a page. Part of a command. Raises Conflict."""
    _refuse_if_changed(call, written)
    caller = find_caller(written.who, number=call.number)
    request_type, team = _chosen(written.place)
    change_draft_ticket(
        actor,
        call.ticket,
        subject=_title(written, call.number or caller.number, is_missed=call.is_missed),
        requester=caller.contact,
        place=placement_of(type=request_type, team=team),
        now=now,
    )
    if call.started_by_id is None:  # An exchange has told of it; now it is somebody's.
        call.started_by_id = actor.member_id
    _take_over(actor, call, written, now=now)
    call.save()


def title_of_call(number: str, *, is_missed: bool = False) -> str:
    """Return what a ticket is called as long as nobody has said what the call is about."""
    if is_missed:
        return (
            _("Missed call from %(number)s") % {"number": shown_phone(number)}
            if number
            else _("Missed call from a hidden number")
        )
    return _("Call: %(number)s") % {"number": shown_phone(number)} if number else _("Call")


def wait_for_turn(what: str) -> None:
    """Let whoever does the same at this moment be first, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{current_workspace_id()} {what}"]
        )


def _chosen(place: str) -> tuple[RequestType | None, Team | None]:
    """Return the type or team that was chosen; what is not there any more counts as nothing."""
    kind, _colon, ref = place.partition(":")
    if not ref.isdecimal() or int(ref) > _LARGEST:
        return None, None
    if kind == "team":
        return None, Team.objects.select_related("desk").filter(pk=int(ref), is_active=True).first()
    types = RequestType.objects.select_related("desk").filter(pk=int(ref), is_active=True)
    return (types.first() if kind == "type" else None), None


def _title(written: Written, number: str, *, is_missed: bool = False) -> str:
    return _line(written.subject, SUBJECT_LENGTH) or title_of_call(number, is_missed=is_missed)


def _take_over(actor: Actor, call: PhoneCall, written: Written, *, now: datetime) -> None:
    call.who = _line(written.who, WHO_LENGTH)
    call.subject = _line(written.subject, SUBJECT_LENGTH)
    call.said = without_unusable(written.said.replace("\r\n", "\n"))[:TEXT_LENGTH]
    call.solution = without_unusable(written.solution.replace("\r\n", "\n"))[:TEXT_LENGTH]
    call.place = _line(written.place, 40)
    call.saved_by_id = actor.member_id
    call.saved_at = now
    call.page = written.page
    call.version += 1


def _refuse_if_changed(call: PhoneCall, written: Written) -> None:
    if not call.ticket.is_draft:
        raise Conflict(_("This call has been finished meanwhile."), code="finished")
    if call.page != written.page and call.version != written.seen:
        words = _("%(name)s has changed this call at %(time)s. Open it again before you go on.") % {
            "name": call.saved_by.name if call.saved_by else _("Somebody"),
            "time": localtime(call.saved_at).strftime("%H:%M"),
        }
        raise Conflict(words, code="changed_meanwhile")


def _line(text: str, length: int) -> str:
    return " ".join(without_unusable(text).split())[:length]
