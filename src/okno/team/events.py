"""What happens to members, teams, desks and the workspace itself. Values that name a person stay out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from okno.spine.events import EventType, event_type
from okno.team.models import Role


def _role_name(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


@event_type("member.invited")
class MemberInvited(EventType):
    """Somebody was invited, or invited again."""

    role: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("invited as %(role)s") % {"role": _role_name(self.role)} if self.role else _("invited again")


@event_type("member.joined")
class MemberJoined(EventType):
    """A member has an account now and can sign in."""

    by: str
    """`invitation` or `first_link`."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("joined")


@event_type("member.changed")
class MemberChanged(EventType):
    """Fields of a member changed."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the member")


@event_type("member.preferences_changed")
class PreferencesChanged(EventType):
    """A member changed how he likes it."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the own settings")


@event_type("member.deactivated")
class MemberDeactivated(EventType):
    """A member can no longer work here; his open tickets go to `successor`, or to nobody."""

    successor: int | None

    def describe(self, names: Mapping[str, str]) -> str:
        return _("switched the member off")


@event_type("member.activated")
class MemberActivated(EventType):
    """A member may work here again."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("switched the member on")


@event_type("member.role_granted")
class RoleGranted(EventType):
    """A member got a role."""

    role: str
    scope: str
    desk: int | None = None
    team: int | None = None

    def describe(self, names: Mapping[str, str]) -> str:
        return _("gave the role %(role)s") % {"role": _role_name(self.role)}


@event_type("member.role_revoked")
class RoleRevoked(EventType):
    """A member lost a role."""

    role: str
    scope: str
    desk: int | None = None
    team: int | None = None

    def describe(self, names: Mapping[str, str]) -> str:
        return _("took the role %(role)s") % {"role": _role_name(self.role)}


@event_type("team.created")
class TeamCreated(EventType):
    """A team was made."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("made the team")


@event_type("team.changed")
class TeamChanged(EventType):
    """A team's name, line, desk or members changed."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the team")


@event_type("desk.created")
class DeskCreated(EventType):
    """A desk was made."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("made the desk")


@event_type("desk.changed")
class DeskChanged(EventType):
    """A desk's name changed, or it was opened or closed."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the desk")


@event_type("workspace.changed")
class WorkspaceChanged(EventType):
    """Settings of the workspace changed."""

    old: dict[str, Any]
    new: dict[str, Any]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the workspace")


@event_type("workspace.module_switched")
class ModuleSwitched(EventType):
    """A module was switched on or off."""

    module: str
    on: bool

    def describe(self, names: Mapping[str, str]) -> str:
        if self.on:
            return _("switched the module %(module)s on") % {"module": self.module}
        return _("switched the module %(module)s off") % {"module": self.module}


@event_type("token.created")
class TokenCreated(EventType):
    """A token for the API was made."""

    token: int
    member: int
    scopes: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("made a token with the scopes %(scopes)s") % {"scopes": ", ".join(self.scopes)}


@event_type("token.revoked")
class TokenRevoked(EventType):
    """A token for the API was ended."""

    token: int
    member: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("ended a token")
