"""Contacts and organizations in the console."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from okno.channels.email.models import SuppressedAddress
from okno.channels.email.suppression import suppress_address
from okno.people.commands import save_contact, save_organization
from okno.people.models import Contact, Organization
from okno.tenancy.scope import scope
from okno.tickets.commands.status import change_status
from okno.tickets.models import StatusCategory
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

FIELDS = {
    "name": "Nora Quist",
    "addresses": "Nora@Quist.example\nnora.q@work.example",
    "phones": "+44 20 7946 0018",
    "organization": "Quist & Daughters",
    "title": "Owner",
    "language": "ru",
    "notes": "Likes <b>short</b> answers",
}


def test_a_contact_is_made_with_his_addresses_and_a_new_organization(shop: Shop, browser: Browser) -> None:
    client = browser()
    response = client.post("/contacts/new/", FIELDS)
    contact = Contact.objects.get(name="Nora Quist")
    assert response["Location"] == f"/contacts/{contact.pk}/"
    card = client.get(f"/contacts/{contact.pk}/").content.decode()
    for words in (
        "nora@quist.example",
        "nora.q@work.example",
        "+442079460018",
        "Quist &amp; Daughters",
        "Owner",
    ):
        assert words in card
    assert "Likes &lt;b&gt;short&lt;/b&gt; answers" in card
    assert Organization.objects.get().name == "Quist & Daughters"


def test_a_second_contact_joins_the_organization_that_is_there(shop: Shop, browser: Browser) -> None:
    client = browser()
    client.post("/contacts/new/", FIELDS)
    client.post("/contacts/new/", {"name": "Ida", "organization": "Quist & Daughters"})
    assert Organization.objects.get().contacts.count() == 2


def test_a_contact_is_changed(shop: Shop, browser: Browser) -> None:
    client = browser()
    contact = shop.contact("nora")
    page = client.get(f"/contacts/{contact.pk}/edit/").content.decode()
    assert "nora@client.example" in page
    client.post(f"/contacts/{contact.pk}/edit/", {"name": "Nora", "addresses": "new@client.example"})
    contact.refresh_from_db()
    assert (contact.name, contact.addresses.get().value) == ("Nora", "new@client.example")


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(shop: Shop, browser: Browser) -> None:
    client = browser()
    other = shop.contact("other")
    for values, words in (
        ({"name": "", "addresses": "a@b.example"}, "This field is required."),
        ({"name": "Nora", "addresses": "not an address"}, "is not a mail address"),
        ({"name": "Nora", "phones": "1"}, "is not a phone number"),
        (
            {"name": "Nora", "addresses": "other@client.example", "organization": "New one"},
            "belongs to Other",
        ),
    ):
        response = client.post("/contacts/new/", values)
        assert response.status_code == 422
        assert words in response.content.decode(), values
    assert list(Contact.objects.all()) == [other]
    assert not Organization.objects.exists()


def test_contacts_are_found_by_name_and_address(shop: Shop, browser: Browser) -> None:
    client = browser()
    shop.contact("nora")
    save_contact(
        actor=shop.actor("agent"),
        contact=None,
        name="Марина Соколова",
        addresses=["ms@log.example"],
        now=shop.now,
    )
    for q, found, missed in (
        ("nor", "Nora", "Марина"),
        ("NORA@client", "Nora", "Марина"),
        ("марина", "Марина", "Nora"),
        ("соколова", "Марина", "Nora"),
    ):
        page = client.get("/contacts/", {"q": q}).content.decode()
        assert found in page, q
        assert missed not in page, q
    assert "Nobody is called so" in client.get("/contacts/", {"q": "zzz"}).content.decode()


def test_pages_of_contacts_follow_each_other(shop: Shop, browser: Browser) -> None:
    client = browser()
    Contact.objects.bulk_create([Contact(name=f"Person {index:03}") for index in range(60)])
    first = client.get("/contacts/").content.decode()
    assert "Person 049" in first
    assert "Person 050" not in first
    cursor = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = client.get(f"/contacts/{cursor}").content.decode()
    assert "Person 050" in second
    assert "Person 049" not in second
    assert client.get("/contacts/?cursor=nonsense").status_code == 302


def test_a_card_has_open_and_past_tickets(shop: Shop, browser: Browser) -> None:
    open_one, past = shop.ticket("Still open", by="nora"), shop.ticket("Long solved", by="nora")
    shop.ticket("Of another", by="ida")
    change_status(actor=shop.actor("agent"), ticket_id=past.pk, status=StatusCategory.CLOSED, now=shop.now)
    page = browser().get(f"/contacts/{open_one.requester_id}/").content.decode()
    assert page.index("Still open") < page.index("Past tickets") < page.index("Long solved")
    assert "Of another" not in page


def test_a_card_hides_tickets_out_of_reach(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket("Secret of the board", by="nora")
    page = browser("own", role="agent", scope="own").get(f"/contacts/{ticket.requester_id}/").content.decode()
    assert "Secret of the board" not in page


def test_an_organization_has_its_people_and_domains(shop: Shop, browser: Browser) -> None:
    client = browser()
    client.post("/organizations/new/", {"name": "Client & Co", "domains": "client.example\nClient.test"})
    organization = Organization.objects.get()
    ticket = shop.ticket("From the client", by="nora")
    page = client.get(f"/organizations/{organization.pk}/").content.decode()
    for words in ("client.example, client.test", "Nora", "From the client"):
        assert words in page
    assert ticket.organization_id == organization.pk
    client.post(f"/organizations/{organization.pk}/edit/", {"name": "Client Ltd", "domains": ""})
    organization.refresh_from_db()
    assert organization.name == "Client Ltd"
    assert "Client Ltd" in client.get("/organizations/?q=client").content.decode()


def test_a_domain_belongs_to_one_organization(shop: Shop, browser: Browser) -> None:
    save_organization(
        actor=shop.actor("agent"), organization=None, name="First", domains=["a.example"], now=shop.now
    )
    response = browser().post("/organizations/new/", {"name": "Second", "domains": "a.example"})
    assert response.status_code == 422
    assert "belongs to another organization" in response.content.decode()
    assert not Organization.objects.filter(name="Second").exists()


@pytest.mark.parametrize("path", ["/contacts/new/", "/organizations/new/"])
def test_a_light_agent_reads_but_does_not_write(shop: Shop, browser: Browser, path: str) -> None:
    client = browser("light_agent")
    assert client.get("/contacts/").status_code == 200
    assert client.get(path).status_code == 403
    assert client.post(path, {"name": "Nora"}).status_code == 403
    assert not Contact.objects.exists()


def test_people_of_another_workspace_are_not_found(db: None, now: object) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):
        contact = theirs.contact("nora")
        organization = save_organization(
            actor=theirs.actor("agent"), organization=None, name="Theirs", now=now
        )
    with scope(ours.workspace):
        client = browser_for(ours, "administrator")
    assert client.get(f"/contacts/{contact.pk}/").status_code == 404
    assert client.post(f"/contacts/{contact.pk}/edit/", {"name": "Stolen"}).status_code == 404
    assert client.get(f"/organizations/{organization.pk}/").status_code == 404
    assert b"Theirs" not in client.get("/organizations/").content


@pytest.mark.parametrize("count", [1, 40])
def test_the_list_costs_the_same_for_any_number(shop: Shop, browser: Browser, count: int) -> None:
    client = browser()
    for index in range(count):
        shop.contact(f"person{index}")
    client.get("/contacts/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/contacts/")
    # The frame's ten, the rows and their addresses.
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 12


def test_a_suppressed_address_says_why_and_is_let_in_again(shop: Shop, browser: Browser) -> None:
    contact = shop.contact()
    address = "requester@client.example"
    suppress_address(address=address, cause="bounced", status="5.1.1", words="550 unknown", now=shop.now)
    client = browser()
    page = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert "suppressed since" in page
    assert "no such mailbox" in page
    assert client.post(f"/contacts/{contact.pk}/allow/", {"address": "a@b.example"}).status_code == 404
    answer = client.post(f"/contacts/{contact.pk}/allow/", {"address": address})
    assert answer["Location"] == f"/contacts/{contact.pk}/"
    assert "suppressed since" not in client.get(f"/contacts/{contact.pk}/").content.decode()


def test_a_light_agent_sees_that_an_address_is_suppressed_and_may_not_change_it(
    shop: Shop, browser: Browser
) -> None:
    contact = shop.contact()
    address = "requester@client.example"
    suppress_address(address=address, cause="complaint", now=shop.now)
    client = browser("light_agent", role="light_agent")
    page = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert "called our mail spam" in page
    assert "/allow/" not in page
    assert client.post(f"/contacts/{contact.pk}/allow/", {"address": address}).status_code == 403
    assert SuppressedAddress.objects.filter(address=address).exists()


def test_an_important_person_is_marked_wherever_he_asks(shop: Shop, browser: Browser) -> None:
    ticket, other = shop.ticket("Of the director", by="nora"), shop.ticket("Of another", by="ida")
    client = browser()
    client.post(
        f"/contacts/{ticket.requester_id}/edit/",
        {"name": "Nora", "addresses": "nora@client.example", "is_vip": "on", "sees_organization": "on"},
    )
    mark = ">VIP</span>"
    card = client.get(f"/contacts/{ticket.requester_id}/").content.decode()
    assert mark in card
    assert "Sees the requests of the whole organization." in card
    assert mark in client.get(f"/tickets/{ticket.number}/").content.decode()
    assert mark not in client.get(f"/tickets/{other.number}/").content.decode()
    assert client.get("/contacts/").content.decode().count(mark) == 1
    assert "Ida" not in client.get("/contacts/?q=vip").content.decode()
    assert client.get("/tickets/?view=open").content.decode().count(mark) == 1
    found = client.get("/tickets/?view=open&q=vip:yes").content.decode()
    assert "Of the director" in found
    assert "Of another" not in found


def test_the_people_of_an_important_organization_are_important(shop: Shop, browser: Browser) -> None:
    client = browser()
    client.post("/organizations/new/", {"name": "Client", "domains": "client.example", "is_vip": "on"})
    shop.ticket("Of its man", by="nora")
    assert "Of its man" in client.get("/tickets/?view=open&q=vip:yes").content.decode()
    assert "Of its man" not in client.get("/tickets/?view=open&q=vip:no").content.decode()


def test_the_main_address_is_chosen_on_the_card(shop: Shop, browser: Browser) -> None:
    client = browser()
    client.post("/contacts/new/", FIELDS)
    contact = Contact.objects.get(name="Nora Quist")
    path = f"/contacts/{contact.pk}/primary/"
    assert path in client.get(f"/contacts/{contact.pk}/").content.decode()
    assert client.post(path, {"address": "nora.q@work.example"}).status_code == 302
    assert contact.addresses.get(value="nora.q@work.example").is_primary
    assert client.post(path, {"address": "nobody@work.example"}).status_code == 404
    assert browser("light_agent").post(path, {"address": "nora@quist.example"}).status_code == 403


def test_all_tickets_and_all_that_happened_have_pages(shop: Shop, browser: Browser) -> None:
    client = browser()
    contact = shop.contact("nora")
    for index in range(55):
        shop.ticket(f"Ticket {index:02}", by="nora")
    for index in range(15):
        client.post(
            f"/contacts/{contact.pk}/edit/", {"name": f"Nora {index}", "addresses": "nora@client.example"}
        )
    card = client.get(f"/contacts/{contact.pk}/").content.decode()
    assert f"/contacts/{contact.pk}/tickets/" in card
    assert "changed: Name" in card
    first = client.get(f"/contacts/{contact.pk}/tickets/").content.decode()
    assert "Ticket 54" in first
    assert "Ticket 04" not in first
    cursor = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "Ticket 04" in client.get(f"/contacts/{contact.pk}/tickets/{cursor}").content.decode()
    assert client.get(f"/contacts/{contact.pk}/tickets/?cursor=nonsense").status_code == 404
    place = card.split("?before=")[1].split('"')[0]
    earlier = client.get(f"/contacts/{contact.pk}/history/?before={place}").content.decode()
    assert "created the contact" in earlier
    assert "created the contact" in client.get(f"/contacts/{contact.pk}/history/?before=x").content.decode()


def test_people_of_a_domain_are_offered_to_their_organization(shop: Shop, browser: Browser) -> None:
    shop.contact("nora")
    shop.contact("ida")
    client = browser()
    client.post("/organizations/new/", {"name": "Client", "domains": "client.example"})
    organization = Organization.objects.get()
    card = f"/organizations/{organization.pk}/"
    assert "2 people write from these domains" in client.get(card).content.decode()
    assert "Put them here" not in browser("light_agent").get(card).content.decode()
    assert browser("light_agent").post(f"{card}attach/").status_code == 403
    page = client.post(f"{card}attach/", follow=True).content.decode()
    assert "2 people belong here now." in page
    assert "Put them here" not in page
    assert organization.contacts.count() == 2


def test_a_public_mail_domain_is_refused_at_its_field(shop: Shop, browser: Browser) -> None:
    response = browser().post("/organizations/new/", {"name": "All", "domains": "gmail.com"})
    assert response.status_code == 422
    assert "gives mail addresses to anybody" in response.content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_a_card_costs_the_same_for_any_number(shop: Shop, browser: Browser, count: int) -> None:
    client = browser()
    client.post("/organizations/new/", {"name": "Client", "domains": "client.example"})
    organization = Organization.objects.get()
    for index in range(count):
        shop.ticket(f"Ticket {index}", by=f"person{index}")
    for path in (
        f"/organizations/{organization.pk}/",
        f"/contacts/{Contact.objects.earliest('id').pk}/",
    ):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 24, path


def test_two_cards_are_merged_and_parted_again(shop: Shop, browser: Browser) -> None:
    client = browser()
    stays, goes = shop.contact("nora"), shop.contact("nq")
    ticket = shop.ticket("Of the other card", by="nq")
    page = client.get(f"/contacts/{stays.pk}/merge/?q=nq").content.decode()
    assert f"?with={goes.pk}" in page
    page = client.get(f"/contacts/{stays.pk}/merge/?with={goes.pk}").content.decode()
    assert "tickets: 1" in page
    refused = client.post(f"/contacts/{stays.pk}/merge/", {"with": goes.pk, "stays": "7777777"})
    assert refused.status_code == 422
    page = client.post(
        f"/contacts/{stays.pk}/merge/", {"with": goes.pk, "stays": stays.pk}, follow=True
    ).content.decode()
    assert "Nq went up in Nora." in page
    assert "Of the other card" in page
    assert "merged Nq into Nora" in page
    assert client.get(f"/contacts/{goes.pk}/")["Location"] == f"/contacts/{stays.pk}/"
    assert client.get(f"/contacts/{goes.pk}/edit/").status_code == 404
    undo = page.split("/undo/")[0].rsplit("/", 1)[1]
    assert browser("light_agent").post(f"/contacts/merges/{undo}/undo/").status_code == 403
    page = client.post(f"/contacts/merges/{undo}/undo/", follow=True).content.decode()
    assert "are two again" in page
    ticket.refresh_from_db()
    assert ticket.requester_id == goes.pk
    assert client.post(f"/contacts/merges/{undo}/undo/").status_code == 409
    assert client.post("/contacts/merges/7777777/undo/").status_code == 404


def test_likely_doubles_are_offered_on_the_card(shop: Shop, browser: Browser) -> None:
    agent = shop.actor("agent")
    one, other = (
        save_contact(
            actor=agent,
            contact=None,
            name="Nora Quist",
            addresses=[f"nora.quist@{domain}"],
            now=shop.now,
        )
        for domain in ("a.example", "b.example")
    )
    merge = f"/contacts/{one.pk}/merge/"
    assert f"{merge}?with={other.pk}" in browser().get(f"/contacts/{one.pk}/").content.decode()
    assert f"?with={other.pk}" in browser().get(merge).content.decode()
    assert "Perhaps the same" not in browser("light_agent").get(f"/contacts/{one.pk}/").content.decode()
    assert browser("light_agent").get(merge).status_code == 403


def test_organizations_are_merged(shop: Shop, browser: Browser) -> None:
    client = browser()
    agent = shop.actor("agent")
    stays, goes = (
        save_organization(actor=agent, organization=None, name=name, domains=[domain], now=shop.now)
        for name, domain in (("Client", "a.example"), ("Client Ltd", "b.example"))
    )
    page = client.get(f"/organizations/{stays.pk}/merge/?q=client").content.decode()
    assert f"?with={goes.pk}" in page
    client.post(f"/organizations/{stays.pk}/merge/", {"with": goes.pk, "stays": stays.pk})
    page = client.get(f"/organizations/{goes.pk}/", follow=True).content.decode()
    assert "a.example, b.example" in page
    undo = page.split("/undo/")[0].rsplit("/", 1)[1]
    client.post(f"/contacts/merges/{undo}/undo/")
    assert goes.domains.get().domain == "b.example"


@pytest.mark.parametrize("said", ["x", "7777777", "99999999999999999999999"])
def test_nobody_is_merged_with_what_is_not_there(shop: Shop, browser: Browser, said: str) -> None:
    contact = shop.contact("nora")
    assert browser().get(f"/contacts/{contact.pk}/merge/?with={said}").status_code == 404
    assert browser().get(f"/contacts/{contact.pk}/merge/?with={contact.pk}").status_code == 404
