"""Reading forms and what waits at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from okno.modules.form.models import Form, OfferedType, Submission
from okno.portal.asking.types import offered_types
from okno.spine.actor import Actor
from okno.team.policy import TICKETS_READ, TICKETS_WRITE
from okno.tickets import policy
from okno.tickets.models import RequestType

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """A page of submissions; `after` is the id to go on with, None at the end."""

    rows: Sequence[Submission]
    decidable: frozenset[int]
    """The ids of the forms on whose submissions the actor may decide."""
    after: int | None


def form_called(key: str) -> Form | None:
    """Return the form in use that has this key."""
    found: Form | None = (
        Form.objects.select_related("desk", "team")
        .filter(key=key, is_active=True, desk__is_active=True)
        .first()
    )
    return found


def types_of(form: Form) -> list[RequestType]:
    """Return the request types that a form offers: those chosen for it, else all that its desk has (two queries)."""
    chosen = set(OfferedType.objects.filter(form=form).values_list("type_id", flat=True))
    offered = offered_types(desk_id=form.desk_id)
    return [one for one in offered if one.pk in chosen] if chosen else offered


def forms_with_counts() -> list[Form]:
    """Return all forms, those in use first, each with `waiting`: how many requests wait at it."""
    waiting = Count("submissions", filter=Q(submissions__state=Submission.State.WAITING))
    forms = Form.objects.select_related("desk", "team").annotate(waiting=waiting)
    return list(forms.order_by("-is_active", "id"))


def waiting_page(actor: Actor, *, state: str, before: int | None = None) -> WaitingPage:
    """Return what waits (or was called spam), the newest first, at the forms whose desk the actor sees (3 queries)."""
    forms = [form for form in Form.objects.all() if _reaches(actor, TICKETS_READ, form)]
    rows = Submission.objects.select_related("form", "type").prefetch_related("files")
    shown = rows.filter(form__in=forms, state=state).order_by("-id")
    if before is not None:
        shown = shown.filter(pk__lt=before)
    found = list(shown[: PAGE_SIZE + 1])
    return WaitingPage(
        rows=found[:PAGE_SIZE],
        decidable=frozenset(form.pk for form in forms if _reaches(actor, TICKETS_WRITE, form)),
        after=found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None,
    )


def _reaches(actor: Actor, permission: str, form: Form) -> bool:
    return policy.reaches_place(actor, permission, desk_id=form.desk_id, team_id=form.team_id)
