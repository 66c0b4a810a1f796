"""One page of the audit, the newest first."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from okno.conditions.ordering import Keyset, Order
from okno.console.audit.rows import audit_rows
from okno.lib.errors import Invalid
from okno.spine.queries import newest_events

PAGE_SIZE = 50
_NEWEST = Keyset((Order(column="id", descending=True, nulls="never"),))


def audit_page(request: HttpRequest, condition: Q) -> dict[str, Any] | None:
    """Return the rows of a page and the cursors beside it; None if the asked cursor is none of ours."""
    try:
        page = _NEWEST.page(newest_events(condition), cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except Invalid:
        return None
    return {"rows": audit_rows(page.rows), "next": page.next, "previous": page.previous}
