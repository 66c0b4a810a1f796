"""Statuses: the list by category, and one of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.console.settings.named import initial_texts, refuse, take_texts, text_fields
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.team import policy
from okno.tickets.commands.statuses import change_status_setup, create_status, move_status
from okno.tickets.models import Status, StatusCategory

configurators_only = member_required(allowed=policy.can_manage_settings)


class StatusForm(forms.Form):
    """A status."""

    is_default = forms.BooleanField(
        label=gettext_lazy("The usual one of its category"),
        help_text=gettext_lazy("It is taken where only the category is said, as when a client answers."),
        required=False,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        help_text=gettext_lazy("Out of use it can be chosen no more; tickets that have it keep it."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= text_fields("name", pgettext_lazy("of a thing", "Name"))
        self.fields |= text_fields(
            "public", gettext_lazy("Name for requesters"), help_text=_("Empty: the name above.")
        )
        names = [name for name in self.fields if name.startswith(("name_", "public_"))]
        self.order_fields([*names, "category", "is_default", "is_active"])

    def values(self) -> dict[str, Any]:
        """Return the values as the command takes them."""
        given = dict(self.cleaned_data)
        names, public = take_texts(given, "name"), take_texts(given, "public")
        return {**given, "names": names, "public_names": public}


class NewStatusForm(StatusForm):
    """A status that is to be."""

    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=StatusCategory.choices,
        help_text=gettext_lazy(
            "It says what follows, and never changes: waiting stops the clock, for example."
        ),
    )


@require_safe
@configurators_only
def status_list(request: ConsoleRequest) -> HttpResponse:
    """List the statuses in their order."""
    return settings_page(request, "statuses.html", {"statuses": Status.objects.order_by("position", "id")})


@require_http_methods(["GET", "POST"])
@configurators_only
def status_new(request: ConsoleRequest) -> HttpResponse:
    """Add a status."""
    form = NewStatusForm(request.POST or None, initial={"category": "open", "is_active": True})
    if request.method == "POST" and form.is_valid():
        try:
            create_status(actor=request.actor, values=form.values(), now=current_time())
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Added. It can be chosen from now on."))
            return redirect("console:statuses")
    return settings_page(request, "status.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@configurators_only
def status(request: ConsoleRequest, status_id: int) -> HttpResponse:
    """Show and change a status."""
    shown: Status | None = Status.objects.filter(pk=status_id).first()
    if shown is None:
        raise NotFound(_("There is no such status."))
    initial = {
        "is_default": shown.is_default,
        "is_active": shown.is_active,
        **initial_texts("name", shown.names),
        **initial_texts("public", shown.public_names),
    }
    form = StatusForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_status_setup(
                actor=request.actor, status_id=status_id, values=form.values(), now=current_time()
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:statuses")
    context = {"form": form, "shown": shown}
    return settings_page(request, "status.html", context, status=422 if form.errors else 200)


@require_POST
@configurators_only
def status_move(request: ConsoleRequest, status_id: int) -> HttpResponse:
    """Move a status up or down."""
    move_status(
        actor=request.actor,
        status_id=status_id,
        direction=request.POST.get("to", ""),
        now=current_time(),
    )
    return redirect("console:statuses")
