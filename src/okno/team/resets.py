"""Forgotten passwords: the worker's part, which knows who works here."""

from __future__ import annotations

from okno.accounts.commands import RESET_TIMER, send_reset_letter
from okno.lib.clock import current_time
from okno.spine.models import Timer
from okno.spine.work import on_timer
from okno.team.models import Member


@on_timer(RESET_TIMER)
def send_reset(timer: Timer) -> None:
    """Send the letter if a member who can sign in has this address; nothing tells the asker which it was."""
    member = (
        Member.objects.select_related("user", "workspace")
        .filter(user__email=timer.payload["email"], user__is_active=True, is_active=True)
        .first()
    )
    if member is not None and member.user is not None:
        send_reset_letter(
            user=member.user,
            workspace=member.workspace,
            language=member.language or timer.payload["language"],
            now=current_time(),
        )
