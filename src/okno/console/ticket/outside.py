"""Talks with people outside: asking (with a message of the ticket forwarded), reading, writing on, ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.ticket.thread_cells import message_cell
from okno.console.ticket.uploads import register
from okno.lib.addresses import Address, parse_addresses
from okno.lib.clock import current_time
from okno.lib.errors import Denied, Invalid
from okno.tickets import policy
from okno.tickets.access import find_ticket
from okno.tickets.commands.side import ask_outside, close_side_thread, write_outside
from okno.tickets.models import Attachment, Message, SideThread, Ticket
from okno.tickets.queries.files import find_message
from okno.tickets.queries.side import read_side_talk

FORWARDED_LENGTH = 50_000


class AskForm(forms.Form):
    """Whom to ask, and what."""

    to = forms.CharField(
        max_length=2000,
        label=gettext_lazy("To"),
        help_text=gettext_lazy("Mail addresses, comma between. The client learns nothing of it."),
    )
    subject = forms.CharField(max_length=500, label=gettext_lazy("Subject"))
    text = forms.CharField(
        max_length=200_000, label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 14})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


class WriteForm(forms.Form):
    """What is written on."""

    text = forms.CharField(
        max_length=200_000, label=gettext_lazy("Text"), widget=forms.Textarea(attrs={"rows": 6})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRow:
    """One talk in the panel beside the conversation."""

    id: int
    subject: str
    people: str
    count: int
    is_closed: bool


def talk_rows(threads: list[SideThread]) -> list[TalkRow]:
    """Return talks as the panel shows them."""
    return [
        TalkRow(
            id=thread.pk,
            subject=thread.subject,
            people=people_words(thread),
            count=getattr(thread, "count", 0),
            is_closed=thread.closed_at is not None,
        )
        for thread in threads
    ]


def people_words(thread: SideThread) -> str:
    """Return who takes part in a talk."""
    return ", ".join(
        f"{person['name']} <{person['address']}>" if person["name"] else person["address"]
        for person in thread.people
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def ask(request: ConsoleRequest, number: int) -> HttpResponse:
    """Show the form, with a message to forward if one is named, or send it; the same form sent twice sends once."""
    ticket = _writable(request, number)
    message = _forwarded(request, number)
    if request.method != "POST":
        form = AskForm(initial=_start(ticket, message))
        return _show_ask(request, ticket, form, message)
    form = AskForm(request.POST)
    now = current_time()
    if form.is_valid():
        said = form.cleaned_data
        try:
            sent = ask_outside(
                actor=request.actor,
                ticket_id=ticket.pk,
                people=_people(said["to"]),
                subject=said["subject"],
                text=said["text"],
                forwarded_files=[int(one) for one in request.POST.getlist("file") if one.isdecimal()],
                attachment_keys=_uploads(request),
                client_key=said["key"],
                now=now,
            )
        except Invalid as error:
            add_refusal(form, error)
        else:
            return redirect("console:ticket_outside", number, sent.side_thread_id)
    return _show_ask(request, ticket, form, message, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def talk(request: ConsoleRequest, number: int, side_thread_id: int) -> HttpResponse:
    """Show a talk, or write on in it."""
    found = read_side_talk(request.actor, number=number, side_thread_id=side_thread_id)
    form = WriteForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                write_outside(
                    actor=request.actor,
                    ticket_id=found.ticket.pk,
                    side_thread_id=side_thread_id,
                    text=form.cleaned_data["text"],
                    attachment_keys=_uploads(request),
                    client_key=form.cleaned_data["key"],
                    now=current_time(),
                )
            except Invalid as error:
                add_refusal(form, error)
            else:
                return redirect("console:ticket_outside", number, side_thread_id)
    now = current_time()
    context = {
        "ticket": found.ticket,
        "thread": found.thread,
        "people": people_words(found.thread),
        # Not "messages": by that name the page finds what it has to tell its reader.
        "conversation": [message_cell(said, found.ticket, request.actor, now=now) for said in found.said],
        "form": form,
        "can_write": policy.can_reply(request.actor, found.ticket),
    }
    return render(request, "console/ticket/outside_talk.html", context, status=status)


@require_POST
@member_required
def close(request: ConsoleRequest, number: int, side_thread_id: int) -> HttpResponse:
    """End a talk."""
    ticket = find_ticket(request.actor, number=number)
    close_side_thread(
        actor=request.actor, ticket_id=ticket.pk, side_thread_id=side_thread_id, now=current_time()
    )
    return redirect("console:ticket_outside", number, side_thread_id)


def _writable(request: ConsoleRequest, number: int) -> Ticket:
    ticket = find_ticket(request.actor, number=number)
    if not policy.can_reply(request.actor, ticket):
        raise Denied(_("You may not write to people outside about this ticket."))
    return ticket


def _forwarded(request: ConsoleRequest, number: int) -> Message | None:
    named = request.GET.get("message", "")
    if not named.isdecimal() or len(named) > 18:
        return None
    return find_message(request.actor, number=number, message_id=int(named))


def _start(ticket: Ticket, message: Message | None) -> dict[str, Any]:
    start: dict[str, Any] = {"key": uuid4(), "subject": ticket.subject}
    if message is not None:
        said = _("%(name)s wrote on %(moment)s:") % {
            "name": message.author_name,
            "moment": timezone.localtime(message.created_at).strftime("%d.%m.%Y %H:%M"),
        }
        quoted = "\n".join(f"> {line}" for line in message.text[:FORWARDED_LENGTH].split("\n"))
        start["text"] = f"\n\n{said}\n{quoted}\n"
    return start


def _people(words: str) -> list[Address]:
    people = list(parse_addresses(words))
    if not people:
        wrong = _("“%(address)s” is not a mail address.") % {"address": words[:200]}
        raise Invalid(wrong, fields={"to": [wrong]})
    return people


def _uploads(request: ConsoleRequest) -> list[UUID]:
    now = current_time()
    return [register(request, sent, now=now).key for sent in request.FILES.getlist("files") if sent]


def _show_ask(
    request: ConsoleRequest, ticket: Ticket, form: AskForm, message: Message | None, *, status: int = 200
) -> HttpResponse:
    files = Attachment.objects.filter(message=message).order_by("id") if message is not None else []
    chosen = set(request.POST.getlist("file")) if request.method == "POST" else None
    context = {
        "ticket": ticket,
        "form": form,
        "files": [(file, chosen is None or str(file.pk) in chosen) for file in files],
    }
    return render(request, "console/ticket/outside_ask.html", context, status=status)
