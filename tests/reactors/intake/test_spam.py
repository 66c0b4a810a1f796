"""Spam: what is kept out by which rule, what is never lost to one, and letting it in after all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okno.channels.email.models import BlockedSender, Mailbox, OutgoingMail, RawMail, TrustedSender
from okno.channels.email.senders import block_sender, trust_sender
from okno.lib.errors import NotFound
from okno.people.models import Contact
from okno.reactors.intake.spam import delete_spam_mails, release_mails
from okno.reactors.notify.models import Notification
from okno.spine.models import Reaction, Timer
from okno.spine.work import drain
from okno.team.models import Desk, Team
from okno.tickets.commands.spam import mark_spam, unmark_spam
from okno.tickets.commands.status import change_status
from okno.tickets.models import HeldMessage, Message, StatusCategory, Ticket
from tests.conftest import Shop
from tests.reactors.intake.test_pipeline import answer_of, take_in, write_mail

FLAG = {"X-Spam-Flag": "YES"}


def blocked(shop: Shop, pattern: str) -> BlockedSender:
    """Block a sender as an administrator."""
    return block_sender(actor=shop.actor("administrator"), pattern=pattern, now=shop.now)


def ticket_of(raw: RawMail) -> Ticket:
    """Return the ticket that a mail ended on."""
    return Ticket.objects.get(number=raw.ticket_number)


@pytest.mark.parametrize("pattern", ["rosa@client.example", "client.example", "@example.client.example"])
def test_mail_of_a_blocked_sender_makes_nothing(shop: Shop, pattern: str) -> None:
    blocked(shop, pattern)
    sender = "rosa@mail.example.client.example" if pattern.startswith("@") else "rosa@client.example"
    raw = take_in(shop, write_mail(shop, sender=sender, text="Buy now"))
    assert (raw.outcome, raw.reason.split(": ")[0]) == ("spam", "blocked")
    assert (raw.words, raw.sender) == ("Buy now", sender)
    assert not Ticket.objects.exists()
    assert not Contact.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_a_neighbour_of_a_blocked_sender_is_let_in(shop: Shop) -> None:
    blocked(shop, "rosa@client.example")
    blocked(shop, "@other.example")
    assert take_in(shop, write_mail(shop, sender="ben@client.example")).outcome == "opened"
    assert take_in(shop, write_mail(shop, sender="eve@another.example")).outcome == "opened"


def test_what_the_receiving_server_calls_spam_makes_nothing(shop: Shop) -> None:
    raw = take_in(shop, write_mail(shop, headers=FLAG))
    assert (raw.outcome, raw.reason.split(": ")[0]) == ("spam", "verdict")
    assert not Ticket.objects.exists()


def test_a_trusted_sender_is_let_in_whatever_the_server_says(shop: Shop) -> None:
    trust_sender(actor=shop.actor("administrator"), pattern="client.example", now=shop.now)
    assert take_in(shop, write_mail(shop, headers=FLAG)).outcome == "opened"


def test_who_pretends_to_be_a_trusted_sender_is_not(shop: Shop) -> None:
    Mailbox.objects.filter(pk=shop.mailbox().pk).update(trusted_authserv="mx.ours.example")
    trust_sender(actor=shop.actor("administrator"), pattern="client.example", now=shop.now)
    forged = {**FLAG, "Authentication-Results": "mx.ours.example; dmarc=fail"}
    assert take_in(shop, write_mail(shop, headers=forged)).outcome == "spam"


def test_the_nearest_pattern_decides(shop: Shop) -> None:
    blocked(shop, "client.example")
    trust_sender(actor=shop.actor("agent"), pattern="rosa@client.example", now=shop.now)
    assert take_in(shop, write_mail(shop)).outcome == "opened"
    assert take_in(shop, write_mail(shop, sender="ben@client.example")).outcome == "spam"


def test_a_verdict_never_costs_the_answer_of_somebody_who_takes_part(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    ours = answer_of(shop, ticket)
    mail = write_mail(shop, text="It still hums", headers={**FLAG, "In-Reply-To": ours.message_id})
    assert take_in(shop, mail).outcome == "replied"
    stranger = write_mail(
        shop, sender="eve@evil.example", text="Buy", headers={**FLAG, "In-Reply-To": ours.message_id}
    )
    assert take_in(shop, stranger).outcome == "spam"


def test_a_blocked_participant_is_kept_out(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    ours = answer_of(shop, ticket)
    blocked(shop, "rosa@client.example")
    raw = take_in(shop, write_mail(shop, text="Again", headers={"In-Reply-To": ours.message_id}))
    assert (raw.outcome, raw.ticket_number) == ("spam", ticket.number)
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_a_released_mail_goes_where_it_would_have_gone_and_unblocks(shop: Shop) -> None:
    blocked(shop, "rosa@client.example")
    raw = take_in(shop, write_mail(shop))
    released = release_mails(actor=shop.actor("agent"), raw_ids=[raw.pk], now=shop.now)
    assert (released.count, released.still_blocked) == (1, [])
    assert not BlockedSender.objects.exists()
    drain(RawMail)
    raw.refresh_from_db()
    assert (raw.outcome, raw.is_released) == ("opened", True)
    with pytest.raises(NotFound):
        release_mails(actor=shop.actor("agent"), raw_ids=[raw.pk], now=shop.now)
    assert Ticket.objects.count() == 1


def test_an_agent_lets_one_mail_in_of_a_domain_that_only_the_settings_unblock(shop: Shop) -> None:
    blocked(shop, "client.example")
    raw = take_in(shop, write_mail(shop))
    released = release_mails(actor=shop.actor("agent"), raw_ids=[raw.pk], now=shop.now)
    assert released.still_blocked == ["@client.example"]
    drain(RawMail)
    raw.refresh_from_db()
    assert raw.outcome == "opened"
    assert take_in(shop, write_mail(shop, text="Next")).outcome == "spam"


def test_release_may_let_the_sender_in_for_good(shop: Shop) -> None:
    raw = take_in(shop, write_mail(shop, headers=FLAG))
    release_mails(actor=shop.actor("agent"), raw_ids=[raw.pk], trusts=True, now=shop.now)
    assert TrustedSender.objects.get().pattern == "rosa@client.example"
    assert take_in(shop, write_mail(shop, text="Next", headers=FLAG)).outcome == "opened"


def test_only_who_sees_the_mailbox_may_let_its_spam_in_or_delete_it(shop: Shop) -> None:
    raw = take_in(shop, write_mail(shop, headers=FLAG))
    desk = Desk.objects.create(name="Elsewhere", position=9)
    team = Team.objects.create(name="Elsewhere", desk=desk, line=1)
    for actor in (shop.actor("outsider", role="agent", scope="team", team=team), shop.actor("light_agent")):
        with pytest.raises(NotFound):
            release_mails(actor=actor, raw_ids=[raw.pk], now=shop.now)
        with pytest.raises(NotFound):
            delete_spam_mails(actor=actor, raw_ids=[raw.pk], now=shop.now)
    raw.refresh_from_db()
    assert raw.outcome == "spam"


def test_what_is_written_to_a_ticket_that_is_spam_waits_for_it_and_comes_with_it(shop: Shop) -> None:
    first = write_mail(shop)
    ticket = ticket_of(take_in(shop, first))
    mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    raw = take_in(shop, write_mail(shop, text="More", headers={"In-Reply-To": first["Message-ID"]}))
    assert (raw.outcome, raw.reason, raw.ticket_number) == ("spam", "ticket_is_spam", ticket.number)
    assert Message.objects.filter(ticket=ticket).count() == 1
    unmark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    drain(RawMail)
    raw.refresh_from_db()
    assert (raw.outcome, raw.ticket_number) == ("replied", ticket.number)
    assert [message.text for message in Message.objects.filter(ticket=ticket).order_by("id")][-1] == "More"


def test_letting_such_a_mail_in_lets_its_ticket_in(shop: Shop) -> None:
    first = write_mail(shop)
    ticket = ticket_of(take_in(shop, first))
    mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    raw = take_in(shop, write_mail(shop, text="More", headers={"In-Reply-To": first["Message-ID"]}))
    release_mails(actor=shop.actor("agent"), raw_ids=[raw.pk], now=shop.now)
    drain(RawMail)
    ticket.refresh_from_db()
    assert ticket.spam_at is None
    assert Message.objects.filter(ticket=ticket).count() == 2


def test_nothing_is_sent_by_itself_about_a_ticket_that_is_spam(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    drain(Reaction)
    receipt = OutgoingMail.objects.get(purpose="receipt")
    mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    receipt.refresh_from_db()
    assert receipt.state == "cancelled"
    ours = answer_of(shop, ticket)
    change_status(
        actor=shop.actor("agent"), ticket_id=ticket.pk, status=StatusCategory.RESOLVED, now=shop.now
    )
    assert not OutgoingMail.objects.filter(purpose="resolved").exists()
    assert ours.state == "due"


def test_nobody_is_told_of_a_ticket_that_is_spam(shop: Shop) -> None:
    from okno.team.models import TeamMembership

    TeamMembership.objects.create(
        team=Team.objects.get(), member=shop.member("supervisor", role="supervisor")
    )
    told = ticket_of(take_in(shop, write_mail(shop, subject="One")))
    drain(Reaction)
    assert Notification.objects.filter(ticket=told, read_at__isnull=True).count() == 1
    untold = ticket_of(take_in(shop, write_mail(shop, subject="Two")))
    for ticket in (told, untold):
        mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    drain(Reaction)
    assert not Notification.objects.filter(read_at__isnull=True).exists()
    assert not Notification.objects.filter(ticket=untold).exists()


def test_a_mail_that_is_deleted_takes_its_bytes_along_unless_another_has_them(shop: Shop) -> None:
    from okno.lib.stores import raw_store

    lonely = take_in(shop, write_mail(shop, headers=FLAG, text="Lonely"))
    mail = write_mail(shop, headers=FLAG, text="Twice")
    first, again = take_in(shop, mail), take_in(shop, mail)
    assert again.outcome == "duplicate"
    assert delete_spam_mails(actor=shop.actor("agent"), raw_ids=[lonely.pk, first.pk], now=shop.now) == 2
    assert list(RawMail.objects.values_list("pk", flat=True)) == [again.pk]
    for kept in (lonely, first):
        assert raw_store().exists(shop.workspace.pk, kept.sha256)
    _make_old(shop, lonely.sha256, first.sha256)
    Timer.objects.filter(kind="email.forget_bytes").update(due_at=shop.now)
    drain(Timer)
    assert not raw_store().exists(shop.workspace.pk, lonely.sha256)
    assert raw_store().exists(shop.workspace.pk, first.sha256)


def test_a_held_mail_that_was_called_spam_is_held_again_when_it_is_none(shop: Shop) -> None:
    from okno.reactors.intake.held import settle_held

    ticket = ticket_of(take_in(shop, write_mail(shop)))
    ours = answer_of(shop, ticket)
    raw = take_in(shop, write_mail(shop, sender="eve@evil.example", headers={"In-Reply-To": ours.message_id}))
    held = HeldMessage.objects.get(raw=raw)
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="spam", now=shop.now)
    drain(RawMail)
    release_mails(actor=shop.actor("agent"), raw_ids=[raw.pk], now=shop.now)
    drain(RawMail)
    raw.refresh_from_db()
    held.refresh_from_db()
    ticket.refresh_from_db()
    assert (raw.outcome, held.decision, ticket.held_count) == ("held", "", 1)


def _make_old(shop: Shop, *hashes: str) -> None:
    import os

    from okno.lib.stores import raw_store

    old = (shop.now - timedelta(days=1)).timestamp()
    for sha256 in hashes:
        os.utime(raw_store().path(shop.workspace.pk, sha256), (old, old))
