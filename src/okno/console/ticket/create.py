"""The form for a new ticket: what a client said on the phone, or a first mail to him."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.addresses import file_url, ticket_url
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.ticket.changing import contact_named
from okno.console.ticket.composer_cells import recipient_cell, suggested_recipients
from okno.console.ticket.uploads import keys_in, register
from okno.console.ticket.writing import take_upload
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid
from okno.people.commands import contact_for_address
from okno.people.models import Contact, ContactAddress
from okno.spine.actor import Actor
from okno.team.models import Member, Team
from okno.tickets import policy
from okno.tickets.commands.attachments import uploaded_attachments
from okno.tickets.commands.messages import NewMessage, Recipient
from okno.tickets.commands.open import NewTicket, open_ticket
from okno.tickets.commands.words import written_body
from okno.tickets.models import Direction, MessageKind, Priority, RequestType, Ticket, TicketKind
from okno.tickets.models.ticket import Channel
from okno.tickets.queries.directory import Directory, read_directory
from okno.tickets.queries.files import own_uploads
from okno.ui.thread import UploadedFile

SAID, WRITE = "said", "write"
WAYS = ((SAID, gettext_lazy("The client said")), (WRITE, gettext_lazy("Write to the client")))


class NewTicketForm(forms.Form):
    """What a new ticket needs; what a workspace has only one of is not asked."""

    way = forms.ChoiceField(
        choices=WAYS, initial=SAID, widget=forms.RadioSelect, label=gettext_lazy("First message")
    )
    requester = forms.CharField(
        max_length=254,
        label=gettext_lazy("Requester"),
        help_text=gettext_lazy("A mail address. A new one makes a new contact."),
    )
    name = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("For a new contact."),
        widget=forms.TextInput(attrs={"data-person-name": ""}),
    )
    subject = forms.CharField(max_length=500, label=gettext_lazy("Subject"))
    body = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 8}), max_length=1_000_000, label=gettext_lazy("Text")
    )
    type = forms.ChoiceField(required=False, label=gettext_lazy("Type"))
    kind = forms.ChoiceField(required=False, label=gettext_lazy("Kind"))
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, initial=int(Priority.NORMAL), label=gettext_lazy("Priority")
    )
    team = forms.ChoiceField(required=False, label=gettext_lazy("Team"))
    assignee = forms.ChoiceField(required=False, label=gettext_lazy("Assignee"))
    tags = forms.CharField(
        max_length=2000, required=False, label=gettext_lazy("Tags"), help_text=gettext_lazy("Comma between.")
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, directory: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_usual = ("", pgettext_lazy("choice", "as usual"))
        self._offer("type", [("", pgettext_lazy("choice", "usual")), *_pairs(directory.types.active)])
        self._offer("kind", [("", pgettext_lazy("choice", "as the type says")), *TicketKind.choices])
        self._offer("team", [as_usual, *_pairs(directory.teams.active)])
        workers = [one for one in directory.members.active if one.detail == "works"]
        self._offer("assignee", [("", gettext_lazy("nobody")), *_pairs(workers)])
        for name, names in (("team", directory.teams), ("type", directory.types)):
            if len(names.active) < 2:
                del self.fields[name]

    def _offer(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What a valid form says, as rows."""

    contact: Contact
    address: ContactAddress | None
    is_written: bool
    values: dict[str, Any]


def may_create(actor: Actor) -> bool:
    """Tell whether somebody gets the form at all."""
    return policy.can_open(actor)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(allowed=may_create)
def new_ticket(request: ConsoleRequest) -> HttpResponse:
    """Show the form, or open the ticket; the same form sent twice opens one."""
    directory = read_directory()
    if request.method != "POST":
        start = {"key": uuid4(), "requester": request.GET.get("requester", "")}
        return _show(request, NewTicketForm(initial=start, directory=directory))
    form = NewTicketForm(request.POST, directory=directory)
    now = current_time()
    keys = keys_in(request.POST.getlist("attachment"))
    try:
        keys += [register(request, sent, now=now).key for sent in request.FILES.getlist("files") if sent]
        if form.is_valid():
            ticket = _open(request.actor, form.cleaned_data, keys, now=now)
            return redirect(ticket_url(ticket.number))
    except DomainError as error:
        add_refusal(form, error)
    return _show(request, form, keys=keys, status=422)


@require_POST
@member_required(allowed=may_create)
def upload(request: ConsoleRequest) -> HttpResponse:
    """Take one file for the form."""
    return take_upload(request)


@require_safe
@member_required(allowed=may_create)
def suggest_requester(request: ConsoleRequest) -> HttpResponse:
    """Suggest contacts for the requester."""
    found = suggested_recipients(request.GET.get("q", ""))
    context = {"people": [recipient_cell(address, contact) for address, contact in found]}
    return HttpResponse(render_to_string("ui/ticket/recipient_options.html", context))


def _show(
    request: ConsoleRequest, form: NewTicketForm, *, keys: Sequence[UUID] = (), status: int = 200
) -> HttpResponse:
    files = [
        UploadedFile(id=str(file.key), name=file.filename, size=file.size, url=file_url(file))
        for file in own_uploads(request.actor, list(keys))
    ]
    return render(request, "console/ticket/new.html", {"form": form, "files": files}, status=status)


def _open(actor: Actor, said: dict[str, Any], keys: Sequence[UUID], *, now: datetime) -> Ticket:
    known = Ticket.objects.filter(policy.visible_to(actor), client_key=said["key"]).first()
    if known is not None:
        # Its files belong to the first message by now; asking for them again would be refused.
        return known
    given = _given(said, now=now)
    return open_ticket(
        actor=actor,
        ticket=NewTicket(
            subject=said["subject"],
            channel=Channel.EMAIL if given.is_written else Channel.PHONE,
            requester=given.contact,
            priority=said["priority"],
            tags=said["tags"].split(","),
            client_key=said["key"],
            wants_receipt=not given.is_written,
            **given.values,
        ),
        message=_first_message(actor, given, said, keys),
        now=now,
    )


def _given(said: dict[str, Any], *, now: datetime) -> _Given:
    contact = _requester(said, now=now)
    mails = list(
        ContactAddress.objects.filter(contact=contact, kind=ContactAddress.Kind.EMAIL).order_by(
            "-is_primary", "id"
        )
    )
    typed = said["requester"].strip().lower()
    address = next((row for row in mails if row.value == typed), mails[0] if mails else None)
    is_written = said["way"] == WRITE
    if is_written and address is None:
        words = _("This contact has no mail address.")
        raise Invalid(words, fields={"requester": [words]})
    return _Given(
        contact=contact,
        address=address,
        is_written=is_written,
        values={
            "type": _row(RequestType, said.get("type")),
            "kind": said.get("kind") or None,
            "team": _row(Team, said.get("team")),
            "assignee": _row(Member, said.get("assignee")),
        },
    )


def _requester(said: dict[str, Any], *, now: datetime) -> Contact:
    try:
        if said["requester"].startswith("contact:"):
            return contact_named(said["requester"], now=now)
        return contact_for_address(address=said["requester"], name=said["name"], now=now, source="console")
    except DomainError as error:
        raise type(error)(error.message, code=error.code, fields={"requester": [error.message]}) from error


def _first_message(actor: Actor, given: _Given, said: dict[str, Any], keys: Sequence[UUID]) -> NewMessage:
    attachments = uploaded_attachments(actor, keys)
    body = written_body(text=said["body"])
    if not given.is_written:
        return NewMessage(
            kind=MessageKind.REPLY,
            direction=Direction.IN,
            channel=Channel.PHONE,
            author_contact=given.contact,
            body=body,
            attachments=attachments,
        )
    assert given.address is not None  # noqa: S101 - refused before
    recipient = Recipient(address=given.address.value, name=given.contact.name, contact=given.contact)
    return NewMessage(
        kind=MessageKind.REPLY,
        direction=Direction.OUT,
        channel=Channel.CONSOLE,
        body=body,
        recipients=[recipient],
        attachments=attachments,
    )


def _row(model: Any, value: str | None) -> Any:
    return model.objects.filter(pk=int(value)).first() if value else None


def _pairs(named: Sequence[Any]) -> list[tuple[str, str]]:
    return [(str(one.id), one.name) for one in named]
