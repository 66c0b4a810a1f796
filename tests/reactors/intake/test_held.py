"""Decisions on held mail: who may, twice, two at once, taken back, and an address that turns out to be the client's."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from okno.channels.email.models import RawMail
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.people.models import Contact, ContactAddress
from okno.reactors.intake.held import settle_held, take_back
from okno.spine.work import drain
from okno.team.models import Desk, Team
from okno.tenancy.scope import scope
from okno.tickets.commands.spam import mark_spam
from okno.tickets.models import HeldMessage, Message, Participant, Ticket
from tests.conftest import Shop
from tests.reactors.intake.test_pipeline import answer_of, take_in, write_mail


def held_on(shop: Shop, *, sender: str = "Eve <eve@evil.example>") -> tuple[Ticket, HeldMessage]:
    """Return a ticket and a mail of a stranger that is held on it."""
    ticket = Ticket.objects.get(number=take_in(shop, write_mail(shop)).ticket_number)
    ours = answer_of(shop, ticket)
    raw = take_in(shop, write_mail(shop, sender=sender, text="Me", headers={"In-Reply-To": ours.message_id}))
    return ticket, HeldMessage.objects.get(raw=raw)


def held_alone(shop: Shop) -> HeldMessage:
    """Return a mail that is held and points to no ticket."""
    from okno.channels.email.models import Mailbox

    Mailbox.objects.filter(pk=shop.mailbox().pk).update(sender_hour_limit=1)
    sender = f"flood{RawMail.objects.count()}@client.example"
    take_in(shop, write_mail(shop, sender=sender))
    raw = take_in(shop, write_mail(shop, sender=sender, subject="Flood"))
    return HeldMessage.objects.get(raw=raw)


def test_another_address_of_the_requester_is_added_to_him(shop: Shop) -> None:
    ticket, held = held_on(shop)
    settle_held(
        actor=shop.actor("agent"), held_id=held.pk, decision="accepted", is_requester=True, now=shop.now
    )
    drain(RawMail)
    row = ContactAddress.objects.get(value="eve@evil.example")
    assert (row.contact_id, row.is_primary, row.verified_at) == (ticket.requester_id, False, None)
    assert Message.objects.filter(ticket=ticket).order_by("-id")[0].author_contact_id == ticket.requester_id
    assert Participant.objects.filter(ticket=ticket, contact__isnull=False).count() == 1
    assert Contact.objects.count() == 1


def test_the_address_of_somebody_else_is_not_given_away(shop: Shop) -> None:
    shop.contact("eve")
    ticket, held = held_on(shop, sender="eve@client.example")
    with pytest.raises(Conflict):
        settle_held(
            actor=shop.actor("agent"), held_id=held.pk, decision="accepted", is_requester=True, now=shop.now
        )
    held.refresh_from_db()
    ticket.refresh_from_db()
    assert (held.decision, ticket.held_count) == ("", 1)


def test_a_decision_is_repeated_without_effect_and_not_changed(shop: Shop) -> None:
    ticket, held = held_on(shop)
    for _twice in range(2):
        settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="accepted", now=shop.now)
    with pytest.raises(Conflict):
        settle_held(actor=shop.actor("supervisor"), held_id=held.pk, decision="spam", now=shop.now)
    drain(RawMail)
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="accepted", now=shop.now)
    drain(RawMail)
    ticket.refresh_from_db()
    assert ticket.held_count == 0
    assert RawMail.objects.get(pk=held.raw_id).outcome == "replied"
    assert Message.objects.filter(ticket=ticket).count() == 3


def test_spam_is_taken_back_before_and_after_it_was_carried_out(shop: Shop) -> None:
    ticket, held = held_on(shop)
    for is_carried_out in (False, True):
        settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="spam", now=shop.now)
        if is_carried_out:
            drain(RawMail)
        take_back(actor=shop.actor("agent"), held_id=held.pk, now=shop.now)
        drain(RawMail)
        held.refresh_from_db()
        ticket.refresh_from_db()
        raw = RawMail.objects.get(pk=held.raw_id)
        assert (held.decision, ticket.held_count) == ("", 1)
        assert (raw.outcome, raw.reason, raw.state) == ("held", "other_address", "done")


def test_what_was_accepted_cannot_be_taken_back(shop: Shop) -> None:
    _ticket, held = held_on(shop)
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="accepted", now=shop.now)
    with pytest.raises(Conflict):
        take_back(actor=shop.actor("agent"), held_id=held.pk, now=shop.now)


def test_who_may_decide(shop: Shop) -> None:
    desk = Desk.objects.create(name="Elsewhere", position=9)
    team = Team.objects.create(name="Elsewhere", desk=desk, line=1)
    outsider = shop.actor("outsider", role="agent", scope="team", team=team)
    for held in (held_on(shop)[1], held_alone(shop)):
        with pytest.raises(NotFound):
            settle_held(actor=outsider, held_id=held.pk, decision="spam", now=shop.now)
        with pytest.raises(Denied):
            settle_held(actor=shop.actor("light_agent"), held_id=held.pk, decision="spam", now=shop.now)
        with pytest.raises(Invalid):
            settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="burn", now=shop.now)
        held.refresh_from_db()
        assert held.decision == ""
    for role in ("agent", "supervisor", "administrator", "support_administrator"):
        held = held_alone(shop)
        settle_held(actor=shop.actor(role), held_id=held.pk, decision="spam", now=shop.now)
        held.refresh_from_db()
        assert held.decided_by_id == shop.members[role].pk


def test_members_of_the_mailbox_s_team_see_what_is_held_alone(shop: Shop) -> None:
    from okno.channels.email.models import Mailbox
    from okno.tickets.queries.held import held_count

    team = Team.objects.get()
    Mailbox.objects.filter(pk=shop.mailbox().pk).update(team=team)
    held = held_alone(shop)
    insider = shop.actor("insider", role="agent", scope="team", team=team)
    elsewhere = Team.objects.create(name="Second", desk=team.desk, line=2)
    outsider = shop.actor("outsider", role="agent", scope="team", team=elsewhere)
    assert (held_count(insider), held_count(outsider), held_count(shop.actor("agent"))) == (1, 0, 1)
    settle_held(actor=insider, held_id=held.pk, decision="new_ticket", now=shop.now)


def test_accepting_a_mail_on_a_ticket_that_is_spam_puts_it_back(shop: Shop) -> None:
    ticket, held = held_on(shop)
    mark_spam(actor=shop.actor("agent"), ticket_id=ticket.pk, now=shop.now)
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="accepted", now=shop.now)
    drain(RawMail)
    ticket.refresh_from_db()
    assert ticket.spam_at is None
    assert Message.objects.filter(ticket=ticket, raw=held.raw_id).exists()


def test_of_two_agents_one_decides(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        ticket, held = held_on(open_shop)
        actors = [open_shop.actor("agent"), open_shop.actor("supervisor")]
    ends: list[str] = []
    together = threading.Barrier(2)

    def decide(number: int) -> None:
        decision = ("accepted", "spam")[number]
        try:
            with scope(open_shop.workspace):  # type: ignore[arg-type]
                together.wait()
                settle_held(actor=actors[number], held_id=held.pk, decision=decision, now=open_shop.now)
            ends.append(decision)
        except Conflict:
            ends.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain(RawMail)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        held.refresh_from_db()
        ticket.refresh_from_db()
        raw = RawMail.objects.get(pk=held.raw_id)
        assert sorted(ends) == sorted([held.decision, "too late"])
        assert raw.outcome == {"accepted": "replied", "spam": "spam"}[held.decision]
        assert ticket.held_count == 0


def test_a_decision_survives_a_crash_before_it_is_carried_out(shop: Shop) -> None:
    """Killed between claim and end, the worker leaves a lease that runs out; the next one carries out the same."""
    from django.db.models.functions import Now

    ticket, held = held_on(shop)
    settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="accepted", now=shop.now)
    claimed = RawMail.claim([held.raw_id], lease=timedelta(seconds=60))
    assert [raw.pk for raw in claimed] == [held.raw_id]
    assert drain(RawMail) == 0
    RawMail.objects.filter(pk=held.raw_id).update(lease_until=Now() - timedelta(1))
    drain(RawMail)
    assert Message.objects.filter(ticket=ticket, raw=held.raw_id).count() == 1
