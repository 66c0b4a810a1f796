"""The page for those who write programs: the first call, the rules, and every operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from okno.api.document import JsonObject, openapi_document
from okno.api.reference import subjects
from okno.api.uploads import CHUNK_LIMIT
from okno.tenancy.modules import hidden_prefixes
from okno.tenancy.queries import workspace_for_host
from okno.tickets.commands.attachments import FILE_SIZE_LIMIT

QUERY_LENGTH = 200
FIRST_CALL = """\
TOKEN=okno_…
curl {base}/api/v1/tickets \\
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{{"subject": "The printer is jammed", "body": "Since this morning.",
       "requester": {{"email": "maria@client.example", "name": "Maria"}}}}'"""


def documentation_view(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of the page; like the document it is for everybody and tells no secrets."""

    @cache
    def document(hidden: frozenset[str]) -> JsonObject:
        return openapi_document(api, hidden=hidden)

    @require_safe
    def documentation(request: HttpRequest) -> HttpResponse:
        base = request.build_absolute_uri("/").rstrip("/")
        q = request.GET.get("q", "")[:QUERY_LENGTH].replace("\x00", "")
        hidden = hidden_prefixes(workspace_for_host(request.get_host()))
        context: dict[str, Any] = {
            "base": base,
            "first_call": FIRST_CALL.format(base=base),
            "tokens_url": reverse("console:tokens"),
            "q": q,
            "subjects": subjects(document(hidden), base=base, q=q),
            "per_minute": settings.ENVIRONMENT.api_per_minute,
            "file_limit": FILE_SIZE_LIMIT,
            "chunk_limit": CHUNK_LIMIT,
        }
        return render(request, "api/documentation.html", context)

    return documentation
