"""The journal of mail that came in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.channels.email.models import RawMail
from okno.lib.stores import raw_store
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

CONTENT = b"From: a@client.example\r\nSubject: Hello\r\n\r\n<script>alert(1)</script>\r\n"


def came_in(shop: Shop, **values: Any) -> RawMail:
    """Return a raw mail, stored and journalled."""
    blob = raw_store().put(shop.workspace.pk, CONTENT)
    defaults = {
        "mailbox": shop.mailbox(),
        "source": "smtp",
        "sha256": blob.sha256,
        "size": blob.size,
        "sender": "a@client.example",
        "subject": "Hello",
        "outcome": "quarantined",
        "reason": "too many parts",
        "state": "done",
    }
    return RawMail.objects.create(**{**defaults, **values})


def test_what_could_not_be_read_stands_above_the_rest(shop: Shop, browser: Browser) -> None:
    came_in(shop, subject="Broken one")
    came_in(shop, subject="Fine one", outcome="opened", reason="", ticket_number=1234)
    page = browser("administrator").get("/intake/").content.decode()
    assert page.index("Broken one") < page.index("Fine one")
    assert "too many parts" in page
    assert 'href="/tickets/1234/"' in page


def test_tabs_narrow_the_journal(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    came_in(shop, subject="Broken one")
    came_in(shop, subject="Junk one", outcome="spam")
    page = client.get("/intake/?show=spam").content.decode()
    assert "Junk one" in page
    assert "Broken one" not in page
    assert client.get("/intake/?show=nonsense").status_code == 404
    assert client.get("/intake/?cursor=nonsense").status_code == 302


def test_a_mail_is_given_as_it_came_and_never_shown(shop: Shop, browser: Browser) -> None:
    row = came_in(shop)
    response = browser("administrator").get(f"/intake/{row.pk}/raw/")
    assert b"".join(response.streaming_content) == CONTENT
    assert response["Content-Disposition"] == f'attachment; filename="mail-{row.pk}.eml"'
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_mail_that_left_the_store_is_said_to_have(shop: Shop, browser: Browser) -> None:
    row = came_in(shop, sha256="0" * 64)
    assert browser("administrator").get(f"/intake/{row.pk}/raw/").status_code == 404


def test_mails_that_made_nothing_are_read_again_and_the_page_says_how_far(
    shop: Shop, browser: Browser
) -> None:
    client = browser("administrator")
    rows = [came_in(shop), came_in(shop, outcome="ignored"), came_in(shop, outcome="opened", message_ref=7)]
    answer = client.post("/intake/again/", {"mail": [row.pk for row in rows]})
    assert answer.status_code == 302
    assert "0 of 2 mails" in client.get(answer["Location"]).content.decode()
    for row in rows:
        row.refresh_from_db()
    assert [(row.state, row.outcome) for row in rows] == [("due", ""), ("due", ""), ("done", "opened")]
    rows[0].finish(outcome="opened")
    rows[1].finish(outcome="spam")
    page = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "All 2 mails have been read" in page
    assert "hx-trigger" not in page
    assert client.post("/intake/again/", {"mail": [rows[0].pk]}).status_code == 422


def test_everything_that_the_filters_show_is_read_again(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    wanted = [came_in(shop, sender="robot@plant.example", outcome="spam") for _ in range(3)]
    other = came_in(shop, sender="a@client.example", outcome="spam")
    asked = {"all": "1", "show": "spam", "q": "robot@plant.example"}
    assert client.post("/intake/again/", asked).status_code == 302
    assert set(RawMail.objects.filter(state="due").values_list("pk", flat=True)) == {row.pk for row in wanted}
    other.refresh_from_db()
    assert other.state == "done"


@pytest.mark.parametrize(
    "words", ["robot@plant.example", "<one@plant.example>", "4711", "Pressure", "@plant"]
)
def test_a_mail_is_found_by_what_one_knows_of_it(shop: Shop, browser: Browser, words: str) -> None:
    came_in(
        shop,
        sender="robot@plant.example",
        message_id="<one@plant.example>",
        ticket_number=4711,
        subject="Pressure low",
    )
    came_in(shop, subject="Another one")
    page = browser("administrator").get("/intake/", {"q": words}).content.decode()
    assert "Pressure low" in page
    assert "Another one" not in page


def test_a_mail_shows_how_it_came_and_why_it_ended_so(shop: Shop, browser: Browser) -> None:
    row = came_in(shop, envelope_from="bounce@client.example", envelope_to=["support@shop.example"])
    page = browser("administrator").get(f"/intake/{row.pk}/").content.decode()
    for words in ("too many parts", "From: a@client.example", "bounce@client.example", "Read again"):
        assert words in page
    assert "alert(1)" not in page


def test_the_journal_asks_as_often_for_many_mails_as_for_one(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    came_in(shop)
    with CaptureQueriesContext(connection) as few:
        client.get("/intake/")
    for _ in range(10):
        came_in(shop)
    with CaptureQueriesContext(connection) as many:
        client.get("/intake/")
    assert len(many) == len(few)


@pytest.mark.parametrize("role", ["agent", "light_agent", "supervisor"])
def test_agents_do_not_read_the_journal(shop: Shop, browser: Browser, role: str) -> None:
    client = browser(role)
    row = came_in(shop)
    for path in ("/intake/", f"/intake/{row.pk}/", f"/intake/{row.pk}/raw/", f"/intake/again/{uuid4()}/"):
        assert client.get(path).status_code == 403, path
    assert client.post("/intake/again/", {"mail": [row.pk]}).status_code == 403
    row.refresh_from_db()
    assert row.outcome == "quarantined"


def test_mail_of_another_workspace_is_not_found(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        row = came_in(theirs, subject="Theirs only", run=uuid4())
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    for path in (f"/intake/{row.pk}/", f"/intake/{row.pk}/raw/", f"/intake/again/{row.run}/"):
        assert client.get(path).status_code == 404
    assert client.post("/intake/again/", {"mail": [row.pk]}).status_code == 422
    assert b"Theirs only" not in client.get("/intake/").content
