"""What a new installation begins with, and how its people first get in."""

from __future__ import annotations

from django.conf import settings

from okno.lib.clock import current_time
from okno.tenancy.commands import create_workspace
from okno.tenancy.queries import all_workspaces

FIRST_HOST = "localhost"


def furnish() -> None:
    """Make the first workspace where there is none: the demonstration, or an empty desk."""
    if settings.ENVIRONMENT.demo:
        from okno.config import demo  # noqa: PLC0415 - its texts are only for demonstrations

        demo.furnish(now=current_time())
    elif next(all_workspaces(), None) is None:
        create_workspace(name="Okno", host=FIRST_HOST, now=current_time())


def sign_ins(address: str) -> list[str]:
    """Return the lines that tell how to sign in."""
    if settings.ENVIRONMENT.demo:
        from okno.config import demo  # noqa: PLC0415 - its texts are only for demonstrations

        return demo.sign_ins()
    return []
