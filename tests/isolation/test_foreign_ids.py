"""Every id inside every body and query of the API is tried with one of another company, by the API's own document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.test import Client

from tests.isolation.test_two_companies import assert_silent
from tests.isolation.world import Company

Path = tuple[str | int, ...]
ID, KEY = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}, {"type": "string", "format": "uuid"}
# Integers without a narrower bound that name nothing.
NO_IDS = {"size"}
# Ids of what has no other meaning in any of our bodies, by the name that it has there.
MEANINGS = {
    "absorbed": "contact_id",
    "merge_organizations.absorbed": "organization_id",
    "assignee": "worker_id",
    "attachments": "key",
    "contact": "contact_id",
    "deliveries": "webhook_delivery_id",
    "desk": "desk_id",
    "member": "member_id",
    "members": "member_id",
    "organization": "organization_id",
    "owner": "member_id",
    "parent": "number",
    "requester": "contact_id",
    "seen": "message_id",
    "successor": "member_id",
    "team": "team_id",
    "teams": "team_id",
    "topic": "topic_id",
    "create_topic.parent": "topic_id",
    "change_topic.parent": "topic_id",
}
# What is sent besides, so that nothing but the id is wrong; by operation, or by operation and field.
BODIES: dict[str, Callable[[Company], dict[str, Any]]] = {
    "create_ticket": lambda _: {"subject": "x", "body": "x", "requester": {"email": "a@client.example"}},
    "create_message": lambda _: {"kind": "note", "body": "x"},
    "create_participant": lambda _: {"role": "copied", "contact": {"email": "a@client.example"}},
    "create_participant.member": lambda _: {"role": "watcher"},
    "create_contact": lambda _: {"name": "x"},
    "create_member": lambda _: {"email": "a@okno.example", "role": "agent"},
    "create_member.desk": lambda _: {"email": "a@okno.example", "role": "agent", "scope": "desk"},
    "create_member.team": lambda _: {"email": "a@okno.example", "role": "agent", "scope": "team"},
    "create_role": lambda _: {"role": "supervisor"},
    "create_role.desk": lambda _: {"role": "supervisor", "scope": "desk"},
    "create_role.team": lambda _: {"role": "supervisor", "scope": "team"},
    "change_member.successor": lambda _: {"is_active": False},
    "create_team": lambda ours: {"name": "x", "desk": int(ours.ids["desk_id"])},
    "create_type": lambda ours: {"names": {"en": "x"}, "desk": int(ours.ids["desk_id"])},
    "create_topic": lambda _: {"names": {"en": "x"}},
    "create_webhook": lambda _: {"name": "x", "url": "https://hooks.client.example/"},
}
# Names by which the same things may be called.
NAMES: dict[str, Callable[[Company], str]] = {
    "assignee": lambda theirs: f"agent@{theirs.host}",
    "member": lambda theirs: f"light_agent@{theirs.host}",
    "owner": lambda theirs: f"administrator@{theirs.host}",
    "successor": lambda theirs: f"agent@{theirs.host}",
    "team": lambda theirs: f"{theirs.word} team",
}


def test_ids_inside_bodies_are_ones_own(companies: tuple[Company, Company]) -> None:
    ours, theirs = companies
    client = Client(SERVER_NAME=ours.host, raise_request_exception=False)
    document = json.loads(client.get("/api/v1/openapi.json").content)
    tried = set()
    for operation, method, address, path in _ids_in_bodies(document):
        field = str(path[0])
        assert field in MEANINGS, f"{operation} {field}: say in MEANINGS what this id is of"
        meaning = MEANINGS.get(f"{operation}.{field}", MEANINGS[field])
        mine, foreign = _typed(ours.ids[meaning], meaning), _typed(theirs.ids[meaning], meaning)
        assert mine != foreign, meaning
        is_named = field in NAMES and operation not in (
            "create_role",
            "create_member",
            "create_type",
            "change_type",
        )
        names = [NAMES[field](theirs)] if is_named and len(path) == 1 else []
        for value in [foreign, *names]:
            answer = _sent(client, ours, (operation, method, address), path, value)
            where = f"{operation} {path} {value}: {answer.status_code} {answer.content!r}"
            assert answer.status_code == 422 or (answer.status_code, field) == (404, "deliveries"), where
            assert_silent(answer, of=theirs, where=where)
        tried.add((operation, field))
        # The same body with an id of one's own is accepted, or is refused for another reason than the id.
        if (operation, field) in ACCEPTED:
            answer = _sent(client, ours, (operation, method, address), path, mine)
            assert answer.status_code < 300, f"{operation} {path} {mine}: {answer.content!r}"
    assert tried >= ACCEPTED
    assert len(tried) > 25


ACCEPTED = {
    ("create_ticket", "assignee"),
    ("create_ticket", "requester"),
    ("create_ticket", "team"),
    ("create_ticket", "topic"),
    ("create_ticket", "parent"),
    ("change_ticket", "assignee"),
    ("change_ticket", "requester"),
    ("change_ticket", "team"),
    ("change_ticket", "topic"),
    ("create_message", "seen"),
    ("create_participant", "member"),
    ("create_contact", "organization"),
    ("change_contact", "organization"),
    ("create_member", "teams"),
    ("create_member", "desk"),
    ("create_member", "team"),
    ("create_role", "desk"),
    ("create_role", "team"),
    ("create_team", "members"),
    ("create_team", "desk"),
    ("change_team", "members"),
    ("change_team", "desk"),
    ("create_type", "desk"),
    ("create_topic", "parent"),
    ("create_webhook", "owner"),
    ("change_webhook", "owner"),
    ("send_webhook_again", "deliveries"),
}


def test_ids_inside_queries_find_nothing(companies: tuple[Company, Company]) -> None:
    ours, theirs = companies
    client = Client(SERVER_NAME=ours.host, raise_request_exception=False)
    document = json.loads(client.get("/api/v1/openapi.json").content)
    tried = 0
    for path, methods in document["paths"].items():
        for one in methods.get("get", {}).get("parameters", []):
            if one["in"] != "query" or not any(
                _is_id(schema) for schema, _path in _leaves(one["schema"], document)
            ):
                continue
            query = {one["name"]: theirs.ids[MEANINGS[one["name"]]]}
            answer = client.get(path, query, headers={"Authorization": f"Bearer {ours.token}"})
            assert answer.json()["items"] == [], (path, query)
            assert_silent(answer, of=theirs, where=path)
            tried += 1
    assert tried


def _ids_in_bodies(document: dict[str, Any]) -> Iterator[tuple[str, str, str, Path]]:
    """Yield every place in every body where an id may stand, with its operation."""
    for address, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            for schema, path in _leaves(content["schema"], document) if content else ():
                if _is_id(schema) and path[0] not in NO_IDS:
                    yield operation["operationId"], method, address, path


def _leaves(
    schema: dict[str, Any], document: dict[str, Any], path: Path = ()
) -> Iterator[tuple[dict[str, Any], Path]]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _leaves(document["components"]["schemas"][name], document, path)
        return
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _leaves(one, document, path)
    for name, one in schema.get("properties", {}).items():
        yield from _leaves(one, document, (*path, name))
    if "items" in schema:
        yield from _leaves(schema["items"], document, (*path, 0))
    yield schema, path


def _is_id(schema: dict[str, Any]) -> bool:
    return ID.items() <= schema.items() or KEY.items() <= schema.items()


def _typed(value: str, meaning: str) -> int | str:
    return value if meaning == "key" else int(value)


def _sent(client: Client, ours: Company, call: tuple[str, str, str], path: Path, value: Any) -> Any:
    """Send a body with a value at a place, and undo what it did."""
    operation, method, address = call
    field = str(path[0])
    made = BODIES.get(f"{operation}.{field}") or BODIES.get(operation)
    body = deepcopy(made(ours)) if made else {}
    body[field] = [value] if 0 in path else value
    if operation == "create_participant" and field == "contact":
        body.pop("member", None)
    ids = {"number": ours.ids["number"], "id": ours.ids[_kind_of(address)], "key": ours.ids["upload_key"]}
    head = {"Authorization": f"Bearer {ours.token}"}
    with transaction.atomic():
        answer = client.generic(
            method.upper(),
            address.format(**ids),
            json.dumps(body),
            content_type="application/json",
            headers=head,
        )
        transaction.set_rollback(True)
    return answer


def _kind_of(address: str) -> str:
    """Return what `id` means in an address."""
    kind = {"statuses": "status"}.get(name := address.split("/")[3], name.removesuffix("s"))
    return f"{kind}_id" if "{id}" in address else "team_id"
