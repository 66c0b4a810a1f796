"""The part of the API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

router = Router(tags=["stickers"])


@router.get("", response=list[str])
def list_stickers(request: HttpRequest) -> list[str]:
    """List the stickers."""
    return ["a star"]
