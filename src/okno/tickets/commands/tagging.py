"""The tags that a workspace knows: their colour and purpose, and changing one on all tickets at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.addresses import clean_name
from okno.lib.errors import Conflict, Invalid
from okno.spine.actor import SYSTEM, Actor
from okno.spine.events import EventType, event_type
from okno.spine.unit import command, emit
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.commands.changing import announce, save_changes
from okno.tickets.commands.configuring import one_of, require_rights
from okno.tickets.commands.tags import clean_tags, write_tag_rows
from okno.tickets.events import TagsChanged
from okno.tickets.models import Tag, TagWork, TicketTag

COLOURS = ("", "red", "orange", "yellow", "green", "teal", "blue", "violet", "pink")
PURPOSE_LENGTH = 200
TAGS_LIMIT = 1000


@event_type("tag.changed")
class TagChanged(EventType):
    """What the workspace knows of a tag changed."""

    tag: str
    old: dict[str, str]
    new: dict[str, str]

    def describe(self, names: Mapping[str, str]) -> str:
        """Say which tag."""
        return _("set up the tag “%(tag)s”") % {"tag": self.tag}


@event_type("tag.replaced")
class TagReplaced(EventType):
    """A tag is to become another one on all tickets, or to go."""

    old: str
    new: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say what becomes of it."""
        words = {"old": self.old, "new": self.new}
        if self.new:
            return _("made the tag “%(old)s” “%(new)s” everywhere") % words
        return _("took the tag “%(old)s” away everywhere") % words


@command
def describe_tag(*, actor: Actor, name: str, colour: str, purpose: str, now: datetime) -> Tag:
    """Say of which colour a tag is and what it is for. Raises Denied, Invalid, Conflict."""
    require_rights(actor)
    (cleaned,) = clean_tags([name]) or [""]
    if not cleaned:
        words = _("Write a name.")
        raise Invalid(words, fields={"name": [words]})
    one_of(colour, COLOURS, field="colour")
    row = Tag.objects.select_for_update(no_key=True).filter(name=cleaned).first()
    if row is None:
        if Tag.objects.count() >= TAGS_LIMIT:
            raise Conflict(_("There are too many tags."), code="too_many_tags")
        row = Tag.objects.get_or_create(name=cleaned)[0]
    old = {"colour": row.colour, "purpose": row.purpose}
    new = {"colour": colour, "purpose": clean_name(purpose)[:PURPOSE_LENGTH]}
    if old != new:
        row.colour, row.purpose = new["colour"], new["purpose"]
        row.save(update_fields=["colour", "purpose"])
        emit(actor, TagChanged(tag=cleaned, old=old, new=new), kind="tag", subject=row, now=now)
    return row


@command
def replace_tag(*, actor: Actor, old: str, new: str, now: datetime) -> TagWork:
    """Have a tag become another one on all tickets, or without `new` go; a worker does it, a few at a time.

    Asked for again while it is under way it is the same work. Raises Denied, Invalid.
    """
    require_rights(actor)
    names = [*(clean_tags([old]) or [""]), *(clean_tags([new]) or [""])]
    if not names[0] or names[0] == names[1]:
        words = _("Write another name.")
        raise Invalid(words, fields={"new": [words]})
    known: TagWork | None = TagWork.objects.filter(old=names[0], state=TagWork.State.DUE).first()
    if known is not None:
        return known
    row: TagWork = TagWork.objects.create(old=names[0], new=names[1], member_id=actor.member_id)
    tag = Tag.objects.filter(name=names[0]).first()
    if tag is not None and names[1] and not Tag.objects.filter(name=names[1]).exists():
        tag.name = names[1]
        tag.save(update_fields=["name"])
    elif tag is not None:
        tag.delete()
    emit(actor, TagReplaced(old=names[0], new=names[1]), kind="tag_work", subject=row, now=now)
    return row


@command
def replace_on_some(*, old: str, new: str, how_many: int, now: datetime) -> int:
    """Replace a tag on some of the tickets that have it; returns on how many, 0 once none is left."""
    ids = list(
        TicketTag.objects.filter(name=old)
        .order_by("ticket_id")
        .values_list("ticket_id", flat=True)[:how_many]
    )
    for ticket_id in ids:
        ticket = lock_ticket(SYSTEM, ticket_id, policy.can_change)
        had = set(ticket.tags)
        tags = (had - {old}) | ({new} if new else set())
        TicketTag.objects.filter(ticket=ticket, name=old).delete()
        if new:
            write_tag_rows(ticket, [new])
        save_changes(ticket, now=now, tags=sorted(tags))
        announce(SYSTEM, ticket, TagsChanged(added=sorted(tags - had), removed=[old]), now=now)
    return len(ids)
