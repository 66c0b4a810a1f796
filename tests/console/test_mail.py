"""The journal of mail in and out."""

from __future__ import annotations

from typing import Any

import pytest

from okno.channels.email.models import OutgoingMail, RawMail
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


def going_out(shop: Shop, **values: Any) -> OutgoingMail:
    """Return an outgoing mail in the ledger."""
    defaults = {
        "mailbox": shop.mailbox(),
        "purpose": "reply",
        "message_id": f"<{OutgoingMail.objects.count()}@{shop.host}>",
        "from_address": "support@shop.example",
        "to": [{"address": "a@client.example", "name": "A"}],
        "subject": "Re: Hello",
        "text": "It is <b>done</b>",
    }
    return OutgoingMail.objects.create(**{**defaults, **values})


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
    page = client.get("/intake/?show=dropped").content.decode()
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


def test_a_quarantined_mail_is_read_again(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    row = came_in(shop)
    assert client.post(f"/intake/{row.pk}/again/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("due", "")
    assert client.post(f"/intake/{row.pk}/again/").status_code == 404


def test_the_outbox_says_where_each_mail_stands(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    going_out(shop, subject="On the way")
    going_out(shop, subject="Refused", state="dead", last_error="550 no such user")
    going_out(shop, subject="Kept here", state="kept")
    page = client.get("/outbox/").content.decode()
    for words in (
        "On the way",
        "Refused",
        "550 no such user",
        "Kept here",
        "were not sent",
        "a@client.example",
    ):
        assert words in page
    assert "On the way" not in client.get("/outbox/?show=failed").content.decode()


def test_a_kept_mail_is_marked_as_not_sent(shop: Shop, browser: Browser) -> None:
    mail = going_out(shop, state="kept")
    page = browser("administrator").get(f"/outbox/{mail.pk}/").content.decode()
    assert "kept and not sent" in page
    assert "It is &lt;b&gt;done&lt;/b&gt;" in page


def test_a_mail_that_was_given_up_is_sent_again_to_those_it_failed_for(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    results = {
        "a@client.example": {"state": "failed", "code": 550, "words": "no"},
        "b@client.example": {"state": "sent", "code": 250, "words": ""},
    }
    mail = going_out(shop, state="dead", results=results, attempts=7)
    assert "Send again" in client.get(f"/outbox/{mail.pk}/").content.decode()
    client.post(f"/outbox/{mail.pk}/again/")
    again = OutgoingMail.objects.get(pk=mail.pk)
    assert (again.state, again.attempts, list(again.results)) == ("due", 0, ["b@client.example"])
    assert again.message_id == mail.message_id
    assert client.post(f"/outbox/{mail.pk}/again/").status_code == 409


def test_sending_again_tells_the_message_that_waits_for_it(shop: Shop, browser: Browser) -> None:
    from okno.tickets.models import Delivery, Message

    client = browser("administrator")
    mail = going_out(
        shop, state="dead", results={"a@client.example": {"state": "failed", "code": 550, "words": "no"}}
    )
    message = Message.objects.get(ticket=shop.ticket())
    delivery = Delivery.objects.create(message=message, mail=mail, address="a@client.example", state="failed")
    client.post(f"/outbox/{mail.pk}/again/")
    delivery.refresh_from_db()
    assert delivery.state == "sending"


def test_a_letter_about_an_account_is_for_its_recipient_only(shop: Shop, browser: Browser) -> None:
    client = browser("administrator")
    mail = going_out(shop, purpose="account", text="https://desk.example/secret-link", state="dead")
    page = client.get(f"/outbox/{mail.pk}/").content.decode()
    assert "secret-link" not in page
    assert "only its recipient" in page
    assert client.post(f"/outbox/{mail.pk}/again/").status_code == 409


@pytest.mark.parametrize("role", ["agent", "light_agent", "supervisor"])
def test_agents_do_not_read_the_journal(shop: Shop, browser: Browser, role: str) -> None:
    client = browser(role)
    row, mail = came_in(shop), going_out(shop, state="dead")
    for path in ("/intake/", f"/intake/{row.pk}/raw/", "/outbox/", f"/outbox/{mail.pk}/"):
        assert client.get(path).status_code == 403, path
    for path in (f"/intake/{row.pk}/again/", f"/outbox/{mail.pk}/again/"):
        assert client.post(path).status_code == 403, path
    mail.refresh_from_db()
    row.refresh_from_db()
    assert (mail.state, row.outcome) == ("dead", "quarantined")


def test_mail_of_another_workspace_is_not_found(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        row, mail = came_in(theirs), going_out(theirs, state="dead", subject="Theirs only")
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    for path in (f"/intake/{row.pk}/raw/", f"/outbox/{mail.pk}/"):
        assert client.get(path).status_code == 404
    for path in (f"/intake/{row.pk}/again/", f"/outbox/{mail.pk}/again/"):
        assert client.post(path).status_code == 404
    assert b"Theirs only" not in client.get("/outbox/").content
