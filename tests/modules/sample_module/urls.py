"""The pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from okno.console.identity import ConsoleRequest, holds, member_required


@member_required(allowed=holds("stickers:read"))
def album(request: ConsoleRequest) -> HttpResponse:
    """Show the album."""
    return HttpResponse("the album")


@member_required(allowed=holds("stickers:write", everywhere=True))
def settings(request: ConsoleRequest) -> HttpResponse:
    """Show the settings."""
    return HttpResponse("the settings of the album")


urlpatterns = [
    path("stickers/", album, name="stickers"),
    path("settings/stickers/", settings, name="sticker_settings"),
]
