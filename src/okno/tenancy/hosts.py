"""The addresses that people outside are given."""

from __future__ import annotations

from django.conf import settings

from okno.tenancy.models import Workspace, WorkspaceHost


def public_url(workspace: Workspace, path: str) -> str:
    """Return the absolute address of a path of ours: `OKNO_URL` names scheme and port, the workspace its host."""
    base = settings.PUBLIC_URL
    host = WorkspaceHost.objects.filter(workspace=workspace).order_by("-is_primary", "id").first()
    if base is None:
        return f"http://{host.host if host else 'localhost'}:{settings.ENVIRONMENT.port}{path}"
    if host is None or Workspace.objects.count() == 1:
        return f"{base.rstrip('/')}{path}"
    scheme, _separator, rest = base.partition("://")
    port = rest.partition("/")[0].partition(":")[2]
    return f"{scheme}://{host.host}{f':{port}' if port else ''}{path}"
