"""The first page of the settings, and the workspace itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.entrance.forms import timezone_choices
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page, settings_sections
from okno.console.settings.pictures import sent_picture
from okno.lib.clock import current_time
from okno.lib.colour import hue_of, is_colour
from okno.lib.errors import DomainError, Invalid
from okno.lib.logo import store_logo
from okno.team import policy
from okno.team.commands.workspace import change_workspace, set_workspace_logo, workspace_logo

HUES = {
    262: gettext_lazy("Cobalt"),
    235: gettext_lazy("Sky"),
    195: gettext_lazy("Teal"),
    150: gettext_lazy("Green"),
    110: gettext_lazy("Olive"),
    75: gettext_lazy("Amber"),
    50: gettext_lazy("Orange"),
    20: gettext_lazy("Red"),
    350: gettext_lazy("Pink"),
    305: gettext_lazy("Violet"),
}


class WorkspaceForm(forms.Form):
    """What the whole workspace looks like and which language and time it keeps."""

    name = forms.CharField(
        label=pgettext_lazy("of a thing", "Name"),
        max_length=200,
        help_text=gettext_lazy("It stands at the top and in mail."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of mail to clients whose language is not known."),
    )
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=timezone_choices)
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages of requesters"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Which they can choose in forms and the portal. None: all."),
    )
    accent_hue = forms.TypedChoiceField(
        label=gettext_lazy("Accent colour"),
        coerce=int,
        help_text=gettext_lazy("Of buttons and links. Contrast is kept by itself, by day and by night."),
    )
    accent = forms.CharField(
        label=gettext_lazy("Your own colour"),
        max_length=7,
        required=False,
        help_text=gettext_lazy(
            "As # and six digits, such as #1e4aa8; it goes before the choice above. Its hue is taken, and as light or "
            "dark as can be read."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, hue: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = [] if hue in HUES else [(hue, _("Hue %(hue)d") % {"hue": hue})]
        self.fields["accent_hue"].choices = [*HUES.items(), *other]  # type: ignore[attr-defined]

    def clean_accent(self) -> int | None:
        """Return the hue of one's own colour, None without one."""
        typed = str(self.cleaned_data["accent"]).strip().lower()
        if not typed:
            return None
        if not is_colour(typed):
            raise forms.ValidationError(
                _("A colour is written as # and six digits or letters from a to f, such as #1e4aa8.")
            )
        hue = hue_of(typed)
        if hue is None:
            raise forms.ValidationError(_("This is a grey: buttons and links need a colour."))
        return hue

    def values(self) -> dict[str, Any]:
        """Return the values as the command takes them."""
        given = dict(self.cleaned_data)
        own = given.pop("accent")
        return given if own is None else {**given, "accent_hue": own}


@require_safe
@member_required
def index(request: ConsoleRequest) -> HttpResponse:
    """Show what can be set, and what each page is for."""
    return settings_page(request, "index.html", {"sections": settings_sections(request)})


@require_http_methods(["GET", "POST"])
@member_required(allowed=policy.can_manage_settings)
def workspace(request: ConsoleRequest) -> HttpResponse:
    """Show and change the workspace."""
    kept = ("name", "language", "timezone", "languages", "accent_hue")
    initial: dict[str, Any] = {name: getattr(request.workspace, name) for name in kept}
    form = WorkspaceForm(request.POST or None, initial=initial, hue=request.workspace.accent_hue)
    if request.method == "POST" and form.is_valid():
        try:
            change_workspace(
                actor=request.actor, workspace=request.workspace, now=current_time(), **form.values()
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:workspace")
    context = {"form": form, "logo": workspace_logo(request.workspace)}
    return settings_page(request, "workspace.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(allowed=policy.can_manage_settings)
def logo(request: ConsoleRequest) -> HttpResponse:
    """Take a logo, or take it away."""
    now = current_time()
    try:
        stored = (
            None
            if "remove" in request.POST
            else store_logo(request.workspace.pk, sent_picture(request, now=now))
        )
        set_workspace_logo(actor=request.actor, workspace=request.workspace, logo=stored, now=now)
    except Invalid as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The logo is gone.") if stored is None else _("Saved."))
    return redirect("console:workspace")
