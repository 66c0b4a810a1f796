"""What made other desks fail, tried on ours by real mail. Each test names the entry of the list that it stands for."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from okno.channels.email.models import OutgoingMail, RawMail
from okno.channels.email.threading import BODY_PREFIX, Purpose, make_token, reply_address, thread_key
from okno.lib.stores import file_store
from okno.reactors.intake.held import settle_held
from okno.spine.models import Reaction
from okno.spine.work import drain
from okno.team.models import Member, RoleGrant
from okno.tickets.models import Attachment, HeldMessage, Message, Participant, Ticket
from okno.tickets.queries.public import public_conversation
from tests.conftest import Shop
from tests.reactors.intake.test_pipeline import answer_of, take_in, write_mail

CONFIRMS = "Chat <feedback@chat.example>"
NOBODY = "Chat <no-reply@chat.example>"


def ticket_of(raw: RawMail) -> Ticket:
    return Ticket.objects.get(number=raw.ticket_number)


def seen_by_the_client(shop: Shop, ticket: Ticket) -> str:
    return " ".join(one.message.text for one in public_conversation(ticket, now=shop.now))


@pytest.mark.parametrize("sender", [NOBODY, CONFIRMS])
@pytest.mark.parametrize("is_copied", [False, True])
def test_c1_a_code_for_a_site_never_reaches_who_gave_the_ticket_as_his_address(
    shop: Shop, sender: str, is_copied: bool
) -> None:
    # He copies the site's own address first, so that it takes part.
    first = write_mail(shop, headers={"Cc": sender} if is_copied else None)
    ticket = ticket_of(take_in(shop, first))
    ours = answer_of(shop, ticket)
    code = write_mail(shop, sender=sender, subject="Confirm", text="Your code is 4711.", to=ours.reply_to)
    raw = take_in(shop, code, envelope_to=[ours.reply_to])
    assert (raw.outcome, raw.reason) == ("held", "unasked" if is_copied else "other_address")
    assert "4711" not in seen_by_the_client(shop, ticket)
    drain(Reaction)
    assert not OutgoingMail.objects.filter(text__contains="4711").exists()


def test_c1_a_machine_that_says_so_is_kept_for_agents_alone(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop, headers={"Cc": NOBODY})))
    ours = answer_of(shop, ticket)
    code = write_mail(
        shop,
        sender=NOBODY,
        text="Your code is 4711.",
        to=ours.reply_to,
        headers={"Auto-Submitted": "auto-generated"},
    )
    message = Message.objects.get(raw=take_in(shop, code, envelope_to=[ours.reply_to]))
    assert message.kind == "note"
    assert "4711" not in seen_by_the_client(shop, ticket)


def test_c1_an_agent_releases_one_mail_and_not_the_next(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    ours = answer_of(shop, ticket)
    for number in ("first", "second"):
        mail = write_mail(shop, sender=NOBODY, text=f"The {number} code.", to=ours.reply_to)
        raw = take_in(shop, mail, envelope_to=[ours.reply_to])
        assert raw.outcome == "held"
        if number == "first":
            held = HeldMessage.objects.get(raw=raw)
            settle_held(actor=shop.actor("agent"), held_id=held.pk, decision="accepted", now=shop.now)
            drain(RawMail)
    shown = seen_by_the_client(shop, ticket)
    assert "first code" in shown
    assert "second code" not in shown
    assert Participant.objects.filter(ticket=ticket, contact__isnull=False).count() == 1


def test_c1_a_machine_goes_on_in_a_ticket_that_is_its_own(shop: Shop) -> None:
    first = write_mail(shop, sender=NOBODY, text="The disk is full.")
    ticket = ticket_of(take_in(shop, first))
    later = write_mail(shop, sender=NOBODY, text="It still is.", headers={"In-Reply-To": first["Message-ID"]})
    raw = take_in(shop, later)
    assert (raw.outcome, raw.ticket_number) == ("replied", ticket.number)


def test_c1_an_answer_of_who_was_copied_joins_by_the_token_of_another(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop, headers={"Cc": "boss@client.example"})))
    ours = answer_of(shop, ticket)
    mark = next(word for word in ours.text.split() if word.startswith(BODY_PREFIX))
    marked = write_mail(
        shop,
        sender="boss@client.example",
        text=f"I agree.\n\n> {mark}",
        to=ours.reply_to,
    )
    referring = write_mail(
        shop,
        sender="boss@client.example",
        text="Me again.",
        to=ours.reply_to,
        headers={"In-Reply-To": ours.message_id},
    )
    outcomes = [take_in(shop, mail, envelope_to=[ours.reply_to]).outcome for mail in (marked, referring)]
    assert outcomes == ["replied", "replied"]


def test_c2_a_stranger_who_copies_himself_learns_nothing(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    before = OutgoingMail.objects.count()
    forged = write_mail(
        shop,
        sender="Eve <eve@evil.example>",
        subject=f"Re: [#{ticket.number}] The scanner hums",
        headers={"Cc": "eve2@evil.example"},
    )
    raw = take_in(shop, forged)
    assert raw.ticket_number != ticket.number
    drain(Reaction)
    names = list(Participant.objects.filter(ticket=ticket).values_list("contact__name", flat=True))
    assert names == ["Rosa Client"]
    sent = OutgoingMail.objects.order_by("id")[before:]
    assert not any("It hums all day" in mail.text for mail in sent)


def test_c4_a_notification_whose_token_was_changed_makes_nobody_an_agent(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    ours = answer_of(shop, ticket)
    # One letter of what is signed: it says for what the token was made, and for whom.
    spelled = ours.reply_to.partition("+")[2].partition("@")[0]
    changed = ours.reply_to.replace(spelled, spelled[:3] + ("b" if spelled[3] != "b" else "c") + spelled[4:])
    agent = shop.member("agent")
    mail = write_mail(shop, sender=agent.email, text="I am the agent.", to=changed)
    raw = take_in(shop, mail, envelope_to=[changed])
    assert (raw.outcome, raw.ticket_number == ticket.number) == ("opened", False)


def test_c6_what_a_member_answers_counts_by_the_rights_that_he_has_now(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    agent = shop.member("agent")
    token = make_token(
        thread_key(),
        workspace_id=shop.workspace.pk,
        purpose=Purpose.NOTIFICATION,
        ticket_id=ticket.pk,
        person_id=agent.pk,
    )
    address = reply_address(shop.mailbox().address, token)
    RoleGrant.objects.filter(member=agent).delete()
    raw = take_in(shop, write_mail(shop, sender=agent.email, to=address), envelope_to=[address])
    assert raw.outcome == "held"
    Member.objects.filter(pk=agent.pk).update(is_active=False)
    raw = take_in(shop, write_mail(shop, sender=agent.email, text="More.", to=address), envelope_to=[address])
    assert raw.outcome == "held"
    assert not Message.objects.filter(ticket=ticket, author_member=agent).exists()


def test_c8_a_new_address_never_becomes_the_requester(shop: Shop) -> None:
    ticket = ticket_of(take_in(shop, write_mail(shop)))
    ours = answer_of(shop, ticket)
    raw = take_in(
        shop,
        write_mail(
            shop, sender="Rosa Client <rosa@elsewhere.example>", headers={"In-Reply-To": ours.message_id}
        ),
    )
    settle_held(
        actor=shop.actor("agent"),
        held_id=HeldMessage.objects.get(raw=raw).pk,
        decision="accepted",
        now=shop.now,
    )
    drain(RawMail)
    requester = ticket.requester_id
    ticket.refresh_from_db()
    assert ticket.requester_id == requester
    assert Message.objects.get(raw=raw).author_contact_id != requester


def test_c9_line_ends_in_a_display_name_are_no_header(shop: Shop) -> None:
    raw = take_in(
        shop,
        b"From: =?utf-8?q?Eve=0D=0ABcc=3A_victim=40x.example?= <eve@client.example>\r\n"
        b"To: support@"
        + shop.host.encode()
        + b"\r\nSubject: =?utf-8?q?a=0D=0ABcc=3A_v=40x.example?=\r\n\r\nHi\r\n",
    )
    ticket = ticket_of(raw)
    mail = answer_of(shop, ticket)
    everything = [
        ticket.subject,
        ticket.requester.name,
        mail.subject,
        *(person["name"] for person in mail.to),
    ]
    assert not any(mark in words for words in everything for mark in "\r\n")
    assert [person["address"] for person in mail.to] == ["eve@client.example"]


def test_c10_comments_and_names_that_look_like_addresses_move_no_mail(shop: Shop) -> None:
    raw = take_in(
        shop, write_mail(shop, sender='"ceo@victim.example" <eve(&email=ceo@victim.example)@client.example>')
    )
    assert raw.sender == "eve@client.example"


def test_c12_headers_of_ours_are_believed_from_nobody_else(shop: Shop) -> None:
    raw = take_in(
        shop,
        write_mail(shop, headers={"X-Okno-Loop": "0" * 32, "X-Okno-Ticket": "1", "X-Okno-Workspace": "1"}),
    )
    assert raw.outcome == "opened"


def test_c14_stored_html_loads_nothing_and_does_nothing(shop: Shop) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = "eve@client.example", f"support@{shop.host}"
    mail.set_content(
        '<p>Hi<img srcset="https://evil.example/a 1x" src="https://evil.example/b">'
        '<img src="/accounts/logout/"><form action="/accounts/logout/"><button>x</button></form>'
        '<meta http-equiv="refresh" content="0;url=https://evil.example/c">'
        '<a href="java&#10;script:alert(1)">y</a></p>',
        subtype="html",
    )
    html = Message.objects.get(raw=take_in(shop, mail)).html
    for mark in ("srcset", " src=", "<form", "<meta", "script:", "logout"):
        assert mark not in html, mark


@pytest.mark.parametrize("name", ["\u200b.htaccess", "../../x.php", "a\u202egnp.exe", "con\x00.txt"])
def test_c17_the_name_of_a_file_is_never_where_it_lies(shop: Shop, name: str) -> None:
    mail = write_mail(shop)
    mail.add_attachment(b"<?php", maintype="application", subtype="octet-stream")
    part = mail.get_payload()[1]
    del part["Content-Disposition"]
    encoded = "".join(f"%{byte:02X}" for byte in name.encode())
    part["Content-Disposition"] = f"attachment; filename*=utf-8''{encoded}"
    file = Attachment.objects.get(message__raw=take_in(shop, mail))
    assert not any(mark in file.filename for mark in "/\\\0\u200b\u202e")
    assert not file.filename.startswith(".")
    with file_store().open(shop.workspace.pk, file.sha256) as stored:
        assert stored.read() == b"<?php"
