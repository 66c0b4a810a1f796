"""Properties, taking and people: changed in place, each by one command, refused with the reason."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.test import Client

from okno.team.models import Team
from okno.team.queries import default_desk
from okno.tenancy.scope import scope
from okno.tickets.models import CustomField, Participant, RequestType, Status, Ticket
from tests.conftest import Shop
from tests.console.conftest import Browser, browser_for

HTMX = {"hx-request": "true"}


def change(client: Client, ticket: Any, name: str, value: object) -> Any:
    """Post one property."""
    return client.post(f"/tickets/{ticket.number}/properties/{name}/", {"value": value})


def value_of(ticket: Any, name: str) -> Any:
    """Return a column of a ticket as it is now."""
    return Ticket.objects.values_list(name, flat=True).get(pk=ticket.pk)


def test_each_property_is_changed_by_its_name(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    waiting = Status.objects.filter(category="waiting").first()
    kind = RequestType.objects.exclude(pk=ticket.type_id).first()
    team = Team.objects.create(desk=default_desk(), name="Second line")
    for name, value, column, expected in [
        ("status", waiting.pk, "status_id", waiting.pk),
        ("priority", 4, "priority", 4),
        ("type", kind.pk, "type_id", kind.pk),
        ("kind", "problem", "kind", "problem"),
        ("team", team.pk, "team_id", team.pk),
        ("assignee", shop.members["agent"].pk, "assignee_id", shop.members["agent"].pk),
        ("subject", "  A new   subject ", "subject", "A new subject"),
        ("device", "PC-7", "device", "PC-7"),
        ("solution", "Turned it on.", "solution", "Turned it on."),
        ("tags", "Printer, fire,,printer", "tags", ["fire", "printer"]),
        ("assignee", "", "assignee_id", None),
    ]:
        answer = change(client, ticket, name, value)
        assert answer.status_code == 302, (name, answer.content.decode())
        assert value_of(ticket, column) == expected, name


def test_a_date_is_of_the_workspaces_zone(shop: Shop, browser: Browser) -> None:
    shop.workspace.timezone = "Europe/Moscow"
    shop.workspace.save()
    ticket, client = shop.ticket(), browser()
    change(client, ticket, "due", "2026-12-01T12:00")
    assert value_of(ticket, "due_at").isoformat() == "2026-12-01T09:00:00+00:00"
    assert 'value="2026-12-01T12:00"' in client.get(f"/tickets/{ticket.number}/").content.decode()
    change(client, ticket, "due", "")
    assert value_of(ticket, "due_at") is None


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [("text", "Blue", "Blue"), ("number", "2,5", 2.5), ("boolean", "no", False), ("choice", "b", "b")],
)
def test_own_fields_are_changed_like_the_others(
    shop: Shop, browser: Browser, kind: str, value: str, kept: object
) -> None:
    CustomField.objects.create(key="own", kind=kind, names={"en": "Our own"}, choices=["a", "b"])
    ticket, client = shop.ticket(), browser()
    assert change(client, ticket, "custom.own", value).status_code == 302
    assert value_of(ticket, "custom") == {"own": kept}
    assert "Our own" in client.get(f"/tickets/{ticket.number}/").content.decode()
    change(client, ticket, "custom.own", "")
    assert value_of(ticket, "custom") == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "0"), ("status", "x"), ("status", "9" * 30), ("priority", "9"), ("priority", ""), ("kind", "magic"),
        ("due", "soon"), ("due", "2026-99-99T00:00"), ("subject", "   "), ("magic", "1"), ("custom.none", "1"),
        ("assignee", "-1"), ("parent", "x"), ("requester", "nobody"), ("team", "²"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_words(shop: Shop, browser: Browser, name: str, value: str) -> None:
    ticket = shop.ticket()
    answer = browser().post(f"/tickets/{ticket.number}/properties/{name}/", {"value": value}, headers=HTMX)
    assert answer.status_code == 422
    assert json.loads(answer["HX-Trigger"])["okno:toast"]["text"]


def test_a_number_that_is_none_is_refused(shop: Shop, browser: Browser) -> None:
    CustomField.objects.create(key="own", kind="number", names={"en": "Our own"})
    ticket, client = shop.ticket(), browser()
    for value in ("nan", "inf", "1e999", "many"):
        assert change(client, ticket, "custom.own", value).status_code == 422


def test_a_change_can_be_undone(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    answer = client.post(f"/tickets/{ticket.number}/properties/priority/", {"value": "4"}, headers=HTMX)
    assert answer.status_code == 204
    events = json.loads(answer["HX-Trigger"])
    assert "okno:refresh" in events
    client.post(events["okno:toast"]["action"]["url"], headers=HTMX)
    assert value_of(ticket, "priority") == 2


def test_a_light_agent_changes_nothing(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser("light_agent")
    assert change(client, ticket, "priority", 4).status_code == 403
    assert client.post(f"/tickets/{ticket.number}/take/").status_code == 403
    assert value_of(ticket, "priority") == 2


def test_nothing_is_changed_by_looking(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    for path in ("take/", "properties/priority/?value=4", "messages/", "people/", "events/"):
        assert client.get(f"/tickets/{ticket.number}/{path}").status_code == 405


def test_what_there_is_only_one_of_is_not_asked(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    assert "property-team" not in client.get(f"/tickets/{ticket.number}/").content.decode()
    Team.objects.create(desk=default_desk(), name="Second line")
    assert "property-team" in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_people_join_and_leave(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    other = shop.member("other", role="agent")
    url = f"/tickets/{ticket.number}/people/"
    assert client.post(url, {"role": "watcher", "person": f"member:{other.pk}"}).status_code == 302
    assert client.post(url, {"role": "copied", "words": "boss@client.example"}).status_code == 302
    assert client.post(url, {"role": "hidden", "words": "Other"}).status_code == 302
    assert client.post(url, {"role": "copied", "words": ""}).status_code == 422
    assert client.post(url, {"role": "copied", "person": f"member:{other.pk}"}).status_code == 422
    roles = set(Participant.objects.filter(ticket=ticket).values_list("role", flat=True))
    assert roles == {"requester", "watcher", "copied", "hidden"}
    hidden = Participant.objects.get(ticket=ticket, role="hidden")
    assert client.post(f"{url}{hidden.pk}/").status_code == 302
    assert not Participant.objects.filter(pk=hidden.pk).exists()


def test_suggestions_of_people(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    html = client.get(f"/tickets/{ticket.number}/people/suggestions/?words=age").content.decode()
    assert f'value="member:{shop.members["agent"].pk}"' in html
    html = client.get(f"/tickets/{ticket.number}/people/suggestions/?value=reques").content.decode()
    assert f'name="value" value="contact:{ticket.requester_id}"' in html


def test_the_page_is_told_only_what_is_new(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    cursor = page.split('id="thread-cursor"')[1].split(">")[0]
    after, event = (cursor.split(f'data-{name}="')[1].split('"')[0] for name in ("after", "event"))
    fresh = f"/tickets/{ticket.number}/fresh/?after={after}&event={event}"
    assert client.get(fresh).status_code == 204
    change(client, ticket, "priority", 4)
    html = client.get(fresh).content.decode()
    assert "changed the priority: Normal → Critical" in html
    assert 'id="property-priority"' in html
    assert 'id="property-status"' not in html
    assert "Please help." not in html
    assert browser("nobody", role="agent", scope="own").get(fresh).status_code == 404


def test_the_next_ticket_of_the_list(shop: Shop, browser: Browser) -> None:
    first, second = shop.ticket("One"), shop.ticket("Two")
    client = browser()
    here = f"/tickets/{second.number}/"
    assert client.get(f"{here}next/?view=open")["Location"] == f"/tickets/{first.number}/?view=open"
    assert client.get(f"{here}previous/?view=open")["Location"] == "/tickets/?view=open"
    assert client.get(f"{here}next/?view=none").status_code == 404


def test_of_two_who_take_a_ticket_one_wins(open_shop: Shop) -> None:
    with scope(open_shop.workspace):
        ticket = open_shop.ticket()
        clients = [browser_for(open_shop, name, role="agent") for name in ("first", "second")]
    answers: list[Any] = []
    barrier = threading.Barrier(2)

    def take(client: Client) -> None:
        from django.db import connections

        barrier.wait()
        answers.append(client.post(f"/tickets/{ticket.number}/take/", headers=HTMX))
        connections.close_all()

    threads = [threading.Thread(target=take, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    told = next(json.loads(answer["HX-Trigger"]) for answer in answers if answer.status_code == 409)
    with scope(open_shop.workspace):
        winner = Ticket.objects.select_related("assignee").get(pk=ticket.pk).assignee
    assert winner.name in told["okno:toast"]["text"]
