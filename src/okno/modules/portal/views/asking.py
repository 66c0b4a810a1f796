"""A new request by somebody who is signed in."""

from __future__ import annotations

from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.modules.portal.entrance.visitors import Visitor, visitors_only
from okno.portal.asking.forms import AskingForm
from okno.portal.asking.types import chosen_type, offered_types, type_cells
from okno.portal.asking.uploads import KNOWN, takes_files
from okno.tickets.commands.submit import NewRequest, submit_request
from okno.tickets.models import RequestType, Ticket
from okno.tickets.models.ticket import Channel


class PortalAskingForm(AskingForm):
    """What a request type asks, with the key that makes a repeated sending the same request."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@takes_files(KNOWN)
@visitors_only
def ask(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the form of a type, and take what was written. Another type keeps the words."""
    if not visitor.setup.takes_requests:
        raise NotFound(_("New requests are not taken here."))
    types = offered_types()
    given = request.POST if request.method == "POST" else request.GET
    chosen = chosen_type(types, given.get("type"))
    if chosen is None:
        raise NotFound(_("New requests are not taken here."))
    if request.method == "POST" and "show" not in request.POST:
        form = PortalAskingForm(request.POST, request.FILES, request_type=chosen)
        ticket = _take(form, visitor, chosen) if form.is_valid() else None
        if ticket is not None:
            response = redirect("my:request", number=ticket.number)
            response["Location"] += "?answered=1"
            return response
    else:
        words = {"subject": given.get("subject", ""), "text": given.get("text", ""), "key": uuid4()}
        form = PortalAskingForm(initial=words, request_type=chosen)
    context = visitor.context(form=form, types=type_cells(types, chosen))
    return render(request, "my/ask.html", context, status=422 if form.errors else 200)


def _take(form: PortalAskingForm, visitor: Visitor, request_type: RequestType) -> Ticket | None:
    """Open the ticket; None if it was refused, with the reasons in the form."""
    key: UUID | None = form.cleaned_data["key"]
    wish = NewRequest(
        type=request_type,
        subject=form.cleaned_data["subject"],
        text=form.cleaned_data["text"],
        channel=Channel.PORTAL,
        values=form.values(),
        files=form.kept_files(),
        client_key=key,
        wants_receipt=True,
    )
    try:
        ticket: Ticket = submit_request(
            contact=visitor.contact, address=visitor.address, request=wish, now=current_time()
        )
    except DomainError as error:
        placed = [(name, words) for name, words in error.fields.items() if name in form.fields]
        for name, words in placed:
            form.add_error(name, [str(one) for one in words])
        if not placed:
            form.add_error(None, str(error.message))
        return None
    return ticket
