"""Setting the portal up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.modules.portal.models import PortalSetup
from okno.modules.portal.setup import WELCOME_LENGTH, change_portal, portal_setup
from okno.team import policy
from okno.tenancy.hosts import public_url


class SetupForm(forms.Form):
    """What the portal offers."""

    admits = forms.ChoiceField(
        label=gettext_lazy("Who may sign in"),
        choices=PortalSetup.Admits.choices,
        help_text=gettext_lazy("Whoever signs in has shown by a link that he reads the mail of the address."),
    )
    takes_requests = forms.BooleanField(
        label=gettext_lazy("New requests can be written here"), required=False
    )
    shares_organization = forms.BooleanField(
        label=gettext_lazy("Organizations share their requests"),
        help_text=gettext_lazy(
            "Everybody sees the requests of his whole organization. Otherwise only those whose card says so."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, label in settings.LANGUAGES:
            self.fields[f"welcome_{language}"] = forms.CharField(
                label=_("Welcome, %(language)s") % {"language": label},
                help_text=_("It stands above the requests. For example: when somebody is there."),
                max_length=WELCOME_LENGTH,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def values(self) -> dict[str, Any]:
        """Return the arguments of the command."""
        given = dict(self.cleaned_data)
        welcomes = {language: given.pop(f"welcome_{language}") for language, _label in settings.LANGUAGES}
        return {**given, "welcomes": welcomes}


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(allowed=policy.can_manage_settings)
def setup(request: ConsoleRequest) -> HttpResponse:
    """Show and change how the portal is set up."""
    shown = portal_setup()
    initial = {
        "admits": shown.admits,
        "takes_requests": shown.takes_requests,
        "shares_organization": shown.shares_organization,
    } | {f"welcome_{language}": text for language, text in shown.welcomes.items()}
    form = SetupForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_portal(actor=request.actor, values=form.values(), now=current_time())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("my:setup")
    context = {"form": form, "shown": shown, "address": public_url(request.workspace, "/my/")}
    return settings_page(request, "portal.html", context, status=422 if form.errors else 200)
