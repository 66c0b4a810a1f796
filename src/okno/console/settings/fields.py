"""The workspace's own fields on tickets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.team import policy
from okno.tickets.commands.fields import change_field, create_field
from okno.tickets.models import CustomField

configurators_only = member_required(allowed=policy.can_manage_settings)


class NamesForm(forms.Form):
    """A field's name in each language, and its choices."""

    def __init__(self, *args: Any, has_choices: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, label in settings.LANGUAGES:
            self.fields[f"name_{language}"] = forms.CharField(
                label=_("Name, %(language)s") % {"language": label}, max_length=80, required=False
            )
        if has_choices:
            self.fields["choices"] = forms.CharField(
                label=_("Choices"),
                help_text=_("One a line. Only for fields that are a choice."),
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 5}),
            )
        self.order_fields(["name_en", "name_ru", "kind", "choices", "key", "is_active"])

    def values(self) -> dict[str, Any]:
        """Return the arguments of the command."""
        given = dict(self.cleaned_data)
        names = {language: given.pop(f"name_{language}") for language, _label in settings.LANGUAGES}
        return {"names": names, "choices": given.pop("choices", "").splitlines(), **given}

    def add_refusal(self, error: DomainError) -> None:
        """Write a refusal at its field; one about all names stands at the first."""
        fields = {"name_en" if name == "names" else name: words for name, words in error.fields.items()}
        error.fields = fields
        add_refusal(self, error)


class NewFieldForm(NamesForm):
    """A new field."""

    kind = forms.ChoiceField(label=gettext_lazy("What it holds"), choices=CustomField.Kind.choices)
    key = forms.CharField(
        label=gettext_lazy("Key"),
        help_text=gettext_lazy("Programs know the field by it. Empty: made of the English name."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class FieldForm(NamesForm):
    """A field that is there."""

    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        help_text=gettext_lazy("Out of use it disappears from tickets; its values stay."),
        required=False,
    )


@require_safe
@configurators_only
def field_list(request: ConsoleRequest) -> HttpResponse:
    """Show the fields."""
    return settings_page(
        request, "fields.html", {"fields": CustomField.objects.order_by("-is_active", "position", "id")}
    )


@require_http_methods(["GET", "POST"])
@configurators_only
def field_new(request: ConsoleRequest) -> HttpResponse:
    """Add a field."""
    form = NewFieldForm(request.POST or None, has_choices=True)
    if request.method == "POST" and form.is_valid():
        try:
            create_field(actor=request.actor, now=current_time(), **form.values())
        except DomainError as error:
            form.add_refusal(error)
        else:
            return redirect("console:fields")
    return settings_page(request, "field.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@configurators_only
def field(request: ConsoleRequest, field_id: int) -> HttpResponse:
    """Show and change a field."""
    shown: CustomField | None = CustomField.objects.filter(pk=field_id).first()
    if shown is None:
        raise NotFound(_("There is no such field."))
    initial = {f"name_{language}": name for language, name in shown.names.items()}
    initial |= {"choices": "\n".join(shown.choices), "is_active": shown.is_active}
    has_choices = shown.kind == CustomField.Kind.CHOICE
    form = FieldForm(request.POST or None, initial=initial, has_choices=has_choices)
    if request.method == "POST" and form.is_valid():
        try:
            change_field(actor=request.actor, field_id=field_id, now=current_time(), **form.values())
        except DomainError as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:fields")
    context = {"form": form, "shown": shown}
    return settings_page(request, "field.html", context, status=422 if form.errors else 200)
