"""Everything that the ticket page shows, in a fixed number of queries however long the ticket is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, TextField, Value
from django.utils.translation import gettext as _

from okno.lib.errors import NotFound
from okno.people.models import Contact, ContactAddress
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import (
    Draft,
    HeldMessage,
    Participant,
    ParticipantRole,
    Ticket,
    TicketLink,
)
from okno.tickets.queries.directory import Directory, read_directory
from okno.tickets.queries.timeline import News, Said, Thread, read_news, read_thread

RELATED_LIMIT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another ticket and what it is to this one: `parent`, `child`, or the kind of a link."""

    ticket: Ticket
    relation: str
    is_back_link: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The ticket with all that stands beside its conversation."""

    ticket: Ticket
    directory: Directory
    people: Sequence[Participant]
    addresses: Mapping[int, Sequence[ContactAddress]]
    """By contact, the primary one first."""
    open_count: int
    all_count: int
    """Tickets of the requester that the actor may see, spam not counted."""
    held: Sequence[HeldMessage]
    related: Sequence[Related]
    can_reply: bool
    can_note: bool
    can_change: bool

    @property
    def contact_names(self) -> dict[int, str]:
        """Return the names of the contacts that take part, by id."""
        return {one.contact.pk: one.contact.name for one in self.people if one.contact is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """The ticket page: the ticket, its newest conversation, and what the actor has begun to write."""

    around: Around
    thread: Thread
    draft: Draft | None


def read_detail(actor: Actor, *, number: int) -> Detail:
    """Return the ticket page (at most fourteen queries). Raises NotFound."""
    around = read_around(actor, number=number)
    draft = Draft.objects.filter(ticket=around.ticket, member_id=actor.member_id or 0).first()
    thread = read_thread(
        around.ticket,
        around.directory,
        contacts=around.contact_names,
        draft_keys=_keys(draft.attachment_keys) if draft else (),
    )
    return Detail(around=around, thread=thread, draft=draft)


def read_change(actor: Actor, *, number: int, after_message: int, after_event: int) -> tuple[Around, News]:
    """Return what surrounds the conversation now, and what was added to it. Raises NotFound."""
    around = read_around(actor, number=number)
    news = read_news(
        around.ticket,
        around.directory,
        after_message=after_message,
        after_event=after_event,
        contacts=around.contact_names,
    )
    return around, news


def read_earlier(actor: Actor, *, number: int, before: int) -> tuple[Ticket, Thread]:
    """Return the stretch of the conversation before a message. Raises NotFound."""
    ticket = _ticket(actor, number)
    return ticket, read_thread(ticket, read_directory(), before=before)


def read_around(actor: Actor, *, number: int) -> Around:
    """Return the ticket and all that stands beside its conversation (at most eight queries). Raises NotFound."""
    ticket = _ticket(actor, number)
    people = list(
        Participant.objects.select_related("contact", "member")
        .filter(ticket=ticket)
        .order_by("added_at", "id")
    )
    # What decides over rights is known now; asking again would be one more query.
    members = {one.member_id for one in people if one.member_id is not None}
    ticket.taking_part = members
    open_count, all_count = _counts(actor, ticket.requester)
    return Around(
        ticket=ticket,
        directory=read_directory(),
        people=people,
        addresses=_addresses(ticket, people),
        open_count=open_count,
        all_count=all_count,
        held=_held(ticket),
        related=_related(actor, ticket),
        can_reply=policy.can_reply(actor, ticket),
        can_note=policy.can_note(actor, ticket),
        can_change=policy.can_change(actor, ticket),
    )


def default_recipients(around: Around, said: Sequence[Said]) -> dict[str, list[tuple[str, Contact]]]:
    """Return whom a reply goes to by itself: the requester where he wrote from last, the copied people at their first.

    The same rule as `reply_addresses`, without a query: `said` is the conversation on the page.
    """
    used = [one.message.from_address for one in reversed(said) if one.message.from_address]
    found: dict[str, list[tuple[str, Contact]]] = {"to": [], "cc": []}
    for contact, role in _written_to(around).items():
        mails = [
            row.value for row in around.addresses.get(contact.pk, ()) if row.kind == ContactAddress.Kind.EMAIL
        ]
        if not mails:
            continue
        if role == ParticipantRole.REQUESTER:
            found["to"].append((next((address for address in used if address in mails), mails[0]), contact))
        else:
            found["cc"].append((mails[0], contact))
    return found


def _ticket(actor: Actor, number: int) -> Ticket:
    found = (
        Ticket.objects.select_related("status", "type", "requester", "organization", "spam_by")
        .filter(policy.visible_to(actor), number=number)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such ticket."))
    return found


def _written_to(around: Around) -> dict[Contact, str]:
    roles: dict[Contact, str] = {}
    if around.ticket.requester is not None:
        roles[around.ticket.requester] = ParticipantRole.REQUESTER
    for one in around.people:
        if one.contact is not None and one.role == ParticipantRole.COPIED:
            roles.setdefault(one.contact, ParticipantRole.COPIED)
    return roles


def _addresses(ticket: Ticket, people: Sequence[Participant]) -> dict[int, list[ContactAddress]]:
    ids = {ref for ref in (ticket.requester_id, *(one.contact_id for one in people)) if ref is not None}
    found: dict[int, list[ContactAddress]] = defaultdict(list)
    for row in ContactAddress.objects.filter(contact_id__in=ids).order_by("-is_primary", "id"):
        found[row.contact_id].append(row)
    return dict(found)


def _counts(actor: Actor, requester: Contact | None) -> tuple[int, int]:
    if requester is None:
        return 0, 0
    counted = Ticket.objects.filter(policy.listed_to(actor), requester=requester).aggregate(
        open=Count("id", filter=Q(is_open=True)), all=Count("id")
    )
    return counted["open"], counted["all"]


def _held(ticket: Ticket) -> list[HeldMessage]:
    if not ticket.held_count:
        return []
    waiting = list(HeldMessage.objects.filter(ticket=ticket, decision="").order_by("id"))
    for held in waiting:
        held.ticket = ticket
    return waiting


def _related(actor: Actor, ticket: Ticket) -> list[Related]:
    """Return parent, children and linked tickets, as far as the actor may see them (two queries)."""
    child = Value("child", output_field=TextField())
    outwards, inwards = Value("out", output_field=TextField()), Value("in", output_field=TextField())
    rows = (
        Ticket.objects.filter(parent=ticket)
        .annotate(way=child, word=child)
        .values_list("id", "way", "word")
        .union(
            TicketLink.objects.filter(source=ticket)
            .annotate(way=outwards)
            .values_list("target_id", "way", "kind"),
            TicketLink.objects.filter(target=ticket)
            .annotate(way=inwards)
            .values_list("source_id", "way", "kind"),
            all=True,
        )[:RELATED_LIMIT]
    )
    found = [*([(ticket.parent_id, "parent", "parent")] if ticket.parent_id else []), *rows]
    if not found:
        return []
    visible = Ticket.objects.select_related("status").filter(policy.listed_to(actor))
    tickets = visible.in_bulk([ref for ref, _way, _word in found])
    return [
        Related(ticket=tickets[ref], relation=word, is_back_link=way == "in")
        for ref, way, word in found
        if ref in tickets
    ]


def _keys(texts: Sequence[str]) -> list[UUID]:
    keys = []
    for text in texts:
        try:
            keys.append(UUID(text))
        except ValueError:
            continue
    return keys
