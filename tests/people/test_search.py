"""Finding people among many: every way goes by an index, under row security."""

from __future__ import annotations

import pytest
from django.db import connection

from okno.people import queries
from okno.people.commands import save_contact, save_organization
from okno.people.models import Contact, ContactAddress, Organization
from okno.people.queries import PeopleFilter, contacts_page, organizations_page
from tests.conftest import Shop


def add(shop: Shop, name: str, **values: object) -> Contact:
    return save_contact(
        actor=shop.actor("agent"),
        contact=None,
        now=shop.now,
        **{"name": name, "addresses": [], **values},  # type: ignore[arg-type]
    )


def names(**wanted: object) -> list[str]:
    return [contact.name for contact in contacts_page(wanted=PeopleFilter(**wanted)).rows]  # type: ignore[arg-type]


def test_people_are_found_by_name_address_number_and_organization(shop: Shop) -> None:
    company = save_organization(actor=shop.actor("agent"), organization=None, name="Вектор", now=shop.now)
    add(shop, "Марина Соколова", addresses=["ms@log.example"], phones=["8 912 345-67-89"])
    add(shop, "Олег", organization=company, is_vip=True)
    add(shop, "Nora", phones=["1203"])
    assert names(q="марина") == ["Марина Соколова"]
    assert names(q="СОКОЛ") == ["Марина Соколова"]
    assert names(q="MS@log") == ["Марина Соколова"]
    assert names(q="8 (912) 345") == ["Марина Соколова"]
    assert names(q="+7912") == ["Марина Соколова"]
    assert names(q="1203") == ["Nora"]
    assert names(q="вект") == ["Олег"]
    assert names(q="zzz") == []
    assert names(is_vip=True) == ["Олег"]
    assert names(organization_id=company.pk) == ["Олег"]
    assert names() == ["Nora", "Марина Соколова", "Олег"]


def test_organizations_are_found_by_name_and_domain(shop: Shop) -> None:
    agent = shop.actor("agent")
    save_organization(
        actor=agent, organization=None, name="Client", domains=["c.example"], is_vip=True, now=shop.now
    )
    save_organization(actor=agent, organization=None, name="Other", now=shop.now)
    for wanted in (PeopleFilter(q="cli"), PeopleFilter(q="c.ex"), PeopleFilter(is_vip=True)):
        assert [row.name for row in organizations_page(wanted=wanted).rows] == ["Client"], wanted


def plan_of(rows: object) -> str:
    sql, parameters = rows.query.sql_with_params()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.parametrize("model", [Contact, Organization])
def test_the_beginning_of_a_name_goes_by_an_index(shop: Shop, model: type) -> None:
    plan = plan_of(queries._beginning(model.objects.filter(merged_into=None), "nor"))  # type: ignore[attr-defined]
    assert "_key on people_" in plan
    assert "name_key >= " in plan.split("Index Cond", 1)[1].split("Filter", 1)[0]


@pytest.fixture
def many(shop: Shop) -> None:
    """Fill the table of addresses: of a small one every index is as good as another."""
    contacts = Contact.objects.bulk_create(Contact(name=f"Contact {number}") for number in range(3000))
    ContactAddress.objects.bulk_create(
        ContactAddress(contact=contact, kind="email", value=f"c{number}@d{number}.example")
        for number, contact in enumerate(contacts)
    )


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("kind", ContactAddress.Kind.values)
def test_the_beginning_of_an_address_goes_by_an_index(shop: Shop, kind: str) -> None:
    plan = plan_of(queries._addresses(kind, "nor"))
    assert "people_address_key" in plan
    assert "value >= " in plan.split("Index Cond", 1)[1].split("Filter", 1)[0]


@pytest.mark.parametrize("wanted", [{}, {"is_vip": True}, {"organization_id": 2**40}])
def test_a_page_by_name_is_walked_without_sorting(shop: Shop, wanted: dict[str, object]) -> None:
    rows = queries.filtered_contacts(PeopleFilter(**wanted))  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
    plan = plan_of(rows.order_by(*queries.BY_NAME.order_by())[:51])
    assert "Seq Scan on people_contact" not in plan
    assert "Sort" not in plan


@pytest.mark.usefixtures("many")
def test_contacts_of_a_domain_go_by_an_index(shop: Shop) -> None:
    rows = ContactAddress.objects.filter(domain__in=["client.example"]).values("contact_id")
    assert "people_address_domain" in plan_of(rows)
