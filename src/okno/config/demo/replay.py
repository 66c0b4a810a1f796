"""Turn a planned ticket into the rows that the commands would have written, without running them one by one.

Three hundred tickets take the commands longer than a newcomer waits. What is written must be the same all the
same: a test gives some of the plans to the commands and compares every column, event and snapshot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from okno.config.demo.company import SUPPORT_ADDRESS
from okno.config.demo.directory import Directory
from okno.config.demo.files import DemoFile
from okno.config.demo.plan import (
    Assigned,
    Category,
    PlannedMessage,
    PlannedTicket,
    PriorityChanged,
    Sorted,
    StatusChanged,
    TeamChanged,
)
from okno.lib.sanitize import sanitize_html
from okno.spine.actor import SYSTEM, Actor
from okno.spine.events import EventType
from okno.spine.models import Event
from okno.tickets import events, message_events
from okno.tickets.commands.changing import last_words
from okno.tickets.commands.tags import clean_tags
from okno.tickets.models import (
    Attachment,
    Delivery,
    Direction,
    Message,
    MessageKind,
    Participant,
    ParticipantRole,
    StatusCategory,
    Ticket,
    TicketTag,
)
from okno.tickets.snapshot import ticket_snapshot

# A reply waits this long for being taken back, then leaves.
_UNDO: Final = timedelta(seconds=10)
_TRANSPORT: Final = timedelta(seconds=2)
_REFUSAL: Final = "550 5.1.1 <{address}>: Recipient address rejected: User unknown"


@dataclass(kw_only=True)
class PendingEvent:
    """Hold an event until the rows that it names have their ids."""

    at: datetime
    actor: Actor
    make: Callable[[], EventType]
    snapshot: dict[str, Any]
    uid: UUID = field(default_factory=uuid4)

    def row(self, ticket: Ticket) -> Event:
        """Return the event's row; the ticket and what the event names must be saved."""
        event = self.make()
        return Event(
            uid=self.uid,
            root=self.uid,
            type=event.name,
            version=event.version,
            is_internal=event.is_internal,
            subject_kind="ticket",
            subject_id=ticket.pk,
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            actor_name=self.actor.name,
            payload=event.payload(),
            snapshot=self.snapshot,
            created_at=self.at,
        )


class Replay:
    """Collect the rows of one ticket while its plan is gone through."""

    def __init__(self, plan: PlannedTicket, directory: Directory, *, number: int) -> None:
        """Go through the whole plan."""
        self.messages: list[Message] = []
        self.deliveries: list[Delivery] = []
        self.attachments: list[tuple[Attachment, DemoFile]] = []
        self.participants: list[Participant] = []
        self.pending: list[PendingEvent] = []
        self._plan = plan
        self._directory = directory
        self._members: set[int] = set()
        self.ticket = self._open(number)
        for step in plan.steps:
            self._take(step)

    @property
    def tags(self) -> list[TicketTag]:
        """Return the tag rows of the ticket as it came to be."""
        return [TicketTag(ticket=self.ticket, name=name) for name in self.ticket.tags]

    def _open(self, number: int) -> Ticket:
        plan, directory = self._plan, self._directory
        requester = directory.contacts[plan.requester]
        team = directory.teams[plan.team]
        ticket = Ticket(
            number=number,
            subject=plan.subject,
            kind=plan.kind,
            type=directory.type_for(plan.kind),
            status=directory.statuses[Category.NEW],
            category=StatusCategory.NEW,
            priority=plan.priority,
            channel=plan.channel,
            requester=requester,
            organization_id=requester.organization_id,
            desk_id=team.desk_id,
            team=team,
            device=plan.device,
            due_at=plan.due_at,
            mailbox_id=directory.mailbox.pk if plan.channel == "email" else None,
            created_at=plan.created_at,
            updated_at=plan.created_at,
            status_changed_at=plan.created_at,
        )
        ticket.taking_part = self._members  # as open_ticket does
        self.ticket = ticket
        people = [
            (ParticipantRole.REQUESTER, plan.requester),
            *((ParticipantRole.COPIED, key) for key in plan.copied),
        ]
        self.participants = [
            Participant(ticket=ticket, role=role, contact=directory.contacts[key], added_at=plan.created_at)
            for role, key in people
        ]
        opener = directory.actor(plan.opened_by)
        self._tell(plan.created_at, opener, lambda: events.TicketCreated(number=number, channel=plan.channel))
        return ticket

    def _take(self, step: object) -> None:
        match step:
            case PlannedMessage():
                self._say(step)
            case Assigned():
                self._assign(step)
            case TeamChanged():
                self._change_team(step)
            case StatusChanged():
                actor = self._directory.actor(step.actor)
                if step.solution:
                    self.ticket.solution = step.solution
                self._move(step.category, actor=actor, at=step.at)
            case PriorityChanged():
                old, self.ticket.priority = self.ticket.priority, step.priority
                self._changed(
                    step.at,
                    self._directory.actor(step.actor),
                    lambda: events.PriorityChanged(old=old, new=step.priority),
                )
            case Sorted():
                self._sort(step)

    def _say(self, step: PlannedMessage) -> None:
        is_first = not self.messages
        message = self._message(step)
        self.messages.append(message)
        self.attachments += [(_attachment(message, file), file) for file in step.files]
        self._touch(message)
        actor = self._directory.actor(self._plan.opened_by if is_first else step.author)
        if message.kind == MessageKind.NOTE:
            self._tell(
                step.at, actor, lambda: message_events.NoteAdded(message=message.pk, channel=message.channel)
            )
            return
        self._tell(
            step.at,
            actor,
            lambda: message_events.MessageAdded(
                message=message.pk, direction=message.direction, channel=message.channel, is_first=is_first
            ),
        )
        if message.direction == Direction.OUT:
            self._deliver(message, is_refused=step.is_refused)

    def _message(self, step: PlannedMessage) -> Message:
        directory = self._directory
        contact = directory.contacts.get(step.author)
        is_mail = step.channel == "email"
        address = directory.addresses[step.author] if contact and is_mail else ""
        words = "\n\n".join(part for part in (step.text, step.signature) if part)
        return Message(
            ticket=self.ticket,
            kind=MessageKind.NOTE if step.direction == "internal" else MessageKind.REPLY,
            direction=step.direction,
            channel=step.channel,
            author_member=None if contact else directory.members[step.author],
            author_contact=contact,
            author_name=contact.name if contact else directory.members[step.author].name,
            from_address=address,
            subject=self._subject(step) if is_mail else "",
            text=words,
            html=sanitize_html(step.html) if step.html else "",
            quoted_text=step.quoted,
            message_id=_message_id(address or SUPPORT_ADDRESS) if is_mail or step.direction == "out" else "",
            leaves_at=step.at + _UNDO if step.direction == "out" else None,
            created_at=step.at,
        )

    def _subject(self, step: PlannedMessage) -> str:
        return self._plan.subject if not self.messages else f"Re: {self._plan.subject}"

    def _touch(self, message: Message) -> None:
        ticket = self.ticket
        ticket.last_words = last_words(message.text)
        ticket.last_is_internal = message.is_internal
        ticket.message_count += 1
        ticket.last_message_at = ticket.updated_at = message.created_at
        if message.direction == Direction.IN:
            ticket.last_requester_at = message.created_at
            ticket.waiting_since = ticket.waiting_since or message.created_at
        elif message.direction == Direction.OUT:
            ticket.last_agent_at = message.created_at
            ticket.waiting_since = None
            ticket.first_response_at = ticket.first_response_at or message.created_at

    def _deliver(self, message: Message, *, is_refused: bool) -> None:
        plan, directory = self._plan, self._directory
        settled = message.created_at + _UNDO + _TRANSPORT
        recipients = [(Delivery.Role.TO, plan.requester), *((Delivery.Role.CC, key) for key in plan.copied)]
        for role, key in recipients:
            contact, address = directory.contacts[key], directory.addresses[key]
            fails = is_refused and role is Delivery.Role.TO
            delivery = Delivery(
                message=message,
                role=role,
                address=address,
                name=contact.name,
                contact=contact,
                state=Delivery.State.FAILED if fails else Delivery.State.SENT,
                words=_REFUSAL.format(address=address) if fails else "",
                settled_at=settled,
            )
            self.deliveries.append(delivery)
            self._tell(settled, SYSTEM, _settled(message, delivery))

    def _assign(self, step: Assigned) -> None:
        ticket, member = self.ticket, self._directory.members[step.member]
        ticket.first_assigned_at = ticket.first_assigned_at or step.at
        self._set_assignee(member.pk, actor=self._directory.actor(step.actor), at=step.at)

    def _set_assignee(self, member_id: int | None, *, actor: Actor, at: datetime) -> None:
        ticket, old = self.ticket, self.ticket.assignee_id
        if member_id == old:
            return
        ticket.assignee_id = member_id
        is_other = [row for row in self.participants if row.role != ParticipantRole.ASSIGNEE]
        self.participants = is_other
        self._members.clear()
        if member_id is not None:
            row = Participant(ticket=ticket, role=ParticipantRole.ASSIGNEE, member_id=member_id, added_at=at)
            self.participants.append(row)
            self._members.add(member_id)
        self._changed(at, actor, lambda: events.TicketAssigned(old=old, new=member_id))

    def _change_team(self, step: TeamChanged) -> None:
        ticket, actor = self.ticket, self._directory.actor(step.actor)
        old, new = ticket.team_id, self._directory.teams[step.team].pk
        ticket.team_id = new
        self._changed(step.at, actor, lambda: events.TeamChanged(old=old, new=new))
        if ticket.assignee_id is not None and ticket.assignee_id not in self._directory.team_members[new]:
            self._set_assignee(None, actor=actor, at=step.at)

    def _move(self, category: Category, *, actor: Actor, at: datetime) -> None:
        ticket, new = self.ticket, self._directory.statuses[category]
        old_id, old_category = ticket.status_id, StatusCategory(ticket.category)
        new_category = StatusCategory(category.value)
        ticket.status, ticket.category, ticket.is_open = new, new_category, new_category.is_active
        ticket.status_changed_at = at
        if new_category is StatusCategory.RESOLVED:
            ticket.resolved_at = at
        if new_category in (StatusCategory.CLOSED, StatusCategory.CANCELLED):
            ticket.closed_at = at
        if not new_category.is_active:
            ticket.waiting_since = None
        self._changed(
            at,
            actor,
            lambda: events.StatusChanged(
                old=old_id, new=new.pk, old_category=old_category.value, new_category=new_category.value
            ),
        )
        if actor.contact_id is not None:
            # The requester's words brought it back: from that moment on they wait for us.
            ticket.waiting_since = at

    def _sort(self, step: Sorted) -> None:
        ticket, actor = self.ticket, self._directory.actor(step.actor)
        topic = self._directory.topics[step.topic]
        ticket.topic = topic
        self._changed(step.at, actor, lambda: events.TopicChanged(old=None, new=topic.pk))
        added = clean_tags(step.tags)
        if added:
            ticket.tags = added
            self._changed(step.at, actor, lambda: events.TagsChanged(added=added, removed=[]))

    def _changed(self, at: datetime, actor: Actor, make: Callable[[], EventType]) -> None:
        self.ticket.updated_at = at
        self._tell(at, actor, make)

    def _tell(self, at: datetime, actor: Actor, make: Callable[[], EventType]) -> None:
        self.pending.append(
            PendingEvent(at=at, actor=actor, make=make, snapshot=ticket_snapshot(self.ticket))
        )


def _message_id(sender: str) -> str:
    return f"<{uuid4().hex}@{sender.rpartition('@')[2]}>"


def _attachment(message: Message, file: DemoFile) -> Attachment:
    return Attachment(
        ticket=message.ticket,
        message=message,
        filename=file.name,
        content_type=file.content_type,
        size=len(file.content),
        key=uuid4(),
        created_at=message.created_at,
    )


def _settled(message: Message, delivery: Delivery) -> Callable[[], EventType]:
    return lambda: message_events.DeliveryChanged(
        message=message.pk,
        delivery=delivery.pk,
        address_ref=delivery.contact_id,
        old=Delivery.State.WAITING.value,
        new=str(delivery.state),
    )
