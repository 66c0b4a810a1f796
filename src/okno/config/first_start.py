"""What a new installation begins with, and how its people first get in."""

from __future__ import annotations

import sys

from django.conf import settings

from okno.lib.clock import current_time
from okno.team.commands.first import first_link_path, has_administrator
from okno.tenancy.commands import create_workspace
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace
from okno.tenancy.queries import all_workspaces
from okno.tenancy.scope import scope

FIRST_HOST = "localhost"


def furnish() -> None:
    """Make the first workspace where there is none: the demonstration, or an empty desk."""
    if settings.ENVIRONMENT.demo:
        from okno.config.demo.load import load_demo  # noqa: PLC0415 - its texts are only for demonstrations

        load_demo(now=current_time(), progress=_show_progress)
    elif next(all_workspaces(), None) is None:
        create_workspace(name="Okno", host=FIRST_HOST, now=current_time())


def sign_ins() -> list[str]:
    """Return the lines that tell how to sign in."""
    if settings.ENVIRONMENT.demo:
        from okno.config.demo.load import load_demo  # noqa: PLC0415 - its texts are only for demonstrations

        demo = load_demo(now=current_time())
        if demo is None:
            return ["The demonstration was not loaded: this installation has a workspace of its own."]
        return [
            f"Sign in as {', '.join(demo.emails)}",
            f"with the password {demo.password}",
            f"The desk answers as {demo.support_address}",
        ]
    return [line for workspace in all_workspaces() for line in _first_link(workspace)]


def _first_link(workspace: Workspace) -> list[str]:
    """Return the lines with the link to make the first administrator, while a workspace has none."""
    with scope(workspace):
        if has_administrator():
            return []
        path = first_link_path(workspace=workspace, now=current_time())
        url = public_url(workspace, path)
    return ["Make the first administrator of this desk with this link, which works once:", f"  {url}"]


def _show_progress(done: int, total: int) -> None:
    end = "\n" if done >= total else ""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rDemonstration: {done} of {total} tickets{end}")
    elif done >= total:
        sys.stderr.write(f"Demonstration: {total} tickets\n")
    sys.stderr.flush()
