"""Contacts, their addresses, organizations."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.people.commands import (
    attach_contacts,
    choose_primary,
    contact_for_address,
    save_contact,
    save_organization,
    verify_address,
)
from okno.people.models import Contact, ContactAddress, Organization
from okno.spine.models import Event
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope
from tests.conftest import Shop


def test_an_address_means_one_contact_however_it_is_written(shop: Shop) -> None:
    first = contact_for_address(address="Rosa@Client.Example", now=shop.now)
    again = contact_for_address(address="rosa@client.example", name="Rosa Client", now=shop.now)
    assert first.pk == again.pk
    assert again.name == "Rosa Client"
    third = contact_for_address(address="rosa@client.example", name="Impostor", now=shop.now)
    assert third.name == "Rosa Client"


def test_a_known_domain_brings_its_organization(shop: Shop) -> None:
    organization = save_organization(
        actor=shop.actor("agent"),
        organization=None,
        name="Client",
        domains=["Client.Example"],
        now=shop.now,  # type: ignore[arg-type]
    )
    assert contact_for_address(address="new@client.example", now=shop.now).organization_id == organization.pk


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "(comment)a@b.example", "a b@c.example"])
def test_what_is_no_address_makes_no_contact(shop: Shop, address: str) -> None:
    with pytest.raises(Invalid):
        contact_for_address(address=address, now=shop.now)
    assert not Contact.objects.exists()


def test_two_mails_of_a_new_sender_at_once_make_one_contact(open_shop: Shop) -> None:
    found: list[int] = []
    start = threading.Barrier(4)

    def arrive() -> None:
        start.wait()
        try:
            with scope(open_shop.workspace):  # type: ignore[arg-type]
                found.append(contact_for_address(address="new@client.example", now=open_shop.now).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=arrive) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert Contact.objects.count() == 1


def save(shop: Shop, contact: Contact | None, who: str = "agent", **values: object) -> Contact:
    values = {"name": "Rosa", "addresses": ["rosa@client.example"], **values}
    return save_contact(actor=shop.actor(who), contact=contact, now=shop.now, **values)  # type: ignore[arg-type]


def test_a_contact_has_several_addresses_and_the_first_is_primary(shop: Shop) -> None:
    contact = save(shop, None, addresses=["b@x.example", "a@x.example"], phones=["+7 (843) 555-01-42"])
    rows = {row.value: row.is_primary for row in ContactAddress.objects.filter(contact=contact)}
    assert rows == {"b@x.example": True, "a@x.example": False, "+78435550142": True}
    save(shop, contact, addresses=["a@x.example"])
    rows = {row.value: row.is_primary for row in ContactAddress.objects.filter(contact=contact)}
    assert rows == {"a@x.example": True}


def test_an_address_belongs_to_one_contact(shop: Shop) -> None:
    save(shop, None)
    with pytest.raises(Conflict) as refused:
        save(shop, None, name="Other")
    assert "Rosa" in str(refused.value.message)
    assert not Contact.objects.filter(name="Other").exists()


@pytest.mark.parametrize(
    "values",
    [
        {"name": " "},
        {"addresses": ["nonsense"]},
        {"phones": ["12"]},
        {"phones": ["call me"]},
        {"phones": ["912 345 67 89"]},
    ],
)
def test_nonsense_is_refused(shop: Shop, values: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        save(shop, None, **values)


def test_who_may_not_is_denied(shop: Shop) -> None:
    with pytest.raises(Denied):
        save(shop, None, who="light_agent")
    with pytest.raises(Denied):
        save_organization(actor=shop.actor("light_agent"), organization=None, name="X", now=shop.now)  # type: ignore[arg-type]


def test_a_domain_belongs_to_one_organization(shop: Shop) -> None:
    agent = shop.actor("agent")
    save_organization(actor=agent, organization=None, name="A", domains=["a.example"], now=shop.now)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        save_organization(actor=agent, organization=None, name="B", domains=["a.example"], now=shop.now)  # type: ignore[arg-type]
    assert Organization.objects.count() == 1


def test_proving_an_address_again_changes_nothing(shop: Shop) -> None:
    contact = contact_for_address(address="rosa@client.example", now=shop.now)
    for _twice in range(2):
        verify_address(contact=contact, address="rosa@client.example", now=shop.now)
    assert Event.objects.filter(type="contact.address_verified").count() == 1


def test_the_main_address_is_chosen(shop: Shop) -> None:
    contact = save(shop, None, addresses=["a@x.example", "b@x.example"], phones=["+442079460018"])
    choose_primary(actor=shop.actor("agent"), contact=contact, address="b@x.example", now=shop.now)
    rows = {row.value: row.is_primary for row in ContactAddress.objects.filter(contact=contact)}
    assert rows == {"a@x.example": False, "b@x.example": True, "+442079460018": True}
    count = Event.objects.count()
    choose_primary(actor=shop.actor("agent"), contact=contact, address="b@x.example", now=shop.now)
    assert Event.objects.count() == count
    with pytest.raises(NotFound):
        choose_primary(actor=shop.actor("agent"), contact=contact, address="c@x.example", now=shop.now)
    with pytest.raises(Denied):
        choose_primary(actor=shop.actor("light_agent"), contact=contact, address="a@x.example", now=shop.now)


def test_a_number_at_home_needs_no_country(shop: Shop) -> None:
    Workspace.objects.filter(pk=shop.workspace.pk).update(language="ru")  # type: ignore[attr-defined]
    contact = save(shop, None, phones=["912 345 67 89", "8 (912) 345-67-89"])
    assert [row.value for row in contact.addresses.filter(kind="phone")] == ["+79123456789"]


@pytest.mark.parametrize("domain", ["gmail.com", "Mail.RU", "@yandex.ru"])
def test_a_domain_of_everybody_is_refused_and_says_why(shop: Shop, domain: str) -> None:
    with pytest.raises(Invalid, match="anybody") as refused:
        save_organization(
            actor=shop.actor("agent"),
            organization=None,
            name="A",
            domains=["a.example", domain],
            now=shop.now,  # type: ignore[arg-type]
        )
    assert "domains" in refused.value.fields
    assert not Organization.objects.exists()


def test_what_changes_nothing_tells_nothing(shop: Shop) -> None:
    agent = shop.actor("agent")
    organization = save_organization(
        actor=agent, organization=None, name="A", domains=["a.example"], now=shop.now
    )  # type: ignore[arg-type]
    count = Event.objects.count()
    save_organization(actor=agent, organization=organization, name="A", domains=["A.example"], now=shop.now)  # type: ignore[arg-type]
    assert Event.objects.count() == count


def test_people_of_a_domain_are_put_into_its_organization(shop: Shop) -> None:
    agent = shop.actor("agent")
    early, other = shop.contact("early"), shop.contact("other")
    elsewhere = save_organization(actor=agent, organization=None, name="Elsewhere", now=shop.now)  # type: ignore[arg-type]
    Contact.objects.filter(pk=other.pk).update(organization=elsewhere)
    save(shop, None, addresses=["rosa@private.example"])
    organization = save_organization(
        actor=agent, organization=None, name="Client", domains=["client.example"], now=shop.now
    )  # type: ignore[arg-type]
    with pytest.raises(Denied):
        attach_contacts(actor=shop.actor("light_agent"), organization=organization, now=shop.now)  # type: ignore[arg-type]
    assert attach_contacts(actor=agent, organization=organization, now=shop.now) == 1  # type: ignore[arg-type]
    assert attach_contacts(actor=agent, organization=organization, now=shop.now) == 0  # type: ignore[arg-type]
    assert list(organization.contacts.values_list("pk", flat=True)) == [early.pk]
