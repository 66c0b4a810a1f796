"""The addresses of the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from okno.api.app import build_api
from okno.api.document import document_view
from okno.api.gate import gated
from okno.api.limits import CHUNK, JSON, MULTIPART
from okno.api.pages import documentation_view
from okno.api.problems import not_found

# What is read where it is not JSON.
BODIES = {"upload_attachment": MULTIPART, "read_upload": CHUNK}


@csrf_exempt
def nowhere(request: HttpRequest, **path: str) -> HttpResponse:
    """Answer every address that is none."""
    return not_found()


def _behind_the_gate(pattern: URLPattern) -> URLPattern:
    accepted = BODIES.get(str(pattern.name), JSON)
    return path(str(pattern.pattern), gated(pattern.callback, accepted=accepted), name=pattern.name)


API = build_api()
_operations = [one for one in API.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]

_version_1 = [
    path("openapi.json", document_view(API)),
    *(_behind_the_gate(pattern) for pattern in _operations),
]

urlpatterns = [
    path("docs/", documentation_view(API), name="api_docs"),
    path("v1/", include(_version_1)),
    re_path(r"^(?P<rest>.*)$", nowhere),
]
