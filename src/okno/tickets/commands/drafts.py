"""What a member has begun to write, and what he has read. Neither is an event: they concern only himself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okno.lib.errors import Denied
from okno.lib.sanitize import sanitize_html
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.tickets import policy
from okno.tickets.access import lock_ticket
from okno.tickets.models import Draft, MessageKind, ReadMark, Ticket


@command
def save_draft(
    *,
    actor: Actor,
    ticket_id: int,
    kind: str,
    html: str,
    recipients: Mapping[str, Sequence[str]],
    attachment_keys: Sequence[str] = (),
    now: datetime,
) -> Draft:
    """Keep what the actor has written on a ticket so far; the latest wins."""
    ticket = lock_ticket(actor, ticket_id, policy.can_note)
    if actor.member_id is None:
        raise Denied(_("Only members have drafts."))
    values: dict[str, Any] = {
        "kind": kind if kind in MessageKind.values else MessageKind.REPLY,
        "html": sanitize_html(html),
        "recipients": {
            role: list(addresses)[:50] for role, addresses in recipients.items() if role in ("to", "cc")
        },
        "attachment_keys": list(attachment_keys)[:100],
        "updated_at": now,
    }
    draft, _is_new = Draft.objects.update_or_create(ticket=ticket, member_id=actor.member_id, defaults=values)
    return draft


def discard_draft(*, actor: Actor, ticket_id: int) -> None:
    """Throw the actor's draft on a ticket away."""
    if actor.member_id is not None:
        Draft.objects.filter(ticket_id=ticket_id, member_id=actor.member_id).delete()


def mark_read(*, actor: Actor, ticket: Ticket, now: datetime) -> None:
    """Remember that the actor has read a ticket (that he sees) up to now."""
    if actor.member_id is None:
        return
    ReadMark.objects.bulk_create(
        [ReadMark(ticket=ticket, member_id=actor.member_id, read_at=now)],
        update_conflicts=True,
        unique_fields=["workspace", "member", "ticket"],
        update_fields=["read_at"],
    )
