"""Opening a page by the signed link in a mail: whose it is, in his language, and kept nowhere on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from okno.lib.errors import NotFound
from okno.tickets.links import RequesterLink, open_requester_link
from okno.tickets.models import Attachment

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, RequesterLink, P], HttpResponseBase]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlace:
    """A ticket's page behind the link in a mail: `portal.cells.Place`."""

    contact_id: int
    token: str

    def body_url(self, message_id: int) -> str:
        """Return the address of a message as a document of its own."""
        return reverse("portal:message_body", args=[self.token, message_id])

    def file_url(self, file: Attachment) -> str:
        """Return the address of a file."""
        return f"/r/{self.token}/files/{file.key}/{quote(file.filename, safe='')}"


def place_of(request: HttpRequest, link: RequesterLink) -> LinkPlace:
    """Return where a requester who followed a link is."""
    return LinkPlace(contact_id=link.contact.pk, token=token_of(request))


def by_link(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Give a view what the token in its address opens; a link that is not (any more) good gets a friendly 404."""

    @wraps(view)
    def run(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        link = open_requester_link(token)
        if link is None:
            response: HttpResponseBase = render(request, "portal/no_link.html", status=404)
        else:
            language = link.contact.language or translation.get_language()
            with translation.override(language):
                request.LANGUAGE_CODE = language
                response = _answered(request, view, link, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex"
        return response

    return run


def _answered(
    request: HttpRequest, view: View[P], link: RequesterLink, *args: P.args, **kwargs: P.kwargs
) -> HttpResponseBase:
    try:
        return view(request, link, *args, **kwargs)
    except NotFound:
        return render(request, "portal/no_link.html", status=404)


def token_of(request: HttpRequest) -> str:
    """Return the token of the address, which `by_link` has found good."""
    assert request.resolver_match is not None  # noqa: S101 - a view is only called by its address
    return str(request.resolver_match.kwargs["token"])
