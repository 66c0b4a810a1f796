"""What every template knows: the theme the person chose, and the languages there are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from okno.tenancy.queries import requester_languages

THEME_COOKIE = "okno_theme"
THEMES = {"light": "okno-light", "dark": "okno-dark"}


def theme(request: HttpRequest) -> dict[str, Any]:
    """Return `theme` (light, dark, system) and `data_theme`, empty where the browser is to decide."""
    member = getattr(request, "member", None)
    chosen = request.COOKIES.get(THEME_COOKIE) or getattr(member, "theme", "") or "system"
    chosen = chosen if chosen in THEMES else "system"
    workspace = getattr(request, "workspace", None)
    return {
        "theme": chosen,
        "data_theme": THEMES.get(chosen, ""),
        "LANGUAGES": settings.LANGUAGES,
        "requester_languages": requester_languages(workspace)
        if workspace is not None
        else settings.LANGUAGES,
    }
