"""The API as ninja has it: routers, reading and writing JSON, refusals."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from pydantic_core import from_json, to_json

from okno.api.problems import answer_to
from okno.api.rights import every_caller
from okno.api.routes import (
    attachments,
    configuration,
    contacts,
    directory,
    events,
    members,
    merges,
    messages,
    organizations,
    participants,
    tags,
    teams,
    tickets,
    uploads,
    webhooks,
)
from okno.lib.errors import DomainError
from okno.tenancy.modules import all_manifests

ROUTES = (
    tickets,
    messages,
    participants,
    attachments,
    uploads,
    contacts,
    organizations,
    merges,
    members,
    teams,
    configuration,
    tags,
    directory,
    events,
    webhooks,
)


class JsonParser(Parser):
    """Reads JSON of bounded depth, without NaN and without halves of surrogate pairs."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the data of a body. Raises ValueError."""
        return from_json(request.body, allow_inf_nan=False)


class JsonRenderer(BaseRenderer):
    """Writes JSON."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the data as JSON."""
        return to_json(data)


class Api(NinjaAPI):
    """Names the operations by their functions."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name that generated clients give the operation."""
        return operation.view_func.__name__


def build_api() -> NinjaAPI:
    """Return the API with all its operations."""
    api = Api(
        title="Okno",
        version="1",
        description=(
            "The API of the Okno service desk. Send `Authorization: Bearer okno_…`; "
            "with an `Idempotency-Key` a write may be repeated. Refusals are problem+json (RFC 9457)."
        ),
        urls_namespace="api",
        openapi_url=None,
        docs_url=None,
        auth=every_caller(),
        parser=JsonParser(),
        renderer=JsonRenderer(),
    )
    for module in ROUTES:
        api.add_router("", module.router)
    for manifest in all_manifests().values():
        if manifest.api_router is not None:
            api.add_router(*manifest.api_router)
    for expected in (Exception, DomainError, HttpError, ValidationError):
        api.add_exception_handler(expected, answer_to)
    return api
