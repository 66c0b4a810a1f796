"""schemathesis sends every operation good and bad requests: no 5xx, and no answer that is not in the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

EXAMPLES = 6
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
    schemathesis.checks.response_headers_conformance,
]


# Few random bodies name only what exists; with these every write gets as far as its effect.
BODIES: dict[str, dict[str, Any]] = {
    "create_ticket": {"subject": "x", "body": "x", "requester": {"email": "new@client.example"}},
    "change_ticket": {"priority": 4, "tags": ["x"]},
    "create_message": {"kind": "reply", "body": "x"},
    "create_participant": {"role": "copied", "contact": {"email": "boss@client.example"}},
    "create_contact": {"name": "x", "emails": ["x@client.example"]},
    "change_contact": {"title": "x"},
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
def test_no_answer_is_undocumented(open_shop: Any, now: Any, mode: GenerationMode) -> None:
    headers, ids = _fill(open_shop, now)
    called = set()
    for operation in _operations():
        name = operation.definition.raw["operationId"]
        known = _known(operation, ids)
        # Addresses of what is there get further than random ones; both are tried.
        for path in ({}, known) if known else ({},):
            _call(operation.as_strategy(generation_mode=mode, path_parameters=path or None), headers)
        called.add(name)
    assert len(called) > 20


def test_writes_answer_as_documented(open_shop: Any, now: Any) -> None:
    headers, ids = _fill(open_shop, now)
    called = {}
    for operation in _operations():
        name = operation.definition.raw["operationId"]
        if name in BODIES:
            path = _known(operation, ids)
            case = operation.Case(path_parameters=path, body=BODIES[name], media_type="application/json")
            response = case.call(headers=headers)
            case.validate_response(response, checks=CHECKS)
            called[name] = response.status_code
    assert called == {name: 201 if name.startswith("create") else 200 for name in BODIES}


def _operations() -> Iterator[Any]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    return (found.ok() for found in schema.get_all_operations())


def _known(operation: Any, ids: dict[Any, int]) -> dict[str, int]:
    name = operation.definition.raw["operationId"]
    wanted = {one.name: ids.get((name, one.name), ids.get(one.name)) for one in operation.path_parameters}
    return {key: value for key, value in wanted.items() if value is not None}


def _fill(shop: Any, now: Any) -> tuple[dict[str, str], dict[Any, int]]:
    """Make a ticket, and return the headers of somebody who may do everything, and what to call things by."""
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token
    from okno.tenancy.scope import scope

    with scope(shop.workspace):
        member = shop.member("administrator", role="administrator")
        token = create_token(actor=SYSTEM, member=member, name="t", scopes=["*"], now=now)
        ticket = shop.ticket()
        return {"Authorization": f"Bearer {token}", "Host": shop.host}, {
            "number": ticket.number,
            ("read_message", "id"): ticket.messages.get().pk,
            ("read_contact", "id"): ticket.requester_id,
            ("change_contact", "id"): ticket.requester_id,
            ("delete_participant", "id"): ticket.participants.get().pk,
        }


def _call(strategy: Any, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def call(case: Case) -> None:
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    call()
