"""schemathesis sends every operation good and bad requests: no 5xx, and no answer that is not in the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")

EXAMPLES = [4, pytest.param(60, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])]
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
    "create_organization": {"name": "x", "domains": ["client.example"]},
    "change_organization": {"notes": "x"},
    "create_upload": {"filename": "a.bin", "size": 100},
    "create_member": {"email": "new@okno.example", "role": "agent"},
    "change_member": {"title": "x"},
    "create_role": {"role": "supervisor"},
    "create_desk": {"name": "x"},
    "change_desk": {"name": "y"},
    "change_team": {"line": 2},
    "create_status": {"names": {"en": "x"}, "category": "waiting"},
    "change_status": {"public_names": {"en": "x"}},
    "change_type": {"hints": {"en": "x"}},
    "create_topic": {"names": {"en": "x"}},
    "change_topic": {"names": {"en": "y"}},
    "create_webhook": {"name": "x", "url": "https://hooks.client.example/x"},
    "change_webhook": {"name": "y"},
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"])
@pytest.mark.parametrize("examples", EXAMPLES)
def test_no_answer_is_undocumented(open_shop: Any, now: Any, mode: GenerationMode, examples: int) -> None:
    headers, ids = _fill(open_shop, now)
    called = set()
    for operation in _operations():
        name = operation.definition.raw["operationId"]
        known = _known(operation, ids)
        # Addresses of what is there get further than random ones; both are tried.
        for path in ({}, known) if known else ({},):
            _call(
                operation.as_strategy(generation_mode=mode, path_parameters=path or None), headers, examples
            )
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


SOAK = pytest.param(120, 25, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("stories", "steps"), [(10, 15), SOAK])
def test_stories_of_two_users(open_shop: Any, now: Any, stories: int, steps: int) -> None:
    """Do what the document's links lead to; whatever one user gets at, the other one's company does not have."""
    from tests.conftest import make_shop

    mine, _ids = _fill(open_shop, now)
    theirs, _ids = _fill(make_shop(now, "other.example"), now, has_ticket=False)
    tried: set[str] = set()

    class Story(_schema().as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Case) -> dict[str, Any]:
            return {"headers": mine}

        def validate_response(self, response: Any, case: Case, **_more: Any) -> None:
            case.validate_response(response, checks=CHECKS)
            if case.method == "GET" and case.path_parameters and response.status_code == 200:
                other = case.call(headers=theirs)
                assert other.status_code == 404, (case.path, case.path_parameters)
                tried.add(case.path)

    Story.run(settings=_settings(stories, stateful_step_count=steps))
    assert len(tried) > 3, tried


def _schema() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def _settings(examples: int, **more: Any) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        **more,
    )


def _operations() -> Iterator[Any]:
    return (found.ok() for found in _schema().get_all_operations())


def _known(operation: Any, ids: dict[Any, int]) -> dict[str, int]:
    name = operation.definition.raw["operationId"]
    wanted = {one.name: ids.get((name, one.name), ids.get(one.name)) for one in operation.path_parameters}
    return {key: value for key, value in wanted.items() if value is not None}


def _fill(shop: Any, now: Any, *, has_ticket: bool = True) -> tuple[dict[str, str], dict[Any, Any]]:
    """Make one of everything, and return the headers of somebody who may do everything, and what to call things by."""
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token
    from okno.tenancy.scope import scope

    # Before the scope: a request of WSGI closes the connection.
    operations = list(_operations())
    with scope(shop.workspace):
        member = shop.member("administrator", role="administrator")
        token = create_token(actor=SYSTEM, member=member, name="t", scopes=["*"], now=now)
        headers = {"Authorization": f"Bearer {token}", "Host": shop.host}
        if not has_ticket:
            return headers, {}
        return headers, _ids(shop, member, operations, now)


def _ids(shop: Any, owner: Any, operations: list[Any], now: Any) -> dict[Any, Any]:
    from okno.api.uploads import begin_upload
    from okno.people.models import Organization
    from okno.reactors.webhooks.commands import create_webhook
    from okno.spine.actor import SYSTEM
    from okno.team.models import Desk, Member, RoleGrant, Team
    from okno.team.queries import actor_for
    from okno.tickets.models import RequestType, Status, Topic

    ticket = shop.ticket()
    desk = Desk.objects.create(name="Accounts")
    team = Team.objects.create(name="Pay", desk=desk)
    member = shop.member("somebody", role="light_agent")
    invited = Member.objects.create(name="Invited", email="invited@okno.example")
    organization = Organization.objects.create(name="Client")
    upload = begin_upload(actor=actor_for(owner), filename="a.bin", size=100, sha256="", now=now)
    hook, _secret = create_webhook(
        actor=SYSTEM, name="x", url="https://hooks.client.example/", events=[], owner=owner, now=now
    )
    of_lists = {
        "contact": ticket.requester_id, "organization": organization.pk, "desk": desk.pk, "team": team.pk,
        "member": member.pk, "webhook": hook.pk, "topic": Topic.objects.create(names={"en": "Printers"}).pk,
        "status": Status.objects.earliest("id").pk, "type": RequestType.objects.earliest("id").pk,
    }  # fmt: skip
    ids: dict[Any, Any] = {"number": ticket.number, "role_id": RoleGrant.objects.get(member=member).pk}
    for one in operations:
        kind = {"statuses": "status"}.get(name := one.path.split("/")[3], name.removesuffix("s"))
        if kind in of_lists:
            ids[one.definition.raw["operationId"], "id"] = of_lists[kind]
        if kind == "upload":
            ids[one.definition.raw["operationId"], "key"] = str(upload.key)
    return {
        **ids,
        "number": ticket.number,
        ("invite_again", "id"): invited.pk,
        ("read_message", "id"): ticket.messages.get().pk,
        ("delete_participant", "id"): ticket.participants.get().pk,
    }


def _call(strategy: Any, headers: dict[str, str], examples: int) -> None:
    @_settings(examples)
    @given(case=strategy)
    def call(case: Case) -> None:
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    call()
