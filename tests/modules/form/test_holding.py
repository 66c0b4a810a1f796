"""What nothing shows to be a person's waits: for the link in a mail, or for an agent. It is never lost before."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from okno.channels.email.models import BlockedSender, OutgoingMail
from okno.channels.email.senders import trust_sender
from okno.lib.errors import Conflict, Denied, NotFound
from okno.lib.stores import file_store
from okno.modules.form.commands import submissions
from okno.modules.form.commands.config import change_form
from okno.modules.form.commands.deciding import call_spam, confirm_request, forget_submissions, let_in
from okno.modules.form.guard import rates
from okno.modules.form.guard.proof import bits_for, is_proof
from okno.modules.form.guard.rates import count_sending, forget_attempts, sent_lately
from okno.modules.form.guard.tokens import read_token
from okno.modules.form.models import Attempt, GivenConsent, Submission
from okno.people.models import ContactAddress
from okno.spine.actor import SYSTEM
from okno.spine.models import Event
from okno.spine.work import drain
from okno.team.models import Desk, Team
from okno.tenancy.scope import scope
from okno.tickets.commands.attachments import forget_files
from okno.tickets.models import Attachment, CustomField, Message, RequestType, Ticket
from tests.conftest import Shop, make_shop
from tests.modules.form.sender import SAID, Sender, first_form, ready


def link_in_mail() -> str:
    """Return the path in the newest mail that asks for a button to be pressed."""
    mail = OutgoingMail.objects.filter(purpose="account").latest("id")
    return str(urlsplit(re.findall(r"https?://\S+", mail.text)[0]).path)


def held(sender: Sender, **values: Any) -> Submission:
    """Send without scripts and return what waits."""
    sender.send({"email": "maria@client.example", **values}, has_scripts=False)
    found: Submission = Submission.objects.latest("id")
    return found


def agent(shop: Shop, name: str = "agent", **options: Any) -> Client:
    """Return the browser of a member."""
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member(name, **options).user)  # type: ignore[attr-defined]
    return client


def test_without_scripts_a_mail_is_sent_and_nothing_else_happens(sender: Sender) -> None:
    answer = sender.send(has_scripts=False)
    page = sender.client.get(answer["Location"]).content.decode()
    assert "look into your mail" in page
    assert not Ticket.objects.exists()
    assert not ContactAddress.objects.filter(value="maria@client.example").exists()
    mail = OutgoingMail.objects.get()
    assert mail.to == [{"address": "maria@client.example", "name": ""}]
    said = mail.text + mail.subject
    assert not any(SAID[name] in said for name in ("name", "subject", "text"))
    waiting = Submission.objects.get()
    assert (waiting.reason, waiting.state, waiting.is_mailed) == ("no_proof", "waiting", True)
    assert Event.objects.get(type="form.request_held").payload == {"reason": "no_proof"}


def test_looking_changes_nothing_and_the_button_lets_it_in(sender: Sender) -> None:
    held(sender)
    path = link_in_mail()
    scanner = Client(headers={"host": sender.shop.host})
    for _ in range(2):
        page = scanner.get(path)
        assert page.status_code == 200
        assert "No toner" in page.content.decode()
        assert scanner.head(path).status_code == 200
    assert not Ticket.objects.exists()
    person = Client(headers={"host": sender.shop.host}, enforce_csrf_checks=True)
    done = person.post(path)
    ticket = Ticket.objects.get()
    assert f"number {ticket.number}" in done.content.decode()
    assert ContactAddress.objects.get(value="maria@client.example").verified_at is not None
    assert (Message.objects.get().text, ticket.channel) == ("The printer is empty.", "form")
    again = person.post(path)
    assert f"number {ticket.number}" in again.content.decode()
    assert Ticket.objects.count() == 1
    drain()
    assert str(ticket.number) in OutgoingMail.objects.get(purpose="receipt").text


def test_all_that_was_sent_comes_with_it(sender: Sender, shop: Shop) -> None:
    CustomField.objects.create(key="floor", kind="number", names={"en": "Floor"})
    usual = RequestType.objects.get(key="request")
    usual.asked = [{"field": "custom.floor", "required": True}]
    usual.save()
    change_form(actor=SYSTEM, form_id=sender.form.pk, values={"consents": {"en": "Yes."}}, now=sender.now)
    values = {"custom.floor": "3", "consent": "on", "files": [SimpleUploadedFile("proof.txt", b"held file")]}
    waiting = held(sender, **values)
    file = waiting.files.get()
    forget_files([file.sha256], workspace_id=shop.workspace.pk, now=sender.now + timedelta(days=5))  # type: ignore[attr-defined]
    assert file_store().read(shop.workspace.pk, file.sha256) == b"held file"  # type: ignore[attr-defined]
    confirm_request(form=first_form(), submission_id=waiting.pk, now=sender.now)
    ticket = Ticket.objects.get()
    assert ticket.custom == {"floor": 3.0}
    assert Attachment.objects.get().filename == "proof.txt"
    assert GivenConsent.objects.get(ticket=ticket).text.number == 1


def test_what_is_configured_away_meanwhile_costs_nothing(sender: Sender) -> None:
    usual = RequestType.objects.get(key="request")
    usual.asked = [{"field": "device", "required": False}]
    usual.save()
    waiting = held(sender, device="PRN-7")
    RequestType.objects.filter(pk=usual.pk).update(is_active=False)
    ticket = confirm_request(form=first_form(), submission_id=waiting.pk, now=sender.now)
    assert ticket.type.key != "request"
    assert "PRN-7" in Message.objects.get(ticket=ticket).text


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"website": "https://spam.example"}, "trap"),
        ({"proof": "12x"}, "no_proof"),
        ({"proof": "-1"}, "no_proof"),
    ],
)
def test_signs_of_a_program_hold_it(sender: Sender, values: dict[str, str], reason: str) -> None:
    sender.send(values)
    assert Submission.objects.get().reason == reason
    assert not Ticket.objects.exists()


def test_what_is_sent_faster_than_anybody_types_is_held(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.modules.form.sender.PATIENCE", timedelta(seconds=1))
    sender.send()
    assert Submission.objects.get().reason == "haste"


def test_much_of_one_sender_is_held_and_too_much_of_a_network_is_refused(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "ADDRESS_LIMIT", 1)
    monkeypatch.setattr(rates, "MACHINE_LIMITS", (5, 3))
    sender.send()
    sender.send()
    assert [Ticket.objects.count(), Submission.objects.get().reason] == [1, "rate"]
    sender.send()
    refused = sender.send()
    assert refused.status_code == 429
    assert "The printer is empty." in refused.content.decode()
    sender.now += timedelta(hours=1)
    assert sender.send().status_code == 302


def test_whoever_is_let_in_always_is_not_held_for_his_number(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "ADDRESS_LIMIT", 0)
    trust_sender(actor=SYSTEM, pattern="maria@client.example", now=sender.now)
    sender.send()
    assert Ticket.objects.count() == 1


def test_a_household_is_one_machine_and_no_address_is_kept(shop: Shop) -> None:
    for last in range(3):
        count_sending(remote=f"2001:db8:1:2::{last}", address="a@b.example", now=shop.now)
    assert sent_lately(remote="2001:db8:1:2:ffff::1", now=shop.now) == 3
    assert sent_lately(remote="2001:db8:1:3::1", now=shop.now) == 0
    count_sending(remote="not an address", address="a@b.example", now=shop.now)
    assert not any("db8" in who or "@" in who for who in Attempt.objects.values_list("who", flat=True))
    forget_attempts(now=shop.now + timedelta(hours=27))
    assert not Attempt.objects.exists()


def test_the_more_is_sent_the_more_work_is_asked_for(sender: Sender) -> None:
    first = read_token(sender.form, sender.token())
    for _ in range(9):
        count_sending(remote=sender.remote, address="a@b.example", now=sender.now)
    later = read_token(sender.form, sender.token())
    assert first is not None
    assert later is not None
    assert later.bits > first.bits
    assert bits_for(10**6) == 8, "there is an end to it"
    assert not is_proof(later.key, "9" * 17, bits=0)
    assert not is_proof(later.key, "１", bits=0), "digits are those of ASCII"


def test_an_address_gets_few_mails_and_nothing_is_lost(sender: Sender) -> None:
    for _ in range(5):
        sender.send(has_scripts=False)
    assert OutgoingMail.objects.count() == 3
    answer = sender.send(has_scripts=False)
    assert "kept your request" in sender.client.get(answer["Location"]).content.decode()
    assert Submission.objects.filter(state="waiting").count() == 6


def test_without_a_way_for_mail_an_agent_lets_it_in(shop: Shop) -> None:
    waiting = held(Sender(shop, first_form(), shop.now))
    assert not waiting.is_mailed
    client = agent(shop)
    assert "Maria Client" in client.get("/forms/waiting/").content.decode()
    client.post(f"/forms/waiting/{waiting.pk}/decision/", {"decision": "let_in"})
    assert Ticket.objects.get().requester.name == "Maria Client"
    assert ContactAddress.objects.get(value="maria@client.example").verified_at is None
    assert Event.objects.get(type="form.request_let_in").actor_id == shop.members["agent"].pk  # type: ignore[attr-defined]
    assert "Maria Client" not in client.get("/forms/waiting/").content.decode()


def test_spam_can_be_let_in_again_but_not_by_its_sender(sender: Sender, shop: Shop) -> None:
    waiting = held(sender)
    client = agent(shop)
    client.post(f"/forms/waiting/{waiting.pk}/decision/", {"decision": "spam", "block": "1"})
    assert BlockedSender.objects.get().pattern == "maria@client.example"
    assert Client(headers={"host": shop.host}).post(link_in_mail()).status_code == 409
    assert not Ticket.objects.exists()
    assert "Maria Client" in client.get("/forms/waiting/?state=spam").content.decode()
    let_in(actor=shop.actor("agent"), submission_id=waiting.pk, now=sender.now)  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        call_spam(actor=shop.actor("agent"), submission_id=waiting.pk, now=sender.now)  # type: ignore[arg-type]
    assert Ticket.objects.count() == 1


def test_only_who_works_at_the_desk_sees_and_decides(sender: Sender, shop: Shop) -> None:
    waiting = held(sender, files=[SimpleUploadedFile("proof.html", b"<script>alert(1)</script>")])
    file = f"/forms/waiting/{waiting.pk}/files/{waiting.files.get().pk}/"
    decision = f"/forms/waiting/{waiting.pk}/decision/"
    desk = Desk.objects.create(name="Other", position=2)
    team = Team.objects.create(name="Other", desk=desk, line=1)
    stranger = agent(shop, "outsider", role="agent", scope="team", team=team)
    light = agent(shop, "light_agent", role="light_agent")
    assert "Maria Client" not in stranger.get("/forms/waiting/").content.decode()
    assert stranger.get(file).status_code == 404
    assert stranger.post(decision, {"decision": "let_in"}).status_code == 404
    assert "Maria Client" in light.get("/forms/waiting/").content.decode()
    assert light.post(decision, {"decision": "let_in"}).status_code == 403
    assert not Ticket.objects.exists()
    saved = light.get(file)
    assert saved["Content-Type"] == "application/octet-stream"
    assert saved["Content-Disposition"].startswith("attachment")
    for client in (
        Client(headers={"host": shop.host}),
        Client(headers={"host": shop.host, "accept": "text/html"}),
    ):
        assert client.get(file).status_code in (302, 401)
    with pytest.raises(Denied):
        let_in(actor=shop.actor("light_agent"), submission_id=waiting.pk, now=sender.now)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        let_in(actor=shop.actor("outsider"), submission_id=waiting.pk, now=sender.now)  # type: ignore[arg-type]


def test_after_a_week_it_is_forgotten_with_its_files(sender: Sender, shop: Shop) -> None:
    waiting = held(sender, files=[SimpleUploadedFile("proof.txt", b"to be forgotten")])
    sha256 = waiting.files.get().sha256
    path = link_in_mail()
    assert forget_submissions(now=sender.now + timedelta(days=6)) == 0
    assert forget_submissions(now=sender.now + timedelta(days=8)) == 1
    assert not Submission.objects.exists()
    assert sender.client.get(path).status_code == 404
    forget_files([sha256], workspace_id=shop.workspace.pk, now=sender.now + timedelta(days=9))  # type: ignore[attr-defined]
    assert not file_store().exists(shop.workspace.pk, sha256)  # type: ignore[attr-defined]


def test_a_flood_is_refused_before_the_disk_is_full(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "WAITING_LIMIT", 1)
    held(sender)
    answer = sender.send(has_scripts=False, is_json=True)
    assert answer.status_code == 503
    assert "Too much is being sent" in answer.json()["message"]
    assert Submission.objects.count() == 1


def test_nothing_of_another_workspace_can_be_reached(db: None, now: datetime) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):  # type: ignore[arg-type]
        sender = ready(ours)
        waiting = held(sender)
        path, token = link_in_mail(), sender.token()
    with scope(theirs.workspace):  # type: ignore[arg-type]
        foreign = ready(theirs)
        assert foreign.send({"token": token}, has_scripts=False).status_code == 422
        elsewhere = foreign.client
        assert elsewhere.get(sender.path).status_code == 404
        assert elsewhere.post(path).status_code == 404
        assert elsewhere.post(path.replace(sender.form.key, foreign.form.key)).status_code == 404
        decision = agent(theirs).post(f"/forms/waiting/{waiting.pk}/decision/", {"decision": "let_in"})
        assert decision.status_code == 404
        assert not Ticket.objects.exists()
        assert not Submission.objects.exists()
    with scope(ours.workspace):  # type: ignore[arg-type]
        assert Submission.objects.get().state == "waiting"
