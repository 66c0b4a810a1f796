"""The OpenAPI 3.1 document: ninja's, with every refusal that an operation may answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from pydantic_core import to_json

from okno.api.etags import ETAG, IF_MATCH, IF_NONE_MATCH
from okno.api.examples import example_of, problem_example
from okno.api.idempotency import HEADER, REPLAYED
from okno.api.limits import LIMIT, REMAINING, RESET
from okno.api.problems import MEDIA_TYPE, Problem, method_not_allowed
from okno.api.rights import BearerToken
from okno.tenancy.modules import hidden_prefixes, is_hidden
from okno.tenancy.queries import workspace_for_host

JsonObject = dict[str, Any]
WRITES = ("post", "patch", "delete")
SCHEME = BearerToken.__name__
PREFIX = "api/v1/"
_PARAMETER = re.compile(r"{(\w+)}")
_SCHEMAS = "#/components/schemas/"

_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
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


def _told(words: str, **schema: str) -> JsonObject:
    return {"description": words, "schema": {"type": "string", **schema}}


def _header(name: str) -> JsonObject:
    return {"$ref": f"#/components/headers/{name}"}


def _condition(name: str) -> JsonObject:
    words = {
        IF_MATCH: "An `ETag` that was answered: the change is made only if the ticket is still like that, else 412.",
        IF_NONE_MATCH: "An `ETag` that was answered: if the ticket is still like that, the answer is an empty 304.",
    }
    schema = {"type": "string", "minLength": 1, "maxLength": 500, "pattern": "^[ -~]+$"}
    return {"in": "header", "name": name, "required": False, "description": words[name], "schema": schema}


_HEADERS: JsonObject = {
    LIMIT: _told("How many requests this token may make in a minute, in all web processes together."),
    REMAINING: _told("How many of them are left in this minute."),
    RESET: _told("Seconds until the next minute begins."),
    REPLAYED: _told("`true` if this answer was given before.", const="true"),
    "Retry-After": _told("Seconds after which trying again may help; absent where it does not."),
    ETAG: _told("Changes with anything that the answer says; for `If-Match` and `If-None-Match`."),
}
_RATE: JsonObject = {name: _header(name) for name in (LIMIT, REMAINING, RESET)}
_TAGGED = (
    "create_ticket",
    "read_ticket",
    "change_ticket",
    "delete_ticket",
    "call_ticket_spam",
    "call_ticket_no_spam",
)


def openapi_document(api: NinjaAPI, *, hidden: frozenset[str] = frozenset()) -> JsonObject:
    """Return the document as data, without the paths that are hidden and what only they use."""
    document: JsonObject = deepcopy(dict(api.get_openapi_schema(path_prefix=PREFIX)))
    components = document["components"]
    paths = {path: details for path, details in document["paths"].items() if not is_hidden(path, hidden)}
    document["paths"] = paths
    components["schemas"] = dict(_used(paths, components["schemas"]))
    components["schemas"]["Problem"] = Problem.model_json_schema(mode="serialization")
    components["responses"] = {
        _refusal_name(status): _refusal(status) for status in (*_EVERYWHERE, *_ON_WRITES, 412)
    }
    components["headers"] = _HEADERS
    _call_bounds_by_name(document)
    rights = _rights(api)
    for method, operation in _operations(document):
        _complete(method, operation)
        _tell_right(operation, rights.get(operation["operationId"]))
        _show(operation)
    for path, operations in document["paths"].items():
        if "201" in operations.get("post", {}).get("responses", {}):
            links = dict(_links(path, document["paths"]))
            if links:
                operations["post"]["responses"]["201"]["links"] = links
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


def _call_bounds_by_name(data: Any) -> None:
    """Call the bounds of numbers as JSON Schema does; pydantic does not where a validator of ours stands before."""
    for one in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _call_bounds_by_name(one)
    if isinstance(data, dict) and data.get("type") == "integer":
        for name in _BOUNDS.keys() & data.keys():
            data[_BOUNDS[name]] = data.pop(name)


def _references(data: Any) -> set[str]:
    if isinstance(data, list):
        return {name for one in data for name in _references(one)}
    if not isinstance(data, dict):
        return set()
    own = (
        {str(data["$ref"]).removeprefix(_SCHEMAS)}
        if str(data.get("$ref", "")).startswith(_SCHEMAS)
        else set()
    )
    return own | {name for one in data.values() for name in _references(one)}


def _operations(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for operations in document["paths"].values():
        yield from operations.items()


def _complete(method: str, operation: JsonObject) -> None:
    statuses = _EVERYWHERE + (_ON_WRITES if method in WRITES else ())
    responses: JsonObject = {str(status): details for status, details in operation["responses"].items()}
    for details in responses.values():
        details["headers"] = {**details.get("headers", {}), **_RATE}
        if method in WRITES:
            details["headers"][REPLAYED] = _header(REPLAYED)
    for status in statuses:
        responses[str(status)] = {"$ref": f"#/components/responses/{_refusal_name(status)}"}
    operation["responses"] = dict(sorted(responses.items()))
    if method in WRITES:
        operation["parameters"] = [*operation.get("parameters", []), _IDEMPOTENCY_KEY]
    if operation["operationId"] in _TAGGED:
        _tell_tags(method, operation)


def _tell_tags(method: str, operation: JsonObject) -> None:
    """Tell of entity tags where there are any."""
    for status, details in operation["responses"].items():
        if status in ("200", "201"):
            details["headers"] = {**details.get("headers", {}), ETAG: _header(ETAG)}
    if method == "get":
        operation["parameters"] = [*operation.get("parameters", []), _condition(IF_NONE_MATCH)]
        operation["responses"]["304"] = {"description": "It is what you have.", "headers": _RATE}
    elif operation["operationId"] != "create_ticket":
        operation["parameters"] = [*operation.get("parameters", []), _condition(IF_MATCH)]
        operation["responses"]["412"] = {"$ref": "#/components/responses/PreconditionFailed"}
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _links(path: str, paths: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Yield what can be done with what was made at an address: the operations below it, by its own name there."""
    above = {f"{{{name}}}": name for name in _PARAMETER.findall(path)}
    for below, operations in paths.items():
        rest = below.removeprefix(f"{path}/{{")
        names = _PARAMETER.findall(below)
        if rest == below or len(names) != len(above) + 1:
            continue
        made = names[-1]
        values = {name: f"$request.path.{name}" for name in above.values()}
        for operation in operations.values():
            yield (
                operation["operationId"],
                {
                    "operationId": operation["operationId"],
                    "parameters": {**values, made: f"$response.body#/{made}"},
                },
            )


def _rights(api: NinjaAPI) -> dict[str, BearerToken]:
    """Return what each operation needs, by its id."""
    return {
        operation.view_func.__name__: right
        for _prefix, router in api._routers  # noqa: SLF001 - ninja tells its routers nowhere else
        for view in router.path_operations.values()
        for operation in view.operations
        for right in operation.auth_callbacks
        if isinstance(right, BearerToken)
    }


def _tell_right(operation: JsonObject, right: BearerToken | None) -> None:
    """Tell which scopes of a token are wide enough, each by itself, and whether the role must hold everywhere."""
    if right is None:
        return
    operation["security"] = [{SCHEME: [scope]} for scope in right.scopes] or [{SCHEME: []}]
    words = " or ".join(f"`{scope}`" for scope in right.scopes)
    told = f"Needs a token with {words}." if words else "Any token will do."
    if right.everywhere:
        told += " The member's role must hold in the whole workspace."
    operation["description"] = f"{operation.get('description', '').strip()}\n\n{told}"


def _show(operation: JsonObject) -> None:
    """Put examples beside the schemas of what is sent and answered."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        shown = example_of(content["schema"])
        if shown is not None:
            content["example"] = shown
    for status, details in operation["responses"].items():
        for content in details.get("content", {}).values() if status < "300" else ():
            shown = example_of(content.get("schema", {}))
            if shown is not None:
                content["example"] = shown


def _refusal_name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")


def _refusal(status: int) -> JsonObject:
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": problem_example(status)}
    # Who has no valid token is not counted.
    headers = {} if status == HTTPStatus.UNAUTHORIZED else dict(_RATE)
    if status in _WITH_RETRY_AFTER:
        headers["Retry-After"] = _header("Retry-After")
    return {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: content},
        **({"headers": headers} if headers else {}),
    }
