"""What happens to members, teams, desks and the workspace itself. What names a person is shredded on erasure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.errors import Words
from okno.spine.events import Change, EventType, ValuesChanged, event_type
from okno.team.models import GrantScope, Role

_MEMBER_LABELS: Mapping[str, Words] = {
    "name": gettext_lazy("Name"),
    "title": gettext_lazy("Position"),
    "language": gettext_lazy("Language"),
    "theme": gettext_lazy("Appearance"),
    "signature": gettext_lazy("Signature"),
    "undo_seconds": gettext_lazy("Seconds to take an answer back"),
    "has_shortcuts": gettext_lazy("Single keys"),
    "muted": gettext_lazy("Notifications switched off"),
}
_PERSONAL = ("name", "signature")


def _role_name(role: str) -> str:
    return str(Role(role).label) if role in Role.values else role


def _without_personal(payload: dict[str, Any]) -> dict[str, Any]:
    kept = dict(payload)
    for side in ("old", "new"):
        values = payload.get(side, {})
        kept[side] = {key: "" if key in _PERSONAL else value for key, value in values.items()}
    return kept


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


@event_type("member.changed", version=2)
class MemberChanged(ValuesChanged):
    """Fields of a member changed. The first version knew only their names."""

    labels = _MEMBER_LABELS

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the member")

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        return _without_personal(payload)


@event_type("member.preferences_changed", version=2)
class PreferencesChanged(ValuesChanged):
    """A member changed how he likes it. The first version knew only the names of the fields."""

    labels = _MEMBER_LABELS

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the own settings")

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        return _without_personal(payload)


@event_type("member.deactivated")
class MemberDeactivated(EventType):
    """A member can no longer work here; his open tickets go to `successor`, or to nobody."""

    successor: int | None

    def references(self) -> set[str]:
        return {f"member:{self.successor}"} if self.successor is not None else set()

    def describe(self, names: Mapping[str, str]) -> str:
        if self.successor is None:
            return _("switched the member off; open tickets wait for their teams")
        successor = names.get(f"member:{self.successor}", str(self.successor))
        return _("switched the member off; open tickets go to %(successor)s") % {"successor": successor}


@event_type("member.activated")
class MemberActivated(EventType):
    """A member may work here again."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("switched the member on")


@dataclass(frozen=True)
class _RoleInScope(EventType):
    """What both events about a role hold."""

    role: str
    scope: str
    desk: int | None = None
    team: int | None = None

    def references(self) -> set[str]:
        places = {"desk": self.desk, "team": self.team}
        return {f"{kind}:{ref}" for kind, ref in places.items() if ref is not None}

    def in_words(self, names: Mapping[str, str]) -> str:
        """Return the role, with where it holds unless it is everywhere."""
        place = next((names.get(reference, reference) for reference in self.references()), "")
        if self.scope == GrantScope.OWN:
            place = str(GrantScope.OWN.label)
        return f"{_role_name(self.role)} ({place})" if place else _role_name(self.role)


@event_type("member.role_granted")
class RoleGranted(_RoleInScope):
    """A member got a role."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("gave the role %(role)s") % {"role": self.in_words(names)}

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", None, self.in_words(names))]


@event_type("member.role_revoked")
class RoleRevoked(_RoleInScope):
    """A member lost a role."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("took the role %(role)s") % {"role": self.in_words(names)}

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", self.in_words(names), None)]


@event_type("member.sessions_ended")
class SessionsEnded(EventType):
    """Somebody was signed out: everywhere, or in one browser."""

    count: int
    everywhere: bool

    def describe(self, names: Mapping[str, str]) -> str:
        if self.everywhere:
            return _("ended all sessions (%(count)d)") % {"count": self.count}
        return _("ended a session")


@event_type("member.factor_changed")
class FactorChanged(EventType):
    """A second factor was set up, renamed or removed, or all were reset by an administrator."""

    factor: str
    """`totp`, `webauthn`, `recovery_codes`, or `all`."""
    change: str
    """`added`, `removed` or `reset`."""

    def describe(self, names: Mapping[str, str]) -> str:
        what = {
            "totp": _("the authenticator app"),
            "webauthn": _("a passkey"),
            "recovery_codes": _("recovery codes"),
            "all": _("all second factors"),
        }.get(self.factor, self.factor)
        words = {
            "added": _("set up %(what)s"),
            "removed": _("removed %(what)s"),
            "reset": _("reset %(what)s"),
        }
        return words.get(self.change, self.change) % {"what": what}


@event_type("member.signed_in")
class SignedIn(EventType):
    """A member signed in: how, and from which address."""

    method: str
    address: str = ""

    def describe(self, names: Mapping[str, str]) -> str:
        if self.address:
            return _("signed in from %(address)s") % {"address": self.address}
        return _("signed in")

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        return {**payload, "address": ""}


@event_type("member.password_changed")
class PasswordChanged(EventType):
    """A member has a new password."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the password")


_TEAM_LABELS: Mapping[str, Words] = {
    "name": gettext_lazy("Name"),
    "line": gettext_lazy("Line"),
    "desk_id": gettext_lazy("Desk"),
    "is_active": pgettext_lazy("team or desk", "Open"),
    "members": gettext_lazy("Members"),
}


@event_type("team.created", version=2)
class TeamCreated(ValuesChanged):
    """A team was made. The first version held nothing."""

    labels = _TEAM_LABELS
    refers: ClassVar[Mapping[str, str]] = {"desk_id": "desk", "members": "member"}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("made the team")


@event_type("team.changed", version=2)
class TeamChanged(ValuesChanged):
    """A team's name, line, desk or members changed. The first version knew only which of them."""

    labels = _TEAM_LABELS
    refers: ClassVar[Mapping[str, str]] = {"desk_id": "desk", "members": "member"}

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the team")


@event_type("desk.created", version=2)
class DeskCreated(ValuesChanged):
    """A desk was made. The first version held nothing."""

    labels = _TEAM_LABELS

    def describe(self, names: Mapping[str, str]) -> str:
        return _("made the desk")


@event_type("desk.changed", version=2)
class DeskChanged(ValuesChanged):
    """A desk's name changed, or it was opened or closed. The first version knew only which."""

    labels = _TEAM_LABELS

    def describe(self, names: Mapping[str, str]) -> str:
        return _("changed the desk")


@event_type("workspace.changed")
class WorkspaceChanged(ValuesChanged):
    """Settings of the workspace changed."""

    labels: ClassVar[Mapping[str, Words]] = {
        "name": gettext_lazy("Name"),
        "language": gettext_lazy("Language"),
        "timezone": gettext_lazy("Time zone"),
        "accent_hue": gettext_lazy("Colour"),
    }

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

    def changes(self, names: Mapping[str, str]) -> list[Change]:
        return [Change("", not self.on, self.on)]


@event_type("workspace.samples_asked")
class SamplesAsked(EventType):
    """Sample data was to come, or to go again."""

    comes: bool

    def describe(self, names: Mapping[str, str]) -> str:
        return _("loaded sample data") if self.comes else _("removed the sample data")


@event_type("audit.exported")
class AuditExported(EventType):
    """The audit was taken out as a file; `filters` are the words of its filters."""

    filters: dict[str, str]

    def describe(self, names: Mapping[str, str]) -> str:
        return _("exported the audit")


@event_type("workspace.hosts_changed")
class HostsChanged(EventType):
    """The workspace answers on another host, or on one less."""

    added: str = ""
    removed: str = ""
    primary: str = ""

    def describe(self, names: Mapping[str, str]) -> str:
        if self.added:
            return _("added the host %(host)s") % {"host": self.added}
        if self.removed:
            return _("removed the host %(host)s") % {"host": self.removed}
        return _("made %(host)s the main host") % {"host": self.primary}


@event_type("workspace.released")
class WorkspaceReleased(EventType):
    """A restored copy may send and fetch again."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("released the restored copy")


@event_type("token.created")
class TokenCreated(EventType):
    """A token for the API was made."""

    token: int
    member: int
    scopes: list[str]
    networks: list[str] = field(default_factory=list)

    def describe(self, names: Mapping[str, str]) -> str:
        words = {"scopes": ", ".join(self.scopes), "networks": ", ".join(self.networks)}
        if self.networks:
            return _("made a token with the scopes %(scopes)s, for use from %(networks)s") % words
        return _("made a token with the scopes %(scopes)s") % words


@event_type("token.revoked")
class TokenRevoked(EventType):
    """A token for the API was ended."""

    token: int
    member: int

    def describe(self, names: Mapping[str, str]) -> str:
        return _("ended a token")
