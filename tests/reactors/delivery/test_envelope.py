"""Which mailbox an answer leaves from, where a desk or a team has several."""

from __future__ import annotations

from typing import Any

import pytest

from okno.channels.email.mailboxes import MailboxSettings, create_mailbox
from okno.channels.email.models import Mailbox
from okno.reactors.delivery.envelope import mailbox_of
from okno.team.models import Desk, Team


@pytest.fixture
def places(shop: Any) -> dict[str, Any]:
    """Give two desks, two teams of the first, and mailboxes of all of them."""
    actor = shop.actor("administrator")
    first = Desk.objects.earliest("id")
    second = Desk.objects.create(name="Payroll", position=9)
    network, printers = (
        Team.objects.create(name=name, desk=first, line=1) for name in ("Network", "Printers")
    )
    boxes = {
        "default": {"desk_id": second.pk, "is_default": True},
        "desk": {"desk_id": first.pk},
        "desk2": {"desk_id": first.pk},
        "network": {"desk_id": first.pk, "team_id": network.pk},
        "network2": {"desk_id": first.pk, "team_id": network.pk},
    }
    for name, where in boxes.items():
        create_mailbox(
            actor=actor, settings=MailboxSettings(address=f"{name}@shop.example", **where), now=shop.now
        )
    return {"first": first, "second": second, "network": network, "printers": printers}


def leaves_from(ticket: Any, **values: Any) -> str:
    for name, value in values.items():
        setattr(ticket, name, value)
    found = mailbox_of(ticket)
    return found.address.partition("@")[0] if found is not None else ""


def test_several_mailboxes_of_a_desk_and_a_team(shop: Any, places: dict[str, Any]) -> None:
    ticket = shop.ticket()
    came_by = Mailbox.objects.get(address="network2@shop.example")
    assert leaves_from(ticket, mailbox_id=came_by.pk, team=None, desk=places["first"]) == "network2"
    assert leaves_from(ticket, mailbox_id=came_by.pk, desk=places["second"]) == "network2"
    assert leaves_from(ticket, mailbox_id=None, desk=places["first"], team=places["network"]) == "network"
    assert leaves_from(ticket, team=places["printers"]) == "desk"
    assert leaves_from(ticket, team=None) == "desk"
    assert leaves_from(ticket, desk=places["second"]) == "default"


def test_one_that_is_off_is_passed_over(shop: Any, places: dict[str, Any]) -> None:
    ticket = shop.ticket()
    came_by = Mailbox.objects.get(address="network2@shop.example")
    Mailbox.objects.filter(pk=came_by.pk).update(is_active=False)
    here = {"desk": places["first"], "team": places["network"]}
    assert leaves_from(ticket, mailbox_id=came_by.pk, **here) == "network"
    Mailbox.objects.filter(address__startswith="network").update(is_active=False)
    assert leaves_from(ticket, **here) == "desk"
    Mailbox.objects.filter(address__startswith="desk").update(is_active=False)
    assert leaves_from(ticket, **here) == "default"
    Mailbox.objects.update(is_active=False)
    assert leaves_from(ticket, **here) == ""
