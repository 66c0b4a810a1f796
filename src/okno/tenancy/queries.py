"""Finding the workspace of a request. These read global tables only and need no scope."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from okno.tenancy.models import Workspace, WorkspaceHost


def normal_host(raw: str) -> str:
    """Return a Host header's name without port, dot or upper case: `Desk.Example:8000` is `desk.example`."""
    host = raw.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].rstrip(".")


def workspace_for_host(raw: str) -> Workspace | None:
    """Return the workspace that answers on a host; with exactly one workspace, every host is its."""
    found = WorkspaceHost.objects.select_related("workspace").filter(host=normal_host(raw)).first()
    if found is not None:
        return found.workspace
    few = list(Workspace.objects.order_by("id")[:2])
    return few[0] if len(few) == 1 else None


def all_workspaces() -> Iterator[Workspace]:
    """Yield every workspace, oldest first."""
    yield from Workspace.objects.order_by("id").iterator(chunk_size=200)


def requester_languages(workspace: Workspace) -> list[tuple[str, str]]:
    """Return the languages that requesters may choose, each with its name."""
    wanted = workspace.languages or [code for code, _label in settings.LANGUAGES]
    return [(code, label) for code, label in settings.LANGUAGES if code in wanted]
