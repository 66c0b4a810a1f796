"""Sending a form: with scripts it is a ticket at once, and whatever is wrong with it, nothing typed is lost."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from okno.channels.email.models import OutgoingMail
from okno.channels.email.senders import block_sender
from okno.console.addresses import file_url
from okno.lib.stores import file_store
from okno.modules.form.commands.config import change_form
from okno.modules.form.models import GivenConsent, Submission
from okno.spine.actor import SYSTEM
from okno.spine.work import drain
from okno.team.models import Desk, Team
from okno.tickets.models import Attachment, CustomField, Message, RequestType, Ticket, Topic
from tests.conftest import Shop
from tests.modules.form.sender import SAID, Sender, hidden

JSON = "application/json"


def change(sender: Sender, **values: Any) -> None:
    """Change the form by hand of the system."""
    sender.form = change_form(actor=SYSTEM, form_id=sender.form.pk, values=values, now=sender.now)


def ask(*keys: str) -> RequestType:
    """Let the usual type ask for these things."""
    usual: RequestType = RequestType.objects.get(key="request")
    usual.asked = [{"field": key, "required": True} for key in keys]
    usual.save()
    return usual


def test_a_form_becomes_a_ticket_and_its_sender_is_told_the_number(sender: Sender) -> None:
    answer = sender.send()
    ticket = Ticket.objects.get()
    assert answer.status_code == 302
    page = sender.client.get(answer["Location"]).content.decode()
    assert f"number {ticket.number}" in page
    assert "/r/" not in page, "the link to the ticket goes to the address and not to whoever typed it"
    assert (ticket.channel, ticket.subject, ticket.requester.name) == ("form", "No toner", "Maria Client")
    assert Message.objects.get().from_address == "maria@client.example"
    drain()
    receipt = OutgoingMail.objects.get(purpose="receipt")
    assert receipt.to == [{"address": "maria@client.example", "name": ""}]
    assert str(ticket.number) in receipt.text
    assert "/r/" in receipt.text
    assert "toner" not in receipt.text + receipt.subject, "nothing goes to a stranger that a stranger wrote"


def test_everything_that_is_asked_lands_in_the_ticket(sender: Sender) -> None:
    topic = Topic.objects.create(names={"en": "Printers"})
    CustomField.objects.create(key="floor", kind="number", names={"en": "Floor"})
    kind = ask("topic", "device", "priority", "custom.floor")
    assert 'name="custom.floor"' in sender.load(type=str(kind.pk))
    answers = {"topic": topic.pk, "device": "PRN-7", "priority": "4", "custom.floor": "3"}
    missing = sender.send({"type": kind.pk}, is_json=True)
    assert missing.json()["fields"].keys() == set(answers)
    assert not Ticket.objects.exists()
    assert sender.send({"type": kind.pk, **answers}).status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.topic_id, ticket.device, ticket.priority, ticket.custom) == (
        topic.pk, "PRN-7", 4, {"floor": 3.0},
    )  # fmt: skip


def test_the_desk_and_team_of_the_form_get_it(sender: Sender, shop: Shop) -> None:
    desk = Desk.objects.create(name="Accounting", position=2)
    team = Team.objects.create(name="Wages", desk=desk, line=1)
    RequestType.objects.create(key="wage", desk=desk, kind="question", names={"en": "Wage"})
    change(sender, desk=desk.pk, team=team.pk, types=[])
    assert sender.send().status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.desk_id, ticket.team_id, ticket.type.key) == (desk.pk, team.pk, "wage")


def test_another_type_without_scripts_shows_its_fields_and_keeps_the_words(sender: Sender) -> None:
    kind = ask("device")
    answer = sender.send({"type": kind.pk, "show": "1"}, has_scripts=False)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="device"' in page
    assert "The printer is empty." in page
    assert "field-errors" not in page
    assert not Ticket.objects.exists()


def test_the_same_form_twice_is_one_ticket(sender: Sender) -> None:
    token = sender.token()
    first, second = sender.send({"token": token}), sender.send({"token": token, "subject": "Again"})
    assert Ticket.objects.count() == 1
    assert first.status_code == second.status_code == 302


def test_one_token_is_one_ticket_of_one_person(sender: Sender) -> None:
    token = sender.token()
    sender.send({"token": token})
    sender.send({"token": token, "email": "other@client.example"})
    assert Ticket.objects.get().requester.name == "Maria Client"


@pytest.mark.parametrize("word", ["", "nonsense", "a:b:c"])
def test_a_made_up_token_sends_nothing(sender: Sender, word: str) -> None:
    sender.now += timedelta(minutes=1)
    answer = sender.client.post(sender.path, {**SAID, "token": word, "proof": "1"})
    assert answer.status_code == 422
    assert "The printer is empty." in answer.content.decode()
    assert not Ticket.objects.exists()
    assert not Submission.objects.exists()


def test_a_page_that_was_open_for_days_goes_on_with_a_fresh_token(sender: Sender) -> None:
    token = sender.token()
    sender.now += timedelta(hours=25)
    stale = sender.send({"token": token})
    assert stale.status_code == 422
    fresh = hidden(stale.content.decode(), "token")
    assert fresh != token
    assert "The printer is empty." in stale.content.decode()
    assert sender.send({"token": fresh}).status_code == 302
    told = sender.send({"token": token}, is_json=True)
    assert told.json().keys() == {"message", "fields", "token", "key", "bits"}


def test_what_is_wrong_is_said_at_its_field(sender: Sender) -> None:
    wrong = {"name": " ", "email": "nobody", "subject": "", "text": ""}
    told = sender.send(wrong, is_json=True)
    assert told.status_code == 422
    assert told["Content-Type"] == JSON
    assert told.json()["fields"].keys() == set(wrong)
    page = sender.send(wrong).content.decode()
    assert page.count('aria-invalid="true"') == 4


def test_with_scripts_the_answer_names_the_next_page(sender: Sender) -> None:
    told = sender.send(is_json=True)
    assert told.json().keys() == {"url"}
    assert sender.client.get(told.json()["url"]).status_code == 200


def test_files_come_along_and_can_run_nowhere(sender: Sender, shop: Shop) -> None:
    evil = {
        "photo.php.jpg": b"<?php system($_GET['c']); ?>",
        "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "picture.png": b"<script>alert(1)</script>",
        "eicar.com": rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
        "../../../etc/cron.d/evil": b"* * * * * root id",
        "\u202egnp.exe": b"MZ",
        "empty.txt": b"",
        "a" * 400 + ".txt": b"long",
    }
    files = [SimpleUploadedFile("x", content, content_type="image/png") for content in evil.values()]
    for file, name in zip(files, evil, strict=True):
        file._name = name  # past the cleaning of the test's own side
    assert sender.send({"files": files}).status_code == 302
    rows = Attachment.objects.order_by("id")
    assert len(rows) == len(evil)
    agent = Client(headers={"host": shop.host})
    agent.force_login(shop.member("agent").user)  # type: ignore[attr-defined]
    root = file_store().root
    for row in rows:
        assert "/" not in row.filename
        assert row.filename.isprintable()
        stored = file_store().path(shop.workspace.pk, row.sha256)  # type: ignore[attr-defined]
        assert stored.is_relative_to(root)
        assert stored.name == row.sha256
        assert not stored.stat().st_mode & 0o111
        answer: Any = agent.get(file_url(row))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]


def test_too_many_and_too_large_files_are_refused_with_words(sender: Sender) -> None:
    files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
    answer = sender.send({"files": files}, is_json=True)
    assert answer.status_code == 422
    assert "At most 10 files" in answer.json()["fields"]["files"][0]
    page = sender.send({"files": files}).content.decode()
    assert "The printer is empty." in page
    many = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(101)]
    assert sender.send({"files": many}, is_json=True).status_code == 413
    assert "Go one page back" in sender.send({"files": many}).content.decode()
    long = sender.send({"text": "x" * 6_000_000})
    assert long.status_code == 413
    assert not Ticket.objects.exists()


def test_lines_in_names_and_subjects_stay_words(sender: Sender) -> None:
    evil = {
        "name": "Maria\r\nBcc: all@client.example <b>x</b>",
        "subject": "Toner\r\nBcc: all@client.example",
        "text": "<script>alert(1)</script>",
    }
    assert sender.send(evil).status_code == 302
    ticket = Ticket.objects.get()
    assert "\n" not in ticket.subject + ticket.requester.name
    assert Message.objects.get().html == ""
    drain()
    assert {address["address"] for mail in OutgoingMail.objects.all() for address in mail.to} <= {
        "maria@client.example",
        *(member.email for member in sender.shop.members.values()),  # type: ignore[attr-defined]
    }
    told = sender.send({"email": "maria@client.example\r\nBcc: x@y.example"}, is_json=True)
    assert told.json()["fields"].keys() == {"email"}


def test_consent_is_asked_for_and_its_version_is_kept(sender: Sender) -> None:
    change(sender, consents={"en": "You may keep my data. https://client.example/privacy"})
    assert 'href="https://client.example/privacy"' in sender.load()
    assert sender.send(is_json=True).json()["fields"].keys() == {"consent"}
    old = sender.token()
    change(sender, consents={"en": "You may keep my data for ever."})
    assert sender.send({"consent": "on", "token": old}).status_code == 302
    assert sender.send({"consent": "on"}).status_code == 302
    given = GivenConsent.objects.select_related("text").order_by("id")
    assert [one.text.number for one in given] == [1, 2], (
        "each remembers the words that stood before its sender"
    )
    change(sender, consents={})
    assert 'name="consent"' not in sender.load()


def test_the_panel_tells_the_consent_and_is_nowhere_else(sender: Sender, shop: Shop) -> None:
    change(sender, consents={"en": "You may keep my data."})
    sender.send({"consent": "on"})
    agent = Client(headers={"host": shop.host, "accept": "text/html"})
    agent.force_login(shop.member("agent").user)  # type: ignore[attr-defined]
    page = agent.get(f"/tickets/{Ticket.objects.get().number}/").content.decode()
    assert "version 1" in page
    assert "You may keep my data." in page
    other: Any = shop.ticket()
    assert 'id="form"' not in agent.get(f"/tickets/{other.number}/").content.decode()


def test_the_page_speaks_the_language_of_browser_or_choice(sender: Sender, shop: Shop) -> None:
    russian = sender.client.get(sender.path, headers={"accept-language": "ru"}).content.decode()
    assert 'lang="ru"' in russian
    assert "?lang=en" in russian
    english = sender.client.get(f"{sender.path}?lang=en", headers={"accept-language": "ru"}).content.decode()
    assert 'lang="en"' in english
    shop.workspace.languages = ["ru"]  # type: ignore[attr-defined]
    shop.workspace.save()  # type: ignore[attr-defined]
    only = sender.client.get(f"{sender.path}?lang=en").content.decode()
    assert 'lang="ru"' in only
    assert "?lang=" not in only.split("<form")[0]


def test_a_new_contact_reads_the_language_of_the_form(sender: Sender) -> None:
    sender.path += "?lang=ru"
    sender.send()
    assert Ticket.objects.get().requester.language == "ru"


def test_no_page_of_the_form_sets_a_cookie(sender: Sender) -> None:
    answer = sender.send()
    sender.client.get(answer["Location"])
    sender.load()
    assert not sender.client.cookies


@pytest.mark.parametrize("ending", ["", "embed/", "okno.js"])
def test_what_is_not_there_is_not_found(sender: Sender, ending: str) -> None:
    path = f"{sender.path}{ending}"
    assert sender.client.get(path).status_code == 200
    assert sender.client.get(f"/f/{uuid4().hex}/{ending}").status_code == 404
    change(sender, is_active=False)
    assert sender.client.get(path).status_code == 404


def test_a_form_whose_types_are_gone_says_so(sender: Sender) -> None:
    token = sender.token()
    RequestType.objects.update(is_public=False)
    assert "Nothing can be sent" in sender.load()
    assert sender.send({"token": token}).status_code == 200
    assert not Ticket.objects.exists()


def test_what_a_blocked_sender_sends_is_kept_apart(sender: Sender) -> None:
    block_sender(actor=SYSTEM, pattern="maria@client.example", now=sender.now)
    answer = sender.send()
    assert "kept your request" in sender.client.get(answer["Location"]).content.decode()
    drain()
    assert not Ticket.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert Submission.objects.get().state == "spam"


def test_thanks_can_not_be_made_up(sender: Sender) -> None:
    assert sender.client.get(f"{sender.path}thanks/{json.dumps('x')}/").status_code == 404
