"""The steps of the guide, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy

from okno.lib.errors import Words
from okno.team.commands.setup import STEPS
from okno.tenancy.models import Workspace

LABELS: dict[str, Words] = {
    "language": gettext_lazy("Language and time"),
    "company": gettext_lazy("Company"),
    "team": gettext_lazy("Team"),
    "mail": gettext_lazy("Mail"),
    "colours": gettext_lazy("Colours"),
    "invite": gettext_lazy("People"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCell:
    """One step as the pages show it."""

    key: str
    label: Words
    url: str
    is_done: bool
    is_current: bool


def step_cells(workspace: Workspace, *, current: str = "") -> Sequence[StepCell]:
    """Return the steps and which of them were done or skipped."""
    return [
        StepCell(
            key=key,
            label=LABELS[key],
            url=step_url(key),
            is_done=key in workspace.setup_done,
            is_current=key == current,
        )
        for key in STEPS
    ]


def step_url(key: str) -> str:
    """Return the address of a step."""
    return reverse(f"console:setup_{key}")


def url_after(key: str) -> str:
    """Return the address of what comes after a step: the next one, or the end."""
    following = STEPS[STEPS.index(key) + 1 :]
    return step_url(following[0]) if following else reverse("console:setup_end")


def first_open_url(workspace: Workspace) -> str:
    """Return the address of the first step that was neither done nor skipped; the end if there is none."""
    left = [key for key in STEPS if key not in workspace.setup_done]
    return step_url(left[0]) if left else reverse("console:setup_end")
