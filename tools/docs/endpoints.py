"""The operations of the API, from its document; those of modules are documented with their modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from okno.api.document import openapi_document
from okno.api.urls import API
from okno.tenancy.modules import hidden_prefixes, is_hidden
from tools.docs.pages import table


def lines() -> Iterator[str]:
    """Return the page."""
    hidden = hidden_prefixes(None)
    yield "# Operations"
    yield ""
    yield "Bodies, answers and refusals of each are in the document at `/api/v1/openapi.json` (OpenAPI 3.1)."
    yield ""
    rows = [
        (f"`{method.upper()} {path}`", operation.get("description", ""), _parameters(operation))
        for path, operations in openapi_document(API)["paths"].items()
        for method, operation in operations.items()
        if not is_hidden(path, hidden)
    ]
    yield from table(
        ["Operation", "What it does", "In the address"], sorted(rows, key=lambda row: row[0].split()[1])
    )


def _parameters(operation: dict[str, Any]) -> str:
    return " ".join(f"`{one['name']}`" for one in operation.get("parameters", []) if one["in"] == "query")
