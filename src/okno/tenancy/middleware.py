"""Gives every request its workspace and its transaction."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase

from okno.tenancy.modules import hidden_prefixes, is_hidden
from okno.tenancy.queries import workspace_for_host
from okno.tenancy.scope import scope

# Answered for the machine and not for a workspace: health checks, metrics and static files must work on any host.
# The API finds its workspace by the token, the event stream by the host; both open their scopes themselves.
UNSCOPED_PREFIXES = ("/healthz", "/readyz", "/metrics", "/static/", "/ui/", "/api/", "/events/")


class WorkspaceMiddleware:
    """Set `request.workspace` from the host and run the view inside `scope()`; unknown hosts get 404.

    An answer with a 5xx status rolls the transaction back, as an exception does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(UNSCOPED_PREFIXES):
            return self.get_response(request)
        workspace = workspace_for_host(request.get_host())
        request.workspace = workspace  # type: ignore[attr-defined]
        if workspace is None:
            raise Http404("no workspace on this host")
        if is_hidden(request.path, hidden_prefixes(workspace)):
            raise Http404("its module is off")
        with scope(workspace):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            return response
