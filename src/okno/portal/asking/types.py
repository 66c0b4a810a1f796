"""Which request types a requester is offered, and which he has chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from okno.tickets.models import RequestType
from okno.tickets.models.config import localised


def offered_types(*, desk_id: int | None = None) -> list[RequestType]:
    """Return the types that requesters may choose, of one desk or of all, in their order (one query)."""
    found = RequestType.objects.filter(is_public=True, is_active=True, desk__is_active=True)
    if desk_id is not None:
        found = found.filter(desk_id=desk_id)
    return list(found.select_related("desk", "team").order_by("position", "id"))


def chosen_type(offered: Sequence[RequestType], value: str | None) -> RequestType | None:
    """Return the type that a request names by its id, else the usual one, else the first; None if there is none."""
    by_id = {str(one.pk): one for one in offered}
    usual = next((one for one in offered if one.is_default), None)
    return by_id.get(value or "") or usual or next(iter(offered), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeCell:
    """A request type as the choice shows it."""

    id: int
    name: str
    hint: str
    """One sentence that says when to choose it."""
    is_chosen: bool


def type_cells(offered: Sequence[RequestType], chosen: RequestType) -> list[TypeCell]:
    """Return the choice for `asking/types.html`, in the reader's language."""
    return [
        TypeCell(id=one.pk, name=one.public_name, hint=localised(one.hints), is_chosen=one.pk == chosen.pk)
        for one in offered
    ]
