"""The versions of one piece of configuration: who changed what, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import Denied, DomainError, NotFound, Words
from okno.spine.models import ConfigVersion
from okno.spine.versions import ValueNames, VersionedKind, kind_called, roll_back, versions_of

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCell:
    """A value that differs between two versions, in words."""

    label: Words
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCell:
    """One version as the page shows it."""

    number: int
    who: str
    at: datetime
    restores: int | None
    changes: list[ValueCell]
    is_current: bool


@require_safe
@member_required
def versions(request: ConsoleRequest, kind: str, object_id: int) -> HttpResponse:
    """List the versions, the newest first, each with what it changed."""
    known = _kind(request, kind)
    row = known.find(object_id)
    rows = list(versions_of(known.name, object_id)[: SHOWN + 1])
    names = known.value_names() if known.value_names is not None else {}
    context = {
        "kind": known,
        "title": str(row),
        "object_id": object_id,
        "back_url": page_of(known, object_id),
        "versions": [
            _cell(
                known, names, one, rows[place + 1] if place + 1 < len(rows) else None, is_current=place == 0
            )
            for place, one in enumerate(rows[:SHOWN])
        ],
    }
    return settings_page(request, "versions.html", context)


@require_POST
@member_required
def bring_back(request: ConsoleRequest, kind: str, object_id: int, number: int) -> HttpResponse:
    """Give the object the values of an earlier version."""
    known = _kind(request, kind)
    try:
        roll_back(
            actor=request.actor, kind_name=known.name, object_id=object_id, number=number, now=current_time()
        )
    except (Denied, NotFound):
        raise
    except DomainError as error:
        words = "; ".join(str(one) for field in error.fields.values() for one in field) or str(error.message)
        messages.error(request, _("It cannot be brought back: %(reason)s") % {"reason": words})
    else:
        messages.success(request, _("Version %(number)d is back.") % {"number": number})
    return redirect("console:versions", kind=known.name, object_id=object_id)


def page_of(kind: VersionedKind, object_id: int) -> str:
    """Return the page where such a thing is changed; empty if it has none of its own."""
    return reverse(kind.url_name, args=[object_id]) if kind.url_name else ""


def _kind(request: ConsoleRequest, name: str) -> VersionedKind:
    """Return a kind that the member may change. Raises NotFound, Denied."""
    known = kind_called(name)
    if not known.may_change(request.actor):
        raise Denied(_("You may not change this."))
    return known


def _cell(
    kind: VersionedKind,
    names: ValueNames,
    version: ConfigVersion,
    before: ConfigVersion | None,
    *,
    is_current: bool,
) -> VersionCell:
    old = before.values if before is not None else {}
    keys = [key for key in {**old, **version.values} if old.get(key) != version.values.get(key)]
    return VersionCell(
        number=version.number,
        who=version.actor_name,
        at=version.created_at,
        restores=version.restores,
        changes=[
            ValueCell(
                label=kind.labels.get(key, key),
                old=in_words(old.get(key), names.get(key)),
                new=in_words(version.values.get(key), names.get(key)),
            )
            for key in keys
        ],
        is_current=is_current,
    )


def in_words(value: Any, names: Mapping[Any, Words] | None = None) -> str:
    """Return a stored value as people read it; `names` are what ids and keys are called."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(in_words(one, names) for one in value) or "—"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {in_words(one)}" for key, one in value.items()) or "—"
    if value in (None, ""):
        return "—"
    return str((names or {}).get(value, value))
