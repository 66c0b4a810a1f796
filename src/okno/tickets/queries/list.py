"""The ticket list: one page of a view, by filters and words, with all that a row shows, in two queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import FilteredRelation, Q, QuerySet

from okno.conditions.fields import FieldView
from okno.conditions.options import fold
from okno.conditions.ordering import Keyset, Order, keyset
from okno.conditions.sql import to_q
from okno.conditions.viewer import Viewer
from okno.conditions.words import Parsed
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import Ticket
from okno.tickets.models.config import localised
from okno.tickets.queries.views import TicketView

PAGE_SIZES = (25, 50, 100)
DEFAULT_SORT = "-updated"
WORDS_REACH = 2000
"""Free words are looked for in so many tickets of the view, the most recently changed ones."""
NUMBERS_LIMIT = 100
_LARGEST_NUMBER = 2**63 - 1
_NEWEST = Keyset((Order(column="id", descending=True, nulls="never"),))
_COLUMNS = (
    "id", "number", "subject", "last_words", "channel", "category", "is_open", "priority", "tags", "due_at",
    "created_at", "updated_at", "waiting_since", "last_requester_at", "assignee_id", "is_draft",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What is listed: a view narrowed by a query, for somebody, now."""

    actor: Actor
    view: TicketView
    query: Parsed
    fields: FieldView
    viewer: Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedTicket:
    """What one row shows."""

    id: int
    number: int
    subject: str
    last_words: str
    channel: str
    requester: str
    category: str
    status: str
    priority: int
    tags: Sequence[str]
    assignee_id: int | None
    assignee: str
    is_open: bool
    is_unread: bool
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    is_vip: bool = False
    """Whether the requester, or his organization, is important."""
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some rows, and the cursors of the pages beside them."""

    rows: list[ListedTicket]
    next: str | None
    previous: str | None


def list_page(
    listing: Listing, *, sort: str = DEFAULT_SORT, cursor: str | None = None, size: int = 50
) -> ListPage:
    """Return one page. Raises Invalid for a sort or cursor that is none."""
    order = keyset(sort, listing.fields)
    page = order.page(_matching(listing).only(*_COLUMNS), cursor=cursor, size=size)
    return ListPage(_listed(page.rows, listing.actor), page.next, page.previous)


def listed_among(listing: Listing, numbers: Iterable[int]) -> list[ListedTicket]:
    """Return those of the tickets with these numbers that belong to the listing, newest change last."""
    wanted = [number for number in numbers if 0 < number <= _LARGEST_NUMBER][:NUMBERS_LIMIT]
    found = _matching(listing).filter(number__in=wanted).order_by("updated_at", "id")
    return _listed(found.only(*_COLUMNS), listing.actor)


def find_by_words(actor: Actor, words: Sequence[str], *, limit: int) -> list[ListedTicket]:
    """Return listed tickets that have all words, or whose number is the only one, newest change first.

    Looks at the `WORDS_REACH` most recently changed tickets only; a number is found at any age.
    """
    visible = Ticket.objects.filter(policy.listed_to(actor))
    found = visible.filter(words_q(visible, words)).order_by("-updated_at", "-id")
    return _listed(found.only(*_COLUMNS)[:limit], actor)


def listed_rows(rows: QuerySet[Ticket], actor: Actor, *, limit: int) -> list[ListedTicket]:
    """Return the first of some tickets as rows of a list, in their order (two queries)."""
    return _listed(rows.only(*_COLUMNS)[:limit], actor)


def tickets_of(
    actor: Actor,
    *,
    is_open: bool,
    requester_id: int | None = None,
    organization_id: int | None = None,
    limit: int,
) -> list[ListedTicket]:
    """Return the newest visible tickets of a contact or of an organization, open or past ones."""
    whose = (
        {"requester_id": requester_id} if requester_id is not None else {"organization_id": organization_id}
    )
    rows = Ticket.objects.filter(policy.listed_to(actor), is_open=is_open, **whose).order_by("-id")
    return _listed(rows.only(*_COLUMNS)[:limit], actor)


def tickets_page_of(
    actor: Actor,
    *,
    requester_id: int | None = None,
    organization_id: int | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> ListPage:
    """Return a page of all visible tickets of a contact or an organization, the newest first. Raises Invalid."""
    whose = (
        {"requester_id": requester_id} if requester_id is not None else {"organization_id": organization_id}
    )
    rows = Ticket.objects.filter(policy.listed_to(actor), **whose).only(*_COLUMNS)
    page = _NEWEST.page(rows, cursor=cursor, size=size)
    return ListPage(_listed(page.rows, actor), page.next, page.previous)


def number_beside(
    listing: Listing, *, number: int, sort: str = DEFAULT_SORT, backward: bool = False
) -> int | None:
    """Return the number of the next (or previous) ticket of a listing, None at its end; two queries."""
    order = keyset(sort, listing.fields)
    here = Ticket.objects.filter(policy.visible_to(listing.actor), number=number).first()
    if here is None:
        return None
    beyond = _matching(listing).filter(order.beyond(order.values(here), backward=backward))
    return beyond.order_by(*order.order_by(backward=backward)).values_list("number", flat=True).first()


def _matching(listing: Listing) -> QuerySet[Ticket]:
    narrowed = Ticket.objects.filter(
        policy.listed_to(listing.actor),
        to_q(listing.view.condition, listing.fields, listing.viewer),
        to_q(listing.query.condition, listing.fields, listing.viewer),
    )
    return narrowed.filter(words_q(narrowed, listing.query.text)) if listing.query.text else narrowed


def words_q(among: QuerySet[Ticket], words: Sequence[str]) -> Q:
    """Return what free words ask: each stands in the subject or is a tag; a single one may be the number.

    No index can find a part of a text under row security. So the subjects of the most recently changed tickets are
    read (2,000 rows by an index, some milliseconds) and compared here, which stays bounded for any word.
    """
    wanted = [fold(word) for word in words]
    newest = among.order_by("-updated_at", "-id").values_list("pk", "subject", "tags")[:WORDS_REACH]
    found = {pk for pk, subject, tags in newest if _has_words(fold(subject), tags, wanted)}
    if len(words) == 1 and (number := _as_number(words[0])) is not None:
        found |= set(among.filter(number=number).values_list("pk", flat=True))
    return Q(pk__in=found)


def _has_words(subject: str, tags: Sequence[str], wanted: Sequence[str]) -> bool:
    return all(word in subject or word in tags for word in wanted)


def _as_number(word: str) -> int | None:
    digits = word.removeprefix("#")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        return None
    return int(digits)


def _listed(tickets: Iterable[Ticket], actor: Actor) -> list[ListedTicket]:
    """Return rows with the names that they show, read by one more query.

    Joined to the page's own query, the names would be looked up for every ticket of the view before it is sorted:
    row security leaves the planner no good guess of how few rows it needs.
    """
    tickets = list(tickets)
    mine = FilteredRelation("read_marks", condition=Q(read_marks__member_id=actor.member_id))
    named = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).annotate(own_mark=mine)
    names = {
        pk: _Names(*rest)
        for pk, *rest in named.values_list(
            "pk",
            "status__names",
            "requester__name",
            "assignee__name",
            "own_mark__read_at",
            "requester__is_vip",
            "requester__organization__is_vip",
        )
    }
    return [_row(ticket, names[ticket.pk], actor.member_id) for ticket in tickets if ticket.pk in names]


class _Names(NamedTuple):
    status: dict[str, str]
    requester: str | None
    assignee: str | None
    seen_at: datetime | None
    is_vip: bool | None
    has_vip_organization: bool | None


def _row(ticket: Ticket, names: _Names, member_id: int | None) -> ListedTicket:
    return ListedTicket(
        id=ticket.pk,
        number=ticket.number,
        subject=ticket.subject,
        last_words=ticket.last_words,
        channel=ticket.channel,
        requester=names.requester or "",
        category=ticket.category,
        status=localised(names.status),
        priority=ticket.priority,
        tags=ticket.tags,
        assignee_id=ticket.assignee_id,
        assignee=names.assignee or "",
        is_open=ticket.is_open,
        is_unread=_is_unread(ticket, names.seen_at, member_id),
        due_at=ticket.due_at,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        is_vip=bool(names.is_vip or names.has_vip_organization),
        is_draft=ticket.is_draft,
    )


def _is_unread(ticket: Ticket, seen_at: datetime | None, member_id: int | None) -> bool:
    """Tell whether the client's side said something that this member has not seen.

    Of tickets he never opened only those count that wait for an answer and are his or nobody's: somebody
    deals with the others.
    """
    if not ticket.is_open or ticket.last_requester_at is None:
        return False
    if seen_at is None:
        return ticket.waiting_since is not None and ticket.assignee_id in (None, member_id)
    return seen_at < ticket.last_requester_at
