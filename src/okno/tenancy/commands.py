"""Changes to workspaces themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Invalid
from okno.tenancy.models import Workspace, WorkspaceHost
from okno.tenancy.queries import normal_host
from okno.tenancy.scope import scope

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")

# What a new workspace needs from the layers above (statuses, a desk, a team): each package registers its own part.
_FURNISHERS: list[tuple[int, Callable[..., None]]] = []
LAST = 100


def furnishes(*, order: int = 0) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function, called as `furnish(workspace=…, now=…)` in the scope of each new workspace.

    Those of a greater `order` come later, those of one order as the packages lie upon each other.
    """

    def register(furnish: Callable[..., None]) -> Callable[..., None]:
        _FURNISHERS.append((order, furnish))
        return furnish

    return register


@transaction.atomic
def create_workspace(
    *, name: str, host: str, now: datetime, language: str = "en", timezone: str = "UTC", is_demo: bool = False
) -> Workspace:
    """Create a workspace that answers on `host`, with a desk ready for work. Raises Invalid, Conflict."""
    host = normal_host(host)
    if not name.strip() or not host:
        raise Invalid(_("A workspace needs a name and a host."))
    workspace = Workspace.objects.create(
        name=name.strip(), language=language, timezone=timezone, is_demo=is_demo, created_at=now
    )
    taken = WorkspaceHost.objects.filter(host=host).exists()
    if taken:
        raise Conflict(
            _("The host %(host)s belongs to another workspace.") % {"host": host}, code="host_taken"
        )
    WorkspaceHost.objects.create(host=host, workspace=workspace, is_primary=True)
    with scope(workspace):
        with connection.cursor() as cursor:
            cursor.execute("SELECT okno_create_number_sequence()")
        for _order, furnish in sorted(_FURNISHERS, key=lambda one: one[0]):
            furnish(workspace=workspace, now=now)
    return workspace


def claim_host(*, workspace: Workspace, host: str) -> None:
    """Let a workspace answer on one more host, as its main one if it had only a machine's own name until now."""
    host = normal_host(host)
    if not host or WorkspaceHost.objects.filter(host=host).exists():
        return
    present = WorkspaceHost.objects.filter(workspace=workspace)
    is_primary = not present.exclude(host__in=LOCAL_HOSTS).exists() and host not in LOCAL_HOSTS
    if is_primary:
        present.update(is_primary=False)
    WorkspaceHost.objects.create(host=host, workspace=workspace, is_primary=is_primary)


def release_all() -> int:
    """Let every workspace of a restored copy send and fetch again; return how many there were."""
    return Workspace.objects.filter(is_quiet=True).update(is_quiet=False)
