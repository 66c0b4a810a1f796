"""The pages of a first connection and of a sending domain: what they show, who may, what a press does."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from okno.accounts.models import User
from okno.channels.email.first_connection import preview_of
from okno.channels.email.imap_preview import Count, Preview, Shown
from okno.channels.email.models import Mailbox, MailboxLookup, OutgoingMail
from okno.channels.email.sending_domain import DkimKey, DomainFacts
from okno.lib.clock import current_time
from okno.team.models import Role
from okno.tenancy.scope import scope
from tests.conftest import Shop, make_shop
from tests.console.conftest import browser_for
from tests.console.test_outbox import going_out

ALLOWED = {Role.ADMINISTRATOR, Role.CONFIGURATOR}
PAGES = ("start/", "preview/", "domain/", "domain/findings/")
ACTS = ("start/", "preview/again/", "release/", "hold/", "domain/")
PREVIEW = Preview(
    uidvalidity=7,
    next_uid=42,
    counts={
        "day": Count(messages=2, unseen=1),
        "week": Count(messages=5, unseen=3),
        "month": Count(messages=5000, unseen=4000, is_more=True),
        "all": Count(messages=88_000, unseen=9_000),
    },
    newest=(
        Shown(
            subject="<b>Printer</b>",
            name="Anna",
            address="anna@client.example",
            received_at="2026-11-01T10:00:00+00:00",
            is_seen=False,
        ),
        Shown(subject="", name="", address="", received_at="", is_seen=True),
    ),
)


@pytest.fixture
def box(shop: Shop) -> Mailbox:
    """Give a mailbox that was connected and not started."""
    cache.clear()
    mailbox: Any = shop.mailbox()
    Mailbox.objects.filter(pk=mailbox.pk).update(
        is_released=False, awaits_window=True, imap_host="mail.example.com", imap_user="x"
    )
    mailbox.refresh_from_db()
    return mailbox  # type: ignore[no-any-return]


@pytest.fixture
def boss(shop: Shop) -> Client:
    """Give an administrator's browser."""
    return browser_for(shop, "administrator")


def at(box: Mailbox, rest: str = "start/") -> str:
    return f"/settings/mailboxes/{box.pk}/{rest}"


def words(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def looked(box: Mailbox, answer: dict[str, Any], kind: str = "preview") -> None:
    """Let a worker have answered."""
    MailboxLookup.objects.update_or_create(
        mailbox=box, kind=kind, defaults={"answer": answer, "answered_at": current_time(), "state": "done"}
    )


def test_the_page_asks_and_waits(box: Mailbox, boss: Client) -> None:
    page = words(boss.get(at(box)))
    assert f'hx-get="{at(box, "preview/")}"' in page
    assert 'name="window"' not in page
    assert MailboxLookup.objects.get().state == "due"
    boss.get(at(box))
    assert MailboxLookup.objects.count() == 1
    assert 'hx-trigger="every 1s"' in words(boss.get(at(box, "preview/")))


def test_the_preview_is_shown_and_asks_no_more(box: Mailbox, boss: Client) -> None:
    looked(box, PREVIEW.as_json())
    part = words(boss.get(at(box, "preview/")))
    assert "hx-get" not in part
    assert "more than 4000" in part
    assert "88000 mails lie in the mailbox." in part
    assert "&lt;b&gt;Printer&lt;/b&gt;" in part
    assert "(no subject)" in part
    assert 'value="new" checked' in part
    assert part.count('name="window"') == 5


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"problem": "login", "detail": "nope"}, "refuses the name or the password"),
        ({"problem": "secret"}, "enter it again"),
        ({"problem": "consent", "consent": "withdrawn", "detail": ""}, "Connect the mailbox again"),
    ],
)
def test_a_failure_is_said_and_looked_at_again(
    box: Mailbox, boss: Client, answer: dict[str, Any], expected: str
) -> None:
    looked(box, answer)
    page = words(boss.get(at(box)))
    assert expected in page
    assert 'name="window"' not in page
    assert boss.post(at(box, "preview/again/"))["Location"] == at(box)
    assert preview_of(box, now=current_time()).is_pending


def test_a_worker_that_gave_up_is_said(box: Mailbox, boss: Client) -> None:
    looked(box, {"problem": "login", "detail": ""})
    MailboxLookup.objects.update(state="dead")
    assert "could not be looked into" in words(boss.get(at(box)))


def test_start_with_what_was_chosen(box: Mailbox, boss: Client) -> None:
    looked(box, PREVIEW.as_json())
    answer = boss.post(at(box), {"window": "week", "takes_seen": "1"})
    assert answer["Location"] == at(box)
    box.refresh_from_db()
    assert (box.awaits_window, box.is_released, box.import_takes_seen) == (False, False, True)
    assert (box.first_uidvalidity, box.first_uid) == (7, 42)
    assert box.import_since is not None
    page = words(boss.get(at(box)))
    assert "Nothing leaves by this mailbox yet." in page
    assert boss.post(at(box), {"window": "all"}).status_code == 409
    refreshed = boss.get(at(box, "preview/"))
    assert (refreshed.status_code, refreshed["HX-Refresh"]) == (204, "true")


def test_start_without_waiting_takes_only_new_mail(box: Mailbox, boss: Client) -> None:
    boss.post(at(box), {"release": "1"})
    box.refresh_from_db()
    assert (box.awaits_window, box.is_released) == (False, True)
    assert box.import_since == box.connected_at


def test_nonsense_is_refused_and_nothing_begins(box: Mailbox, boss: Client) -> None:
    assert boss.post(at(box), {"window": "century"}).status_code == 422
    assert boss.post(at(box, "release/"), {"waiting": "burn"}).status_code == 422
    box.refresh_from_db()
    assert (box.awaits_window, box.is_released) == (True, False)


def test_release_says_how_many_wait_and_one_press_does_it(shop: Shop, box: Mailbox, boss: Client) -> None:
    Mailbox.objects.update(awaits_window=False)
    for purpose in ("reply", "receipt", "receipt"):
        going_out(shop, purpose=purpose, state="kept", awaits_release=True, last_error="Kept until")
    page = words(boss.get(at(box)))
    assert "3 mails wait for the release." in page
    assert "Receipt: 2" in page
    outbox = words(boss.get("/outbox/"))
    assert "is kept until that mailbox is released" in outbox
    assert "has no way to send mail" not in outbox
    kept = OutgoingMail.objects.first()
    assert kept is not None
    assert "Kept until" in words(boss.get(f"/outbox/{kept.pk}/"))
    assert boss.post(at(box, "release/"), {"waiting": "discard"})["Location"] == at(box)
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"cancelled"}
    assert "Mail leaves by this mailbox." in words(boss.get(at(box)))
    boss.post(at(box, "hold/"))
    going_out(shop, state="kept", awaits_release=True, message_id="<later@x>")
    boss.post(at(box, "release/"), {"waiting": "send"})
    assert OutgoingMail.objects.get(message_id="<later@x>").state == "due"


def test_agents_are_told_on_the_ticket(shop: Shop, box: Mailbox) -> None:
    ticket: Any = shop.ticket(mailbox_id=box.pk)
    client = browser_for(shop, "agent")
    said = "are kept until an administrator releases that mailbox"
    assert said in words(client.get(f"/tickets/{ticket.number}/"))
    Mailbox.objects.update(is_released=True)
    assert said not in words(client.get(f"/tickets/{ticket.number}/"))


def test_the_way_there_from_the_list_and_the_mailbox(box: Mailbox, boss: Client) -> None:
    for page in ("/settings/mailboxes/", at(box, "")):
        assert f'href="{at(box)}"' in words(boss.get(page)), page
    assert f'href="{at(box, "domain/")}"' in words(boss.get(at(box, "")))


def test_the_domain_is_asked_when_first_looked_at(box: Mailbox, boss: Client) -> None:
    page = words(boss.get(at(box, "domain/")))
    assert f'hx-get="{at(box, "domain/findings/")}"' in page
    assert MailboxLookup.objects.get().kind == "domain"


def test_findings_with_records_to_copy(shop: Shop, box: Mailbox, boss: Client) -> None:
    facts = DomainFacts(
        domain=shop.host,
        host="smtp.gmail.com",
        provider="Google Workspace",
        spf=["v=spf1 mx -all"],
        spf_result="fail",
        dkim=[DkimKey(selector="google", problem="missing")],
        dmarc=["v=DMARC1; p=reject"],
        dmarc_domain=shop.host,
    )
    looked(box, facts.as_json(), kind="domain")
    part = words(boss.get(at(box, "domain/findings/")))
    assert "hx-get" not in part
    assert 'data-copy="v=spf1 mx include:_spf.google.com -all"' in part
    assert f'data-copy="google._domainkey.{shop.host}"' in part
    assert "To be put right" in part


def test_selectors_are_kept_or_refused(box: Mailbox, boss: Client) -> None:
    assert boss.post(at(box, "domain/"), {"selectors": "s2026, mail"})["Location"] == at(box, "domain/")
    assert MailboxLookup.objects.get().question == {"selectors": ["s2026", "mail"]}
    assert 'value="s2026 mail"' in words(boss.get(at(box, "domain/")))
    refused = boss.post(at(box, "domain/"), {"selectors": "what?"})
    assert refused.status_code == 422
    assert "selectors" in refused.context["form"].errors


@pytest.mark.parametrize("role", Role.values)
def test_who_may(shop: Shop, box: Mailbox, role: str) -> None:
    client = browser_for(shop, role, role=role)
    for rest in PAGES:
        assert client.get(at(box, rest)).status_code == (200 if role in ALLOWED else 403), rest
    for rest in ACTS:
        assert (client.post(at(box, rest)).status_code == 403) == (role not in ALLOWED), rest
    for rest in set(ACTS) - set(PAGES):
        assert client.get(at(box, rest)).status_code == 405, rest


def test_strangers_and_visitors(shop: Shop, box: Mailbox) -> None:
    stranger = Client(headers={"host": shop.host, "accept": "text/html"})
    stranger.force_login(User.objects.create_user("stranger@client.example", "a long pass phrase"))
    visitor = Client(headers={"host": shop.host, "accept": "text/html"})
    for rest in PAGES:
        assert stranger.get(at(box, rest)).status_code == 404, rest
        assert visitor.get(at(box, rest))["Location"].startswith("/accounts/login/"), rest
    for rest in ACTS:
        assert stranger.post(at(box, rest)).status_code == 404, rest
        assert visitor.post(at(box, rest)).status_code == 401, rest
    box.refresh_from_db()
    assert (box.awaits_window, box.is_released) == (True, False)
    assert not MailboxLookup.objects.exists()


def test_a_mailbox_of_another_workspace_is_not_there(open_shop: Shop) -> None:
    cache.clear()
    other = make_shop(open_shop.now)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        box: Any = open_shop.mailbox()
        Mailbox.objects.filter(pk=box.pk).update(is_released=False, awaits_window=True)
    with scope(other.workspace):  # type: ignore[arg-type]
        neighbour = browser_for(other, "administrator")
    for rest in PAGES:
        assert neighbour.get(at(box, rest)).status_code == 404, rest
    for rest in ACTS:
        assert neighbour.post(at(box, rest)).status_code == 404, rest
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        box.refresh_from_db()
        assert (box.awaits_window, box.is_released) == (True, False)
        assert not MailboxLookup.objects.exists()
