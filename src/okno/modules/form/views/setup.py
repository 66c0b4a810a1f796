"""What can be set of a form, as its settings page asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.console.errors import add_refusal
from okno.lib.errors import DomainError
from okno.modules.form.commands.config import NAME_LENGTH, TEXT_LENGTH
from okno.portal.asking.types import offered_types
from okno.team.models import Desk, Team
from okno.team.queries import active_desks

# What is said per language: the key of the values, the prefix of its fields.
SAID = {"names": "name", "intros": "intro", "thanks": "thanks", "consents": "consent"}


class SetupForm(forms.Form):
    """A form's words in each language, where its requests go, and who may show it."""

    desk = forms.TypedChoiceField(label=gettext_lazy("Desk"), coerce=int)
    team = forms.TypedChoiceField(
        label=gettext_lazy("Team"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy(
            "Gets what comes by this form. A request type that has a team of its own keeps it."
        ),
    )
    types = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Request types"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: all that the desk offers to requesters."),
    )
    sites = forms.CharField(
        label=gettext_lazy("Sites that show the form"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One a line, as https://www.example.org. Browsers show it in no other site's pages."
        ),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Out of use its address is not found. What has come stays."),
    )

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        for code, label in languages:
            self._add_words(code, label)
        desks = active_desks()
        self.only_desk = desks[0].pk if len(desks) == 1 else None
        if self.only_desk is not None:
            del self.fields["desk"]
        self._offer("desk", [(one.pk, one.name) for one in desks])
        self._offer("team", [("", pgettext_lazy("choice", "as usual")), *self._teams(desks)])
        self._offer("types", list(self._types(desks)))

    def language_groups(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """Yield the languages with their fields."""
        for code, label in self.languages:
            yield code, label, [self[f"{prefix}_{code}"] for prefix in SAID.values()]

    def other_fields(self) -> list[forms.BoundField]:
        """Return what is the same in all languages."""
        return [self[name] for name in ("desk", "team", "types", "sites", "is_active") if name in self.fields]

    def values(self) -> dict[str, Any]:
        """Return the values that `change_form` takes."""
        given = self.cleaned_data
        said = {
            key: {code: given.get(f"{prefix}_{code}", "") for code, _label in self.languages}
            for key, prefix in SAID.items()
        }
        return {
            **said,
            "desk": given.get("desk", self.only_desk),
            "team": given["team"],
            "types": given["types"],
            "sites": given["sites"].split(),
            "is_active": given["is_active"],
        }

    def add_refusal(self, error: DomainError) -> None:
        """Write a refusal at its field; one about a text in all languages stands at the first."""
        first = self.languages[0][0]
        names = {key: f"{prefix}_{first}" for key, prefix in SAID.items()}
        error.fields = {names.get(name, name): words for name, words in error.fields.items()}
        add_refusal(self, error)

    def _add_words(self, code: str, label: str) -> None:
        area = forms.Textarea(attrs={"rows": 3, "lang": code})
        self.fields[f"name_{code}"] = forms.CharField(
            label=_("Name"),
            max_length=NAME_LENGTH,
            required=False,
            widget=forms.TextInput(attrs={"lang": code}),
        )
        self.fields[f"intro_{code}"] = forms.CharField(
            label=_("Words above the fields"), max_length=TEXT_LENGTH, required=False, widget=area
        )
        self.fields[f"thanks_{code}"] = forms.CharField(
            label=_("Thanks"),
            max_length=TEXT_LENGTH,
            required=False,
            widget=area,
            help_text=_("Stands on the page that tells the number."),
        )
        self.fields[f"consent_{code}"] = forms.CharField(
            label=_("Consent"),
            max_length=TEXT_LENGTH,
            required=False,
            widget=area,
            help_text=_(
                "What senders have to agree to. Other words are a new version; each request remembers its own."
            ),
        )

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def _teams(self, desks: list[Desk]) -> Iterator[tuple[int, str]]:
        found = Team.objects.filter(is_active=True, desk__in=desks).select_related("desk")
        for one in found.order_by("desk", "line", "id"):
            yield one.pk, self._within(one.name, one.desk.name)

    def _types(self, desks: list[Desk]) -> Iterator[tuple[int, str]]:
        shown = {desk.pk for desk in desks}
        for one in offered_types():
            if one.desk_id in shown:
                yield one.pk, self._within(one.public_name, one.desk.name)

    def _within(self, name: str, desk: str) -> str:
        return name if self.only_desk is not None else f"{desk} › {name}"


def initial_of(values: dict[str, Any]) -> dict[str, Any]:
    """Return the initial data for a form with these values."""
    said = {f"{prefix}_{code}": text for key, prefix in SAID.items() for code, text in values[key].items()}
    same = {name: values[name] for name in ("desk", "team", "types", "is_active")}
    return {**said, **same, "sites": "\n".join(values["sites"])}
