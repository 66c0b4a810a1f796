"""The form for a new ticket."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from okno.channels.email.models import OutgoingMail
from okno.people.models import ContactAddress
from okno.team.models import Team
from okno.team.queries import default_desk
from okno.tickets.models import Message, Ticket
from tests.conftest import Shop
from tests.console.conftest import Browser


def form(**values: object) -> dict[str, object]:
    """Return what the form posts."""
    return {
        "way": "said",
        "requester": "caller@client.example",
        "name": "Carol Caller",
        "subject": "No sound",
        "body": "The speakers are silent.",
        "priority": "3",
        "tags": "sound, room 5",
        "key": str(uuid4()),
        **values,
    }


def test_the_form_asks_only_what_there_is_a_choice_of(shop: Shop, browser: Browser) -> None:
    client = browser()
    assert 'name="team"' not in client.get("/tickets/new/").content.decode()
    Team.objects.create(desk=default_desk(), name="Second line")
    assert 'name="team"' in client.get("/tickets/new/").content.decode()


def test_what_a_client_said_on_the_phone(shop: Shop, browser: Browser) -> None:
    client = browser()
    answer = client.post("/tickets/new/", form(assignee=shop.members["agent"].pk))
    ticket = Ticket.objects.select_related("requester").get()
    message = Message.objects.get(ticket=ticket)
    assert answer["Location"] == f"/tickets/{ticket.number}/"
    assert (ticket.subject, ticket.priority, ticket.tags) == ("No sound", 3, ["room 5", "sound"])
    assert ticket.assignee_id == shop.members["agent"].pk
    assert ticket.requester.name == "Carol Caller"
    assert (message.direction, message.channel, message.author_contact_id) == (
        "in",
        "phone",
        ticket.requester_id,
    )
    assert ticket.waiting_since is not None


def test_the_first_mail_to_a_client(shop: Shop, browser: Browser) -> None:
    shop.mailbox()
    browser().post("/tickets/new/", form(way="write"))
    message = Message.objects.get()
    assert (message.direction, message.author_member_id) == ("out", shop.members["agent"].pk)
    assert message.deliveries.get().address == "caller@client.example"
    mail = OutgoingMail.objects.get(purpose="reply")
    assert [to["address"] for to in mail.to] == ["caller@client.example"]
    assert "The speakers are silent." in mail.text


def test_the_same_form_sent_twice_opens_one_ticket(shop: Shop, browser: Browser) -> None:
    client, said = browser(), form()
    first = client.post("/tickets/new/", said)
    assert client.post("/tickets/new/", said)["Location"] == first["Location"]
    assert Ticket.objects.count() == 1
    assert Message.objects.count() == 1


def test_files_come_along_and_survive_a_mistake(shop: Shop, browser: Browser) -> None:
    client = browser()
    sent = SimpleUploadedFile("sound.log", b"silence", content_type="text/plain")
    mistaken = client.post("/tickets/new/", form(subject="", files=sent))
    assert mistaken.status_code == 422
    html = mistaken.content.decode()
    assert "sound.log" in html
    key = html.split('name="attachment" value="')[1].split('"')[0]
    client.post("/tickets/new/", form(attachment=key))
    assert Message.objects.get().attachments.get().filename == "sound.log"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("requester", "nobody"), ("requester", "a(&x=y)@client.example"), ("requester", "contact:0"), ("subject", " "),
        ("body", ""), ("priority", "9"), ("priority", ""), ("way", "magic"), ("key", "x"), ("type", "0"),
        ("assignee", "999999"), ("team", "999999"),
    ],
)  # fmt: skip
def test_nonsense_is_said_beside_its_field_and_opens_nothing(
    shop: Shop, browser: Browser, field: str, value: str
) -> None:
    Team.objects.create(desk=default_desk(), name="Second line")
    answer = browser().post("/tickets/new/", form(**{field: value}))
    assert answer.status_code == 422
    assert "The speakers are silent." in answer.content.decode() or field == "body"
    assert not Ticket.objects.exists()


def test_a_contact_without_a_mail_address_cannot_be_written_to(shop: Shop, browser: Browser) -> None:
    contact = shop.contact()
    ContactAddress.objects.filter(contact=contact).update(kind="phone", value="+1555")
    answer = browser().post("/tickets/new/", form(way="write", requester=f"contact:{contact.pk}"))
    assert answer.status_code == 422
    assert "no mail address" in answer.content.decode()


@pytest.mark.parametrize("role", ["light_agent", "configurator"])
def test_whoever_may_not_open_tickets_gets_no_form(shop: Shop, browser: Browser, role: str) -> None:
    client = browser(role)
    assert client.get("/tickets/new/").status_code == 403
    assert client.post("/tickets/new/", form()).status_code == 403
    assert not Ticket.objects.exists()


def test_whoever_is_not_signed_in_goes_to_the_sign_in(browser: Browser) -> None:
    assert browser(None).get("/tickets/new/").status_code == 302
