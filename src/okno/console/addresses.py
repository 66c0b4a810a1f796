"""Addresses that many rows need; a reversed name for each of fifty rows would cost more than the row."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from okno.tickets.models import Attachment


def ticket_url(number: int) -> str:
    """Return the page of a ticket."""
    return f"/tickets/{number}/"


def contact_url(contact_id: int) -> str:
    """Return the card of a contact."""
    return f"/contacts/{contact_id}/"


def organization_url(organization_id: int) -> str:
    """Return the card of an organization."""
    return f"/organizations/{organization_id}/"


def is_number(word: str) -> bool:
    """Tell whether a word of an address or form can be the id or number of a row."""
    return word.isascii() and word.isdigit() and len(word) <= 18


def safe_next(request: HttpRequest, default: str) -> str:
    """Return where a form says to go on to, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else default


def file_url(file: Attachment) -> str:
    """Return the address of a file; its name is only for people."""
    return f"/files/{file.key}/{quote(file.filename, safe='')}"
