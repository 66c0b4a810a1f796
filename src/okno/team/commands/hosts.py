"""The host names that a workspace answers on."""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.addresses import InvalidAddress, normalise_domain
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command, emit
from okno.team import policy
from okno.team.events import HostsChanged
from okno.tenancy.models import Workspace, WorkspaceHost
from okno.tenancy.queries import normal_host

HOSTS_LIMIT = 50
_NUMBERS = re.compile(r"[0-9.]+|\[[0-9a-f:]+\]")


@command
def add_host(*, actor: Actor, workspace: Workspace, host: str, now: datetime) -> WorkspaceHost:
    """Let the workspace answer on one more host. Raises Denied, Invalid, Conflict for another workspace's."""
    _require_rights(actor)
    name = _checked(host)
    known = WorkspaceHost.objects.filter(host=name).first()
    if known is not None and known.workspace_id == workspace.pk:
        return known
    taken = _taken(name)
    if known is not None:
        raise taken
    if WorkspaceHost.objects.filter(workspace=workspace).count() >= HOSTS_LIMIT:
        raise Conflict(_("There are too many hosts."), code="too_many_hosts")
    row = WorkspaceHost(host=name, workspace=workspace)
    with unless_taken(taken):
        row.save()
    _tell(actor, workspace, HostsChanged(added=name), now=now)
    return row


@command
def make_host_primary(*, actor: Actor, workspace: Workspace, host_id: int, now: datetime) -> None:
    """Lead links in mail to this host from now on. Raises Denied, NotFound."""
    _require_rights(actor)
    row = _find(workspace, host_id)
    if row.is_primary:
        return
    WorkspaceHost.objects.filter(workspace=workspace).update(is_primary=False)
    WorkspaceHost.objects.filter(pk=row.pk).update(is_primary=True)
    _tell(actor, workspace, HostsChanged(primary=row.host), now=now)


@command
def remove_host(*, actor: Actor, workspace: Workspace, host_id: int, now: datetime) -> None:
    """Answer on a host no more; links to it break. Raises Denied, NotFound, Conflict for the main one."""
    _require_rights(actor)
    row = _find(workspace, host_id)
    if row.is_primary:
        raise Conflict(_("Make another host the main one first."), code="primary_host")
    row.delete()
    _tell(actor, workspace, HostsChanged(removed=row.host), now=now)


def _require_rights(actor: Actor) -> None:
    if not policy.can_manage_system(actor):
        raise Denied(_("Only an administrator can change hosts."))


def _find(workspace: Workspace, host_id: int) -> WorkspaceHost:
    found: WorkspaceHost | None = WorkspaceHost.objects.filter(workspace=workspace, pk=host_id).first()
    if found is None:
        raise NotFound(_("There is no such host."))
    return found


def _checked(host: str) -> str:
    name = normal_host(host.partition("://")[2].partition("/")[0] if "://" in host else host)
    if _NUMBERS.fullmatch(name) or name == "localhost":
        return name
    try:
        return normalise_domain(name)
    except InvalidAddress as error:
        words = _("“%(host)s” is not the name of a host, such as help.example.org.") % {"host": host[:100]}
        raise Invalid(words, fields={"host": [words]}) from error


def _taken(host: str) -> Conflict:
    words = _("The host %(host)s belongs to another workspace.") % {"host": host}
    return Conflict(words, code="host_taken", fields={"host": [words]})


def _tell(actor: Actor, workspace: Workspace, event: HostsChanged, *, now: datetime) -> None:
    emit(actor, event, kind="workspace", subject=workspace, now=now)
