"""Types, statuses and topics in the browser: added, changed, ordered, refused with words, brought back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.spine.models import ConfigVersion, Event
from okno.team.models import Team
from okno.tickets.models import CustomField, RequestType, Status, Topic

PAGES = ("types", "statuses", "topics")


def browser(shop: Any, role: str) -> Client:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member(role, role=role).user)
    return client


@pytest.fixture
def boss(shop: Any) -> Client:
    """Give an administrator's browser."""
    return browser(shop, "administrator")


def told() -> list[str]:
    return list(Event.objects.filter(actor_kind="member").order_by("id").values_list("type", flat=True))


def type_form(shop: Any, **change: Any) -> dict[str, Any]:
    desk = RequestType.objects.select_related("desk").earliest("id").desk
    given = {
        "name_en": "Laptop",
        "kind": "request",
        "desk": str(desk.pk),
        "is_public": "on",
        "is_active": "on",
    }
    return given | change


def test_a_type_is_added_with_what_it_asks(shop: Any, boss: Client) -> None:
    field = CustomField.objects.create(key="floor", kind="number", names={"en": "Floor"})
    asked = {"asked_field": ["custom.floor", "device", ""], "asked_required": ["1", "0", "0"]}
    answer = boss.post("/settings/types/new/", type_form(shop, hint_en="For newcomers", **asked))
    row = RequestType.objects.get(key="laptop")
    assert answer.headers["Location"] == f"/settings/types/{row.pk}/"
    assert row.asked == [
        {"field": f"custom.{field.key}", "required": True},
        {"field": "device", "required": False},
    ]
    assert (row.hints, row.is_public, row.is_default) == ({"en": "For newcomers"}, True, False)
    assert told() == ["config.changed"]


def test_the_usual_type_moves_and_never_goes(shop: Any, boss: Client) -> None:
    usual = RequestType.objects.get(is_default=True)
    form = type_form(shop, name_en="Request")
    refused = boss.post(f"/settings/types/{usual.pk}/", form)
    assert refused.status_code == 422
    assert b"has to be the usual one" in refused.content
    other = RequestType.objects.get(key="question")
    boss.post(f"/settings/types/{other.pk}/", type_form(shop, name_en="Question", is_default="on"))
    assert list(RequestType.objects.filter(is_default=True)) == [other]
    gone = {"name_en": "Question", "is_default": "on", "is_active": ""}
    assert boss.post(f"/settings/types/{other.pk}/", type_form(shop, **gone)).status_code == 422


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name_en": " "}, "at least one language"),
        ({"kind": "alien"}, "alien"),
        ({"desk": "999999"}, "999999"),
        ({"asked_field": ["custom.nothing"]}, "custom.nothing"),
    ],
)
def test_impossible_types(shop: Any, boss: Client, change: dict[str, Any], words: str) -> None:
    answer = boss.post("/settings/types/new/", type_form(shop, **change))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RequestType.objects.filter(key="laptop").exists()


def test_order_is_changed_one_step_at_a_time(shop: Any, boss: Client) -> None:
    first, second = RequestType.objects.order_by("position")[:2]
    boss.post(f"/settings/types/{first.pk}/move/", {"to": "down"})
    assert list(RequestType.objects.order_by("position")[:2]) == [second, first]
    for _time in range(2):
        boss.post(f"/settings/types/{second.pk}/move/", {"to": "up"})
    assert RequestType.objects.order_by("position")[0] == second


def test_a_status_is_added_and_its_category_stays(shop: Any, boss: Client) -> None:
    given = {
        "name_en": "At the supplier",
        "public_en": "In progress",
        "category": "waiting",
        "is_active": "on",
    }
    boss.post("/settings/statuses/new/", given)
    row = Status.objects.get(key="at_the_supplier")
    assert (row.category, row.public_name) == ("waiting", "In progress")
    boss.post(
        f"/settings/statuses/{row.pk}/", {"name_en": "With them", "category": "open", "is_active": "on"}
    )
    row.refresh_from_db()
    assert (row.category, row.name) == ("waiting", "With them")


def test_the_usual_status_of_a_category_never_goes(shop: Any, boss: Client) -> None:
    row = Status.objects.get(key="resolved")
    for change in ({"is_active": "on"}, {"is_default": "on"}):
        answer = boss.post(f"/settings/statuses/{row.pk}/", {"name_en": "Resolved", **change})
        assert answer.status_code == 422
    row.refresh_from_db()
    assert row.is_active
    assert row.is_default


def test_a_status_out_of_use_is_offered_no_more(shop: Any, boss: Client) -> None:
    row = Status.objects.get(key="waiting_other")
    ticket = shop.ticket()
    page = f"/tickets/{ticket.number}/"
    assert "Waiting for others" in boss.get(page).content.decode()
    boss.post(f"/settings/statuses/{row.pk}/", {"name_en": "Waiting for others", "is_active": ""})
    assert "Waiting for others" not in boss.get(page).content.decode()


def test_topics_hang_and_move_with_all_below(shop: Any, boss: Client) -> None:
    for name, below in (("Printers", None), ("Toner", "Printers"), ("Black", "Toner"), ("Software", None)):
        parent = Topic.objects.get(names__en=below).pk if below else ""
        boss.post("/settings/topics/new/", {"name_en": name, "parent": parent, "is_active": "on"})
    rows = {row.name: row for row in Topic.objects.all()}
    assert rows["Black"].path == f"/{rows['Printers'].pk}/{rows['Toner'].pk}/{rows['Black'].pk}/"
    moved = {"name_en": "Toner", "parent": str(rows["Software"].pk), "is_active": "on"}
    boss.post(f"/settings/topics/{rows['Toner'].pk}/", moved)
    below = Topic.objects.get(names__en="Black")
    assert below.path == f"/{rows['Software'].pk}/{rows['Toner'].pk}/{below.pk}/"
    circle = {"name_en": "Toner", "parent": str(below.pk), "is_active": "on"}
    assert boss.post(f"/settings/topics/{rows['Toner'].pk}/", circle).status_code == 422


def test_a_version_comes_back_from_its_page(shop: Any, boss: Client) -> None:
    row = Status.objects.get(key="open")
    boss.post(f"/settings/statuses/{row.pk}/", {"name_en": "Doing", "is_default": "on", "is_active": "on"})
    page = boss.get(f"/settings/versions/status/{row.pk}/").content.decode()
    assert "Doing" in page
    assert "В работе" in page
    boss.post(f"/settings/versions/status/{row.pk}/1/")
    row.refresh_from_db()
    assert row.names == {"en": "Open", "ru": "В работе"}
    assert ConfigVersion.objects.get(kind="status", object_id=row.pk, number=3).restores == 1


def test_versions_call_teams_and_people_by_their_names(shop: Any, boss: Client) -> None:
    team = Team.objects.earliest("id")
    member = shop.member("agent")
    given = {"name": team.name, "line": "1", "desk": str(team.desk_id), "is_active": "on"}
    boss.post(f"/settings/teams/{team.pk}/", given | {"members": [str(member.pk)]})
    page = boss.get(f"/settings/versions/team/{team.pk}/").content.decode()
    assert f"<ins>{member.name}</ins>" in page


def test_what_cannot_come_back_says_why(shop: Any, boss: Client) -> None:
    row = Status.objects.get(key="waiting_other")
    boss.post(f"/settings/statuses/{row.pk}/", {"name_en": "Others", "is_default": "on", "is_active": "on"})
    answer = boss.post(f"/settings/versions/status/{row.pk}/1/", follow=True)
    assert "has to be the usual one" in answer.content.decode()


@pytest.mark.parametrize("path", ["status/999999/", "nothing/1/", "status/1/77/"])
def test_versions_of_nothing_are_not_found(shop: Any, boss: Client, path: str) -> None:
    method = boss.post if path.count("/") == 3 else boss.get
    assert method(f"/settings/versions/{path}").status_code == 404


@pytest.mark.parametrize("role", ["support_administrator", "supervisor", "agent", "light_agent"])
def test_others_may_not(shop: Any, role: str) -> None:
    client = browser(shop, role)
    row = Status.objects.get(key="open")
    for page in PAGES:
        assert client.get(f"/settings/{page}/").status_code == 403
        assert client.post(f"/settings/{page}/new/", {"name_en": "Mine"}).status_code == 403
    assert client.get(f"/settings/versions/status/{row.pk}/").status_code == 403
    assert client.post(f"/settings/versions/status/{row.pk}/1/").status_code == 403
    assert client.post(f"/settings/statuses/{row.pk}/move/", {"to": "up"}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_lists_cost_the_same_for_many(shop: Any, boss: Client, page: str) -> None:
    boss.get(f"/settings/{page}/")
    with CaptureQueriesContext(connection) as few:
        boss.get(f"/settings/{page}/")
    for number in range(5):
        names = {"name_en": f"More {number}", "category": "open", "is_active": "on"}
        boss.post(f"/settings/{page}/new/", type_form(shop, **names) if page == "types" else names)
    with CaptureQueriesContext(connection) as many:
        boss.get(f"/settings/{page}/")
    assert len(many) == len(few)
