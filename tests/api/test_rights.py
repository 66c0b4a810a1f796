"""Which role and which token may do what; every operation of the document has to be here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller, Reply

READ, NOTE, WRITE, PEOPLE, PEOPLE_WRITE, ANYBODY, INSIGHT = (
    "read", "note", "write", "people", "people_write", "anybody", "insight"
)  # fmt: skip
NEW = {"subject": "New", "body": "Text", "requester": {"email": "somebody@client.example"}}

OPERATIONS: dict[str, tuple[str, Callable[[Caller, Any], Reply]]] = {
    "read_me": (ANYBODY, lambda api, seen: api.get("/me")),
    "list_members": (INSIGHT, lambda api, seen: api.get("/members")),
    "list_teams": (INSIGHT, lambda api, seen: api.get("/teams")),
    "list_statuses": (INSIGHT, lambda api, seen: api.get("/statuses")),
    "list_types": (INSIGHT, lambda api, seen: api.get("/types")),
    "list_tickets": (READ, lambda api, seen: api.get("/tickets")),
    "read_ticket": (READ, lambda api, seen: api.get(f"/tickets/{seen.number}")),
    "list_messages": (READ, lambda api, seen: api.get(f"/tickets/{seen.number}/messages")),
    "read_message": (READ, lambda api, seen: api.get(f"/tickets/{seen.number}/messages/{seen.message}")),
    "list_participants": (READ, lambda api, seen: api.get(f"/tickets/{seen.number}/participants")),
    "list_ticket_events": (READ, lambda api, seen: api.get(f"/tickets/{seen.number}/events")),
    "list_events": (READ, lambda api, seen: api.get("/events")),
    "download_attachment": (READ, lambda api, seen: api.get(f"/attachments/{seen.file}")),
    "create_message": (
        WRITE,
        lambda api, seen: api.post(f"/tickets/{seen.number}/messages", {"kind": "reply", "body": "x"}),
    ),
    "upload_attachment": (NOTE, lambda api, seen: api.upload("/attachments", file=seen.upload())),
    "create_ticket": (WRITE, lambda api, seen: api.post("/tickets", NEW)),
    "change_ticket": (WRITE, lambda api, seen: api.patch(f"/tickets/{seen.number}", {"priority": 4})),
    "create_participant": (
        WRITE,
        lambda api, seen: api.post(
            f"/tickets/{seen.number}/participants",
            {"role": "copied", "contact": {"email": "b@client.example"}},
        ),
    ),
    "delete_participant": (
        WRITE,
        lambda api, seen: api.delete(f"/tickets/{seen.number}/participants/{seen.participant}"),
    ),
    "list_contacts": (PEOPLE, lambda api, seen: api.get("/contacts")),
    "read_contact": (PEOPLE, lambda api, seen: api.get(f"/contacts/{seen.contact}")),
    "create_contact": (PEOPLE_WRITE, lambda api, seen: api.post("/contacts", {"name": "Ann"})),
    "change_contact": (
        PEOPLE_WRITE,
        lambda api, seen: api.patch(f"/contacts/{seen.contact}", {"title": "x"}),
    ),
}

_AGENT = {READ, NOTE, WRITE, PEOPLE, PEOPLE_WRITE, ANYBODY, INSIGHT}
ROLES = {
    "administrator": _AGENT,
    "support_administrator": _AGENT,
    "configurator": {READ, PEOPLE, ANYBODY, INSIGHT},
    "supervisor": _AGENT,
    "agent": _AGENT,
    "light_agent": {READ, NOTE, PEOPLE, ANYBODY, INSIGHT},
    None: {ANYBODY},
}
SCOPES = {
    "tickets:read": {READ, ANYBODY, INSIGHT},
    "tickets:write": {READ, NOTE, WRITE, ANYBODY, INSIGHT},
    "people:read": {PEOPLE, ANYBODY},
    "people:write": {PEOPLE, PEOPLE_WRITE, ANYBODY},
    "settings:read": {INSIGHT, ANYBODY},
    "settings:write": {INSIGHT, ANYBODY},
    "*": _AGENT,
}


class Seen:
    """A ticket with one of everything."""

    def __init__(self, shop: Any) -> None:
        from okno.tickets.commands.participants import add_participant
        from okno.tickets.models import Attachment

        ticket = shop.ticket()
        self.number = ticket.number
        self.contact = ticket.requester_id
        message = ticket.messages.get()
        self.message = message.pk
        self.participant = add_participant(
            actor=shop.actor("agent"),
            ticket_id=ticket.pk,
            role="copied",
            person=shop.contact("copied"),
            now=shop.now,
        ).pk
        self.file = _file(shop, Attachment, ticket, message)

    def upload(self) -> Any:
        from django.core.files.uploadedfile import SimpleUploadedFile

        return SimpleUploadedFile("a.txt", b"text")


def _file(shop: Any, model: Any, ticket: Any, message: Any) -> Any:
    from uuid import uuid4

    from okno.lib.stores import file_store

    blob = file_store().put(shop.workspace.pk, b"content")
    row = model.objects.create(
        ticket=ticket, message=message, filename="a.txt", content_type="text/plain", size=blob.size,
        sha256=blob.sha256, key=uuid4(), created_at=shop.now,
    )  # fmt: skip
    return row.key


def test_every_operation_is_here() -> None:
    from okno.api.document import openapi_document
    from okno.api.urls import API
    from okno.tenancy.modules import hidden_prefixes

    paths = openapi_document(API, hidden=hidden_prefixes(None))["paths"].values()

    assert {one["operationId"] for operations in paths for one in operations.values()} == OPERATIONS.keys()


@pytest.mark.parametrize("role", ROLES)
def test_roles(shop: Any, caller_for: Callable[..., Caller], role: str | None) -> None:
    seen = Seen(shop)
    api = caller_for(f"a {role}".replace(" ", "-"), role=role)

    allowed = {name: operation(api, seen).status for name, (_needed, operation) in OPERATIONS.items()}

    for name, (needed, _operation) in OPERATIONS.items():
        assert (allowed[name] < 300) == (needed in ROLES[role]), (name, allowed[name])
        assert allowed[name] < 300 or allowed[name] == 403, (name, allowed[name])


@pytest.mark.parametrize("scope", SCOPES)
def test_scopes(shop: Any, caller_for: Callable[..., Caller], scope: str) -> None:
    seen = Seen(shop)
    api = caller_for("administrator", role="administrator", scopes=(scope,))

    allowed = {name: operation(api, seen).status for name, (_needed, operation) in OPERATIONS.items()}

    for name, (needed, _operation) in OPERATIONS.items():
        assert (allowed[name] < 300) == (needed in SCOPES[scope]), (name, allowed[name])
        assert allowed[name] < 300 or allowed[name] == 403, (name, allowed[name])


def test_what_is_out_of_reach_is_not_there(shop: Any, caller_for: Callable[..., Caller]) -> None:
    from okno.team.models import Desk, Team

    seen = Seen(shop)
    team = Team.objects.create(desk=Desk.objects.get(), name="Second line")
    api = caller_for("stranger", role="agent", scope="team", team=team)

    for name, (needed, operation) in OPERATIONS.items():
        if needed not in (READ, WRITE) or name in ("list_tickets", "list_events", "create_ticket"):
            continue
        assert operation(api, seen).status == 404, name
    assert api.get("/tickets").body["items"] == []
    assert api.get("/events").body["items"] == []


def test_a_light_agent_writes_notes_but_changes_nothing(shop: Any, caller_for: Callable[..., Caller]) -> None:
    number = shop.ticket().number
    api = caller_for("light_agent", role="light_agent")

    assert api.post(f"/tickets/{number}/messages", {"kind": "note", "body": "x"}).status == 201
    assert api.post(f"/tickets/{number}/messages", {"kind": "reply", "body": "x"}).status == 403
    refused = api.post(f"/tickets/{number}/messages", {"kind": "note", "body": "x", "status": "closed"})
    assert refused.status == 403
    assert len(api.get(f"/tickets/{number}/messages").body["items"]) == 2


def test_a_parent_that_one_may_not_see_is_not_named(shop: Any, caller_for: Callable[..., Caller]) -> None:
    from okno.team.models import Desk, Team

    team = Team.objects.create(desk=Desk.objects.get(), name="Second line")
    parent = shop.ticket("Above")
    child = shop.ticket("Below", parent=parent, team=team)

    assert (
        caller_for("narrow", scope="team", team=team).get(f"/tickets/{child.number}").body["parent"] is None
    )
    assert caller_for("agent").get(f"/tickets/{child.number}").body["parent"] == parent.number
