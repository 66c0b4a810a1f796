"""What a requester sees and does in the portal: his own, by right his organization's, and nothing else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.modules.portal.setup import change_portal, portal_setup
from okno.people.models import Contact, Organization
from okno.spine.actor import SYSTEM
from okno.spine.versions import roll_back
from okno.tenancy.models import Workspace
from okno.tickets.commands.reply import add_note, reply_to_ticket
from okno.tickets.commands.status import change_status
from okno.tickets.models import Message, RequestType, StatusCategory, Ticket
from okno.tickets.queries.public import MESSAGES_LIMIT
from tests.conftest import Shop

SignIn = Callable[[str], Client]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def colleagues(*names: str, shares: str = "") -> None:
    organization = Organization.objects.create(name="Acme")
    for name in names:
        contact = Contact.objects.filter(addresses__value=f"{name}@client.example")
        contact.update(organization=organization, sees_organization=name == shares)
    Ticket.objects.filter(requester__organization=organization).update(organization=organization)


def test_ones_own_requests_are_listed(shop: Shop, signed_in: SignIn) -> None:
    shop.ticket("Mine and open")
    shop.ticket("Not mine", by="other")
    done: Any = shop.ticket("Mine and done")
    resolve(shop, done)
    client = signed_in("requester")
    assert "Mine and open" in text(client.get("/my/"))
    assert "Mine and done" not in text(client.get("/my/"))
    assert "Mine and done" in text(client.get("/my/?state=done"))
    for path in ("/my/", "/my/?state=done", "/my/?whose=organization", "/my/?q=Not+mine"):
        assert "Not mine</span>" not in text(client.get(path))


def resolve(shop: Shop, ticket: Any) -> None:
    change_status(
        actor=shop.actor("agent"),  # type: ignore[arg-type]
        ticket_id=ticket.pk,
        status=StatusCategory.RESOLVED,
        now=shop.now,
        solution="Put the fire out.",
    )


@pytest.mark.parametrize("words", ["printer", "PRINTER fire", "{number}"])
def test_words_and_numbers_find(shop: Shop, signed_in: SignIn, words: str) -> None:
    ticket: Any = shop.ticket("The printer is on fire")
    shop.ticket("Something else")
    client = signed_in("requester")
    page = text(client.get("/my/", {"q": words.format(number=ticket.number)}))
    assert "The printer is on fire" in page
    assert "Something else" not in page


@pytest.mark.parametrize("words", ["\x00", "nothing\x00 here", "9" * 18, "9" * 30])
def test_nonsense_finds_nothing_and_breaks_nothing(shop: Shop, signed_in: SignIn, words: str) -> None:
    shop.ticket()
    assert signed_in("requester").get("/my/", {"q": words}).status_code == 200


def test_pages_go_on_where_the_last_one_ended(shop: Shop, signed_in: SignIn) -> None:
    for number in range(30):
        shop.ticket(f"Request {number:02}")
    client = signed_in("requester")
    first = client.get("/my/")
    second = client.get("/my/" + first.context["next_url"])
    seen = [row["ticket"].subject for page in (first, second) for row in page.context["rows"]]
    assert seen == [f"Request {number:02}" for number in reversed(range(30))]
    assert second.context["next_url"] == ""


def test_the_list_costs_the_same_for_many(shop: Shop, signed_in: SignIn) -> None:
    shop.ticket("One")
    client = signed_in("requester")
    with CaptureQueriesContext(connection) as few:
        client.get("/my/")
    for number in range(12):
        shop.ticket(f"Request {number}")
    with CaptureQueriesContext(connection) as many:
        client.get("/my/")
    assert len(many) == len(few) <= 8


@pytest.mark.parametrize("name", ["spam", "draft"])
def test_spam_and_unfinished_calls_are_not_there(shop: Shop, signed_in: SignIn, name: str) -> None:
    ticket: Any = shop.ticket("Hidden from view")
    change = {"spam_at": shop.now} if name == "spam" else {"is_draft": True}
    Ticket.objects.filter(pk=ticket.pk).update(**change)
    client = signed_in("requester")
    assert "Hidden from view" not in text(client.get("/my/"))
    assert client.get(f"/my/requests/{ticket.number}/").status_code == 404


def test_notes_and_events_stay_inside(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket()
    agent: Any = shop.actor("agent")
    add_note(actor=agent, ticket_id=ticket.pk, text="the client is wrong", now=shop.now)
    reply_to_ticket(
        actor=agent,
        ticket_id=ticket.pk,
        text="We are on our way.",
        now=shop.now - timedelta(minutes=5),
    )
    page = text(signed_in("requester").get(f"/my/requests/{ticket.number}/"))
    assert "We are on our way." in page
    assert "the client is wrong" not in page


def test_others_requests_are_not_found(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket(by="other")
    client = signed_in("requester")
    base = f"/my/requests/{ticket.number}/"
    message = Message.objects.get(ticket=ticket)
    assert client.get(base).status_code == 404
    assert client.get(f"{base}messages/{message.pk}/body").status_code == 404
    assert client.get(f"{base}problem/").status_code == 404
    for act, words in (
        ("reply", {"text": "hello"}),
        ("answer", {"solved": "yes"}),
        ("problem", {"words": "x"}),
    ):
        assert client.post(f"{base}{act}/", words).status_code == 404
    assert Message.objects.filter(ticket=ticket).count() == 1


def test_an_organizations_requests_are_seen_by_right_only(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket("Of a colleague", by="colleague")
    shop.contact("chief")
    shop.contact("clerk")
    colleagues("colleague", "chief", "clerk", shares="chief")
    chief, clerk = signed_in("chief"), signed_in("clerk")
    assert "Of a colleague" in text(chief.get("/my/?whose=organization"))
    assert "Of a colleague" not in text(chief.get("/my/"))
    assert "Of a colleague" not in text(clerk.get("/my/?whose=organization"))
    page = text(chief.get(f"/my/requests/{ticket.number}/"))
    assert "Colleague" in page
    assert "<textarea" not in page
    assert clerk.get(f"/my/requests/{ticket.number}/").status_code == 404
    assert chief.post(f"/my/requests/{ticket.number}/reply/", {"text": "mine now"}).status_code == 404
    change_portal(actor=SYSTEM, values={"shares_organization": True}, now=shop.now)
    assert "Of a colleague" in text(clerk.get("/my/?whose=organization"))


def test_a_reply_lands_on_the_ticket_once(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket()
    resolve(shop, ticket)
    client = signed_in("requester")
    page = text(client.get(f"/my/requests/{ticket.number}/"))
    assert "Put the fire out." in page
    key = page.split('name="key" value="')[1].split('"')[0]
    sent = {"text": "It burns again.", "key": key, "attached": SimpleUploadedFile("fire.txt", b"flames")}
    for _time in range(2):
        sent["attached"] = SimpleUploadedFile("fire.txt", b"flames")
        answer = client.post(f"/my/requests/{ticket.number}/reply/", sent)
        assert answer.status_code == 302
    message = Message.objects.get(ticket=ticket, channel="portal")
    assert (message.text, message.direction, message.author_name) == ("It burns again.", "in", "Requester")
    assert [file.filename for file in message.attachments.all()] == ["fire.txt"]
    ticket.refresh_from_db()
    assert ticket.is_open
    page = text(client.get(f"/my/requests/{ticket.number}/"))
    assert "fire.txt" in page


def test_an_empty_reply_is_refused_with_words(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket()
    answer = signed_in("requester").post(f"/my/requests/{ticket.number}/reply/", {"text": "  "})
    assert answer.status_code == 422
    assert "Write something first." in text(answer)


def test_solved_and_still_a_problem(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket()
    resolve(shop, ticket)
    client = signed_in("requester")
    client.post(f"/my/requests/{ticket.number}/answer/", {"solved": "yes"})
    ticket.refresh_from_db()
    assert ticket.category == StatusCategory.CLOSED
    assert client.get(f"/my/requests/{ticket.number}/problem/").status_code == 200
    ticket.refresh_from_db()
    assert ticket.category == StatusCategory.CLOSED
    client.post(f"/my/requests/{ticket.number}/problem/", {"words": "no, it is not"})
    ticket.refresh_from_db()
    assert ticket.category == StatusCategory.OPEN


def test_a_new_request_with_what_its_type_asks(shop: Shop, signed_in: SignIn) -> None:
    RequestType.objects.filter(key="incident").update(asked=[{"field": "device", "required": True}])
    incident: Any = RequestType.objects.get(key="incident")
    client = signed_in("requester")
    page = client.get(f"/my/new/?type={incident.pk}")
    key = text(page).split('name="key" value="')[1].split('"')[0]
    words = {"type": str(incident.pk), "subject": "Broken", "text": "It fell.", "key": key}
    refused = client.post("/my/new/", words)
    assert refused.status_code == 422
    assert "It fell." in text(refused)
    for _time in range(2):
        answer = client.post("/my/new/", {**words, "device": "PC-17"})
    ticket = Ticket.objects.get(subject="Broken")
    assert answer.headers["Location"] == f"/my/requests/{ticket.number}/?answered=1"
    assert (ticket.channel, ticket.device, ticket.type_id) == ("portal", "PC-17", incident.pk)


def test_new_requests_can_be_switched_off(shop: Shop, signed_in: SignIn) -> None:
    change_portal(actor=SYSTEM, values={"takes_requests": False}, now=shop.now)
    client = signed_in("requester")
    assert client.get("/my/new/").status_code == 404
    assert "/my/new/" not in text(client.get("/my/"))


def test_the_profile_is_changed_by_its_owner(shop: Shop, signed_in: SignIn) -> None:
    client = signed_in("requester")
    client.post("/my/profile/", {"name": "Maria", "language": "ru"})
    contact = Contact.objects.get(addresses__value="requester@client.example")
    assert (contact.name, contact.language) == ("Maria", "ru")
    assert 'lang="ru"' in text(client.get("/my/"))
    assert client.post("/my/profile/", {"name": " ", "language": "ru"}).status_code == 422


def test_the_export_holds_ones_own_and_no_notes(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket()
    shop.ticket("Not mine", by="other")
    agent: Any = shop.actor("agent")
    add_note(actor=agent, ticket_id=ticket.pk, text="an internal remark", now=shop.now)
    client = signed_in("requester")
    client.post(
        f"/my/requests/{ticket.number}/reply/",
        {"text": "with a file", "attached": SimpleUploadedFile("a.txt", b"the content")},
    )
    answer: Any = client.get("/my/profile/export/")
    data = b"".join(answer.streaming_content)
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    names = archive.namelist()
    assert [name for name in names if name.startswith("requests/") and name.endswith(".json")] == [
        f"requests/{ticket.number}.json"
    ]
    words = json.loads(archive.read(f"requests/{ticket.number}.json"))
    assert [message["text"] for message in words["messages"]][-1] == "with a file"
    (file,) = [name for name in names if name.endswith("a.txt")]
    assert archive.read(file) == b"the content"
    assert b"internal remark" not in b"".join(archive.read(name) for name in names)


def test_the_export_of_a_long_talk_is_whole(shop: Shop, signed_in: SignIn) -> None:
    ticket: Any = shop.ticket()
    first = Message.objects.get(ticket=ticket)
    Message.objects.bulk_create(
        Message(
            workspace_id=ticket.workspace_id,
            ticket=ticket,
            kind=first.kind,
            direction=first.direction,
            channel=first.channel,
            author_contact=first.author_contact,
            text=f"letter {number}",
            created_at=shop.now,
        )
        for number in range(MESSAGES_LIMIT)
    )
    answer: Any = signed_in("requester").get("/my/profile/export/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    words = json.loads(archive.read(f"requests/{ticket.number}.json"))
    assert len(words["messages"]) == MESSAGES_LIMIT + 1
    assert words["messages"][0]["text"] == first.text


def test_what_is_off_is_not_there(shop: Shop, signed_in: SignIn) -> None:
    client = signed_in("requester")
    workspace: Any = shop.workspace
    Workspace.objects.filter(pk=workspace.pk).update(modules=["form"])
    for path in ("/my/", "/my/sign-in/", "/my/link/", "/settings/portal/"):
        assert client.get(path).status_code == 404


def test_the_setup_is_for_configurators_and_comes_back(shop: Shop) -> None:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member("administrator", role="administrator").user)  # type: ignore[attr-defined]
    given = {"admits": "known", "takes_requests": "on", "welcome_en": "Hello!", "welcome_ru": ""}
    assert client.post("/settings/portal/", given).status_code == 302
    setup = portal_setup()
    assert (setup.admits, setup.welcomes, setup.takes_requests) == ("known", {"en": "Hello!"}, True)
    roll_back(actor=SYSTEM, kind_name="portal", object_id=setup.pk, number=1, now=shop.now)
    assert portal_setup().admits == "anybody"
    assert client.post("/settings/portal/", {"admits": "aliens"}).status_code == 422
    client.force_login(shop.member("agent").user)  # type: ignore[attr-defined]
    assert client.get("/settings/portal/").status_code == 403
