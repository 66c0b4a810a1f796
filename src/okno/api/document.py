"""The OpenAPI 3.1 document: ninja's, with every refusal that an operation may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from pydantic_core import to_json

from okno.api.idempotency import HEADER, REPLAYED
from okno.api.problems import MEDIA_TYPE, Problem, method_not_allowed
from okno.tenancy.modules import hidden_prefixes, is_hidden
from okno.tenancy.queries import workspace_for_host

JsonObject = dict[str, Any]
WRITES = ("post", "patch", "delete")
PREFIX = "api/v1/"

_EVERYWHERE = (400, 401, 403, 404, 405, 422, 429, 503)
_ON_WRITES = (409, 413, 415)
_WITH_RETRY_AFTER = (409, 429, 503)
_IDEMPOTENCY_KEY: JsonObject = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": (
        "Any name of this one intention, such as a UUID. The same request with the same key has one effect "
        f"and gets the first answer again, marked `{REPLAYED}: true`; another request with it is refused. "
        "Kept for two days."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def openapi_document(api: NinjaAPI, *, hidden: frozenset[str] = frozenset()) -> JsonObject:
    """Return the document as data, without the paths that are hidden and what only they use."""
    document: JsonObject = dict(api.get_openapi_schema(path_prefix=PREFIX))
    components = document["components"]
    paths = {path: details for path, details in document["paths"].items() if not is_hidden(path, hidden)}
    document["paths"] = paths
    components["schemas"] = dict(_used(paths, components["schemas"]))
    components["schemas"]["Problem"] = Problem.model_json_schema(mode="serialization")
    components["responses"] = {_refusal_name(status): _refusal(status) for status in _EVERYWHERE + _ON_WRITES}
    for method, operation in _operations(document):
        _complete(method, operation)
    return document


def document_view(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view that gives out the document; the same for everybody in a workspace, without secrets."""

    @cache
    def content(hidden: frozenset[str]) -> bytes:
        return to_json(openapi_document(api, hidden=hidden), indent=2)

    def openapi_json(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return method_not_allowed("GET, HEAD")
        hidden = hidden_prefixes(workspace_for_host(request.get_host()))
        headers = {"Cache-Control": "no-cache"}
        return HttpResponse(content(hidden), content_type="application/json", headers=headers)

    return openapi_json


def _used(data: Any, schemas: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Yield the schemas that some data refers to, and those that they refer to, by name."""
    found: set[str] = set()
    unread = [data]
    while unread:
        for name in _references(unread.pop()) - found:
            found.add(name)
            unread.append(schemas[name])
    yield from ((name, schemas[name]) for name in sorted(found))


def _references(data: Any) -> set[str]:
    if isinstance(data, list):
        return {name for one in data for name in _references(one)}
    if not isinstance(data, dict):
        return set()
    own = {str(data["$ref"]).rpartition("/")[2]} if "$ref" in data else set()
    return own | {name for one in data.values() for name in _references(one)}


def _operations(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for operations in document["paths"].values():
        yield from operations.items()


def _complete(method: str, operation: JsonObject) -> None:
    statuses = _EVERYWHERE + (_ON_WRITES if method in WRITES else ())
    responses: JsonObject = {str(status): details for status, details in operation["responses"].items()}
    for details in responses.values():
        if method in WRITES:
            details["headers"] = {
                **details.get("headers", {}),
                REPLAYED: {
                    "description": "`true` if this answer was given before.",
                    "schema": {"const": "true"},
                },
            }
    for status in statuses:
        responses[str(status)] = {"$ref": f"#/components/responses/{_refusal_name(status)}"}
    operation["responses"] = dict(sorted(responses.items()))
    if method in WRITES:
        operation["parameters"] = [*operation.get("parameters", []), _IDEMPOTENCY_KEY]


def _refusal_name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")


def _refusal(status: int) -> JsonObject:
    details: JsonObject = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _WITH_RETRY_AFTER:
        words = "Seconds after which trying again may help; absent where it does not."
        details["headers"] = {"Retry-After": {"description": words, "schema": {"type": "string"}}}
    return details
