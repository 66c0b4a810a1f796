"""Who of the staff is told of what, and who is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from okno.channels.email.models import OutgoingMail
from okno.reactors.notify.models import Notification
from okno.spine.models import Reaction, Timer
from okno.spine.work import drain
from okno.team.models import Member, RoleGrant, Team, TeamMembership
from okno.tickets.commands.assign import assign_ticket, take_ticket
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.properties import change_reminder
from okno.tickets.commands.receive import receive_message
from okno.tickets.commands.words import written_body
from okno.tickets.models import Ticket
from tests.conftest import Shop


@pytest.fixture
def staff(shop: Shop) -> Shop:
    """Return a shop whose team has two agents."""
    shop.mailbox()
    for name in ("anna", "boris"):
        TeamMembership.objects.create(team=Team.objects.get(), member=shop.member(name))
    return shop


def told(kind: str) -> set[str]:
    drain(Reaction)
    return set(Notification.objects.filter(kind=kind).values_list("member__name", flat=True))


def mailed() -> set[str]:
    return {mail.to[0]["address"].partition("@")[0] for mail in OutgoingMail.objects.filter(purpose="staff")}


def client_writes(shop: Shop, ticket: Ticket, *, is_automatic: bool = False) -> None:
    contact = shop.contact()
    receive_message(
        actor=shop.actor("agent"),  # type: ignore[arg-type]
        ticket_id=ticket.pk,
        message=NewMessage(
            kind="reply",
            direction="in",
            channel="email",
            author_contact=contact,  # type: ignore[arg-type]
            body=written_body(text="Still broken"),
            is_automatic=is_automatic,
        ),
        now=shop.now,
    )


def test_a_new_ticket_is_told_to_its_team(staff: Shop) -> None:
    staff.ticket()
    assert told("new_ticket") == {"Anna", "Boris"}
    assert mailed() == {"anna", "boris"}


def test_the_assignee_is_told_unless_he_did_it_himself(staff: Shop) -> None:
    first, second = staff.ticket("one"), staff.ticket("two")
    anna = staff.member("anna")
    assign_ticket(actor=staff.actor("boris"), ticket_id=first.pk, to=anna, now=staff.now)
    take_ticket(actor=staff.actor("anna"), ticket_id=second.pk, now=staff.now)
    told("assigned")
    assert set(Notification.objects.filter(kind="assigned").values_list("ticket_id", flat=True)) == {first.pk}


def test_a_clients_answer_is_told_to_the_assignee_only_and_a_machines_to_nobody(staff: Shop) -> None:
    ticket = staff.ticket()
    take_ticket(actor=staff.actor("anna"), ticket_id=ticket.pk, now=staff.now)
    client_writes(staff, ticket)
    client_writes(staff, ticket, is_automatic=True)
    assert told("client_reply") == {"Anna"}
    assert Notification.objects.filter(kind="client_reply").count() == 1


def test_each_way_can_be_switched_off(staff: Shop) -> None:
    Member.objects.filter(name="Anna").update(muted=["new_ticket:mail"])
    Member.objects.filter(name="Boris").update(muted=["new_ticket:bell"])
    staff.ticket()
    assert told("new_ticket") == {"Anna"}
    assert mailed() == {"boris"}


def test_whoever_may_not_see_the_ticket_is_not_told(staff: Shop) -> None:
    RoleGrant.objects.filter(member__name="Boris").delete()
    staff.ticket()
    assert told("new_ticket") == {"Anna"}


def test_a_reminder_goes_off_once_and_tells_the_assignee(staff: Shop) -> None:
    ticket = staff.ticket()
    take_ticket(actor=staff.actor("anna"), ticket_id=ticket.pk, now=staff.now)
    change_reminder(
        actor=staff.actor("anna"),
        ticket_id=ticket.pk,
        reminder_at=staff.now - timedelta(minutes=1),
        now=staff.now,
    )
    drain(Timer)
    drain(Timer)
    assert told("reminder") == {"Anna"}
    ticket.refresh_from_db()
    assert ticket.reminder_at is None
