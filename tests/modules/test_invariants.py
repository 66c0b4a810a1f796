"""What a module may do to the product: appear at its fixed places when it is on, and leave no trace when it is off."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from django.test import Client

from okno.lib.errors import Denied
from okno.team.commands.modules import switch_module
from okno.team.policy import is_granted
from okno.tenancy.modules import MenuEntry, ModuleManifest, SettingsPage, SidePanel
from okno.tickets.fields import ticket_fields
from tests.conftest import Shop
from tests.modules.sample_module.apps import NAME, READ
from tests.modules.sample_module.reactors import SEEN

WORDS = ("sticker", "Sticker", "наклейка")
PAGES = ("/tickets/", "/settings/", "/contacts/", "/tickets/suggest/?q=st", "/api/v1/openapi.json")


@pytest.fixture
def admin(shop: Shop) -> Client:
    """Give the browser of a signed-in administrator."""
    member: Any = shop.member("administrator", role="administrator")
    client = Client(SERVER_NAME=shop.host)
    client.force_login(member.user)
    return client


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    """Forget what the module's reactor saw."""
    SEEN.clear()
    yield
    SEEN.clear()


def switch(shop: Shop, *, on: bool) -> None:
    shop.workspace.refresh_from_db()  # type: ignore[attr-defined]
    switch_module(
        actor=shop.actor("administrator"),  # type: ignore[arg-type]
        workspace=shop.workspace,  # type: ignore[arg-type]
        name=NAME,
        on=on,
        now=shop.now,
    )


def page(client: Client, path: str) -> str:
    answer = client.get(path, headers={"Accept": "text/html"}, follow=True)
    assert answer.status_code == 200, path
    return bytes(answer.content).decode()


def traces(text: str) -> list[str]:
    return [word for word in WORDS if word in text]


def pages_of(shop: Shop) -> list[str]:
    ticket: Any = shop.ticket()
    return [*PAGES, f"/tickets/{ticket.number}/"]


def test_off_leaves_no_trace(shop: Shop, admin: Client) -> None:
    for path in pages_of(shop):
        assert traces(page(admin, path)) == [], path
    for path in ("/stickers/", "/settings/stickers/"):
        assert admin.get(path).status_code == 404
    assert "sticker" not in ticket_fields(shop.workspace).fields  # type: ignore[arg-type]
    assert not is_granted(shop.actor("administrator"), READ)  # type: ignore[arg-type]
    assert SEEN == []


def test_off_leaves_no_trace_in_the_api(shop: Shop, admin: Client) -> None:
    token = token_of(shop, "administrator")
    answer = admin.get("/api/v1/stickers", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 404
    switch(shop, on=True)
    answer = admin.get("/api/v1/stickers", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()) == (200, ["a star"])


def test_on_is_live_and_adds_one_of_each(shop: Shop, admin: Client) -> None:
    paths = pages_of(shop)
    before = {path: page(admin, path) for path in paths}
    switch(shop, on=True)
    after = {path: page(admin, path) for path in paths}
    tickets, settings, _contacts, _suggestions, document, ticket = (after[path] for path in paths)
    assert links(tickets).count("/stickers/") == 1
    # Once in the menu of the settings, once as a card of their first page.
    assert links(settings).count("/settings/stickers/") == 2
    assert ticket.count("may stick something on") == 1
    assert "/api/v1/stickers" in json.loads(document)["paths"]
    assert page(admin, "/stickers/") == "the album"
    assert page(admin, "/settings/stickers/") == "the settings of the album"
    assert "sticker" in ticket_fields(shop.workspace).fields  # type: ignore[arg-type]
    assert is_granted(shop.actor("administrator"), READ)  # type: ignore[arg-type]
    assert not is_granted(shop.actor("supervisor"), READ)  # type: ignore[arg-type]
    number = shop.ticket("Another").number  # type: ignore[attr-defined]
    assert [number] == SEEN
    for path in PAGES[:3]:
        assert_nothing_moved(before[path], after[path])
    assert list(json.loads(before[PAGES[4]])["paths"]) == [
        path for path in json.loads(document)["paths"] if "stickers" not in path
    ]


def test_switching_off_hides_again_and_deletes_nothing(shop: Shop, admin: Client) -> None:
    switch(shop, on=True)
    switch(shop, on=False)
    test_off_leaves_no_trace(shop, admin)


def test_only_an_administrator_switches(shop: Shop) -> None:
    with pytest.raises(Denied):
        switch_module(
            actor=shop.actor("supervisor"),  # type: ignore[arg-type]
            workspace=shop.workspace,  # type: ignore[arg-type]
            name=NAME,
            on=True,
            now=shop.now,
        )
    assert NAME not in shop.workspace.modules  # type: ignore[attr-defined]


def test_a_manifest_has_room_for_one_of_each() -> None:
    kinds = {one.name: one.type for one in fields(ModuleManifest)}
    for visible, kind in (
        ("menu_entry", MenuEntry),
        ("side_panel", SidePanel),
        ("settings_page", SettingsPage),
    ):
        assert kinds[visible] == f"{kind.__name__} | None"


def assert_nothing_moved(before: str, after: str) -> None:
    """Assert that all links are where they were, with the module's own added between them."""
    was, is_now = links(before), links(after)
    assert was == [link for link in is_now if "stickers" not in link]
    assert 1 <= len(is_now) - len(was) <= 3


def links(text: str) -> list[str]:
    return re.findall(r'<a [^>]*href="([^"#?]*)', text)


def token_of(shop: Shop, name: str) -> str:
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token

    member: Any = shop.member(name)
    return create_token(actor=SYSTEM, member=member, name="test", scopes=("*",), now=shop.now)
