"""Sample data comes whole, sends nothing to anybody, and goes again with all that hung on it and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from okno.channels.email.models import OutgoingMail, SuppressedAddress
from okno.config import samples
from okno.lib.errors import Conflict, Denied
from okno.people.models import Contact, Organization
from okno.reactors.notify.models import Notification
from okno.reactors.samples import work
from okno.reactors.samples.commands import load_samples, remove_samples
from okno.reactors.samples.models import SampleThing, SampleWork
from okno.spine.work import drain
from okno.tickets.commands.reply import reply_to_ticket
from okno.tickets.models import Delivery, Message, Ticket, Topic
from tests.conftest import Shop


@pytest.fixture
def desk(shop: Shop) -> Shop:
    """Give a shop with an administrator, a mailbox and a real ticket."""
    shop.actor("administrator")
    box: Any = shop.mailbox()
    box.is_released = True
    box.save()
    shop.ticket("Something real")
    drain()
    OutgoingMail.objects.all().delete()
    Notification.objects.all().delete()
    return shop


def ask(shop: Shop, command: Any = load_samples, name: str = "administrator") -> SampleWork:
    made: SampleWork = command(
        actor=shop.actor(name), member=shop.members[name], workspace=shop.workspace, now=shop.now
    )
    return made


def everything() -> tuple[int, ...]:
    models = (Ticket, Message, Contact, Organization, Delivery, SuppressedAddress, SampleThing, Topic)
    return tuple(model._default_manager.count() for model in models)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_comes_and_goes_without_a_trace(desk: Shop, language: str) -> None:
    workspace: Any = desk.workspace
    workspace.language = language
    before = everything()
    made = ask(desk)
    drain(SampleWork)
    made.refresh_from_db()
    assert (made.state, made.done, made.total) == ("done", samples.TICKETS, samples.TICKETS)
    tickets = Ticket.objects.exclude(subject="Something real")
    assert tickets.count() == samples.TICKETS
    assert len(set(tickets.values_list("category", flat=True))) >= 3
    assert set(tickets.values_list("requester__language", flat=True)) == {language}
    assert not tickets.filter(created_at__gt=desk.now).exists()
    assert not Message.objects.filter(text__contains="Ковалёва").exists()
    assert not Message.objects.filter(text__contains="Kovaleva").exists()
    drain()
    assert not OutgoingMail.objects.exists()
    assert not Notification.objects.exists()

    ask(desk, remove_samples)
    drain(SampleWork)
    assert everything() == before


def test_an_answer_to_a_sample_never_leaves(desk: Shop) -> None:
    ask(desk)
    drain(SampleWork)
    ticket = Ticket.objects.filter(channel="email", category="open").exclude(subject="Something real")[0]
    actor: Any = desk.actor("agent")
    reply = reply_to_ticket(actor=actor, ticket_id=ticket.pk, text="On my way", now=desk.now)
    OutgoingMail.objects.update(due_at=desk.now - timedelta(minutes=1))
    drain(OutgoingMail)
    assert set(Delivery.objects.filter(message=reply).values_list("state", flat=True)) == {"failed"}
    assert OutgoingMail.objects.get(subject_kind="message", subject_ref=reply.pk).attempts == 1
    ask(desk, remove_samples)
    drain(SampleWork)
    assert not OutgoingMail.objects.filter(subject_kind="message", subject_ref=reply.pk).exists()
    assert list(Ticket.objects.values_list("subject", flat=True)) == ["Something real"]


def test_what_somebody_uses_by_now_stays(desk: Shop) -> None:
    ask(desk)
    drain(SampleWork)
    mark = SampleThing.objects.filter(kind="contact").first()
    assert mark is not None
    contact = Contact.objects.get(pk=mark.object_id)
    Ticket.objects.filter(subject="Something real").update(requester=contact)
    own = Contact.objects.create(name="Own", organization=contact.organization)
    ask(desk, remove_samples)
    drain(SampleWork)
    assert Contact.objects.filter(pk=contact.pk).exists()
    assert Organization.objects.filter(pk=contact.organization_id).exists()
    assert Contact.objects.filter(pk=own.pk).exists()
    assert not SampleThing.objects.exists()


def test_a_killed_worker_goes_on_where_it_was(desk: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ask(desk)
    steps = iter([True])

    class Killed(BaseException):
        """What no handler catches."""

    real = work._load

    def dies_later(row: SampleWork) -> bool:
        if next(steps, None) is None:
            raise Killed
        return real(row)

    monkeypatch.setattr(work, "_load", dies_later)
    with pytest.raises(Killed):
        drain(SampleWork)
    monkeypatch.setattr(work, "_load", real)
    assert SampleThing.objects.filter(kind="ticket").count() == work.PORTION
    SampleWork.objects.update(lease_until=None)
    drain(SampleWork)
    made.refresh_from_db()
    assert made.state == "done"
    assert Ticket.objects.count() == samples.TICKETS + 1


def test_it_is_asked_for_once_and_by_administrators_only(desk: Shop) -> None:
    for name in ("configurator", "supervisor", "agent"):
        with pytest.raises(Denied):
            ask(desk, load_samples, name)
        with pytest.raises(Denied):
            ask(desk, remove_samples, name)
    ask(desk)
    for command in (load_samples, remove_samples):
        with pytest.raises(Conflict):
            ask(desk, command)
    drain(SampleWork)
    with pytest.raises(Conflict):
        ask(desk)


def test_removing_nothing_is_harmless(desk: Shop) -> None:
    before = everything()
    ask(desk, remove_samples)
    drain(SampleWork)
    assert everything() == before
