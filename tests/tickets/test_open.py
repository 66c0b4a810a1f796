"""Opening tickets."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from django.db import connection

from okno.lib.errors import Denied, Invalid
from okno.spine.models import Event
from okno.tenancy.scope import scope
from okno.tickets.commands.messages import NewMessage
from okno.tickets.commands.open import NewTicket, open_ticket
from okno.tickets.commands.words import written_body
from okno.tickets.models import Participant, Ticket, TicketTag
from tests.conftest import Shop


def open_by(shop: Shop, who: str, **values: object) -> Ticket:
    values.setdefault("subject", "A subject")
    return open_ticket(
        actor=shop.actor(who),  # type: ignore[arg-type]
        ticket=NewTicket(channel="console", **values),  # type: ignore[arg-type]
        message=NewMessage(
            kind="note", direction="internal", channel="console", body=written_body(text="words")
        ),
        now=shop.now,
    )


def test_a_ticket_gets_what_its_type_and_desk_say(shop: Shop) -> None:
    ticket = open_by(shop, "agent", requester=shop.contact(), tags=["Printer", "printer ", ""])
    assert (ticket.category, ticket.kind, ticket.is_open) == ("new", "request", True)
    assert ticket.team is not None
    assert ticket.tags == ["printer"]
    assert TicketTag.objects.get(ticket=ticket).name == "printer"
    assert Participant.objects.get(ticket=ticket).role == "requester"


def test_numbers_grow_and_are_each_workspaces_own(shop: Shop) -> None:
    first, second = open_by(shop, "agent"), open_by(shop, "agent")
    assert (first.number, second.number) == (1001, 1002)


@pytest.mark.parametrize("subject", ["", "   ", "\x00\x07"])
def test_a_ticket_needs_a_subject(shop: Shop, subject: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_by(shop, "agent", subject=subject)
    assert "subject" in refused.value.fields
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("who", ["light_agent", "configurator"])
def test_who_may_not_write_opens_nothing(shop: Shop, who: str) -> None:
    with pytest.raises(Denied):
        open_by(shop, who)
    assert not Event.objects.filter(type="ticket.created").exists()


def test_the_same_form_sent_twice_at_once_opens_one(open_shop: Shop) -> None:
    key = uuid4()
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        open_shop.actor("agent")
    numbers: list[int] = []
    refused: list[str] = []
    start = threading.Barrier(2)

    def send() -> None:
        start.wait()
        try:
            with scope(open_shop.workspace):  # type: ignore[arg-type]
                numbers.append(open_by(open_shop, "agent", client_key=key).number)
        except Exception as error:  # noqa: BLE001 (the loser of the race may be refused by the constraint)
            refused.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert Ticket.objects.filter(client_key=key).count() == 1
    assert len(set(numbers)) == 1, refused
