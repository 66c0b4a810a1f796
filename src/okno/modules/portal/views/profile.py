"""Who the requester is to us, what we hold of him, and where he is signed in."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.lib.phones import shown_phone
from okno.modules.portal.entrance.sessions import COOKIE, end_all_sessions
from okno.modules.portal.entrance.visitors import Visitor, visitors_only
from okno.modules.portal.export import export_of
from okno.people.commands.own_card import change_own_card
from okno.people.models import ContactAddress


class ProfileForm(forms.Form):
    """What a requester says of himself."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=[("", pgettext_lazy("language", "as the browser says")), *settings.LANGUAGES],
        required=False,
        help_text=gettext_lazy("Of these pages and of our mail to you."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@visitors_only
def profile(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show and change it."""
    contact = visitor.contact
    form = ProfileForm(request.POST or None, initial={"name": contact.name, "language": contact.language})
    if request.method == "POST" and form.is_valid():
        try:
            change_own_card(actor=visitor.actor, contact=contact, now=current_time(), **form.cleaned_data)
        except DomainError as error:
            form.add_error("name", str(error.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("my:profile")
    context = visitor.context(
        form=form,
        addresses=[
            shown_phone(row.value) if row.kind == ContactAddress.Kind.PHONE else row.value
            for row in ContactAddress.objects.filter(contact=contact).order_by("kind", "-is_primary", "id")
        ],
    )
    return render(request, "my/profile.html", context, status=422 if form.errors else 200)


@require_safe
@visitors_only
def export(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Answer everything that he has written and been told, as one file, made while it is sent."""
    workspace_id = visitor.contact.workspace_id
    response = StreamingHttpResponse(
        export_of(contact_id=visitor.contact.pk, workspace_id=workspace_id, now=current_time()),
        content_type="application/zip",
    )
    response["Content-Disposition"] = 'attachment; filename="my-requests.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@visitors_only
def sign_out_everywhere(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """End all sessions, this one too."""
    end_all_sessions(visitor.contact)
    response = redirect("my:sign_in")
    response.delete_cookie(COOKIE, path="/my/")
    return response
