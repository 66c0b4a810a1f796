"""The form by which a requester writes on his ticket, signed in or by the link in a mail."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from okno.lib.errors import DomainError
from okno.people.models import Contact
from okno.portal.asking.forms import FilesField
from okno.tickets.commands.requester import reply_as_requester
from okno.tickets.models import Ticket

TEXT_LENGTH = 100_000


class ReplyForm(forms.Form):
    """What a requester adds to his ticket."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=TEXT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    attached = FilesField(label=_("Files"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


def new_reply_form() -> ReplyForm:
    """Return an empty form with a key of its own: sent twice it is one message."""
    return ReplyForm(initial={"key": uuid4()})


def take_reply(
    request: HttpRequest, *, ticket: Ticket, contact: Contact, address: str, now: datetime
) -> ReplyForm | None:
    """Take a reply that was sent; the form again, with the reason, if it cannot be taken."""
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        return form
    key: UUID | None = form.cleaned_data["key"]
    try:
        reply_as_requester(
            contact=contact,
            address=address,
            ticket_id=ticket.pk,
            text=form.cleaned_data["text"],
            files=[file.keep() for file in form.cleaned_data["attached"]],
            client_key=key,
            now=now,
        )
    except DomainError as error:
        form.add_error("text", str(error.message))
        return form
    return None
