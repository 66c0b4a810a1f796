"""A call is kept from the first letter, by one person at a time, and is finished once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from okno.channels.email.models import OutgoingMail
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.modules.phone.callers import find_caller
from okno.modules.phone.commands.finishing import finish_call
from okno.modules.phone.commands.writing import Written, discard_call, keep_call
from okno.modules.phone.models import PhoneCall
from okno.people.commands import save_contact
from okno.people.models import Contact, ContactAddress
from okno.reactors.notify.models import Notification
from okno.spine.actor import SYSTEM
from okno.spine.models import Event
from okno.spine.work import drain
from okno.team.models import Desk, Team, TeamMembership
from okno.tenancy.scope import scope
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import Message, StatusCategory, Ticket
from tests.conftest import Shop, make_shop


def maria(shop: Shop, **values: Any) -> Contact:
    """Return a contact with a number, and an address unless `addresses` says otherwise."""
    values = {"addresses": ["maria@client.example"], "phones": ["+7 912 345-67-89"], **values}
    return save_contact(actor=SYSTEM, contact=None, name="Maria", now=shop.now, **values)


def keep(shop: Shop, who: Any, written: Written, number: int | None = None) -> PhoneCall:
    """Keep a page of somebody; it is not empty."""
    kept = keep_call(actor=who, number=number, written=written, now=shop.now)
    assert kept is not None
    return kept


def types() -> list[str]:
    """Return the types of the events of tickets and calls so far."""
    rows = Event.objects.filter(subject_kind="ticket").order_by("id")
    return list(rows.values_list("type", flat=True))


@pytest.mark.parametrize(
    "typed",
    ["+79123456789", "8 912 345 67 89", "+7 (912) 345-67-89", "tel. 8-912-345-67-89", "Masha 89123456789"],
)
def test_a_caller_is_found_by_his_number_in_any_form(shop: Shop, typed: str) -> None:
    known = maria(shop)
    assert find_caller(typed).contact == known


def test_a_caller_is_found_by_mail_choice_or_the_number_of_the_exchange(shop: Shop) -> None:
    known = maria(shop)
    for who in ("Maria@Client.example", f"contact:{known.pk}"):
        assert find_caller(who).contact == known
    assert find_caller("", number="+79123456789").contact == known
    assert find_caller("Maria").contact is None
    new = find_caller("+44 20 7946 0018 (Boris, reception)")
    assert (new.number, new.name) == ("+442079460018", "Boris, reception")
    assert find_caller("room 12").name == "room 12"
    assert find_caller("contact:99999999999999999999").is_nobody


def test_a_draft_is_kept_from_the_first_letter_and_nobody_is_told(shop: Shop) -> None:
    maria(shop)
    agent: Any = shop.actor()
    page = uuid4()
    assert keep_call(actor=agent, number=None, written=Written(page=page, who="  "), now=shop.now) is None
    first = keep(shop, agent, Written(page=page, who="89123456789"))
    again = keep(shop, agent, Written(page=page, who="89123456789", subject="Printer", said="It sm"))
    assert (again.pk, again.version) == (first.pk, 2)
    ticket = Ticket.objects.get()
    assert (ticket.is_draft, ticket.channel, ticket.subject) == (True, "phone", "Printer")
    assert ticket.requester is not None
    assert ticket.requester.name == "Maria"
    assert not Message.objects.exists()
    assert types() == ["call.started"]
    drain()
    assert not OutgoingMail.objects.exists()
    assert not Notification.objects.exists()


def test_finishing_makes_everything_real_once(shop: Shop) -> None:
    shop.mailbox()
    colleague: Any = shop.member("colleague")
    TeamMembership.objects.create(team=Team.objects.earliest("id"), member=colleague)
    maria(shop)
    agent: Any = shop.actor()
    written = Written(page=uuid4(), who="89123456789", subject="Printer", said="It smokes.")
    keep_call(actor=agent, number=None, written=written, now=shop.now - timedelta(minutes=5))
    done = [
        finish_call(actor=agent, number=None, written=written, wants_receipt=True, now=shop.now)
        for _ in range(2)
    ]
    assert done[0].pk == done[1].pk
    assert types() == ["call.started", "ticket.created", "ticket.message_added", "call.finished"]
    assert Event.objects.get(type="call.finished").payload["duration"] == 300
    message = Message.objects.get()
    assert (message.text, message.direction, message.author_name) == ("It smokes.", "in", "Maria")
    call = PhoneCall.objects.get()
    assert (call.who, call.subject, call.said, call.duration) == ("", "", "", 300)
    drain()
    assert OutgoingMail.objects.filter(purpose="receipt").count() == 1
    assert Notification.objects.filter(member=colleague, kind="new_ticket").count() == 1
    # What the page sends late changes nothing and is no error.
    keep(shop, agent, Written(page=written.page, said="late"), done[0].number)
    assert PhoneCall.objects.get().said == ""


@pytest.mark.parametrize(("wants", "addresses"), [(False, ["maria@client.example"]), (True, [])])
def test_a_receipt_leaves_only_if_it_is_wanted_and_can(shop: Shop, wants: bool, addresses: list[str]) -> None:
    shop.mailbox()
    maria(shop, addresses=addresses)
    agent: Any = shop.actor()
    written = Written(page=uuid4(), who="+7 912 345-67-89", said="It smokes.\nA lot.")
    ticket = finish_call(actor=agent, number=None, written=written, wants_receipt=wants, now=shop.now)
    drain()
    assert ticket.subject == "It smokes."
    assert not OutgoingMail.objects.exclude(purpose="staff").exists()


def test_an_unknown_caller_becomes_a_contact_when_it_is_finished(shop: Shop) -> None:
    agent: Any = shop.actor()
    written = Written(page=uuid4(), who="Boris +44 20 7946 0018", subject="Hello")
    keep(shop, agent, written)
    assert not Contact.objects.exists()
    ticket = finish_call(actor=agent, number=None, written=written, now=shop.now)
    assert ticket.requester is not None
    assert ticket.requester.name == "Boris"
    assert ContactAddress.objects.get().value == "+442079460018"
    nameless = Written(page=uuid4(), who="+44 20 7946 0019", subject="Hello")
    assert finish_call(actor=agent, number=None, written=nameless, now=shop.now).requester is not None


def test_solved_on_the_phone_is_resolved_with_its_words(shop: Shop) -> None:
    agent: Any = shop.actor()
    maria(shop)
    written = Written(page=uuid4(), who="89123456789", subject="Printer", solution="Switched on.")
    ticket = finish_call(actor=agent, number=None, written=written, is_solved=True, now=shop.now)
    ticket.refresh_from_db()
    assert (ticket.category, ticket.solution, ticket.is_draft) == ("resolved", "Switched on.", False)


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"who": "Maria"}, "subject"),
        ({"subject": "Printer"}, "who"),
        ({"who": "Maria", "subject": "Printer", "is_solved": True}, "solution"),
    ],
)
def test_what_is_missing_is_said_and_the_draft_stays(shop: Shop, written: dict[str, Any], field: str) -> None:
    agent: Any = shop.actor()
    is_solved = written.pop("is_solved", False)
    page = Written(page=uuid4(), **written)
    keep(shop, agent, page)
    with pytest.raises(Invalid) as refused:
        finish_call(actor=agent, number=None, written=page, is_solved=is_solved, now=shop.now)
    assert list(refused.value.fields) == [field]
    assert Ticket.objects.get().is_draft


def test_two_on_one_draft_do_not_overwrite_each_other(shop: Shop) -> None:
    one: Any = shop.actor("one", role="agent")
    two: Any = shop.actor("two", role="agent")
    begun = keep(shop, one, Written(page=uuid4(), who="Maria", said="Mine."))
    number = begun.ticket.number
    theirs = Written(page=uuid4(), seen=begun.version, who="Maria", said="Mine. And theirs.")
    keep(shop, two, theirs, number)
    stale = Written(page=begun.page or uuid4(), seen=begun.version, who="Maria", said="Mine only.")
    for act in (keep_call, finish_call):
        with pytest.raises(Conflict, match="Two has changed this call"):
            act(actor=one, number=number, written=stale, now=shop.now)
    assert PhoneCall.objects.get().said == "Mine. And theirs."
    finish_call(actor=two, number=number, written=Written(**vars_of(theirs), subject="Printer"), now=shop.now)
    with pytest.raises(Conflict, match="finished"):
        finish_call(actor=one, number=number, written=stale, now=shop.now)
    assert Message.objects.count() == 1


def vars_of(written: Written) -> dict[str, Any]:
    """Return what stands on a page but its subject."""
    names = ("page", "seen", "who", "said", "place", "solution")
    return {name: getattr(written, name) for name in names}


def test_nothing_leaves_from_a_draft(shop: Shop) -> None:
    shop.mailbox()
    maria(shop)
    agent: Any = shop.actor()
    number = keep(shop, agent, Written(page=uuid4(), who="89123456789")).ticket.number
    ticket = Ticket.objects.get(number=number)
    with pytest.raises(Conflict, match="not finished"):
        reply_to_ticket(actor=agent, ticket_id=ticket.pk, text="Hello", now=shop.now)
    change_status(actor=agent, ticket_id=ticket.pk, status=StatusCategory.RESOLVED, now=shop.now)
    drain()
    assert not OutgoingMail.objects.exists()


def test_a_draft_is_thrown_away_by_its_author_only(shop: Shop) -> None:
    agent: Any = shop.actor()
    other: Any = shop.actor("other", role="agent")
    written = Written(page=uuid4(), who="Maria", subject="Printer")
    number = keep(shop, agent, written).ticket.number
    with pytest.raises(Denied):
        discard_call(actor=other, number=number, now=shop.now)
    discard_call(actor=agent, number=number, now=shop.now)
    assert not Ticket.objects.exists()
    assert not PhoneCall.objects.exists()
    with pytest.raises(NotFound):
        keep_call(actor=agent, number=number, written=written, now=shop.now)
    done = finish_call(actor=agent, number=None, written=written, now=shop.now)
    with pytest.raises(Conflict):
        discard_call(actor=agent, number=done.number, now=shop.now)


def test_whoever_takes_a_call_for_another_team_goes_on_with_it(shop: Shop) -> None:
    desk = Desk.objects.create(name="Accounts", position=9)
    mine, theirs = (Team.objects.create(name=name, desk=desk) for name in ("Mine", "Theirs"))
    agent: Any = shop.actor("narrow", role="agent", scope="team", team=mine)
    page = uuid4()
    begun = keep(shop, agent, Written(page=page, who="Maria", subject="Pay"))
    moved = Written(page=page, who="Maria", subject="Pay", place=f"team:{theirs.pk}")
    keep(shop, agent, moved, begun.ticket.number)
    ticket = finish_call(actor=agent, number=begun.ticket.number, written=moved, now=shop.now)
    assert (ticket.team_id, ticket.desk_id) == (theirs.pk, desk.pk)


def test_who_may_not_write_tickets_has_no_calls(shop: Shop) -> None:
    desk = Desk.objects.create(name="Accounts", position=9)
    elsewhere = Team.objects.create(name="Elsewhere", desk=desk)
    agent: Any = shop.actor()
    number = keep(shop, agent, Written(page=uuid4(), who="Maria")).ticket.number
    written = Written(page=uuid4(), seen=1, who="X")
    light: Any = shop.actor("light_agent")
    outsider: Any = shop.actor("outsider", role="agent", scope="team", team=elsewhere)
    for actor, refusal in ((light, Denied), (outsider, NotFound)):
        with pytest.raises(refusal):
            keep_call(actor=actor, number=number, written=written, now=shop.now)
        with pytest.raises(refusal):
            discard_call(actor=actor, number=number, now=shop.now)
    with pytest.raises(Denied):
        keep_call(actor=light, number=None, written=written, now=shop.now)
    assert PhoneCall.objects.get().who == "Maria"


def test_another_workspace_has_no_part_in_it(db: None, now: datetime) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):  # type: ignore[arg-type]
        number = keep(ours, ours.actor(), Written(page=uuid4(), who="Maria")).ticket.number
    with scope(theirs.workspace):  # type: ignore[arg-type]
        stranger: Any = theirs.actor()
        for act in (keep_call, finish_call):
            with pytest.raises(NotFound):
                act(actor=stranger, number=number, written=Written(page=uuid4(), subject="X"), now=now)
        assert not PhoneCall.objects.exists()
