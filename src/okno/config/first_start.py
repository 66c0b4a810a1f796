"""What a new installation begins with, and how its people first get in."""

from __future__ import annotations

import sys

from django.conf import settings

from okno.lib.clock import current_time
from okno.tenancy.commands import create_workspace
from okno.tenancy.queries import all_workspaces

FIRST_HOST = "localhost"


def furnish() -> None:
    """Make the first workspace where there is none: the demonstration, or an empty desk."""
    if settings.ENVIRONMENT.demo:
        from okno.config.demo.load import load_demo  # noqa: PLC0415 - its texts are only for demonstrations

        load_demo(now=current_time(), progress=_show_progress)
    elif next(all_workspaces(), None) is None:
        create_workspace(name="Okno", host=FIRST_HOST, now=current_time())


def sign_ins(address: str) -> list[str]:
    """Return the lines that tell how to sign in."""
    if settings.ENVIRONMENT.demo:
        from okno.config.demo.load import load_demo  # noqa: PLC0415 - its texts are only for demonstrations

        demo = load_demo(now=current_time())
        if demo is None:
            return ["The demonstration was not loaded: this installation has a workspace of its own."]
        return [f"Sign in as {', '.join(demo.emails)}", f"with the password {demo.password}"]
    return []


def _show_progress(done: int, total: int) -> None:
    end = "\n" if done >= total else ""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rDemonstration: {done} of {total} tickets{end}")
    elif done >= total:
        sys.stderr.write(f"Demonstration: {total} tickets\n")
    sys.stderr.flush()
