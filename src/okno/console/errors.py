"""Refusals and failures as people see them: a toast beside what they did, or a page with the way on."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from okno.lib.errors import DomainError


def answer_refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refused command: parts of a page get a toast, programs JSON, everybody else a page."""
    if getattr(request, "htmx", False):
        return toast(HttpResponse(status=error.status), str(error.message), tone="danger")
    if "text/html" not in request.headers.get("Accept", "text/html"):
        body = json.dumps({"code": error.code, "detail": str(error.message)}, ensure_ascii=False)
        return HttpResponse(body, status=error.status, content_type="application/problem+json")
    context = {
        "message": error.message,
        "details": [words for many in error.fields.values() for words in many],
    }
    return render(request, "console/errors/refused.html", context, status=error.status)


def toast(
    response: HttpResponse,
    text: str,
    *,
    tone: str = "plain",
    seconds: int | None = None,
    action: dict[str, str] | None = None,
) -> HttpResponse:
    """Let the page that gets this show short words, with at most one act (`label`, `url`, `method`)."""
    shown: dict[str, Any] = {"text": text, "tone": tone}
    if seconds is not None:
        shown["seconds"] = seconds
    if action is not None:
        shown["action"] = action
    return trigger(response, "okno:toast", shown)


def trigger(response: HttpResponse, event: str, detail: object) -> HttpResponse:
    """Add one event that htmx sends in the browser, beside those that are there."""
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    # Headers are Latin-1, so everything else is escaped by json.
    response.headers["HX-Trigger"] = json.dumps({**events, event: detail})
    return response


def add_refusal(form: Form, error: DomainError) -> None:
    """Put the words of a refusal to the fields they belong to, the others above the form."""
    placed = False
    for name, words in error.fields.items():
        if name in form.fields:
            placed = True
            for one in words:
                form.add_error(name, str(one))
    if not placed:
        form.add_error(None, str(error.message))


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what does not exist, or not for this person."""
    return _page("console/errors/not_found.html", request, 404)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what this person may not do."""
    return _page("console/errors/denied.html", request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose proof of origin is missing or too old: no cookies, or a page from yesterday."""
    if getattr(request, "htmx", False):
        return toast(
            HttpResponse(status=403), _("This page is too old. Reload it and try again."), tone="danger"
        )
    return _page("console/errors/stale.html", request, 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a failure of ours without asking the database anything: it may be what failed.

    A database that does not answer is 503, so that proxies and people try again.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = _page("console/errors/offline.html", request, 503)
        response["Retry-After"] = "5"
        return response
    return _page("console/errors/failed.html", request, 500)


def _page(template: str, request: HttpRequest, status: int) -> HttpResponse:
    """Render without context processors, which would ask for the session and the person."""
    workspace = getattr(request, "workspace", None)
    html = render_to_string(template, {"workspace_name": workspace.name if workspace else ""})
    response = HttpResponse(html, status=status)
    patch_cache_control(response, no_store=True)
    return response
