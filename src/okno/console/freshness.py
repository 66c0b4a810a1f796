"""Step-up: what is dangerous asks again who is there, if the last proof is old.

The page asks before it shows its form, so nothing that was typed is lost; the form may then be filled for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from okno.console.identity import SAFE_METHODS, ConsoleRequest
from okno.lib.clock import current_time

FRESH_FOR = timedelta(minutes=15)
"""How old the last proof may be when a page with dangerous settings is opened."""
FORM_FOR = timedelta(minutes=60)
"""How old it may be when such a form is sent."""

P = ParamSpec("P")
View = Callable[Concatenate[ConsoleRequest, P], HttpResponseBase]


def is_fresh(request: HttpRequest, *, within: timedelta = FRESH_FOR) -> bool:
    """Tell whether the person has proven lately who he is: by signing in, or by confirming it.

    Whoever has nothing to prove it by, because he came by a link from the terminal, is believed.
    """
    records = get_authentication_records(request, request.user)
    newest = max((float(record["at"]) for record in records), default=0.0)
    if current_time().timestamp() - newest < within.total_seconds():
        return True
    return not get_adapter().get_reauthentication_methods(request.user)


def confirm_url(back: str) -> str:
    """Return where one confirms who he is, to come back to an address of ours."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}"


def fresh_proof(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Show a page, and take its form, only after a fresh proof. Stands below `member_required`."""

    @wraps(view)
    def run(request: ConsoleRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        is_read = request.method in SAFE_METHODS
        if is_fresh(request, within=FRESH_FOR if is_read else FORM_FOR):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if is_read else _page_of_form(request)
        if request.htmx:
            response = HttpResponse(status=403)
            response["HX-Redirect"] = confirm_url(back)
            return response
        return redirect(confirm_url(back))

    return run


def _page_of_form(request: HttpRequest) -> str:
    """Return the page that a form was sent from, the settings if the browser does not say."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return reverse("console:settings")
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
