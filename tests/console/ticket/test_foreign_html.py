"""Foreign HTML in the page: a document of its own that can load and run nothing."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from okno.channels.email.models import RawMail
from okno.lib.sanitize import sanitize_html
from okno.lib.stores import raw_store
from okno.tenancy.scope import scope
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.receive import hold_message, receive_message
from okno.tickets.commands.words import Body
from okno.tickets.models import Attachment, Message
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<form action="/tickets/1/take/" method=post><button>x</button></form>',
    '<iframe src="https://evil.example"></iframe>',
    "<style>@import 'https://evil.example/x.css'</style>",
    '<div style="background:url(https://evil.example/x)">x</div>',
    '<img srcset="https://evil.example/x 2x">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    '<base href="https://evil.example/">',
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<p hx-get="/logout" hx-trigger="load">x</p>',
    "<input autofocus onfocus=alert(1)>",
    "</body><script>alert(1)</script>",
]
ACTING = re.compile(
    r"<(?:script|iframe|form|svg|object|embed|meta http|base|link|input)|\son\w+=|javascript:|hx-",
    re.IGNORECASE,
)


def receive(
    shop: Shop, ticket: Any, html: str, *, text: str = "Words", files: Any = (), raw: Any = None
) -> Message:
    """Let a mail with HTML come in, cleaned as intake does."""
    contact = shop.contact()
    return receive_message(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        message=NewMessage(
            kind="reply",
            direction="in",
            channel="email",
            author_contact=contact,
            from_address="requester@client.example",
            body=Body(text=text, html=sanitize_html(html)),
            quoted_html=sanitize_html("<p>What was said before</p>"),
            attachments=files,
            raw=raw,
        ),
        now=shop.now,
    )


def kept_mail(shop: Shop, content: bytes) -> RawMail:
    """Return a raw mail in the ledger and in the store."""
    blob = raw_store().put(shop.workspace.pk, content)
    return RawMail.objects.create(mailbox=shop.mailbox(), source="ingest", sha256=blob.sha256, size=blob.size)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_acts(shop: Shop, browser: Browser, html: str) -> None:
    ticket = shop.ticket()
    message = receive(shop, ticket, f"<p>Hello</p>{html}")
    client = browser()
    body = client.get(f"/tickets/{ticket.number}/messages/{message.pk}/body")
    document = body.content.decode()
    inner = document.split("<body", 1)[1]
    assert "Hello" in inner
    assert not ACTING.search(inner), inner
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert "alert(1)" not in page
    assert "evil.example" not in page


def test_the_frame_has_its_own_policy(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    message = receive(shop, ticket, "<p>Hello</p>")
    answer = browser().get(f"/tickets/{ticket.number}/messages/{message.pk}/body")
    policy = answer["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'unsafe-inline'",
        "frame-ancestors 'self'",
    ):
        assert part in policy.split("; ")
    assert "script" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_frame_in_the_page_cannot_run_scripts(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    receive(shop, ticket, "<p>Hello</p>")
    page = browser().get(f"/tickets/{ticket.number}/").content.decode()
    sandboxes = re.findall(r'<iframe[^>]*sandbox="([^"]*)"', page)
    assert sandboxes
    assert {*sandboxes} == {"allow-same-origin allow-popups allow-popups-to-escape-sandbox"}


def test_remote_pictures_wait_for_consent(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    message = receive(shop, ticket, '<p>Hello <img src="https://news.example/pixel.gif"></p>')
    client = browser()
    url = f"/tickets/{ticket.number}/messages/{message.pk}/body"
    blocked, shown = client.get(url), client.get(f"{url}?images=1")
    assert ' src="https://news.example' not in blocked.content.decode()
    assert "https:" not in blocked["Content-Security-Policy"]
    assert ' src="https://news.example/pixel.gif"' in shown.content.decode()
    assert shown["Referrer-Policy"] == "no-referrer"
    assert "data-show-images" in client.get(f"/tickets/{ticket.number}/").content.decode()


def test_inline_pictures_are_files_of_the_same_message_only(shop: Shop, browser: Browser) -> None:
    ticket, other = shop.ticket(), shop.ticket("Other")
    mine, foreign = (
        Attachment(
            filename="a.png", content_type="image/png", size=1, sha256="a" * 64, is_inline=True,
            content_id=name, key=uuid4(), created_at=shop.now,
        )
        for name in ("mine", "foreign")
    )  # fmt: skip
    receive(shop, other, '<img src="cid:foreign">', files=[foreign])
    message = receive(shop, ticket, '<img src="cid:mine"><img src="cid:foreign">', files=[mine])
    document = browser().get(f"/tickets/{ticket.number}/messages/{message.pk}/body").content.decode()
    assert f"/files/{mine.key}/a.png" in document
    assert str(foreign.key) not in document


def test_the_quoted_part_is_apart(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    message = receive(shop, ticket, "<p>Hello</p>")
    client = browser()
    url = f"/tickets/{ticket.number}/messages/{message.pk}/body"
    assert "What was said before" not in client.get(url).content.decode()
    assert "What was said before" in client.get(f"{url}?part=quoted").content.decode()


def test_plain_words_are_escaped_and_their_links_are_links(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    receive(shop, ticket, "", text='See https://ok.example/a?b=1&c="x">. <b>bold</b> javascript:alert(1)')
    page = browser().get(f"/tickets/{ticket.number}/").content.decode()
    assert '<a class="link" href="https://ok.example/a?b=1&amp;c=" target="_blank"' in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert 'href="javascript:' not in page


def test_hostile_names_and_subjects_are_words(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket('<script>alert("subject")</script>')
    page = browser().get(f"/tickets/{ticket.number}/").content.decode()
    assert "<script>alert(" not in page
    assert "&lt;script&gt;alert(&quot;subject&quot;)&lt;/script&gt;" in page


def test_the_mail_as_it_came_and_its_headers(shop: Shop, browser: Browser) -> None:
    content = (
        b"Subject: =?utf-8?b?0J/RgNC40LLQtdGC?=\r\nX-Evil: <script>alert(1)</script>\r\n\r\nHello <b>you</b>"
    )
    ticket = shop.ticket()
    message = receive(shop, ticket, "<p>Hello</p>", raw=kept_mail(shop, content))
    client = browser()
    raw = client.get(f"/tickets/{ticket.number}/messages/{message.pk}/raw")
    assert b"".join(raw.streaming_content) == content
    assert raw["Content-Disposition"].startswith("attachment")
    assert raw["Content-Type"] == "application/octet-stream"
    headers = client.get(f"/tickets/{ticket.number}/messages/{message.pk}/headers").content.decode()
    assert "Привет" in headers
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in headers
    assert "Hello" not in headers.split("<table")[1]


def test_a_held_mail_waits_for_a_decision(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    held = hold_message(
        ticket_id=ticket.pk, raw=kept_mail(shop, b"Subject: x\r\n\r\ny"), from_address="who@else.example",
        from_name="<i>Who</i>", subject="Re", text="Let me in", reason="other_address", now=shop.now,
    )  # fmt: skip
    client = browser()
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    for words in ("Let me in", "who@else.example", "&lt;i&gt;Who&lt;/i&gt;", "Accept", "New ticket", "Spam"):
        assert words in page
    assert client.post(f"/tickets/{ticket.number}/held/{held.pk}/", {"decision": "burn"}).status_code == 422
    assert client.post(f"/tickets/{ticket.number}/held/{held.pk}/", {"decision": "spam"}).status_code == 302
    held.refresh_from_db()
    assert held.decision == "spam"
    assert "Let me in" not in client.get(f"/tickets/{ticket.number}/").content.decode()
    late = client.post(f"/tickets/{ticket.number}/held/{held.pk}/", {"decision": "accepted"})
    assert late.status_code == 409


@pytest.mark.parametrize("part", ["body", "raw", "headers"])
def test_strangers_find_no_part_of_a_message(db: None, now: Any, part: str) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):
        ticket = ours.ticket()
        other = ours.ticket("Other")
        message = receive(ours, ticket, "<p>Hello</p>", raw=kept_mail(ours, b"A: b\r\n\r\n"))
        team_only = browser_for(ours, "outsider", role="agent", scope="own")
        agent = browser_for(ours)
    with scope(theirs.workspace):
        foreign = browser_for(theirs)
    path = f"/tickets/{ticket.number}/messages/{message.pk}/{part}"
    assert foreign.get(path).status_code == 404
    assert team_only.get(path).status_code == 404
    assert agent.get(f"/tickets/{other.number}/messages/{message.pk}/{part}").status_code == 404
