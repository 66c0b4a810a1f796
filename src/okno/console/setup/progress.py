"""How far the desk really is: what is there, and not what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from okno.channels.email.models import Mailbox
from okno.console.setup.steps import first_open_url
from okno.reactors.samples.queries import has_samples, sample_tickets, work_under_way
from okno.spine.actor import Actor
from okno.team.commands.setup import DISMISSED, STEPS
from okno.team.models import Member
from okno.team.policy import can_manage_system
from okno.tenancy.models import Workspace
from okno.tickets.models import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressCell:
    """One thing that a working desk has."""

    label: str
    url: str
    is_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupProgress:
    """What the home page shows until the desk works."""

    cells: Sequence[ProgressCell]
    done: int
    guide_url: str
    """Where the guide goes on; empty when all its steps were done or skipped."""

    @property
    def total(self) -> int:
        """Return how many things there are."""
        return len(self.cells)


def setup_progress(actor: Actor, workspace: Workspace) -> SetupProgress | None:
    """Return what an administrator is shown on the home page; None once all is there, or he wants it no more."""
    if not can_manage_system(actor) or workspace.is_demo or DISMISSED in workspace.setup_done:
        return None
    real = Ticket.objects.exclude(pk__in=sample_tickets())
    cells = [
        ProgressCell(
            label=_("Mail comes in"),
            url=reverse("console:setup_mail"),
            is_there=Mailbox.objects.filter(is_active=True).exists(),
        ),
        ProgressCell(
            label=_("Somebody else works here too"),
            url=reverse("console:setup_invite"),
            is_there=Member.objects.filter(is_active=True).count() > 1,
        ),
        ProgressCell(
            label=_("The first request has come"), url=reverse("console:tickets"), is_there=real.exists()
        ),
        ProgressCell(
            label=_("The first answer has left"),
            url=reverse("console:tickets"),
            is_there=real.filter(first_response_at__isnull=False).exists(),
        ),
    ]
    done = sum(cell.is_there for cell in cells)
    is_guide_done = set(STEPS) <= set(workspace.setup_done)
    if done == len(cells) and is_guide_done:
        return None
    return SetupProgress(cells=cells, done=done, guide_url="" if is_guide_done else first_open_url(workspace))


def sample_part(actor: Actor) -> dict[str, Any]:
    """Return the context of what is said about sample data."""
    return {
        "samples_work": work_under_way(),
        "has_samples": has_samples(),
        "can_load_samples": can_manage_system(actor),
    }
