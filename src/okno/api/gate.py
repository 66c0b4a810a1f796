"""What every request goes through: who calls, his workspace's scope, limits, once and only once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.db import OperationalError, transaction
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from okno.accounts.models import KeyHash
from okno.api.callers import ApiRequest, caller_of, presented_key, remember_use
from okno.api.idempotency import once
from okno.api.limits import JSON, MULTIPART, check_body, count_request
from okno.api.problems import answer_to, method_not_allowed
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.tenancy.modules import hidden_prefixes, is_hidden
from okno.tenancy.scope import scope

View = Callable[..., HttpResponseBase]
EXPECTED = (DomainError, OperationalError, SuspiciousOperation, MultiPartParserError, OSError)


def gated(view: View, *, accepted: str = JSON) -> View:
    """Return a view behind the gate; `accepted` is the type of the bodies that it reads.

    The whole request is one transaction in the scope of the token's workspace. A refusal rolls it back.
    """

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, **path: Any) -> HttpResponseBase:
        try:
            response = _serve(view, cast("ApiRequest", request), path, accepted=accepted)
        except EXPECTED as error:
            response = answer_to(request, error)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return enter


def _serve(view: View, request: ApiRequest, path: dict[str, Any], *, accepted: str) -> HttpResponseBase:
    request.now = current_time()
    key = presented_key(request, now=request.now)
    allowance = count_request(key, now=request.now)
    try:
        allowance.require_room()
        response = _answer_in_scope(view, request, path, key=key, accepted=accepted)
    except EXPECTED as error:
        response = answer_to(request, error)
    for name, value in allowance.headers.items():
        response.headers[name] = value
    return response


def _answer_in_scope(
    view: View, request: ApiRequest, path: dict[str, Any], *, key: KeyHash, accepted: str
) -> HttpResponseBase:
    with scope(key.workspace_id or 0):
        # The server has put there who is behind the proxies that it trusts.
        caller = caller_of(key, address=str(request.META.get("REMOTE_ADDR", "")), now=request.now)
        if is_hidden(request.path, hidden_prefixes(caller.workspace)):
            raise NotFound(_("There is nothing at this address."))
        check_body(request, accepted=accepted)
        request.caller, request.actor = caller, caller.actor
        if accepted == MULTIPART:
            # The settings' own handler is for members in the browser.
            request.upload_handlers = [MemoryFileUploadHandler(request), TemporaryFileUploadHandler(request)]
        with timezone.override(caller.zone):
            response = once(request, caller, lambda: _answer(view, request, path), now=request.now)
        if response.status_code >= 400:
            transaction.set_rollback(True)
    remember_use(caller, now=request.now)
    return response


def _answer(view: View, request: ApiRequest, path: dict[str, Any]) -> HttpResponseBase:
    response = view(request, **path)
    if isinstance(response, HttpResponseNotAllowed):
        return method_not_allowed(response["Allow"])
    return response
