"""The document: its snapshot, and what must hold of every operation.

Renew the snapshot after a wanted change with `OKNO_RENEW_SNAPSHOTS=1 ./okno test tests/api/test_openapi.py`, and read
the difference: whatever is removed or becomes required breaks somebody's program.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

SNAPSHOT = Path(__file__).parent.parent / "snapshots" / "openapi.json"
RENEW = "OKNO_RENEW_SNAPSHOTS"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Return the document as it is given out."""
    from okno.api.document import openapi_document
    from okno.api.urls import API
    from okno.tenancy.modules import hidden_prefixes

    found: dict[str, Any] = json.loads(json.dumps(openapi_document(API, hidden=hidden_prefixes(None))))
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_document_is_the_one_that_was_agreed(document: dict[str, Any]) -> None:
    written = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get(RENEW):
        SNAPSHOT.write_text(written)

    assert SNAPSHOT.read_text() == written, f"The API has changed. If that is wanted: {RENEW}=1 (see above)."


def test_it_is_given_out_without_a_token(db: None, document: dict[str, Any]) -> None:
    response = Client().get("/api/v1/openapi.json")

    assert response.status_code == 200
    assert response.json() == document
    assert response.json()["openapi"].startswith("3.1")
    assert Client().post("/api/v1/openapi.json").status_code == 405


def test_no_input_names_a_workspace_and_every_body_is_closed(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def walk(schema: Any) -> Iterator[dict[str, Any]]:
        if isinstance(schema, list):
            for one in schema:
                yield from walk(one)
        elif isinstance(schema, dict):
            if "$ref" in schema:
                yield from walk(schemas[schema["$ref"].rpartition("/")[2]])
            yield schema
            for one in schema.values():
                yield from walk(one)

    bodies = 0
    for path, method, operation in operations(document):
        inputs = [one["schema"] for one in operation.get("parameters", [])]
        content = operation.get("requestBody", {}).get("content", {})
        inputs += [one["schema"] for one in content.values()]
        names = {name for schema in walk(inputs) for name in schema.get("properties", {})}
        names |= {one["name"] for one in operation.get("parameters", [])}
        assert not any("workspace" in name or "tenant" in name for name in names), (path, method)
        for schema in walk([one["schema"] for kind, one in content.items() if kind == "application/json"]):
            if "properties" in schema:
                bodies += 1
                assert schema["additionalProperties"] is False, (path, method)
    assert bodies > 5


def test_every_operation_tells_its_refusals_and_needs_a_token(document: dict[str, Any]) -> None:
    from okno.team.policy import TOKEN_SCOPES

    for path, method, operation in operations(document):
        codes = set(operation["responses"])
        assert {"401", "403", "404", "405", "422", "429", "503"} <= codes, (path, method)
        scopes = [scope for one in operation["security"] for scope in one["BearerToken"]]
        assert set(scopes) <= TOKEN_SCOPES.keys(), (path, method)
        assert bool(scopes) == (operation["operationId"] != "read_me"), (path, method, "declares no right")
        is_write = method != "get"
        assert ("Idempotency-Key" in {one["name"] for one in operation["parameters"]}) == is_write
        assert ({"409", "413", "415"} <= codes) == is_write


def test_every_operation_shows_examples_that_are_valid(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        shown = [*operation.get("requestBody", {}).get("content", {}).items()]
        for status, answer in operation["responses"].items():
            found = (
                document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                if "$ref" in answer
                else answer
            )
            shown += [(kind, one) for kind, one in found.get("content", {}).items()]
            assert status in ("204", "304") or shown, (path, method, status)
        for kind, content in shown:
            if "json" not in kind:
                continue
            assert "example" in content, (path, method)
            schema = {**content["schema"], "components": document["components"]}
            errors = [f"{one.instance_path} {one.message}" for one in _errors(schema, content["example"])]
            assert errors == [], (path, method)


def _errors(schema: dict[str, Any], example: Any) -> list[Any]:
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return list(validator.iter_errors(example))


def test_operations_of_modules_declare_their_rights_too() -> None:
    from okno.api.document import openapi_document
    from okno.api.urls import API

    for path, method, operation in operations(openapi_document(API)):
        scopes = [scope for one in operation["security"] for scope in one["BearerToken"]]
        assert bool(scopes) == (operation["operationId"] != "read_me"), (path, method, "declares no right")
