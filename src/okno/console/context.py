"""What the console's layouts need besides what a view gives: the frame, and the one moment of the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from okno.console.shell import shell_for
from okno.lib.clock import current_time


def console(request: HttpRequest) -> dict[str, Any]:
    """Return `shell` (made only where a layout shows it) and `now`, for members only."""
    if getattr(request, "member", None) is None:
        return {"now": current_time()}
    return {"shell": SimpleLazyObject(lambda: shell_for(request)), "now": current_time()}
