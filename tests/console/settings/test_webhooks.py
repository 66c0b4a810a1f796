"""The pages of the webhooks: made, changed, tested, sent again, deleted; each in its owner's name only."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from tests.conftest import Shop
from tests.console.conftest import browser_for

GIVEN = {"name": "Orders", "url": "https://shop.example/hook", "events": ["ticket.created"]}


@pytest.fixture
def boss(shop: Shop) -> Client:
    """Give the browser of an administrator."""
    return browser_for(shop, "administrator")


def made(browser: Client, **values: Any) -> Webhook:
    answer = browser.post("/settings/webhooks/", GIVEN | values)
    assert answer.status_code == 200, answer.content
    return Webhook.objects.latest("id")


def test_a_webhook_is_made_and_its_secret_shown_once(shop: Shop, boss: Client) -> None:
    answer = boss.post("/settings/webhooks/", GIVEN | {"owner": str(shop.members["administrator"].pk)})  # type: ignore[attr-defined]
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.content.decode()))
    assert len(secret) == len("whsec_") + 44
    row = Webhook.objects.get()
    assert (row.name, row.url, row.events) == ("Orders", "https://shop.example/hook", ["ticket.created"])
    for url in ("/settings/webhooks/", f"/settings/webhooks/{row.pk}/"):
        page = boss.get(url).content.decode()
        assert "Orders" in page
        assert "whsec_" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://127.0.0.1/"},
        {"url": "http://shop.example/"},
        {"url": ""},
        {"name": ""},
        {"events": ["no.such"]},
        {"owner": "0"},
        {"name": "\x00"},
    ],
)
def test_what_cannot_be_is_refused_with_words(shop: Shop, boss: Client, wrong: dict[str, Any]) -> None:
    shop.member("colleague")
    owner: Any = shop.members["administrator"]
    answer = boss.post("/settings/webhooks/", GIVEN | {"owner": str(owner.pk)} | wrong)
    assert answer.status_code == 422
    assert b"aria-invalid" in answer.content
    assert not Webhook.objects.exists()


def test_it_is_changed_switched_off_and_on(shop: Shop, boss: Client) -> None:
    row = made(boss, owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
    url = f"/settings/webhooks/{row.pk}/"
    given = {"name": "Warehouse", "url": row.url, "owner": str(row.owner_id)}
    assert boss.post(url, given).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.events, row.is_active) == ("Warehouse", [], False)
    assert b"It is switched off" in boss.get(url).content
    assert boss.post(f"{url}test/").status_code == 409
    assert boss.post(url, given | {"is_active": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.is_active


def test_a_test_and_sending_again(shop: Shop, boss: Client) -> None:
    row = made(boss, owner=str(shop.members["administrator"].pk), events=[])  # type: ignore[attr-defined]
    url = f"/settings/webhooks/{row.pk}/"
    assert b"is on its way" in boss.post(f"{url}test/", follow=True).content
    delivery = WebhookDelivery.objects.get(event_type="webhook.tested")
    delivery.state, delivery.status, delivery.answer = "dead", 500, "<b>no</b>"
    delivery.save()
    page = boss.get(f"{url}?show=failed").content.decode()
    assert "webhook.tested" in page
    assert "&lt;b&gt;no" in page
    assert "HTTP 500" in page
    boss.post(f"{url}again/", {"delivery": str(delivery.pk)})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("due", 0)
    WebhookDelivery.objects.update(state="cancelled")
    assert boss.post(f"{url}again/", {"delivery": "all"}).status_code == 302
    assert not WebhookDelivery.objects.exclude(state="due").exists()


@pytest.mark.parametrize("given", ["", "x", "-1", "999999999999", "9" * 30])
def test_sending_again_what_is_not_there(shop: Shop, boss: Client, given: str) -> None:
    row = made(boss, owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
    assert boss.post(f"/settings/webhooks/{row.pk}/again/", {"delivery": given}).status_code == 404


def test_a_new_secret_and_deletion(shop: Shop, boss: Client) -> None:
    row = made(boss, owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
    url = f"/settings/webhooks/{row.pk}/"
    answer = boss.post(f"{url}secret/")
    assert b"whsec_" in answer.content
    assert b"Two secrets count" in boss.get(url).content
    assert boss.post(f"{url}deletion/").status_code == 302
    assert boss.get(url).status_code == 404
    assert b"Orders" not in boss.get("/settings/webhooks/").content


@pytest.mark.parametrize("query", ["?show=nonsense", "?cursor=nonsense"])
def test_an_address_that_was_tampered_with(shop: Shop, boss: Client, query: str) -> None:
    row = made(boss, owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
    assert boss.get(f"/settings/webhooks/{row.pk}/{query}").status_code in {302, 404}


def test_a_configurator_has_his_own_and_looks_at_the_others(shop: Shop, boss: Client) -> None:
    foreign = made(boss, owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
    client = browser_for(shop, "configurator")
    own = made(client, name="Mine")
    assert own.owner_id == shop.members["configurator"].pk  # type: ignore[attr-defined]
    url = f"/settings/webhooks/{foreign.pk}/"
    page = client.get(url).content.decode()
    assert foreign.url in page
    assert f"{url}secret/" not in page
    assert f"{url}again/" not in page
    # There is no form to send, so nothing of it is looked at.
    assert client.post(url, GIVEN | {"url": "https://thief.example/"}).status_code == 200
    for action, given in {
        "secret/": {},
        "test/": {},
        "again/": {"delivery": "all"},
        "deletion/": {},
    }.items():
        assert client.post(url + action, given).status_code == 403, action
    foreign.refresh_from_db()
    assert (foreign.url, foreign.deleted_at, foreign.earlier_secret) == (GIVEN["url"], None, "")
    client.post(f"/settings/webhooks/{own.pk}/", GIVEN | {"owner": str(foreign.owner_id)})
    own.refresh_from_db()
    assert own.owner_id == shop.members["configurator"].pk  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["support_administrator", "supervisor", "agent", "light_agent"])
def test_others_may_not(shop: Shop, boss: Client, role: str) -> None:
    row = made(boss, owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
    client = browser_for(shop, role)
    assert client.get("/settings/webhooks/").status_code == 403
    assert client.get(f"/settings/webhooks/{row.pk}/").status_code == 403
    assert client.post("/settings/webhooks/", GIVEN).status_code == 403
    for action in ("secret", "test", "again", "deletion"):
        assert client.post(f"/settings/webhooks/{row.pk}/{action}/", {"delivery": "all"}).status_code == 403


def test_the_page_asks_as_often_for_many_as_for_one(
    shop: Shop, boss: Client, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    row = made(boss, owner=str(shop.members["administrator"].pk), events=[])  # type: ignore[attr-defined]

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            boss.get("/settings/webhooks/")
            boss.get(f"/settings/webhooks/{row.pk}/")
        return len(queries)

    asked()
    few = asked()
    for number in range(3):
        made(boss, name=f"Number {number}", owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
        shop.ticket()
    assert asked() == few


def test_bringing_an_earlier_version_back(shop: Shop, boss: Client) -> None:
    row = made(boss, owner=str(shop.members["administrator"].pk))  # type: ignore[attr-defined]
    boss.post(
        f"/settings/webhooks/{row.pk}/",
        {"name": "Other", "url": "https://other.example/", "owner": str(row.owner_id), "is_active": "on"},
    )
    link = f"/settings/versions/webhook/{row.pk}/"
    assert link in boss.get(f"/settings/webhooks/{row.pk}/").content.decode()
    assert b"https://shop.example/hook" in boss.get(link).content
    assert boss.post(f"{link}1/").status_code == 302
    row.refresh_from_db()
    assert (row.name, row.url, row.events) == ("Orders", "https://shop.example/hook", ["ticket.created"])
