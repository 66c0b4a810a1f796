"""Addresses that many rows need; a reversed name for each of fifty rows would cost more than the row."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def ticket_url(number: int) -> str:
    """Return the page of a ticket."""
    return f"/tickets/{number}/"


def contact_url(contact_id: int) -> str:
    """Return the card of a contact."""
    return f"/contacts/{contact_id}/"


def organization_url(organization_id: int) -> str:
    """Return the card of an organization."""
    return f"/organizations/{organization_id}/"


def safe_next(request: HttpRequest, default: str) -> str:
    """Return where a form says to go on to, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else default
