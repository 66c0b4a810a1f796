"""What the steps ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.accounts.forms import MailAddressField
from okno.console.entrance.forms import timezone_choices
from okno.console.settings.member_forms import role_choices
from okno.console.settings.workspace import HUES
from okno.lib.errors import Words
from okno.spine.actor import Actor
from okno.team.models import Role
from okno.team.queries import active_teams

MOST_INVITED = 30


class LanguageForm(forms.Form):
    """Which language and time the desk keeps."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Of mail to clients whose language is not known."),
    )
    timezone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=timezone_choices)


class CompanyForm(forms.Form):
    """What the desk is called."""

    name = forms.CharField(
        label=gettext_lazy("Name of the company or desk"),
        max_length=200,
        help_text=gettext_lazy("It stands at the top and in mail."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class ColoursForm(forms.Form):
    """The colour of buttons and links."""

    accent_hue = forms.TypedChoiceField(
        label=gettext_lazy("Accent colour"),
        coerce=int,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Of buttons and links. Contrast is kept by itself, by day and by night."),
    )

    def __init__(self, *args: Any, hue: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known: dict[int, Words] = dict(HUES)
        known.setdefault(hue, _("Hue %(hue)d") % {"hue": hue})
        self.fields["accent_hue"].choices = [(one, _swatch(one, name)) for one, name in known.items()]  # type: ignore[attr-defined]


def _swatch(hue: int, name: Words) -> SafeString:
    """Return a colour as it looks, and its name. An attribute of the picture, as styles may not stand inline."""
    return format_html(
        '<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">'
        '<circle cx="7" cy="7" r="7" fill="oklch(0.55 0.17 {})"/></svg> {}',
        hue,
        name,
    )


class TeamLineForm(forms.Form):
    """One team; a line that nothing was written into is none."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=200)
    line = forms.IntegerField(label=gettext_lazy("Line of support"), min_value=1, max_value=9, initial=1)


TeamLines = forms.formset_factory(TeamLineForm, extra=2, max_num=20, absolute_max=20)


class MailForm(forms.Form):
    """The address that clients write to, where mail comes to Okno itself."""

    address = MailAddressField(label=gettext_lazy("Address that clients write to"), autocomplete="off")
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Clients see it as the sender. For example: Acme support"),
        max_length=200,
        required=False,
    )


class InvitationsForm(forms.Form):
    """Who else is to work here."""

    addresses = forms.CharField(
        label=gettext_lazy("Mail addresses"),
        help_text=gettext_lazy("One on each line. Everybody gets a link of his own."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=pgettext_lazy("of a member", "Role"))
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Teams"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(actor)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.AGENT
        teams = active_teams()
        self.fields["teams"].choices = [(team.pk, team.name) for team in teams]  # type: ignore[attr-defined]
        self.fields["teams"].initial = [team.pk for team in teams[:1]]

    def clean_addresses(self) -> list[str]:
        """Return the addresses, each once."""
        given = self.cleaned_data["addresses"].replace(",", " ").replace(";", " ").split()
        found = list(dict.fromkeys(given))
        if len(found) > MOST_INVITED:
            raise forms.ValidationError(
                _("At most %(count)d at once, please.") % {"count": MOST_INVITED}, code="too_many"
            )
        return found
