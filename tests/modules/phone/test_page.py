"""The page of calls as a browser asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.modules.phone.models import PhoneCall
from okno.people.commands import save_contact
from okno.people.models import Contact
from okno.spine.actor import SYSTEM
from okno.team.models import Desk, Team
from okno.tenancy.modules import set_modules
from okno.tickets.models import Message, Ticket
from tests.conftest import Shop

Browser = Callable[..., Client]


def maria(shop: Shop) -> Contact:
    """Return a contact with a number and an open ticket."""
    contact = save_contact(
        actor=SYSTEM,
        contact=None,
        name="Maria",
        addresses=["maria@client.example"],
        phones=["+79123456789"],
        now=shop.now,
    )
    shop.ticket("The door", by="maria")
    return contact


def typed(**values: Any) -> dict[str, Any]:
    """Return what a page sends."""
    return {"page": str(uuid4()), "seen": "0", "call": "", "who": "89123456789", "place": "", **values}


def test_what_is_typed_is_kept_found_again_and_finished(shop: Shop, browser: Browser) -> None:
    maria(shop)
    client = browser()
    page = typed(subject="Printer")
    kept = client.post("/phone/draft/", page, headers={"accept": "application/json"}).json()
    number = kept["call"]
    assert kept["url"] == f"/phone/?call={number}"
    assert client.post("/phone/draft/", typed(who=" ")).status_code == 204
    # The browser has crashed: the list, the first page, the ticket and the list of tickets lead back to it.
    for path in ("/phone/", "/", f"/tickets/{number}/", "/tickets/"):
        shown = client.get(path).content.decode()
        assert "Unfinished call" in shown, path
    resumed = client.get(kept["url"]).content.decode()
    assert 'value="Printer"' in resumed
    assert "The door" in resumed
    done = client.post("/phone/", {**page, "call": number, "seen": kept["seen"], "act": "finish"})
    assert done["Location"] == f"/tickets/{number}/"
    assert Message.objects.get(ticket__number=number).text == "Printer"
    assert client.get(kept["url"]).status_code == 404
    beside = client.get(f"/tickets/{number}/").content.decode()
    assert "Phone call" in beside
    assert "Unfinished call" not in beside


def test_without_scripts_it_is_kept_or_said_what_is_missing(shop: Shop, browser: Browser) -> None:
    client = browser()
    kept = client.post("/phone/", typed(who="Boris", act="keep"))
    number = Ticket.objects.get().number
    assert kept["Location"] == f"/phone/?call={number}"
    assert client.post("/phone/", typed(who="", act="keep"))["Location"] == "/phone/"
    refused = client.post("/phone/", typed(who="Boris", said="Hello", act="solved"))
    assert refused.status_code == 422
    assert "Write how it was solved." in refused.content.decode()
    assert "Hello" in refused.content.decode()
    for wrong in ({"page": "x"}, {"call": "-1"}, {"seen": "9" * 40}):
        assert client.post("/phone/draft/", typed(**wrong)).status_code == 422
    assert Ticket.objects.count() == 1


def test_two_agents_hear_of_each_other(shop: Shop, browser: Browser) -> None:
    one, two = browser("one", role="agent"), browser("two", role="agent")
    first = typed(who="Boris")
    kept = one.post("/phone/draft/", first).json()
    theirs = typed(who="Boris", said="Theirs", call=kept["call"], seen=kept["seen"])
    assert two.post("/phone/draft/", theirs).status_code == 200
    stale = {**first, "call": kept["call"], "seen": kept["seen"], "said": "Mine"}
    refused = one.post("/phone/draft/", stale, headers={"accept": "*/*"})
    assert refused.status_code == 409
    assert "Two has changed this call" in refused.json()["detail"]
    shown = one.post("/phone/", {**stale, "subject": "X", "act": "finish"})
    assert shown.status_code == 422
    assert "Two has changed this call" in shown.content.decode()
    assert "Mine" in shown.content.decode()
    assert PhoneCall.objects.get().said == "Theirs"


def test_callers_are_suggested_and_shown(shop: Shop, browser: Browser) -> None:
    contact = maria(shop)
    client = browser()
    for q in ("8912", "Mar", "maria@"):
        assert "+7 912 345-67-89" in client.get("/phone/suggest/", {"q": q}).content.decode(), q
    save_contact(
        actor=SYSTEM,
        contact=contact,
        name="Maria",
        addresses=["maria@client.example"],
        phones=["+79123456789", "+442079460018"],
        now=shop.now,
    )
    assert 'data-address="+442079460018"' in client.get("/phone/suggest/", {"q": "+4420"}).content.decode()
    assert (
        'data-address="maria@client.example"'
        in client.get("/phone/suggest/", {"q": "maria@"}).content.decode()
    )
    assert "data-item" not in client.get("/phone/suggest/", {"q": "M"}).content.decode()
    for who in ("8 912 345-67-89", f"contact:{contact.pk}"):
        shown = client.get("/phone/caller/", {"who": who}).content.decode()
        assert "Maria" in shown
        assert "The door" in shown
    assert "new contact" in client.get("/phone/caller/", {"who": "Boris"}).content.decode()
    assert client.get("/phone/caller/", {"who": "contact:99999999999999999999"}).status_code == 200


def test_a_draft_is_thrown_away_from_its_page(shop: Shop, browser: Browser) -> None:
    mine, other = browser(), browser("other", role="agent")
    number = mine.post("/phone/draft/", typed()).json()["call"]
    assert "Throw the draft away" not in other.get(f"/phone/?call={number}").content.decode()
    assert other.post(f"/phone/{number}/discard/").status_code == 403
    assert "Throw the draft away" in mine.get(f"/phone/?call={number}").content.decode()
    assert mine.post(f"/phone/{number}/discard/")["Location"] == "/phone/"
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("role", ["administrator", "supervisor", "agent"])
def test_these_roles_write_calls_down(browser: Browser, role: str) -> None:
    client = browser(role, role=role)
    assert client.get("/phone/").status_code == 200
    assert 'href="/phone/"' in client.get("/tickets/").content.decode()
    assert client.post("/phone/draft/", typed()).status_code == 200


@pytest.mark.parametrize("role", ["light_agent", "configurator", None])
def test_these_do_not(shop: Shop, browser: Browser, role: str | None) -> None:
    number = browser().post("/phone/draft/", typed()).json()["call"]
    client = browser("somebody", role=role)
    answers = [client.get(path) for path in ("/phone/", "/phone/caller/?who=8912", "/phone/suggest/?q=89")]
    answers += [
        client.post(path, typed()) for path in ("/phone/", "/phone/draft/", f"/phone/{number}/discard/")
    ]
    assert {answer.status_code for answer in answers} == {403}


def test_strangers_of_its_team_do_not_see_a_draft(shop: Shop, browser: Browser) -> None:
    number = browser().post("/phone/draft/", typed(who="Boris")).json()["call"]
    desk = Desk.objects.create(name="Accounts", position=9)
    away = Team.objects.create(name="Away", desk=desk)
    client = browser("away", role="agent", scope="team", team=away)
    assert "Boris" not in client.get("/phone/").content.decode()
    assert client.get(f"/phone/?call={number}").status_code == 404
    assert client.post("/phone/draft/", typed(call=number, seen=1)).status_code == 404
    assert client.post(f"/phone/{number}/discard/").status_code == 404
    passer_by = Client(headers={"host": shop.host, "accept": "text/html"})
    assert passer_by.get("/phone/").status_code == 302


def test_off_it_leaves_no_trace(shop: Shop, browser: Browser) -> None:
    client = browser()
    number = client.post("/phone/draft/", typed()).json()["call"]
    workspace: Any = shop.workspace
    set_modules(workspace, [name for name in workspace.modules if name != "phone"], now=shop.now)
    for path in ("/phone/", "/phone/suggest/?q=89", "/phone/caller/?who=89"):
        assert client.get(path).status_code == 404
    assert client.post("/phone/draft/", typed()).status_code == 404
    assert "/phone/" not in client.get(f"/tickets/{number}/").content.decode()


def test_many_calls_take_as_many_questions_as_one(shop: Shop, browser: Browser) -> None:
    client = browser()
    counts = []
    for many in (1, 5):
        for _ in range(many):
            client.post("/phone/draft/", typed(who="Boris"))
        client.get("/phone/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/phone/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
