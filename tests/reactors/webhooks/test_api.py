"""Webhooks by the API: made, read, changed, tested, sent again, deleted; with the right for it only."""

from __future__ import annotations

from typing import Any

import pytest

from okno.api.models import IdempotencyRecord
from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from tests.api.caller import Caller
from tests.conftest import Shop

BODY = {"name": "Orders", "url": "https://shop.example/hook", "events": ["ticket.created"]}


def caller(shop: Shop, name: str = "administrator", *scopes: str) -> Caller:
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token

    member: Any = shop.member(name, role=name)
    token = create_token(actor=SYSTEM, member=member, name="test", scopes=scopes or ("*",), now=shop.now)
    return Caller(shop.host, token)


def test_the_whole_life_of_a_webhook(shop: Shop) -> None:
    api = caller(shop)
    made = api.post("/webhooks", BODY, key="one")
    assert made.status == 201, made.body
    assert made.body["secret"].startswith("whsec_")
    path = f"/webhooks/{made.body['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    assert "secret" not in api.get(path).body
    assert [one["name"] for one in api.get("/webhooks").body["items"]] == ["Orders"]

    changed = api.patch(path, {"events": [], "name": "All"})
    assert (changed.status, changed.body["events"], changed.body["name"]) == (200, [], "All")
    rotated = api.post(f"{path}/secret")
    assert rotated.status == 201
    assert rotated.body["secret"] != made.body["secret"]
    assert rotated.body["earlier_until"] is not None

    tested = api.post(f"{path}/tests")
    assert (tested.status, tested.body["state"], tested.body["type"]) == (201, "waiting", "webhook.tested")
    log = api.get(f"{path}/deliveries", state="waiting", limit=1).body
    assert log["items"][0]["id"] == tested.body["id"]
    WebhookDelivery.objects.update(state="dead")
    assert api.post(f"{path}/deliveries/again", {"deliveries": [tested.body["id"]]}).body == {"count": 1}
    assert api.post(f"{path}/deliveries/again", {}).body["count"] == WebhookDelivery.objects.count() - 1
    assert api.post(f"{path}/deliveries/again", {"deliveries": [10**9]}).status == 404

    assert api.patch(path, {"is_active": False}).status == 200
    assert api.post(f"{path}/tests").status == 409
    assert api.delete(path).status == 204
    assert api.get(path).status == api.delete(path).status == 404


def test_the_same_key_makes_one(shop: Shop) -> None:
    api = caller(shop)
    first, second = api.post("/webhooks", BODY, key="k"), api.post("/webhooks", BODY, key="k")
    assert first.body == second.body
    assert Webhook.objects.count() == 1
    # What was answered is kept for the second time, and its secret is not to be read there.
    assert first.body["secret"] not in str(IdempotencyRecord.objects.get().answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://10.0.0.1/"},
        {"url": "http://example.com/"},
        {"url": 5},
        {"events": ["no.such"]},
        {"events": "ticket.created"},
        {"name": ""},
        {"owner": 10**9},
        {"secret": "whsec_mine"},
    ],
)
def test_what_cannot_be_is_refused(shop: Shop, wrong: dict[str, Any]) -> None:
    answer = caller(shop).post("/webhooks", BODY | wrong)
    assert answer.status == 422
    assert set(answer.body["errors"]) & set(wrong)
    assert not Webhook.objects.exists()


def test_nobody_acts_in_anothers_name(shop: Shop) -> None:
    boss, configurator = caller(shop), caller(shop, "configurator")
    path = f"/webhooks/{boss.post('/webhooks', BODY).body['id']}"
    owner: Any = shop.members["administrator"]
    assert configurator.get(path).status == 200
    assert configurator.patch(path, {"url": "https://thief.example/"}).status == 403
    assert configurator.post("/webhooks", BODY | {"owner": owner.email}).status == 403
    assert configurator.post(f"{path}/secret").status == 403
    assert configurator.delete(path).status == 403


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("agent", ("*",)),
        ("support_administrator", ("*",)),
        ("administrator", ("tickets:write", "settings:read")),
    ],
)
def test_without_the_right_there_is_nothing(shop: Shop, name: str, scopes: tuple[str, ...]) -> None:
    path = f"/webhooks/{caller(shop).post('/webhooks', BODY).body['id']}"
    api = caller(shop, name, *scopes)
    assert api.get("/webhooks").status == 403
    assert api.post("/webhooks", BODY).status == 403
    assert api.get(path).status == 403
    assert api.get(f"{path}/deliveries").status == 403
    assert api.delete(path).status == 403
    assert api.post(f"{path}/deliveries/again", {}).status == 403


def test_a_narrow_token_bounds_what_it_sets_up(shop: Shop) -> None:
    api = caller(shop, "administrator", "settings:write")
    made = api.post("/webhooks", BODY)
    assert made.status == 201
    assert Webhook.objects.get().scopes == ["settings:write"]
