"""Tells staff what concerns them, by the bell and by mail: per person, never about his own act, never twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.channels.email.markup import Value
from okno.channels.email.models import OutgoingMail, TextKind
from okno.channels.email.threading import Purpose
from okno.channels.email.writing import write_letter
from okno.lib.clock import current_time
from okno.reactors.delivery.envelope import envelope_for, mailbox_of, outgoing
from okno.reactors.delivery.imported import is_only_imported
from okno.reactors.delivery.words import ticket_values
from okno.reactors.intake.reasons import Reason
from okno.reactors.notify.leaving import list_headers
from okno.reactors.notify.models import Notification, NotificationKind
from okno.spine.actor import SYSTEM
from okno.spine.events import EventType, typed
from okno.spine.models import Event, Timer
from okno.spine.reactors import deferred_reactor, inline_reactor
from okno.spine.unit import Happened, command
from okno.spine.work import on_timer
from okno.team.models import Member
from okno.team.queries import actors_for
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace
from okno.tickets import policy
from okno.tickets.commands.changing import announce
from okno.tickets.commands.properties import REMINDER
from okno.tickets.events import MarkedSpam, ReminderDue, TicketAssigned, TicketCreated
from okno.tickets.message_events import DeliveryChanged, MessageAdded, MessageHeld, SideAnswered
from okno.tickets.models import HeldMessage, Message, SideThread, Ticket

WORDS_LENGTH = 2000
_OF_MAIL = {NotificationKind.NEW_TICKET, NotificationKind.CLIENT_REPLY}
ORDER = 700


def _may_concern(event: EventType) -> bool:
    """Tell whether anybody may have to be told: of messages, only of what a client has added."""
    return not isinstance(event, MessageAdded) or (
        event.direction == "in" and not event.is_first and not event.is_automatic
    )


@deferred_reactor(
    "notify",
    TicketCreated,
    TicketAssigned,
    MessageAdded,
    MessageHeld,
    SideAnswered,
    DeliveryChanged,
    ReminderDue,
    when=_may_concern,
)
def notify_staff(event: Event) -> None:
    """Write the bell's lines and the mails that an event calls for."""
    happened = typed(event.type, event.payload)
    ticket = Ticket.objects.select_related("requester").filter(pk=event.subject_id).first()
    if happened is None or ticket is None or ticket.spam_at is not None:
        return
    kind, member_ids = _concerned(happened, ticket)
    if kind is None or (kind in _OF_MAIL and is_only_imported(ticket)):
        return
    own = event.actor_id if event.actor_kind == "member" else None
    members = [member for member in _who_may_know(member_ids, ticket) if member.pk != own]
    _ring(members, ticket, kind, event)
    for member in members:
        if f"{kind}:mail" not in member.muted:
            _mail(member, ticket, kind, _words(happened))


@inline_reactor(MarkedSpam, order=ORDER)
def hush(happened: Happened) -> None:
    """Take a ticket that is called spam off everybody's bell."""
    if isinstance(happened.event, MarkedSpam):
        unread = Notification.objects.filter(ticket=happened.subject, read_at__isnull=True)
        unread.update(read_at=happened.row.created_at)


@on_timer(REMINDER)
def remind(timer: Timer) -> None:
    """Tell that the time of a ticket's reminder has come."""
    ticket = Ticket.objects.filter(pk=timer.payload["ticket"]).first()
    if ticket is not None and ticket.reminder_at is not None:
        _announce_reminder(ticket=ticket, now=current_time())


@command
def _announce_reminder(*, ticket: Ticket, now: datetime) -> None:
    ticket.reminder_at = None
    ticket.save(update_fields=["reminder_at"])
    announce(SYSTEM, ticket, ReminderDue(), now=now)


def _concerned(  # noqa: PLR0911 - one way out for each kind
    happened: EventType, ticket: Ticket
) -> tuple[NotificationKind | None, Iterable[int]]:
    """Return what kind of news an event is, and the ids of the members whom it concerns."""
    assignee = [ticket.assignee_id] if ticket.assignee_id is not None else []
    match happened:
        case TicketCreated() if not assignee:
            return NotificationKind.NEW_TICKET, _team(ticket)
        case TicketAssigned(new=int() as new):
            return NotificationKind.ASSIGNED, [new]
        case MessageAdded(direction="in", is_first=False, is_automatic=False):
            return NotificationKind.CLIENT_REPLY, assignee or _team(ticket)
        case SideAnswered(side_thread=side_thread):
            asked = SideThread.objects.values_list("opened_by_id", flat=True).get(pk=side_thread)
            return NotificationKind.SIDE_ANSWER, {*assignee, asked or 0}
        case DeliveryChanged(new="failed", message=message):
            author = Message.objects.get(pk=message).author_member_id
            return NotificationKind.DELIVERY_FAILED, [author] if author is not None else []
        case MessageHeld(reason=Reason.LOOP, held=held) if _is_first_of_loop(held, ticket):
            return NotificationKind.LOOP, assignee or _team(ticket)
        case ReminderDue():
            return NotificationKind.REMINDER, assignee
    return None, []


def _is_first_of_loop(held: int, ticket: Ticket) -> bool:
    """Tell whether a mail is the first that is held so: hundreds may follow."""
    waiting = HeldMessage.objects.filter(ticket=ticket, reason=Reason.LOOP, decision="")
    return bool(waiting.order_by("id").values_list("pk", flat=True).first() == held)


def _team(ticket: Ticket) -> list[int]:
    if ticket.team_id is None:
        return []
    return list(Member.objects.filter(memberships__team_id=ticket.team_id).values_list("pk", flat=True))


def _who_may_know(member_ids: Iterable[int], ticket: Ticket) -> list[Member]:
    members = list(Member.objects.filter(pk__in=set(member_ids), is_active=True).order_by("id"))
    actors = actors_for(members)
    return [member for member in members if policy.can_read(actors[member.pk], ticket)]


def _ring(members: Iterable[Member], ticket: Ticket, kind: NotificationKind, event: Event) -> None:
    Notification.objects.bulk_create(
        [
            Notification(
                member=member,
                ticket=ticket,
                kind=kind,
                event_uid=event.uid,
                actor_name=event.actor_name,
                created_at=event.created_at,
            )
            for member in members
            if f"{kind}:bell" not in member.muted
        ],
        ignore_conflicts=True,
    )


def _words(happened: EventType) -> str:
    if not isinstance(happened, MessageAdded | SideAnswered):
        return ""
    return Message.objects.values_list("text", flat=True).get(pk=happened.message)[:WORDS_LENGTH]


def _mail(member: Member, ticket: Ticket, kind: NotificationKind, words: str) -> None:
    mailbox = mailbox_of(ticket)
    if mailbox is None:
        return
    workspace = Workspace.objects.get(pk=ticket.workspace_id)
    language = member.language or workspace.language
    envelope = envelope_for(ticket, mailbox, purpose=Purpose.NOTIFICATION, person_id=member.pk)
    with override(language):
        headline = _headline(kind)
    values: dict[str, Value] = {
        **ticket_values(ticket),
        "event": headline,
        "message": words,
        "link": public_url(workspace, f"/tickets/{ticket.number}/"),
    }
    letter = write_letter(
        TextKind.STAFF,
        values,
        workspace=workspace,
        desk_id=ticket.desk_id,
        language=language,
        mark=envelope.mark,
    )
    outgoing(
        envelope,
        purpose=OutgoingMail.Purpose.STAFF,
        to=[{"address": member.email, "name": member.name}],
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=letter.attachments,
        headers=list_headers(workspace, member, kind),
        from_name=workspace.name,
        is_automatic=True,
        subject_kind="ticket",
        subject_ref=ticket.pk,
    ).save(force_insert=True)


def _headline(kind: NotificationKind) -> str:
    return {
        NotificationKind.NEW_TICKET: _("New ticket"),
        NotificationKind.ASSIGNED: _("Assigned to you"),
        NotificationKind.CLIENT_REPLY: _("The client wrote"),
        NotificationKind.SIDE_ANSWER: _("Somebody outside answered"),
        NotificationKind.DELIVERY_FAILED: _("Your reply was not delivered"),
        NotificationKind.LOOP: _("Two machines seem to answer each other"),
        NotificationKind.REMINDER: _("Reminder"),
    }[kind]
