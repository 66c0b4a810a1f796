"""Organizations, and what contacts have gained."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.caller import Caller


def test_an_organization_is_made_found_and_changed(api: Caller, shop: Any) -> None:
    made = api.post("/organizations", {"name": "Client Ltd", "domains": ["client.example"]}, key="k")
    assert (made.status, made.headers["Location"]) == (201, f"/api/v1/organizations/{made.body['id']}")
    assert (
        api.post("/organizations", {"name": "Client Ltd", "domains": ["client.example"]}, key="k").body
        == made.body
    )
    path = f"/organizations/{made.body['id']}"

    changed = api.patch(path, {"is_vip": True, "notes": "Pays by the year"})
    assert (changed.body["is_vip"], changed.body["domains"], changed.body["name"]) == (
        True, ["client.example"], "Client Ltd",
    )  # fmt: skip
    assert api.patch(path, {"domains": []}).body["domains"] == []
    assert api.get(path).body["notes"] == "Pays by the year"
    assert [one["id"] for one in api.get("/organizations", q="clie").body["items"]] == [made.body["id"]]
    assert api.get("/organizations", is_vip="true").body["items"][0]["id"] == made.body["id"]
    assert api.get("/organizations", q="nobody").body["items"] == []


def test_a_domain_belongs_to_one(api: Caller) -> None:
    api.post("/organizations", {"name": "One", "domains": ["client.example"]})
    taken = api.post("/organizations", {"name": "Two", "domains": ["client.example"]})

    assert (taken.status, taken.body["code"]) == (409, "domain_taken")
    assert len(api.get("/organizations").body["items"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "domains": ["not a domain"]}, "domains"),
        ({"name": "x", "domains": ["gmail.com"]}, "domains"),
        ({"name": "x", "domains": "client.example"}, "domains"),
        ({"name": "x", "is_vip": "yes"}, "is_vip"),
        ({"name": "x", "workspace": 1}, "workspace"),
    ],
)
def test_bad_organizations(api: Caller, body: dict[str, Any], field: str) -> None:
    refused = api.post("/organizations", body)

    assert refused.status == 422, refused.body
    assert any(name.startswith(field) for name in refused.body["errors"]), refused.body


def test_pages_of_organizations_hold_each_once(api: Caller) -> None:
    for index in range(5):
        api.post("/organizations", {"name": f"Client {index}"})
    names: list[str] = []
    cursor = None
    while True:
        page = api.get("/organizations", limit=2, **({"cursor": cursor} if cursor else {})).body
        names += [one["name"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert names == [f"Client {index}" for index in range(5)]


def test_contacts_are_marked_and_found_by_organization(api: Caller) -> None:
    client = api.post("/organizations", {"name": "Client", "domains": ["client.example"]}).body["id"]
    made = api.post("/contacts", {"name": "Ann", "emails": ["ann@client.example"], "is_vip": True})
    assert made.body["organization"]["id"] == client, "by the domain"
    assert (made.body["is_vip"], made.body["sees_organization"]) == (True, False)
    api.post("/contacts", {"name": "Bob"})

    assert [one["name"] for one in api.get("/contacts", organization=client).body["items"]] == ["Ann"]
    assert [one["name"] for one in api.get("/contacts", is_vip="true").body["items"]] == ["Ann"]
    changed = api.patch(f"/contacts/{made.body['id']}", {"sees_organization": True})
    assert (changed.body["is_vip"], changed.body["sees_organization"]) == (True, True)


def test_what_became_of_an_answer_is_told_with_its_code(api: Caller, shop: Any) -> None:
    from okno.tickets.models import Delivery

    number = shop.ticket().number
    message = api.post(f"/tickets/{number}/messages", {"kind": "reply", "body": "x"}).body["id"]
    Delivery.objects.filter(message_id=message).update(
        state="failed", words="550 5.1.1 No such user", status="5.1.1", is_permanent=True
    )

    (told,) = api.get(f"/tickets/{number}/messages/{message}").body["delivery"]

    assert (told["state"], told["code"], told["is_permanent"]) == ("failed", "5.1.1", True)


@pytest.mark.parametrize("kind", ["contacts", "organizations"])
def test_two_become_one_and_two_again(api: Caller, kind: str) -> None:
    first, second = (api.post(f"/{kind}", {"name": name}).body["id"] for name in ("First", "Second"))

    merged = api.post(f"/{kind}/{first}/merges", {"absorbed": second}, key="k")
    assert (merged.status, merged.body["survivor"]["id"], merged.body["absorbed"]["id"]) == (
        201,
        first,
        second,
    )
    assert api.post(f"/{kind}/{first}/merges", {"absorbed": second}, key="k").body == merged.body
    assert api.get(f"/{kind}/{second}").status == 404
    assert api.post(f"/{kind}/{first}/merges", {"absorbed": second}).status == 422
    assert api.post(f"/{kind}/{first}/merges", {"absorbed": first}).status == 422
    assert api.post(f"/{kind}/{second}/merges", {"absorbed": first}).status == 404
    assert api.delete(f"/merges/{merged.body['id']}").body["state"] in ("parting", "parted")
    assert api.get(f"/{kind}/{second}").body["name"] == "Second"
    assert api.delete("/merges/999999999").status == 404
