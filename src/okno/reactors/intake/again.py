"""Raw mails read again: after they could not be read, or were taken for what they are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from okno.channels.email.models import RawMail
from okno.lib.errors import Denied, Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.policy import can_manage_settings

Outcome = RawMail.Outcome
RUN_LIMIT = 10_000
# What these made stands on a ticket or waits for a decision; to read them again would make it twice.
_SETTLED = (Outcome.PENDING, Outcome.OPENED, Outcome.REPLIED, Outcome.HELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How far mails that are read again together have come."""

    total: int
    pending: int
    by_outcome: dict[str, int]


def rereadable() -> Q:
    """Return the condition for mails that may be read again: those that made nothing."""
    return Q(message_ref__isnull=True) & ~Q(outcome__in=_SETTLED) & ~Q(state=RawMail.State.DUE)


@command
def read_again(*, actor: Actor, mails: QuerySet[RawMail]) -> UUID:
    """Let the worker read those of the mails that made nothing once more; returns the run that they belong to.

    Raises Denied, and Invalid if there are none or more than `RUN_LIMIT`.
    """
    if not can_manage_settings(actor):
        raise Denied(_("You may not manage mail."))
    ids = list(mails.filter(rereadable()).order_by("id").values_list("pk", flat=True)[: RUN_LIMIT + 1])
    if not ids:
        raise Invalid(_("None of these can be read again: what they made is on a ticket."), code="nothing")
    if len(ids) > RUN_LIMIT:
        words = _("More than %(limit)s mails at once are too many; narrow the list.") % {"limit": RUN_LIMIT}
        raise Invalid(words, code="too_many")
    run = uuid4()
    make_due(ids, run=run)
    return run


def make_due(raw_ids: Sequence[int], *, run: UUID | None = None) -> int:
    """Give raw mails to the worker anew; returns how many, without those that wait for it already."""
    return (
        RawMail.objects.filter(pk__in=raw_ids)
        .exclude(state=RawMail.State.DUE)
        .update(
            state=RawMail.State.DUE,
            outcome=Outcome.PENDING,
            attempts=0,
            due_at=Now(),
            lease_until=None,
            finished_at=None,
            run=run,
        )
    )


def progress_of(run: UUID) -> Run | None:
    """Return how far a run is, or None if there is none of that name."""
    counted = RawMail.objects.filter(run=run).values("state", "outcome").annotate(count=Count("id"))
    rows = [(row["state"], row["outcome"], row["count"]) for row in counted.order_by()]
    if not rows:
        return None
    by_outcome: dict[str, int] = {}
    for state, outcome, count in rows:
        if state != RawMail.State.DUE:
            by_outcome[outcome] = by_outcome.get(outcome, 0) + count
    total = sum(count for _state, _outcome, count in rows)
    return Run(total=total, pending=total - sum(by_outcome.values()), by_outcome=by_outcome)
