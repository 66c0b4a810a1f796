"""The journal of mail that goes out."""

from __future__ import annotations

from typing import Any

import pytest

from okno.channels.email.models import OutgoingMail, SuppressedAddress
from okno.channels.email.suppression import suppress_address
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for


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
    suppress_address(address="a@client.example", cause="bounced", status="5.1.1", now=shop.now)
    assert "Send again" in client.get(f"/outbox/{mail.pk}/").content.decode()
    client.post(f"/outbox/{mail.pk}/again/")
    again = OutgoingMail.objects.get(pk=mail.pk)
    assert (again.state, again.attempts, list(again.results)) == ("due", 0, ["b@client.example"])
    assert again.message_id == mail.message_id
    assert not SuppressedAddress.objects.exists()
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
def test_agents_do_not_read_the_outbox(shop: Shop, browser: Browser, role: str) -> None:
    client = browser(role)
    mail = going_out(shop, state="dead")
    for path in ("/outbox/", f"/outbox/{mail.pk}/"):
        assert client.get(path).status_code == 403, path
    assert client.post(f"/outbox/{mail.pk}/again/").status_code == 403
    mail.refresh_from_db()
    assert mail.state == "dead"


def test_mail_of_another_workspace_is_not_found(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        mail = going_out(theirs, state="dead", subject="Theirs only")
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert client.get(f"/outbox/{mail.pk}/").status_code == 404
    assert client.post(f"/outbox/{mail.pk}/again/").status_code == 404
    assert b"Theirs only" not in client.get("/outbox/").content
