"""What became of a message stands below it, with what can be done; what machines wrote is folded."""

from __future__ import annotations

from okno.channels.base import Bounce
from okno.channels.email.models import OutgoingMail
from okno.channels.email.suppression import suppress_address
from okno.people.models import ContactAddress
from okno.tickets.commands.deliveries import record_delivery, record_report
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.receive import receive_message
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.commands.words import Body
from okno.tickets.models import Delivery, Ticket
from tests.conftest import Shop
from tests.console.conftest import Browser

HTMX = {"hx-request": "true"}
WRONG = "requester@client.example"


def reported(shop: Shop, ticket: Ticket, **report: object) -> Delivery:
    """Return the recipient of a reply that a server reported of."""
    shop.mailbox()
    message = reply_to_ticket(actor=shop.actor("agent"), ticket_id=ticket.pk, text="Try again.", now=shop.now)
    mail = OutgoingMail.objects.get(subject_ref=message.pk, subject_kind="message")
    sent = {WRONG: {"state": "sent", "code": 250, "words": ""}}
    OutgoingMail.objects.filter(pk=mail.pk).update(state="done", results=sent)
    record_delivery(mail=mail, results=sent, now=shop.now)
    report = {"recipient": WRONG, "status": "5.1.1", "reason": "550 5.1.1 <nobody> unknown", **report}
    record_report(mail=mail, address=WRONG, report=Bounce(**report), now=shop.now)  # type: ignore[arg-type]
    return Delivery.objects.get(message=message)


def test_a_message_that_did_not_arrive_says_why_in_plain_words_and_what_to_do(
    shop: Shop, browser: Browser
) -> None:
    ticket = shop.ticket()
    failed = reported(shop, ticket)
    page = browser().get(f"/tickets/{ticket.number}/").content.decode()
    assert f"Not delivered to {WRONG}: there is no such mailbox." in page
    assert "550 5.1.1 &lt;nobody&gt; unknown" in page
    assert f'popovertarget="resend-{failed.pk}"' in page
    assert f'action="/tickets/{ticket.number}/deliveries/{failed.pk}/again/"' in page


def test_it_is_sent_to_the_right_address_and_the_card_is_corrected(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    failed = reported(shop, ticket)
    said = {"address": "right@client.example", "card": "1"}
    url = f"/tickets/{ticket.number}/deliveries/{failed.pk}/again/"
    client = browser()
    answer = client.post(url, said, headers=HTMX)
    assert answer.status_code == 204
    assert "okno:refresh" in answer["HX-Trigger"]
    assert ContactAddress.objects.get(contact=shop.contact("right")).value == "right@client.example"
    assert not ContactAddress.objects.filter(value=WRONG).exists()
    assert client.post(url, said, headers=HTMX).status_code == 409
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "Sent again to right@client.example." in page
    assert f'popovertarget="resend-{failed.pk}"' not in page


def test_without_scripts_it_leads_back_to_the_message(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    failed = reported(shop, ticket, status="4.2.2", permanent=False)
    answer = browser().post(f"/tickets/{ticket.number}/deliveries/{failed.pk}/again/")
    assert answer["Location"] == f"/tickets/{ticket.number}/#message-{failed.message_id}"
    failed.refresh_from_db()
    assert failed.state == "sending"


def test_what_may_work_now_can_be_sent_again_at_once(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    failed = reported(shop, ticket)
    url = f'action="/tickets/{ticket.number}/deliveries/{failed.pk}/again/"'
    client = browser()
    assert client.get(f"/tickets/{ticket.number}/").content.decode().count(url) == 1
    Delivery.objects.filter(pk=failed.pk).update(is_permanent=False)
    assert client.get(f"/tickets/{ticket.number}/").content.decode().count(url) == 2


def test_a_delay_is_said_and_is_no_alarm(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    reported(shop, ticket, status="4.4.1", action="delayed", permanent=False)
    page = browser().get(f"/tickets/{ticket.number}/").content.decode()
    assert "has not passed it on" in page
    assert "delivery-failed" not in page


def test_who_may_not_reply_sees_it_and_cannot_send(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    failed = reported(shop, ticket)
    client = browser("light_agent", role="light_agent")
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "there is no such mailbox" in page
    assert 'popovertarget="resend-' not in page
    answer = client.post(
        f"/tickets/{ticket.number}/deliveries/{failed.pk}/again/", {"address": "x@y.example"}
    )
    assert answer.status_code == 403
    outsider = browser("outsider", role=None)
    answer = outsider.post(
        f"/tickets/{ticket.number}/deliveries/{failed.pk}/again/", {"address": "x@y.example"}
    )
    assert answer.status_code in (403, 404)
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_what_a_machine_wrote_is_folded_but_what_opened_the_ticket_stands_open(
    shop: Shop, browser: Browser
) -> None:
    ticket = shop.ticket()
    client = browser()
    assert "message-aside" not in client.get(f"/tickets/{ticket.number}/").content.decode()
    receive_message(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        message=NewMessage(
            kind="note",
            direction="internal",
            channel="email",
            body=Body(text="I am away until <Monday>.", html=""),
            author_name="Rosa",
            subject="Out of <office>",
            is_automatic=True,
        ),
        now=shop.now,
    )
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert page.count("message-aside") == 1
    assert "Out of &lt;office&gt;</summary>" in page
    ticket.messages.update(is_automatic=True)
    assert client.get(f"/tickets/{ticket.number}/").content.decode().count("message-aside") == 1


def test_the_composer_warns_of_a_suppressed_recipient(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    client = browser()
    assert "suppressed since" not in client.get(f"/tickets/{ticket.number}/").content.decode()
    suppress_address(address=WRONG, cause="bounced", status="5.1.1", words="unknown", now=shop.now)
    assert "suppressed since" in client.get(f"/tickets/{ticket.number}/").content.decode()
    suggested = client.get(f"/tickets/{ticket.number}/recipients/?q=Requester").content.decode()
    assert "suppressed since" in suggested
