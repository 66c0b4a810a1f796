"""Entity tags: what a caller has seen, so that he neither fetches it twice nor overwrites what is newer."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydantic import BaseModel

from okno.api.problems import Refused

ETAG, IF_MATCH, IF_NONE_MATCH = "ETag", "If-Match", "If-None-Match"
_TAG = re.compile(r'(?:W/)?"[^"]*"')


def tag_of(answer: BaseModel) -> str:
    """Return the entity tag of an answer: it changes with anything that the answer says."""
    return f'"{hashlib.sha256(answer.model_dump_json().encode()).hexdigest()[:32]}"'


def is_conditional(request: HttpRequest) -> bool:
    """Tell whether a change is wanted only of what the caller has seen."""
    return IF_MATCH in request.headers


def require_match(request: HttpRequest, tag: str) -> None:
    """Refuse a change of what is not as the caller has seen it. Raises Refused."""
    given = request.headers.get(IF_MATCH)
    if given is None or given.strip() == "*" or tag in _TAG.findall(given):
        return
    words = _("Somebody has changed this meanwhile. Fetch it again, look, and repeat with its new ETag.")
    raise Refused(words, status=412, code="changed_meanwhile", headers={ETAG: tag})


def is_known(request: HttpRequest, tag: str) -> bool:
    """Tell whether the caller has this very answer already."""
    given = request.headers.get(IF_NONE_MATCH)
    if given is None:
        return False
    known = {one.removeprefix("W/") for one in _TAG.findall(given)}
    return given.strip() == "*" or tag in known
