"""Replies, notes, taking back, drafts: what is typed is never lost and never sent twice."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from okno.channels.email.models import OutgoingMail
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.models import Draft, Message, Ticket
from tests.conftest import Shop
from tests.console.conftest import Browser
from tests.console.ticket.test_page import say

HTMX = {"hx-request": "true"}


def form(**values: object) -> dict[str, object]:
    """Return what the composer posts."""
    return {
        "kind": "reply",
        "to": "requester@client.example",
        "cc": "",
        "body": "Try again, please.",
        "html": "",
        "then": "",
        "key": str(uuid4()),
        **values,
    }


@pytest.fixture(autouse=True)
def mailbox(shop: Shop) -> None:
    """Let mail leave."""
    shop.mailbox()


def test_a_reply_is_sent_without_scripts(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    answer = browser().post(f"/tickets/{ticket.number}/messages/", form())
    message = Message.objects.get(ticket=ticket, direction="out")
    assert answer["Location"] == f"/tickets/{ticket.number}/#message-{message.pk}"
    assert message.text == "Try again, please."
    assert OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk).to[0]["address"] == (
        "requester@client.example"
    )


def test_the_same_form_sent_twice_makes_one_message(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    client, said = browser(), form()
    for _time in range(2):
        assert client.post(f"/tickets/{ticket.number}/messages/", said, headers=HTMX).status_code == 204
    assert Message.objects.filter(ticket=ticket, direction="out").count() == 1


def test_sending_may_resolve_and_may_wait(shop: Shop, browser: Browser) -> None:
    client = browser()
    for then, category in (("resolve", "resolved"), ("wait", "waiting")):
        ticket = shop.ticket()
        client.post(f"/tickets/{ticket.number}/messages/", form(then=then))
        assert Ticket.objects.get(pk=ticket.pk).category == category


def test_a_note_never_becomes_mail(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    before = OutgoingMail.objects.filter(purpose="reply").count()
    browser().post(f"/tickets/{ticket.number}/messages/", form(kind="note", body="Between us."))
    assert Message.objects.get(ticket=ticket, kind="note").text == "Between us."
    assert OutgoingMail.objects.filter(purpose="reply").count() == before


def test_a_reply_that_crosses_another_message_stops(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    first = Message.objects.get(ticket=ticket)
    newer = say(shop, ticket, "I found it myself.")
    answer = browser().post(f"/tickets/{ticket.number}/messages/", form(after=first.pk), headers=HTMX)
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#composer-notice"
    events = json.loads(answer["HX-Trigger"])
    assert events["okno:composer"] == {"after": newer.pk}
    assert "okno:refresh" in events
    assert not Message.objects.filter(ticket=ticket, direction="out").exists()


def test_without_scripts_a_stopped_reply_comes_back_whole(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    first = Message.objects.get(ticket=ticket)
    say(shop, ticket, "I found it myself.")
    answer = browser().post(
        f"/tickets/{ticket.number}/messages/", form(after=first.pk, cc="boss@client.example")
    )
    html = answer.content.decode()
    assert answer.status_code == 409
    for kept in (
        "Try again, please.",
        "boss@client.example",
        "I found it myself.",
        "Somebody wrote meanwhile",
    ):
        assert kept in html


def test_nobody_to_write_to_is_said_and_nothing_is_sent(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    answer = browser().post(f"/tickets/{ticket.number}/messages/", form(to="not an address"), headers=HTMX)
    assert answer.status_code == 422
    assert "not an address" in answer.content.decode()
    assert not Message.objects.filter(ticket=ticket, direction="out").exists()


def test_a_reply_can_be_taken_back_and_its_words_return(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    client = browser()
    client.post(f"/tickets/{ticket.number}/messages/", form(html="<p>Try <b>again</b>.</p>"), headers=HTMX)
    message = Message.objects.get(ticket=ticket, direction="out")
    answer = client.post(f"/tickets/{ticket.number}/messages/{message.pk}/cancel/", headers=HTMX)
    words = json.loads(answer["HX-Trigger"])["okno:composer"]
    assert words["html"] == "<p>Try <b>again</b>.</p>"
    message.refresh_from_db()
    assert message.cancelled_at is not None
    assert OutgoingMail.objects.get(subject_kind="message", subject_ref=message.pk).state == "cancelled"
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert f'id="message-{message.pk}"' not in page
    assert "took a reply back before it left" in page
    assert "Try &lt;b&gt;again&lt;/b&gt;." in page


def test_what_has_left_cannot_be_taken_back(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    message = reply_to_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, text="Gone.", now=shop.now)
    OutgoingMail.objects.filter(subject_kind="message", subject_ref=message.pk).update(
        state="done", attempts=1
    )
    answer = browser().post(f"/tickets/{ticket.number}/messages/{message.pk}/cancel/", headers=HTMX)
    assert answer.status_code == 409
    assert "It is too late" in answer["HX-Trigger"]
    message.refresh_from_db()
    assert message.cancelled_at is None


def test_only_the_writer_takes_a_reply_back(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    message = reply_to_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, text="Mine.", now=shop.now)
    client = browser("other", role="agent")
    assert client.post(f"/tickets/{ticket.number}/messages/{message.pk}/cancel/").status_code == 403


def test_a_draft_is_kept_and_thrown_away(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    client = browser()
    said = {
        "kind": "note",
        "to": [],
        "cc": [],
        "html": "<p>Half a thought</p><script>x</script>",
        "attachments": [],
    }
    url = f"/tickets/{ticket.number}/draft/"
    assert client.put(url, json.dumps(said), content_type="application/json").status_code == 204
    assert Draft.objects.get(ticket=ticket).html == "<p>Half a thought</p>"
    assert "Half a thought" in client.get(f"/tickets/{ticket.number}/").content.decode()
    client.put(url, json.dumps({**said, "html": ""}), content_type="application/json")
    assert not Draft.objects.filter(ticket=ticket).exists()


@pytest.mark.parametrize("body", ["nonsense", "[1]", '{"to": 5, "html": {"a": 1}}'])
def test_a_strange_draft_is_no_failure(shop: Shop, browser: Browser, body: str) -> None:
    ticket = shop.ticket()
    answer = browser().put(f"/tickets/{ticket.number}/draft/", body, content_type="application/json")
    assert answer.status_code in (204, 422)


def test_another_members_draft_is_nobody_elses(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    said = {"kind": "reply", "to": [], "cc": [], "html": "<p>A secret</p>", "attachments": []}
    browser().put(f"/tickets/{ticket.number}/draft/", json.dumps(said), content_type="application/json")
    assert "A secret" not in browser("other", role="agent").get(f"/tickets/{ticket.number}/").content.decode()


def test_a_light_agent_cannot_reply(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    client = browser("light_agent")
    assert client.post(f"/tickets/{ticket.number}/messages/", form()).status_code == 403
    assert client.post(f"/tickets/{ticket.number}/messages/", form(kind="note")).status_code == 302


def test_suggestions_are_contacts_by_name_and_address(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    client = browser()
    for words in ("reques", "Reques", "requester@cl"):
        html = client.get(f"/tickets/{ticket.number}/recipients/", {"q": words}).content.decode()
        assert 'data-address="requester@client.example"' in html
    assert client.get(f"/tickets/{ticket.number}/recipients/", {"q": "zz"}).content.decode().strip() == ""
