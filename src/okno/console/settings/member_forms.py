"""The forms about members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.accounts.forms import MailAddressField
from okno.console.settings.choices import ChoiceOrNone
from okno.spine.actor import Actor
from okno.team import policy
from okno.team.commands.roles import RoleInScope
from okno.team.models import GrantScope, Member, Role
from okno.team.queries import active_desks, active_teams
from okno.tickets.queries.estate import possible_successors

ROLE_PURPOSES = {
    Role.ADMINISTRATOR: gettext_lazy("everything, the workspace itself included"),
    Role.SUPPORT_ADMINISTRATOR: gettext_lazy("members and teams, and all work on tickets"),
    Role.CONFIGURATOR: gettext_lazy("mailboxes and fields, without changing tickets"),
    Role.SUPERVISOR: gettext_lazy("all work on tickets, with an eye on others"),
    Role.AGENT: gettext_lazy("all work on tickets"),
    Role.LIGHT_AGENT: gettext_lazy("reads tickets and writes notes"),
}


class WhereRoleForm(forms.Form):
    """A role that the actor may give, and where it is to hold."""

    role = forms.ChoiceField(label=pgettext_lazy("of a member", "Role"))
    where = forms.ChoiceField(label=gettext_lazy("Where it holds"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices(actor)  # type: ignore[attr-defined]
        self.fields["role"].initial = Role.AGENT
        self.fields["where"].choices = where_choices()  # type: ignore[attr-defined]

    def role_in_scope(self) -> RoleInScope:
        """Return what was chosen, once the form is valid."""
        scope, _colon, number = self.cleaned_data["where"].partition(":")
        return RoleInScope(
            role=self.cleaned_data["role"],
            scope=scope,
            desk_id=int(number) if scope == GrantScope.DESK else None,
            team_id=int(number) if scope == GrantScope.TEAM else None,
        )


class RoleForm(WhereRoleForm):
    """One more role of a member."""


class InviteForm(WhereRoleForm):
    """Somebody who is to work here."""

    email = MailAddressField(autocomplete="off")
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    teams = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Teams"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    field_order = ("email", "name", "role", "where", "teams")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["teams"].choices = [(team.pk, team.name) for team in active_teams()]  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    """What is known of a member."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    title = forms.CharField(
        label=gettext_lazy("Position"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For example: engineer"),
    )
    language = ChoiceOrNone(
        label=gettext_lazy("Language"),
        none_label=gettext_lazy("As the browser says"),
        choices=settings.LANGUAGES,
    )


class SuccessorForm(forms.Form):
    """Who gets the open tickets of a member who goes."""

    successor = ChoiceOrNone(
        label=gettext_lazy("Open tickets go to"),
        none_label=gettext_lazy("nobody: they wait for their teams"),
        none=None,
        coerce=int,
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = possible_successors(member).values_list("pk", "name")
        self.fields["successor"].offer(others)  # type: ignore[attr-defined]


def role_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return the roles that an actor may give, each with what it is for."""
    return [
        (role.value, f"{role.label}: {ROLE_PURPOSES[role]}")
        for role in Role
        if policy.can_grant(actor, role.value)
    ]


def where_choices() -> list[tuple[str, str]]:
    """Return the places where a role may hold; desks only where there are several."""
    desks = active_desks()
    places = [
        (f"desk:{desk.pk}", _("Desk: %(name)s") % {"name": desk.name}) for desk in desks if len(desks) > 1
    ]
    teams = [(f"team:{team.pk}", _("Team: %(name)s") % {"name": team.name}) for team in active_teams()]
    return [
        (GrantScope.WORKSPACE.value, str(GrantScope.WORKSPACE.label)),
        *places,
        *teams,
        (GrantScope.OWN.value, str(GrantScope.OWN.label)),
    ]
