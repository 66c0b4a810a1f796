"""The form of a call: who, what about, what was said, and whose it is."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okno.modules.phone.commands.writing import WHO_LENGTH, Written
from okno.modules.phone.models import PhoneCall
from okno.tickets.commands.changing import SUBJECT_LENGTH, TEXT_LENGTH
from okno.tickets.queries.directory import Directory

_LARGEST = 2**63 - 1


class NeededField(forms.CharField):
    """Without it no call is finished, but a draft is kept; so the command refuses it empty, not the form."""

    def validate(self, value: Any) -> None:
        """Take everything."""


class CallForm(forms.Form):
    """Four fields; none is needed to keep a draft, so that nothing that was typed is refused."""

    use_required_attribute = False

    who = NeededField(
        max_length=WHO_LENGTH,
        label=_("Who is calling"),
        help_text=_("A number or a name; a new one makes a new contact."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    subject = NeededField(max_length=SUBJECT_LENGTH, label=_("What about"))
    said = forms.CharField(
        required=False,
        max_length=TEXT_LENGTH,
        strip=False,
        label=_("What was said"),
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    # What was chosen may be out of use by now: that is no reason to refuse what was typed.
    place = forms.CharField(required=False, max_length=40, label=_("Team or type"), widget=forms.Select)
    solution = NeededField(
        max_length=TEXT_LENGTH,
        strip=False,
        label=_("How it was solved"),
        help_text=_("The client can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    receipt = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Send a receipt"),
        help_text=_("By mail, if the caller has an address."),
    )
    page = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    call = forms.IntegerField(required=False, min_value=1, max_value=_LARGEST, widget=forms.HiddenInput)

    def __init__(self, *args: Any, directory: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"].widget
        assert isinstance(place, forms.Select)  # noqa: S101 - declared above
        place.choices = [
            ("", pgettext_lazy("choice", "as usual")),
            (_("Teams"), [(f"team:{one.id}", one.name) for one in directory.teams.active]),
            (_("Types"), [(f"type:{one.id}", one.name) for one in directory.types.active]),
        ]

    @property
    def number(self) -> int | None:
        """Return the number of the ticket that a valid form goes on with."""
        number: int | None = self.cleaned_data["call"]
        return number

    @property
    def written(self) -> Written:
        """Return what stands in a valid form."""
        said = self.cleaned_data
        return Written(
            page=said["page"],
            seen=said["seen"] or 0,
            who=said["who"],
            subject=said["subject"],
            said=said["said"],
            place=said["place"],
            solution=said["solution"],
        )


def values_of(call: PhoneCall | None, *, who: str = "") -> dict[str, Any]:
    """Return what a page begins with: a call to go on with, or a new one."""
    if call is None:
        return {"page": uuid4(), "seen": 0, "who": who}
    return {
        "page": uuid4(),
        "seen": call.version,
        "call": call.ticket.number,
        "who": call.who,
        "subject": call.subject,
        "said": call.said,
        "place": call.place,
        "solution": call.solution,
    }
