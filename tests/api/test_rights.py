"""Which role and which token may do what; every operation of the document has to be here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.api.caller import Caller, Reply

READ, NOTE, WRITE, PEOPLE, PEOPLE_WRITE, ANYBODY, INSIGHT, EVENTS, TEAM, GRANT, CONFIG, HOOKS, HOOK = (
    "read", "note", "write", "people", "people_write", "anybody", "insight", "events", "team", "grant", "config",
    "hooks", "hook",
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
    "list_events": (EVENTS, lambda api, seen: api.get("/events")),
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
    "list_organizations": (PEOPLE, lambda api, seen: api.get("/organizations")),
    "read_organization": (PEOPLE, lambda api, seen: api.get(f"/organizations/{seen.organization}")),
    "create_organization": (PEOPLE_WRITE, lambda api, seen: api.post("/organizations", {"name": "Client"})),
    "change_organization": (
        PEOPLE_WRITE,
        lambda api, seen: api.patch(f"/organizations/{seen.organization}", {"notes": "x"}),
    ),
    "merge_contacts": (
        PEOPLE_WRITE,
        lambda api, seen: api.post(f"/contacts/{seen.contact}/merges", {"absorbed": seen.double}),
    ),
    "merge_organizations": (
        PEOPLE_WRITE,
        lambda api, seen: api.post(f"/organizations/{seen.organization}/merges", {"absorbed": seen.other}),
    ),
    "undo_merge": (PEOPLE_WRITE, lambda api, seen: api.delete(f"/merges/{seen.merge()}")),
    "create_upload": (NOTE, lambda api, seen: api.post("/uploads", {"filename": "a.txt", "size": 3})),
    "read_upload": (NOTE, lambda api, seen: api.get(f"/uploads/{seen.upload_of(api)}")),
    "continue_upload": (NOTE, lambda api, seen: api.piece(seen.upload_of(api), b"abc", offset=0)),
    "delete_upload": (NOTE, lambda api, seen: api.delete(f"/uploads/{seen.upload_of(api)}")),
    "list_views": (READ, lambda api, seen: api.get("/views")),
    "list_topics": (INSIGHT, lambda api, seen: api.get("/topics")),
    "list_desks": (INSIGHT, lambda api, seen: api.get("/desks")),
    "read_desk": (INSIGHT, lambda api, seen: api.get(f"/desks/{seen.desk}")),
    "read_team": (INSIGHT, lambda api, seen: api.get(f"/teams/{seen.team}")),
    "create_desk": (TEAM, lambda api, seen: api.post("/desks", {"name": "Accounts"})),
    "change_desk": (TEAM, lambda api, seen: api.patch(f"/desks/{seen.desk}", {"name": "Renamed"})),
    "create_team": (TEAM, lambda api, seen: api.post("/teams", {"name": "Third", "desk": seen.desk})),
    "change_team": (TEAM, lambda api, seen: api.patch(f"/teams/{seen.team}", {"line": 2})),
    "read_member": (TEAM, lambda api, seen: api.get(f"/members/{seen.member}")),
    "create_member": (
        GRANT,
        lambda api, seen: api.post("/members", {"email": "new@okno.example", "role": "light_agent"}),
    ),
    "change_member": (GRANT, lambda api, seen: api.patch(f"/members/{seen.member}", {"title": "x"})),
    "invite_again": (TEAM, lambda api, seen: api.post(f"/members/{seen.invited}/invitation")),
    "create_role": (GRANT, lambda api, seen: api.post(f"/members/{seen.member}/roles", {"role": "agent"})),
    "delete_role": (GRANT, lambda api, seen: api.delete(f"/members/{seen.member}/roles/{seen.role}")),
    "read_status": (INSIGHT, lambda api, seen: api.get(f"/statuses/{seen.status}")),
    "read_type": (INSIGHT, lambda api, seen: api.get(f"/types/{seen.type}")),
    "read_topic": (INSIGHT, lambda api, seen: api.get(f"/topics/{seen.topic}")),
    "create_status": (
        CONFIG,
        lambda api, seen: api.post("/statuses", {"names": {"en": "Later"}, "category": "waiting"}),
    ),
    "change_status": (
        CONFIG,
        lambda api, seen: api.patch(f"/statuses/{seen.status}", {"public_names": {"en": "x"}}),
    ),
    "create_type": (
        CONFIG,
        lambda api, seen: api.post("/types", {"names": {"en": "Equipment"}, "desk": seen.desk}),
    ),
    "change_type": (CONFIG, lambda api, seen: api.patch(f"/types/{seen.type}", {"hints": {"en": "x"}})),
    "create_topic": (CONFIG, lambda api, seen: api.post("/topics", {"names": {"en": "Printers"}})),
    "change_topic": (CONFIG, lambda api, seen: api.patch(f"/topics/{seen.topic}", {"is_active": False})),
    "list_tags": (INSIGHT, lambda api, seen: api.get("/tags")),
    "describe_a_tag": (CONFIG, lambda api, seen: api.post("/tags", {"name": "printer", "colour": "blue"})),
    "replace_a_tag": (
        CONFIG,
        lambda api, seen: api.post("/tags/replacements", {"old": "printers", "new": "printer"}),
    ),
    "read_tag_replacement": (CONFIG, lambda api, seen: api.get(f"/tags/replacements/{seen.replacement()}")),
    "list_webhooks": (HOOKS, lambda api, seen: api.get("/webhooks")),
    "read_webhook": (HOOKS, lambda api, seen: api.get(f"/webhooks/{seen.webhook}")),
    "list_webhook_deliveries": (HOOKS, lambda api, seen: api.get(f"/webhooks/{seen.webhook}/deliveries")),
    "create_webhook": (
        HOOKS,
        lambda api, seen: api.post("/webhooks", {"name": "x", "url": "https://hooks.client.example/x"}),
    ),
    "test_webhook": (HOOK, lambda api, seen: api.post(f"/webhooks/{seen.webhook}/tests")),
    "send_webhook_again": (
        HOOK,
        lambda api, seen: api.post(f"/webhooks/{seen.webhook}/deliveries/again", {}),
    ),
    "rotate_webhook_secret": (HOOK, lambda api, seen: api.post(f"/webhooks/{seen.webhook}/secret")),
    "change_webhook": (HOOK, lambda api, seen: api.patch(f"/webhooks/{seen.webhook}", {"name": "y"})),
    "delete_webhook": (HOOK, lambda api, seen: api.delete(f"/webhooks/{seen.webhook}")),
    "call_ticket_no_spam": (WRITE, lambda api, seen: api.delete(f"/tickets/{seen.number}/spam")),
    "call_ticket_spam": (WRITE, lambda api, seen: api.post(f"/tickets/{seen.number}/spam")),
    "delete_ticket": (WRITE, lambda api, seen: api.delete(f"/tickets/{seen.number}")),
}

_AGENT = {READ, NOTE, WRITE, PEOPLE, PEOPLE_WRITE, ANYBODY, INSIGHT, EVENTS}
ROLES = {
    "administrator": _AGENT | {TEAM, GRANT, CONFIG, HOOKS, HOOK},
    "support_administrator": _AGENT | {TEAM, GRANT},
    # He may have webhooks of his own, and these are another's.
    "configurator": {READ, PEOPLE, ANYBODY, INSIGHT, EVENTS, CONFIG, HOOKS},
    "supervisor": _AGENT,
    "agent": _AGENT,
    "light_agent": {READ, NOTE, PEOPLE, ANYBODY, INSIGHT, EVENTS},
    None: {ANYBODY},
}
SCOPES = {
    "tickets:read": {READ, ANYBODY, INSIGHT, EVENTS},
    "tickets:write": {READ, NOTE, WRITE, ANYBODY, INSIGHT, EVENTS},
    "people:read": {PEOPLE, ANYBODY, EVENTS},
    "people:write": {PEOPLE, PEOPLE_WRITE, ANYBODY, EVENTS},
    "settings:read": {INSIGHT, ANYBODY, EVENTS},
    # It gives no role that can do more than it can itself.
    "settings:write": {INSIGHT, ANYBODY, EVENTS, TEAM, CONFIG, HOOKS, HOOK},
    "*": _AGENT | {TEAM, GRANT, CONFIG, HOOKS, HOOK},
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
        self._shop = shop
        self._make_team()

    def _make_team(self) -> None:
        from okno.people.models import Organization
        from okno.reactors.webhooks.commands import create_webhook
        from okno.spine.actor import SYSTEM
        from okno.team.models import Desk, Member, RoleGrant, Team

        shop = self._shop
        self.organization = Organization.objects.create(name="Somebody Ltd").pk
        self.other = Organization.objects.create(name="Somebody, Ltd").pk
        self.double = shop.contact("double").pk
        self.desk = Desk.objects.create(name="Desk").pk
        self.team = Team.objects.create(name="Team", desk_id=self.desk).pk
        owner = shop.member("colleague", role="light_agent")
        self.member, self.role = owner.pk, RoleGrant.objects.get(member=owner).pk
        self.invited = Member.objects.create(name="Invited", email="invited@okno.example").pk
        hook, _secret = create_webhook(
            actor=SYSTEM,
            name="hook",
            url="https://hooks.client.example/",
            events=[],
            owner=owner,
            now=shop.now,
        )
        self.webhook = hook.pk
        self._make_configuration()

    def _make_configuration(self) -> None:
        from okno.tickets.models import RequestType, Status, Topic

        self.status, self.type = Status.objects.earliest("id").pk, RequestType.objects.earliest("id").pk
        self.topic = Topic.objects.create(names={"en": "Printers"}).pk

    def replacement(self) -> int:
        """Have a tag replaced, whoever is to ask how far it is."""
        from okno.spine.actor import SYSTEM
        from okno.tickets.commands.tagging import replace_tag

        return replace_tag(actor=SYSTEM, old="copiers", new="copier", now=self._shop.now).pk

    def merge(self) -> int:
        """Merge two contacts, whoever is to undo it."""
        from okno.people.commands.merge import merge_people
        from okno.people.models import Contact
        from okno.spine.actor import SYSTEM

        two = [Contact.objects.create(name=name) for name in ("One", "The same")]
        return merge_people(actor=SYSTEM, survivor=two[0], absorbed=two[1], now=self._shop.now).pk

    def upload_of(self, api: Caller) -> Any:
        """Begin an upload of the caller's own, whatever he may."""
        from uuid import uuid4

        from okno.api.models import Upload

        member = api.get("/me").body["member"]["id"]
        later = self._shop.now + timedelta(hours=1)
        return Upload.objects.create(
            key=uuid4(),
            member_id=member,
            filename="a.txt",
            size=3,
            created_at=self._shop.now,
            expires_at=later,
        ).key

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
    team = Team.objects.create(desk=Desk.objects.earliest("id"), name="Second line")
    api = caller_for("stranger", role="agent", scope="team", team=team)

    for name, (needed, operation) in OPERATIONS.items():
        if needed not in (READ, WRITE) or name in ("list_tickets", "create_ticket", "list_views"):
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
