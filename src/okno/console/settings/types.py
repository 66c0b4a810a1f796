"""Request types: the list, one of them, and what requesters are asked."""

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
from okno.team.models import Desk, Team
from okno.tickets.commands.submit import CUSTOM
from okno.tickets.commands.types import CORE_ASKED, HINT_LENGTH, change_type, create_type, move_type
from okno.tickets.models import CustomField, RequestType, TicketKind

configurators_only = member_required(allowed=policy.can_manage_settings)
ASKED_LINES = 12
CORE_LABELS = {
    "topic": gettext_lazy("Topic"),
    "device": gettext_lazy("Device"),
    "priority": gettext_lazy("How urgent it is"),
}


class TypeForm(forms.Form):
    """A request type."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=TicketKind.choices,
        help_text=gettext_lazy("For your reports; requesters never see it."),
    )
    desk = forms.TypedChoiceField(label=gettext_lazy("Desk"), coerce=int)
    team = forms.TypedChoiceField(
        label=gettext_lazy("Team"),
        coerce=int,
        required=False,
        empty_value=None,
        help_text=gettext_lazy("It gets the tickets of this type. Empty: the first team of the desk."),
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Requesters may choose it"),
        help_text=gettext_lazy("In web forms and the portal."),
        required=False,
    )
    is_default = forms.BooleanField(
        label=gettext_lazy("The usual one"),
        help_text=gettext_lazy("Mail becomes tickets of this type."),
        required=False,
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        help_text=gettext_lazy("Out of use it can be chosen no more; its tickets keep it."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        desks = list(Desk.objects.filter(is_active=True).order_by("position", "id"))
        teams = (
            Team.objects.filter(is_active=True).select_related("desk").order_by("desk_id", "position", "id")
        )
        has_desks = len(desks) > 1
        self.fields["desk"].choices = [(desk.pk, desk.name) for desk in desks]  # type: ignore[attr-defined]
        self.fields["team"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((team.pk, f"{team.desk.name}: {team.name}" if has_desks else team.name) for team in teams),
        ]
        if not has_desks:
            self.fields["desk"].widget = forms.HiddenInput()
            self.fields["desk"].initial = desks[0].pk if desks else None
        self.fields |= text_fields("name", pgettext_lazy("of a thing", "Name"))
        self.fields |= text_fields(
            "public", gettext_lazy("Name for requesters"), help_text=_("Empty: the name above.")
        )
        self.fields |= text_fields(
            "hint",
            gettext_lazy("Hint for requesters"),
            length=HINT_LENGTH,
            help_text=_("One sentence that says when to choose it."),
        )
        names = [name for name in self.fields if name.startswith(("name_", "public_", "hint_"))]
        self.order_fields([*names, "kind", "desk", "team", "is_public", "is_default", "is_active"])

    def values(self) -> dict[str, Any]:
        """Return the values as the command takes them."""
        given = dict(self.cleaned_data)
        names, public, hints = (take_texts(given, name) for name in ("name", "public", "hint"))
        return {**given, "names": names, "public_names": public, "hints": hints}


@require_safe
@configurators_only
def type_list(request: ConsoleRequest) -> HttpResponse:
    """List the types in the order in which they are offered."""
    rows = RequestType.objects.select_related("desk", "team").order_by("position", "id")
    has_desks = Desk.objects.filter(is_active=True).count() > 1
    return settings_page(request, "types.html", {"types": rows, "has_desks": has_desks})


@require_http_methods(["GET", "POST"])
@configurators_only
def type_new(request: ConsoleRequest) -> HttpResponse:
    """Add a type."""
    form = TypeForm(request.POST or None, initial={"kind": "request", "is_public": True, "is_active": True})
    if request.method == "POST" and form.is_valid():
        values = form.values() | {"asked": _asked(request)}
        try:
            row = create_type(actor=request.actor, values=values, now=current_time())
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Added. It can be chosen from now on."))
            return redirect("console:type", type_id=row.pk)
    return _page(request, form, None, [])


@require_http_methods(["GET", "POST"])
@configurators_only
def request_type(request: ConsoleRequest, type_id: int) -> HttpResponse:
    """Show and change a type."""
    shown: RequestType | None = RequestType.objects.filter(pk=type_id).first()
    if shown is None:
        raise NotFound(_("There is no such type."))
    initial = {
        "kind": shown.kind,
        "desk": shown.desk_id,
        "team": shown.team_id,
        "is_public": shown.is_public,
        "is_default": shown.is_default,
        "is_active": shown.is_active,
        **initial_texts("name", shown.names),
        **initial_texts("public", shown.public_names),
        **initial_texts("hint", shown.hints),
    }
    form = TypeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.values() | {"asked": _asked(request)}
        try:
            change_type(actor=request.actor, type_id=type_id, values=values, now=current_time())
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:types")
    return _page(request, form, shown, shown.asked)


@require_POST
@configurators_only
def type_move(request: ConsoleRequest, type_id: int) -> HttpResponse:
    """Move a type up or down."""
    move_type(
        actor=request.actor,
        type_id=type_id,
        direction=request.POST.get("to", ""),
        now=current_time(),
    )
    return redirect("console:types")


def _page(
    request: ConsoleRequest, form: TypeForm, shown: RequestType | None, asked: list[dict[str, Any]]
) -> HttpResponse:
    given = _asked(request) if request.method == "POST" else asked
    lines = [*given, *({"field": "", "required": False} for _line in range(max(2, 4 - len(given))))]
    context = {
        "form": form,
        "shown": shown,
        "lines": lines[:ASKED_LINES],
        "askable": _askable(),
    }
    return settings_page(request, "type.html", context, status=422 if form.errors else 200)


def _askable() -> list[tuple[str, Any]]:
    """Return what requesters can be asked, with its label."""
    custom = CustomField.objects.filter(is_active=True).order_by("position", "id")
    return [
        *((name, CORE_LABELS[name]) for name in CORE_ASKED),
        *((f"{CUSTOM}{one.key}", one.name) for one in custom),
    ]


def _asked(request: ConsoleRequest) -> list[dict[str, Any]]:
    """Return the lines of the form: a field each, in their order, and whether it must be answered."""
    fields = request.POST.getlist("asked_field")[:ASKED_LINES]
    required = request.POST.getlist("asked_required")[:ASKED_LINES]
    return [
        {"field": field, "required": need == "1"}
        for field, need in zip(fields, [*required, *("0" for _field in fields)], strict=False)
        if field
    ]
