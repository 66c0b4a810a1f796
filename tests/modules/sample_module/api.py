"""The part of the API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from okno.api.rights import needs
from tests.modules.sample_module.apps import READ

router = Router(tags=["stickers"])


@router.get("", response=list[str], auth=needs(READ))
def list_stickers(request: HttpRequest) -> list[str]:
    """List the stickers."""
    return ["a star"]
