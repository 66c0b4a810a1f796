"""The main job: mail in, an agent answers in a browser, mail out, the reply comes home, it is solved."""

from __future__ import annotations

import re
import time
from email import message_from_bytes, policy
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.flows.conftest import People
from tests.servers.imap_server import PASSWORD, USER, Dovecot
from tests.servers.installation import Installation, mail, wait_until
from tests.servers.smtp_relay import SmtpRelay

# Patience, not a promise: how fast it is, the benchmarks say. Nothing here reloads a page, so what comes came live.
LIVE_MS = 15_000
INTAKE_MS = 15_000


def received(relay: SmtpRelay, word: str, *, to: str = "", seconds: float = 40) -> EmailMessage:
    """Return the newest mail at the relay with a word in its text, to somebody if asked, as soon as there is one."""
    found: list[EmailMessage] = []

    def look() -> bool:
        for delivered in relay.delivered:
            message = message_from_bytes(delivered.data, policy=policy.default)
            body = message.get_body(("plain",))
            if body is not None and word in body.get_content() and to in str(message["To"]):
                found.append(message)
        return bool(found)

    wait_until(look, seconds=seconds, what=f"mail with {word!r} leaves")
    return found[-1]


def answer_to(message: EmailMessage, text: str, *, sender: str) -> EmailMessage:
    """Return a reply as a mail program writes it."""
    to = str(message["Reply-To"] or message["From"])
    return mail(
        f"Re: {message['Subject']}",
        f"{text}\n\n> {message.get_body(('plain',)).get_content()[:200]}",  # type: ignore[union-attr]
        sender=sender,
        to=to,
        In_Reply_To=str(message["Message-ID"]),
        References=str(message["Message-ID"]),
    )


def write_reply(page: Page, text: str) -> None:
    """Write into the composer and send."""
    unfold = page.locator("[data-unfold=reply]")
    if unfold.is_visible():
        unfold.click()
    page.locator("[data-text] [contenteditable=true]").click()
    page.keyboard.type(text)
    page.locator("[data-send]").click()


def choose_status(page: Page, name: str) -> None:
    page.locator("#ticket-state [popovertarget=head-status]").click()
    page.locator("#head-status").get_by_text(name, exact=True).click()


def test_by_smtp_from_first_mail_to_solved(okno: Installation, relay: SmtpRelay, people: People) -> None:
    _anna, page = people.member(locale="en-US")
    page.goto(f"{okno.url}/tickets/?view=all")
    page.evaluate("window.stayed = true")
    first = mail(
        "The coffee machine leaks", "Water everywhere.\n\nMaria", sender="Maria Client <maria@leak.example>"
    )
    okno.send(first, sender="maria@leak.example")

    row = page.get_by_text("The coffee machine leaks").first
    expect(row).to_be_visible(timeout=INTAKE_MS)
    assert page.evaluate("window.stayed"), "the list was not loaded anew"
    receipt = received(relay, "/r/")
    assert str(receipt["To"]) == "maria@leak.example"
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "Water everywhere" not in receipt.as_string(), "nothing of a stranger's words is sent on"

    row.click()
    page.wait_for_url(re.compile(r"/tickets/\d+/"))
    page.evaluate("window.stayed = true")
    number = int(re.search(r"/tickets/(\d+)/", page.url)[1])  # type: ignore[index]
    page.locator("[data-key=i]").first.click()
    expect(page.locator("#ticket-state")).to_contain_text("Анна", timeout=LIVE_MS)

    write_reply(page, "Turn the valve to the left.")
    expect(page.locator("#thread")).to_contain_text("Turn the valve to the left.", timeout=LIVE_MS)
    sent = received(relay, "Turn the valve to the left.")
    assert sent["To"].addresses[0].addr_spec == "maria@leak.example"
    assert sent["From"].addresses[0].addr_spec == "support@okno.example"
    assert sent["In-Reply-To"] == first["Message-ID"]
    assert "+" in str(sent["Reply-To"])
    assert sent["Auto-Submitted"] is None
    assert f"#{number}" in str(sent["Subject"])
    wait_until(lambda: _delivery_states(okno, number) == {"sent"}, what="the reply counts as sent")

    okno.send(answer_to(sent, "It still drips.", sender="maria@leak.example"), to=_reply_address(sent))
    expect(page.locator("#thread")).to_contain_text("It still drips.", timeout=INTAKE_MS)
    assert page.evaluate("window.stayed"), "the ticket was not loaded anew"
    assert okno.tickets_of(["The coffee machine leaks"]) == {"The coffee machine leaks": 1}

    choose_status(page, _status_name(okno, "resolved", str(page.get_attribute("html", "lang"))))
    wait_until(
        lambda: received(relay, "/r/")["Message-ID"] != receipt["Message-ID"], what="the question leaves"
    )
    question = received(relay, "/r/")
    assert question["Auto-Submitted"] == "auto-generated"
    link = re.search(r"http://\S+/r/\S+", question.get_body(("plain",)).get_content())[0]  # type: ignore[union-attr, index]

    maria = people.somebody(locale="en-US").page()
    maria.goto(link)
    expect(maria.locator("h1")).to_have_text("Is it solved?")
    maria.locator("main button[type=submit]").click()
    expect(maria.locator("h1")).to_have_text("The coffee machine leaks")
    expect(maria.locator("[role=status]")).to_contain_text("Thank you.")
    wait_until(lambda: _category(okno, number) == "closed", what="it is closed")


def test_by_imap_set_up_in_the_browser(okno: Installation, relay: SmtpRelay, people: People) -> None:
    with Dovecot() as imap:
        _admin, page = people.member("admin@okno.example", locale="en-US")
        page.goto(f"{okno.url}/settings/mailboxes/")
        page.get_by_role("link", name="support@okno.example").first.click()
        page.fill("[name=imap_host]", "127.0.0.1")
        page.fill("[name=imap_port]", str(imap.port))
        page.select_option("[name=imap_security]", "none")
        page.fill("[name=imap_user]", USER)
        page.fill("[name=imap_password]", PASSWORD)
        page.locator("[hx-target='#result']").click()
        expect(page.locator("#result .banner-success, #result [class*=success]").first).to_be_visible(
            timeout=15_000
        )
        page.locator("form.form button[type=submit]").first.click()
        # What lies in a mailbox is looked at before anything of it is taken.
        page.wait_for_url(re.compile(r"/settings/mailboxes/\d+/start/"))
        page.locator("form.form button[type=submit]").first.click()
        page.wait_for_load_state()
        imap.deliver(
            mail("Fetched from a mailbox", "By IMAP.", sender="Ivan <ivan@fetch.example>").as_bytes()
        )
        wait_until(
            lambda: okno.tickets_of(["Fetched from a mailbox"]) == {"Fetched from a mailbox": 1},
            what="fetched",
        )
        page.goto(f"{okno.url}/tickets/?view=all")
        page.get_by_text("Fetched from a mailbox").first.click()
        page.wait_for_url(re.compile(r"/tickets/\d+/"))
        write_reply(page, "Answered over IMAP.")
        sent = received(relay, "Answered over IMAP.")
        imap.deliver(
            answer_to(sent, "Thank you, all is well.", sender="Ivan <ivan@fetch.example>").as_bytes()
        )
        expect(page.locator("#thread")).to_contain_text("Thank you, all is well.", timeout=20_000)
        assert okno.outcomes().get("replied", 0) >= 1


def test_twelve_tabs_of_one_browser_stay_alive(okno: Installation, people: People) -> None:
    anna, first = people.member(locale="en-US")
    tabs = [first, *(anna.page() for _ in range(11))]
    for tab in tabs:
        tab.goto(f"{okno.url}/tickets/?view=all")
    okno.send(mail("News for all tabs", sender="tabs@client.example"))
    wait_until(lambda: okno.tickets_of(["News for all tabs"])["News for all tabs"] == 1, what="taken in")
    known = time.monotonic()
    for tab in tabs:
        left = max(1.0, LIVE_MS - (time.monotonic() - known) * 1000)
        # Twelve tabs are asked one after the other, and each takes its own share of this machine.
        expect(tab.get_by_text("News for all tabs").first).to_be_attached(timeout=left + LIVE_MS)
    tabs[-1].goto(f"{okno.url}/tickets/?view=mine")
    expect(tabs[-1].locator("h1")).to_be_visible()


def _reply_address(message: EmailMessage) -> str:
    return str(message["Reply-To"].addresses[0].addr_spec)


def _category(okno: Installation, number: int) -> str:
    return str(okno.sql("SELECT category FROM tickets_ticket WHERE number = %s", number)[0][0])


def _delivery_states(okno: Installation, number: int) -> set[str]:
    query = """
        SELECT d.state FROM tickets_delivery d JOIN tickets_message m ON m.id = d.message_id
        JOIN tickets_ticket t ON t.id = m.ticket_id WHERE t.number = %s
    """
    return {row[0] for row in okno.sql(query, number)}


def _status_name(okno: Installation, category: str, language: str) -> str:
    names = okno.sql("SELECT names FROM tickets_status WHERE category = %s ORDER BY position", category)[0][0]
    return str(names[language])
