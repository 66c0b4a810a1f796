"""Opening a page by the signed link in a mail: whose it is, in his language, and kept nowhere on the way."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from okno.lib.errors import NotFound
from okno.tickets.links import RequesterLink, open_requester_link

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, RequesterLink, P], HttpResponseBase]


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
