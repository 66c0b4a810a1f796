"""Two companies in one installation, alike in everything but the word that stands in all that is theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.test import Client

from tests.conftest import Shop, make_shop


@dataclass
class Company:
    """One workspace, its canary word, and the names of one of each of its objects as addresses have them."""

    word: str
    shop: Shop
    ids: dict[str, str] = field(default_factory=dict)
    token: str = ""
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Return the host that the company's desk answers on."""
        return self.shop.host

    def browser(self, name: str = "administrator", *, host: str | None = None) -> Client:
        """Return the browser of a signed-in member, on the company's host or another."""
        client = Client(SERVER_NAME=host or self.host, raise_request_exception=False)
        member: Any = self.shop.members[name]
        client.force_login(member.user)
        return client


def make_company(word: str, now: datetime, *, more_tickets: int = 0) -> Company:
    """Make a company with one of everything; outside any scope. More tickets give it numbers that others lack."""
    from okno.tenancy.scope import scope

    company = Company(word, make_shop(now, f"{word}.example"))
    shop = company.shop
    shop.workspace.name = f"{word} Ltd"  # type: ignore[attr-defined]
    shop.workspace.save(update_fields=["name"])  # type: ignore[attr-defined]
    with scope(shop.workspace):  # type: ignore[arg-type]
        for number in range(more_tickets):
            shop.ticket(f"{word} filler {number}", by=f"{word}-filler")
        _people(company)
        _configuration(company)
        _conversation(company)
        _account_things(company)
        _form_things(company)
    return company


def _people(company: Company) -> None:
    from okno.lib.tables import Table
    from okno.people.commands import merge_people
    from okno.people.commands.imports import bring_table
    from okno.people.models import Contact, Organization
    from okno.team.models import Desk, Team, TeamMembership

    shop, word = company.shop, company.word
    for role in ("administrator", "supervisor", "agent", "light_agent"):
        shop.member(role, role=role)
    team = Team.objects.create(name=f"{word} team", desk=Desk.objects.earliest("id"), line=2)
    desk = Desk.objects.create(name=f"{word} desk", position=9)
    other = Team.objects.create(name=f"{word} other team", desk=desk, line=1)
    outsider: Any = shop.member("outsider", role="agent", scope="team", team=other)
    TeamMembership.objects.create(team=other, member=outsider)
    for member in shop.members.values():
        member.name = f"{word} {member.name}"  # type: ignore[attr-defined]
        member.save(update_fields=["name"])  # type: ignore[attr-defined]
    organization = Organization.objects.create(name=f"{word} client company", notes=f"notes of {word}")
    contact: Any = shop.contact(f"{word}-client")
    Contact.objects.filter(pk=contact.pk).update(organization=organization)
    agent: Any = shop.actor("agent")
    one, double = (shop.contact(f"{word}-{name}") for name in ("single", "double"))
    merge = merge_people(actor=agent, survivor=one, absorbed=double, now=shop.now)  # type: ignore[arg-type]
    table = Table(columns=["Name"], rows=[(2, [f"{word} person of a table"])])
    imported = bring_table(actor=agent, filename=f"{word}.csv", table=table, now=shop.now)
    company.ids |= {
        "team_id": str(team.pk),
        "desk_id": str(desk.pk),
        "member_id": str(shop.members["light_agent"].pk),  # type: ignore[attr-defined]
        "worker_id": str(shop.members["agent"].pk),  # type: ignore[attr-defined]
        "grant_id": str(_grant_of(shop.members["light_agent"])),
        "role_id": str(_grant_of(shop.members["light_agent"])),
        "organization_id": str(organization.pk),
        "contact_id": str(contact.pk),
        "merge_id": str(merge.pk),
        "import_id": str(imported.pk),
    }


def _grant_of(member: Any) -> int:
    from okno.team.models import RoleGrant

    return int(RoleGrant.objects.get(member=member).pk)


def _configuration(company: Company) -> None:
    from okno.spine.actor import SYSTEM
    from okno.tenancy.models import WorkspaceHost
    from okno.tickets.commands.tagging import replace_tag
    from okno.tickets.commands.topics import change_topic
    from okno.tickets.models import CustomField, RequestType, Status, Topic

    word = company.word
    made = CustomField.objects.create(key=f"{word}_field", kind="text", names={"en": f"{word} field"})
    topic: Any = Topic.objects.create(names={"en": f"{word} topic"})
    administrator: Any = company.shop.actor("administrator")
    names = {"en": f"{word} topic of today"}
    change_topic(actor=administrator, topic_id=topic.pk, values={"names": names}, now=company.shop.now)
    host = WorkspaceHost.objects.create(host=f"{word}-second.example", workspace=company.shop.workspace)
    company.ids |= {
        "field_id": str(made.pk),
        "topic_id": str(topic.pk),
        "tag_work_id": str(
            replace_tag(actor=SYSTEM, old=f"{word}-old", new=f"{word}-new", now=company.shop.now).pk
        ),
        "config_kind": "topic",
        "object_id": str(topic.pk),
        "config_version": "1",
        "host_id": str(host.pk),
        "mark": "0123456789abcdef",
        "status_id": str(Status.objects.earliest("id").pk),
        "type_id": str(RequestType.objects.earliest("id").pk),
    }


def _conversation(company: Company) -> None:
    from okno.channels.base import InboundMail
    from okno.channels.email.models import OutgoingMail, RawMail
    from okno.channels.email.store import Route, store_raw
    from okno.channels.email.texts import change_text
    from okno.lib.addresses import Address
    from okno.people.models import ContactAddress
    from okno.reactors.notify.models import Notification
    from okno.spine.work import drain
    from okno.tickets.commands.drafts import save_draft
    from okno.tickets.commands.participants import add_participant
    from okno.tickets.commands.receive import hold_message
    from okno.tickets.commands.reply import add_note, reply_to_ticket
    from okno.tickets.commands.side import ask_outside
    from okno.tickets.commands.tags import set_tags
    from okno.tickets.links import requester_link
    from okno.tickets.models import Attachment, Delivery, Message, Ticket

    shop, word = company.shop, company.word
    mailbox: Any = shop.mailbox()
    route = Route(workspace_id=shop.workspace.pk, mailbox_id=mailbox.pk)  # type: ignore[attr-defined]
    inbound = InboundMail(source="smtp", envelope_from="x@client.example", envelope_to=(mailbox.address,))
    raw = store_raw(route, BytesIO(_mail(word, mailbox.address)), inbound)
    drain(RawMail)
    ticket = Ticket.objects.get(subject=f"{word} is broken")
    message = Message.objects.get(ticket=ticket, direction="in")
    agent: Any = shop.actor("agent")
    reply = reply_to_ticket(actor=agent, ticket_id=ticket.pk, text=f"{word} answer", now=shop.now)
    add_note(actor=agent, ticket_id=ticket.pk, text=f"{word} secret note", now=shop.now)
    set_tags(actor=agent, ticket_id=ticket.pk, tags=[f"{word}-tag"], now=shop.now)
    administrator: Any = shop.actor("administrator")
    save_draft(
        actor=administrator,
        ticket_id=ticket.pk,
        kind="reply",
        html=f"<p>{word} draft</p>",
        recipients={},
        now=shop.now,
    )
    held = hold_message(
        ticket_id=ticket.pk,
        raw=raw,
        from_address=f"stranger@{word}.example",
        from_name=word,
        subject=f"{word} held",
        text=f"{word} held words",
        reason="stranger",
        now=shop.now,
    )
    colleague: Any = shop.contact(f"{word}-colleague")
    person: Any = add_participant(
        actor=agent, ticket_id=ticket.pk, role="copied", person=colleague, now=shop.now
    )
    asked = ask_outside(
        actor=agent,
        ticket_id=ticket.pk,
        people=[Address(f"expert@{word}-maker.example", f"{word} expert")],
        subject=f"{word} question",
        text=f"{word} to the expert",
        now=shop.now,
    )
    run = uuid4()
    RawMail.objects.filter(pk=raw.pk).update(run=run)
    text = change_text(
        actor=administrator,
        desk_id=int(company.ids["desk_id"]),
        kind="reply",
        language="en",
        subject=f"{word} {{subject}} [#{{number}}]",
        body=f"{word} says:\n\n{{message}}",
        now=shop.now,
    )
    file = Attachment.objects.get(message=message)
    address = ContactAddress.objects.get(contact_id=ticket.requester_id)
    event: Any = Notification.objects.first()
    bell = Notification.objects.create(
        member=shop.members["administrator"],
        ticket=ticket,
        kind="assigned",
        event_uid=event.event_uid if event else "00000000-0000-4000-8000-000000000001",
        actor_name=word,
        created_at=shop.now,
    )
    company.ids |= {
        "number": str(ticket.number),
        "message_id": str(message.pk),
        "reply_id": str(reply.pk),
        "participant_id": str(person.pk),
        "held_id": str(held.pk),
        "delivery_id": str(Delivery.objects.get(message=reply).pk),
        "side_thread_id": str(asked.side_thread_id),
        "run_id": str(run),
        "scope": company.ids["desk_id"],
        "kind": "reply",
        "language": "en",
        "version_id": str(text.pk),
        "key": str(file.key),
        "file_name": file.filename,
        "notification_id": str(bell.pk),
        "raw_id": str(raw.pk),
        "mail_id": str(OutgoingMail.objects.earliest("id").pk),
        "token": requester_link(ticket, address).strip("/").removeprefix("r/"),
    }


def _account_things(company: Company) -> None:
    from allauth.mfa.models import Authenticator

    from okno.accounts.models import Session
    from okno.api.uploads import begin_upload
    from okno.reactors.webhooks.commands import create_webhook, send_test
    from okno.team.commands.tokens import create_token
    from okno.team.models import ApiToken
    from tests.accounts.passkey_sample import passkey_data

    shop = company.shop
    administrator: Any = shop.actor("administrator")
    member: Any = shop.members["administrator"]
    company.token = create_token(
        actor=administrator, member=member, name=f"{company.word} token", scopes=("*",), now=shop.now
    )
    hook, _secret = create_webhook(
        actor=administrator,
        name=f"{company.word} hook",
        url=f"https://{company.word}.example/hook",
        events=[],
        owner=member,
        now=shop.now,
    )
    upload = begin_upload(
        actor=administrator, filename=f"{company.word}.bin", size=3, sha256="", now=shop.now
    )
    session = Session.objects.create(
        user=member.user,
        workspace=shop.workspace,
        session_key=f"{company.word} session",
        address="192.0.2.7",
        agent=f"{company.word} browser",
        created_at=shop.now,
        seen_at=shop.now,
    )
    passkey = Authenticator.objects.create(
        user=member.user, type="webauthn", data=passkey_data(f"{company.word} passkey")
    )
    company.ids |= {
        "session_id": str(session.pk),
        "pk": str(passkey.pk),
        "webhook_id": str(hook.pk),
        "webhook_delivery_id": str(send_test(actor=administrator, webhook_id=hook.pk, now=shop.now).pk),
        "upload_key": str(upload.key),
        "token_id": str(ApiToken.objects.get(name=f"{company.word} token").pk),
        "mailbox_id": str(shop.mailbox().pk),  # type: ignore[attr-defined]
    }


def _form_things(company: Company) -> None:
    from okno.lib.stores import file_store
    from okno.modules.form.commands.config import create_form
    from okno.modules.form.commands.submissions import Sent, take_request
    from okno.modules.form.guard.tokens import confirming_word, thanking_word
    from okno.modules.form.models import Submission
    from okno.spine.actor import SYSTEM
    from okno.team.queries import default_desk
    from okno.tickets.commands.submit import NewFile
    from okno.tickets.models import RequestType

    word, now = company.word, company.shop.now
    values = {"names": {"en": f"{word} form"}, "desk": default_desk().pk}
    form = create_form(actor=SYSTEM, values=values, now=now)
    blob = file_store().put(form.workspace_id, f"{word} file".encode())
    file = NewFile(filename=f"{word}.txt", content_type="text/plain", size=blob.size, sha256=blob.sha256)
    sent = Sent(
        key=uuid4(),
        type=RequestType.objects.get(key="request"),
        name=f"{word} sender",
        address=f"sender@{word}-client.example",
        subject=f"{word} by form",
        text=f"{word} words",
        language="en",
        files=[file],
    )
    taken = take_request(form=form, sent=sent, reason=Submission.Reason.NO_PROOF, now=now)
    submission: Any = taken.submission
    company.ids |= {
        "form_id": str(form.pk),
        "form_key": form.key,
        "thanks_word": thanking_word(form, how="ticket", number=1),
        "confirm_word": confirming_word(submission),
        "submission_id": str(submission.pk),
        "submission_file_id": str(submission.files.get().pk),
    }


def _mail(word: str, to: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"{word} person <{word}-client@client.example>"
    mail["To"], mail["Subject"] = to, f"{word} is broken"
    mail["Message-ID"] = f"<first@{word}.client.example>"
    mail.set_content(f"{word} does not work.")
    mail.add_alternative(f"<p>{word} does <b>not</b> work.</p>", subtype="html")
    mail.add_attachment(
        f"{word} log".encode(), maintype="application", subtype="octet-stream", filename=f"{word}.log"
    )
    return mail.as_bytes()
