"""Making and changing teams and desks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.addresses import clean_name
from okno.lib.errors import Conflict, Invalid
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command, emit
from okno.spine.versions import ValueNames, VersionedKind, keep_version, versioned
from okno.team.commands.access import find_desk, find_team, require_team_rights
from okno.team.events import DeskChanged, DeskCreated, TeamChanged, TeamCreated
from okno.team.models import Desk, Member, Team, TeamMembership
from okno.team.policy import can_manage_team

LINES = range(1, 10)


@command
def create_team(
    *, actor: Actor, name: str, line: int, desk_id: int, member_ids: Sequence[int], now: datetime
) -> Team:
    """Make a team of a desk. Raises Denied, Invalid, Conflict for a name that is taken."""
    require_team_rights(actor)
    team = Team(desk=find_desk(desk_id), name=_free_name(Team, name), line=_line(line))
    team.position = Team.objects.count()
    with unless_taken(_taken()):
        team.save()
    members = _set_members(team, member_ids)
    made = {"name": team.name, "line": team.line, "desk_id": team.desk_id, **members.get("new", {})}
    emit(actor, TeamCreated(new=made), kind="team", subject=team, now=now)
    keep_version(actor=actor, kind=TEAM, row=team, now=now, is_told=True)
    return team


@command
def change_team(
    *,
    actor: Actor,
    team_id: int,
    name: str,
    line: int,
    desk_id: int,
    member_ids: Sequence[int],
    is_active: bool,
    now: datetime,
) -> Team:
    """Change a team. A closed one gets nothing new; the last open one stays. Raises NotFound, Invalid, Conflict."""
    require_team_rights(actor)
    team = find_team(team_id)
    before = team_values(team)
    if not is_active and not Team.objects.filter(is_active=True).exclude(pk=team.pk).exists():
        raise Conflict(_("The last team cannot be closed."), code="last_team")
    values = {
        "name": _free_name(Team, name, but=team.pk),
        "line": _line(line),
        "desk_id": find_desk(desk_id).pk,
        "is_active": is_active,
    }
    old = {key: getattr(team, key) for key, value in values.items() if getattr(team, key) != value}
    for key in old:
        setattr(team, key, values[key])
    if old:
        with unless_taken(_taken()):
            team.save(update_fields=list(old))
    new = {key: values[key] for key in old}
    members = _set_members(team, member_ids)
    if old or members:
        event = TeamChanged(old=old | members.get("old", {}), new=new | members.get("new", {}))
        emit(actor, event, kind="team", subject=team, now=now)
        keep_version(actor=actor, kind=TEAM, row=team, now=now, before=before, is_told=True)
    return team


@command
def create_desk(*, actor: Actor, name: str, now: datetime) -> Desk:
    """Make another desk; from the second on, desks are seen everywhere. Raises Denied, Invalid, Conflict."""
    require_team_rights(actor)
    desk = Desk(name=_free_name(Desk, name), position=Desk.objects.count())
    with unless_taken(_taken()):
        desk.save()
    emit(actor, DeskCreated(new={"name": desk.name}), kind="desk", subject=desk, now=now)
    keep_version(actor=actor, kind=DESK, row=desk, now=now, is_told=True)
    return desk


@command
def change_desk(*, actor: Actor, desk_id: int, name: str, is_active: bool, now: datetime) -> Desk:
    """Rename a desk, close it or open it again. Raises Conflict for the last one and for one that has open teams."""
    require_team_rights(actor)
    desk = find_desk(desk_id)
    before = desk_values(desk)
    if not is_active and not Desk.objects.filter(is_active=True).exclude(pk=desk.pk).exists():
        raise Conflict(_("The last desk cannot be closed."), code="last_desk")
    if not is_active and Team.objects.filter(desk=desk, is_active=True).exists():
        raise Conflict(
            _("Close the teams of this desk first, or move them to another desk."), code="desk_in_use"
        )
    values = {"name": _free_name(Desk, name, but=desk.pk), "is_active": is_active}
    old = {key: getattr(desk, key) for key, value in values.items() if getattr(desk, key) != value}
    for key in old:
        setattr(desk, key, values[key])
    if old:
        with unless_taken(_taken()):
            desk.save(update_fields=list(old))
        event = DeskChanged(old=old, new={key: values[key] for key in old})
        emit(actor, event, kind="desk", subject=desk, now=now)
        keep_version(actor=actor, kind=DESK, row=desk, now=now, before=before, is_told=True)
    return desk


def _free_name(model: type[Team | Desk], name: str, *, but: int = 0) -> str:
    cleaned = clean_name(name)
    if not cleaned:
        raise Invalid(_("A name is needed."), fields={"name": [_("Write a name.")]})
    if model.objects.filter(name=cleaned).exclude(pk=but).exists():
        raise _taken()
    return cleaned


def _taken() -> Conflict:
    words = _("There is another one with this name.")
    return Conflict(words, code="name_taken", fields={"name": [words]})


def _line(line: int) -> int:
    if line not in LINES:
        words = _("A line is a number from 1 to 9.")
        raise Invalid(words, fields={"line": [words]})
    return line


def _set_members(team: Team, member_ids: Sequence[int]) -> dict[str, dict[str, list[int]]]:
    """Make these members the team's; returns who they were and are, empty if nothing changed. Raises Invalid."""
    wanted = set(member_ids)
    if Member.objects.filter(pk__in=wanted).count() != len(wanted):
        raise Invalid(
            _("There is no such member."), fields={"members": [_("Choose members of this workspace.")]}
        )
    present = set(TeamMembership.objects.filter(team=team).values_list("member_id", flat=True))
    TeamMembership.objects.filter(team=team, member_id__in=present - wanted).delete()
    TeamMembership.objects.bulk_create(
        TeamMembership(team=team, member_id=id_) for id_ in sorted(wanted - present)
    )
    if present == wanted:
        return {}
    return {"old": {"members": sorted(present)}, "new": {"members": sorted(wanted)}}


def team_values(team: Team) -> dict[str, Any]:
    """Return what of a team is configuration, as JSON."""
    members = (
        TeamMembership.objects.filter(team=team).order_by("member_id").values_list("member_id", flat=True)
    )
    return {
        "name": team.name,
        "line": team.line,
        "desk_id": team.desk_id,
        "is_active": team.is_active,
        "member_ids": list(members),
    }


def desk_values(desk: Desk) -> dict[str, Any]:
    """Return what of a desk is configuration, as JSON."""
    return {"name": desk.name, "is_active": desk.is_active}


def _names_in_teams() -> ValueNames:
    return {
        "desk_id": dict(Desk.objects.values_list("pk", "name")),
        "member_ids": dict(Member.objects.values_list("pk", "name")),
    }


def _restore_team(*, actor: Actor, row: Team, values: Mapping[str, Any], now: datetime) -> None:
    # Members may have gone for good since.
    there = Member.objects.filter(pk__in=values["member_ids"]).values_list("pk", flat=True)
    change_team(actor=actor, team_id=row.pk, now=now, **{**values, "member_ids": list(there)})


def _restore_desk(*, actor: Actor, row: Desk, values: Mapping[str, Any], now: datetime) -> None:
    change_desk(actor=actor, desk_id=row.pk, now=now, **values)


TEAM = versioned(
    VersionedKind(
        name="team",
        label=gettext_lazy("Team"),
        find=find_team,
        read=team_values,
        restore=_restore_team,
        may_change=can_manage_team,
        labels={
            "name": pgettext_lazy("of a thing", "Name"),
            "line": gettext_lazy("Line"),
            "desk_id": gettext_lazy("Desk"),
            "is_active": pgettext_lazy("of a team", "Open"),
            "member_ids": gettext_lazy("Members"),
        },
        value_names=_names_in_teams,
        url_name="console:team",
    )
)
DESK = versioned(
    VersionedKind(
        name="desk",
        label=gettext_lazy("Desk"),
        find=find_desk,
        read=desk_values,
        restore=_restore_desk,
        may_change=can_manage_team,
        labels={
            "name": pgettext_lazy("of a thing", "Name"),
            "is_active": pgettext_lazy("of a desk", "Open"),
        },
        url_name="console:desk",
    )
)
