"""Two contacts or organizations become one, and two again."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from okno.lib.errors import Conflict, Denied, DomainError, Invalid, NotFound
from okno.people import merging
from okno.people.commands import (
    contact_for_address,
    go_on_merging,
    merge_people,
    part_people,
    save_contact,
    save_organization,
)
from okno.people.commands import merge as merge_module
from okno.people.duplicates import likely_same_contacts
from okno.people.models import Contact, ContactAddress, MergeBatch, MergeRecord, Organization
from okno.people.queries import contacts_page
from okno.spine.models import Event, Timer
from okno.spine.work import drain
from okno.tenancy.scope import scope
from okno.tickets.links import open_requester_link, requester_link
from okno.tickets.models import Participant, Ticket
from tests.conftest import Shop, make_shop


def contact(shop: Shop, name: str, *addresses: str, **values: Any) -> Contact:
    values = {"name": name, "addresses": addresses, **values}
    return save_contact(actor=shop.actor("agent"), contact=None, now=shop.now, **values)


def merge(shop: Shop, survivor: Any, absorbed: Any, who: str = "agent") -> MergeRecord:
    return merge_people(actor=shop.actor(who), survivor=survivor, absorbed=absorbed, now=shop.now)


def part(shop: Shop, record: MergeRecord, *, now: datetime | None = None) -> MergeRecord:
    return part_people(actor=shop.actor("agent"), merge_id=record.pk, now=now or shop.now)


def state_of_everything() -> dict[str, Any]:
    return {
        "contacts": list(
            Contact.objects.order_by("id").values_list(
                "id", "name", "title", "notes", "language", "is_vip", "organization_id", "merged_into_id"
            )
        ),
        "addresses": list(
            ContactAddress.objects.order_by("id").values_list("id", "contact_id", "value", "is_primary")
        ),
        "tickets": list(Ticket.objects.order_by("id").values_list("id", "requester_id", "organization_id")),
        "parts": list(
            Participant.objects.order_by("id").values_list("id", "ticket_id", "role", "contact_id")
        ),
    }


def test_what_goes_over_is_known_from_the_models() -> None:
    names = [relation.name for relation in merging.relations_to(Contact)]
    assert names[:2] == ["people.Contact.merged_into", "people.ContactAddress.contact"]
    assert {"tickets.Ticket.requester", "tickets.Participant.contact"} <= set(names)
    assert {relation.name for relation in merging.relations_to(Organization)} >= {
        "people.Contact.organization",
        "people.Organization.merged_into",
        "people.OrganizationDomain.organization",
        "tickets.Ticket.organization",
    }


def test_one_takes_over_what_the_other_had(shop: Shop) -> None:
    stays = contact(shop, "Nora Quist", "nora@client.example", notes="Short")
    goes = contact(
        shop,
        "N. Quist",
        "nq@home.example",
        phones=["+442079460018"],
        title="Owner",
        notes="Long",
        is_vip=True,
    )
    ticket = shop.ticket("From home", by="nora")
    Ticket.objects.filter(pk=ticket.pk).update(requester=goes)
    record = merge(shop, stays, goes)
    stays.refresh_from_db()
    assert (stays.title, stays.notes, stays.is_vip) == ("Owner", "Short\n\nLong", True)
    assert {row.value: row.is_primary for row in stays.addresses.all()} == {
        "nora@client.example": True,
        "nq@home.example": False,
        "+442079460018": True,
    }
    assert Ticket.objects.get().requester_id == stays.pk
    assert record.state == MergeRecord.State.DONE
    assert [row.pk for row in contacts_page().rows] == [stays.pk]
    assert contact_for_address(address="nq@home.example", now=shop.now).pk == stays.pk
    told = Event.objects.filter(type="contact.merged")
    assert {event.subject_id for event in told} == {stays.pk, goes.pk}


def test_undoing_restores_everything(shop: Shop) -> None:
    stays = contact(shop, "Nora Quist", "nora@client.example", notes="Short")
    goes = contact(shop, "N. Quist", "nq@client.example", title="Owner", notes="Long", is_vip=True)
    both, his = shop.ticket("Of both", by="nora"), shop.ticket("Of his", by="nq")
    for ticket, role, who in (
        (both, "copied", goes),
        (his, "copied", stays),
        (his, "watcher", stays),
        (his, "watcher", goes),
    ):
        Participant.objects.create(ticket=ticket, role=role, contact=who, added_at=shop.now)
    before = state_of_everything()
    record = merge(shop, stays, goes)
    assert Participant.objects.filter(ticket=his, role="watcher").count() == 1
    part(shop, record)
    assert state_of_everything() == before
    record.refresh_from_db()
    assert record.state == MergeRecord.State.PARTED
    assert not MergeBatch.objects.exists()
    assert Event.objects.filter(type="contact.parted").count() == 2


def test_what_changed_since_stays_as_it_was_changed(shop: Shop) -> None:
    stays, goes = (
        contact(shop, "Nora", "nora@client.example"),
        contact(shop, "Nora Q", "nq@client.example", title="Owner"),
    )
    given_on = shop.ticket("Given on", by="nq")
    record = merge(shop, stays, goes)
    other = shop.contact("other")
    Ticket.objects.filter(pk=given_on.pk).update(requester=other)
    save_contact(
        actor=shop.actor("agent"),
        contact=Contact.objects.get(pk=stays.pk),
        name="Nora",
        addresses=["nora@client.example"],
        title="Director",
        now=shop.now,
    )
    part(shop, record)
    given_on.refresh_from_db()
    stays.refresh_from_db()
    assert given_on.requester_id == other.pk
    assert stays.title == "Director"
    # His address was taken away meanwhile; that stands.
    assert not goes.addresses.exists()


def test_tickets_that_came_since_go_with_the_address_they_came_from(shop: Shop) -> None:
    stays, goes = shop.contact("nora"), shop.contact("nq")
    record = merge(shop, stays, goes)
    from_old, from_own = shop.ticket("Since, from the merged one", by="nq"), shop.ticket("Own", by="nora")
    assert {from_old.requester_id, from_own.requester_id} == {stays.pk}
    part(shop, record)
    from_old.refresh_from_db()
    from_own.refresh_from_db()
    assert (from_old.requester_id, from_own.requester_id) == (goes.pk, stays.pk)


def test_links_in_sent_mails_open_the_ticket_before_and_after(shop: Shop) -> None:
    stays, goes = shop.contact("nora"), shop.contact("nq")
    ticket, foreign = shop.ticket("Of the merged one", by="nq"), shop.ticket("Of the survivor", by="nora")
    address = goes.addresses.get()
    token = requester_link(ticket, address).split("/")[2]
    wide = requester_link(foreign, address).split("/")[2]
    assert open_requester_link(wide) is None
    record = merge(shop, stays, goes)
    opened = open_requester_link(token)
    assert opened is not None
    assert opened.contact.pk == stays.pk
    part(shop, record)
    assert open_requester_link(token).contact.pk == goes.pk  # type: ignore[union-attr]
    assert open_requester_link(wide) is None


def test_much_goes_over_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_module, "AT_ONCE", 3)
    stays, goes = shop.contact("nora"), shop.contact("nq")
    for index in range(5):
        shop.ticket(f"Ticket {index}", by="nq")
    before = state_of_everything()
    record = merge(shop, stays, goes)
    assert record.state == MergeRecord.State.MOVING
    assert stays.addresses.count() == 2
    for _round in range(20):
        go_on_merging(merge_id=record.pk, now=shop.now)
    record.refresh_from_db()
    assert record.state == MergeRecord.State.DONE
    assert set(Ticket.objects.values_list("requester_id", flat=True)) == {stays.pk}
    part(shop, record)
    for _round in range(20):
        go_on_merging(merge_id=record.pk, now=shop.now)
    record.refresh_from_db()
    assert record.state == MergeRecord.State.PARTED
    assert state_of_everything() == before


def test_undoing_in_the_middle_of_moving_loses_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge_module, "AT_ONCE", 2)
    stays, goes = shop.contact("nora"), shop.contact("nq")
    for index in range(5):
        shop.ticket(f"Ticket {index}", by="nq")
    before = state_of_everything()
    record = merge(shop, stays, goes)
    part(shop, record)
    for _round in range(20):
        go_on_merging(merge_id=record.pk, now=shop.now)
    assert state_of_everything() == before


def test_a_chain_is_parted_from_its_end(shop: Shop) -> None:
    first, second, third = shop.contact("one"), shop.contact("two"), shop.contact("three")
    early = merge(shop, second, first)
    late = merge(shop, third, second)
    first.refresh_from_db()
    assert first.merged_into_id == third.pk
    with pytest.raises(Conflict) as refused:
        part(shop, early)
    assert refused.value.code == "merged_since"
    part(shop, late)
    part(shop, early)
    assert not Contact.objects.exclude(merged_into=None).exists()
    assert {row.contact_id for row in ContactAddress.objects.all()} == {first.pk, second.pk, third.pk}


def test_what_cannot_be_merged_or_parted_is_refused(shop: Shop) -> None:
    stays, goes, other = shop.contact("nora"), shop.contact("nq"), shop.contact("other")
    organization = save_organization(actor=shop.actor("agent"), organization=None, name="A", now=shop.now)
    for two in ((stays, stays), (stays, organization)):
        with pytest.raises(Invalid):
            merge(shop, *two)
    with pytest.raises(Denied):
        merge(shop, stays, goes, who="light_agent")
    record = merge(shop, stays, goes)
    for two in ((other, goes), (goes, other), (stays, goes)):
        with pytest.raises(Conflict):
            merge(shop, *two)
    with pytest.raises(Conflict, match="30 days"):
        part(shop, record, now=shop.now + timedelta(days=31))
    with pytest.raises(Denied):
        part_people(actor=shop.actor("light_agent"), merge_id=record.pk, now=shop.now)
    with pytest.raises(NotFound):
        part_people(actor=shop.actor("agent"), merge_id=record.pk + 1, now=shop.now)
    part(shop, record)
    with pytest.raises(Conflict):
        part(shop, record)


def test_organizations_are_merged_with_people_domains_and_tickets(shop: Shop) -> None:
    agent = shop.actor("agent")
    stays = save_organization(actor=agent, organization=None, name="Client", notes="A", now=shop.now)
    goes = save_organization(
        actor=agent, organization=None, name="Client Ltd", domains=["client.example"], notes="B", now=shop.now
    )
    ticket = shop.ticket("Of the client", by="nora")
    record = merge(shop, stays, goes)
    ticket.refresh_from_db()
    stays.refresh_from_db()
    assert ticket.organization_id == stays.pk
    assert stays.notes == "A\n\nB"
    assert shop.contact("new").organization_id == stays.pk
    part(shop, record)
    ticket.refresh_from_db()
    assert ticket.organization_id == goes.pk
    assert list(goes.domains.values_list("domain", flat=True)) == ["client.example"]
    assert Event.objects.filter(type="organization.parted").count() == 2


def test_two_merges_of_the_same_at_once_make_one(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        one, two, three = (open_shop.contact(name) for name in ("one", "two", "three"))
        agent = open_shop.actor("agent")
    results: list[str] = []
    start = threading.Barrier(3)

    def run(survivor: Contact, absorbed: Contact) -> None:
        start.wait()
        try:
            with scope(open_shop.workspace):  # type: ignore[arg-type]
                merge_people(actor=agent, survivor=survivor, absorbed=absorbed, now=open_shop.now)
            results.append("merged")
        except DomainError as error:
            results.append(error.code)
        except DatabaseError as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    pairs = [(one, two), (two, one), (three, two)]
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("merged") >= 1
    assert len(results) == 3
    assert set(results) <= {"merged", "merged_already"}
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        left = set(Contact.objects.filter(merged_into=None).values_list("pk", flat=True))
        assert len(left) == 3 - results.count("merged")
        assert {row.contact_id for row in ContactAddress.objects.all()} <= left


def test_mail_that_arrives_during_the_merge_belongs_to_the_survivor(open_shop: Shop) -> None:
    workspace: Any = open_shop.workspace
    with scope(workspace):
        stays, goes = open_shop.contact("nora"), open_shop.contact("nq")
        agent = open_shop.actor("agent")
    found, merged = threading.Event(), threading.Event()

    def arrive() -> None:
        try:
            with scope(workspace):
                # It has looked up the sender, and the merge is over before it is.
                ticket = open_shop.ticket("While merging", by="nq")
                assert ticket.requester_id == goes.pk
                found.set()
                merged.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=arrive)
    thread.start()
    assert found.wait(10)
    with scope(workspace):
        merge_people(actor=agent, survivor=stays, absorbed=goes, now=open_shop.now)
    merged.set()
    thread.join()
    with scope(workspace):
        assert Ticket.objects.get().requester_id == goes.pk
        timer = Timer.objects.get(kind="people.merge")
        Timer.objects.filter(pk=timer.pk).update(due_at=open_shop.now - timedelta(days=1))
    drain(Timer)
    with scope(workspace):
        assert Ticket.objects.get().requester_id == stays.pk
        part_people(actor=agent, merge_id=MergeRecord.objects.get().pk, now=open_shop.now)
        assert Ticket.objects.get().requester_id == goes.pk


def test_another_workspace_has_no_part_in_it(db: None, now: datetime) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):  # type: ignore[arg-type]
        foreign = theirs.contact("nora")
        record = merge_people(
            actor=theirs.actor("agent"), survivor=foreign, absorbed=theirs.contact("nq"), now=now
        )
    with scope(ours.workspace):  # type: ignore[arg-type]
        with pytest.raises(NotFound):
            merge(ours, ours.contact("nora"), foreign)
        with pytest.raises(NotFound):
            part(ours, record)


@pytest.mark.parametrize(
    ("one", "other", "is_likely"),
    [
        (("Nora Quist", "nora.quist@a.example"), ("N", "nora.quist@b.example"), True),
        (("Nora Quist", "a@a.example"), ("nora quist", "b@b.example"), True),
        (("Nora", "a@a.example"), ("Nora", "b@b.example"), False),
        (("A A", "info@a.example"), ("B B", "info@b.example"), False),
        (("A A", "no-reply@a.example"), ("B B", "no-reply@b.example"), False),
        (("A A", "nora.q@a.example"), ("B B", "nora.qu@b.example"), False),
    ],
)
def test_only_likely_doubles_are_suggested(
    shop: Shop, one: tuple[str, str], other: tuple[str, str], is_likely: bool
) -> None:
    first, second = contact(shop, *one), contact(shop, *other)
    assert [row.pk for row in likely_same_contacts(first)] == ([second.pk] if is_likely else [])


def test_namesakes_of_different_organizations_are_no_doubles(shop: Shop) -> None:
    agent = shop.actor("agent")
    a, b = (save_organization(actor=agent, organization=None, name=name, now=shop.now) for name in "AB")
    first = contact(shop, "Nora Quist", organization=a)
    contact(shop, "Nora Quist", organization=b)
    assert likely_same_contacts(first) == []


def test_whoever_went_up_in_somebody_goes_with_him(shop: Shop) -> None:
    stays, goes = shop.contact("nora"), shop.contact("nq")
    record = merge(shop, stays, goes)
    Contact.objects.filter(pk=stays.pk).delete()
    assert not Contact.objects.exists()
    with pytest.raises(NotFound):
        part(shop, record)
