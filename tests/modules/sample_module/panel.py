"""The panel beside a ticket."""

from __future__ import annotations

from typing import Any

from okno.spine.actor import Actor


def context(*, actor: Actor, ticket: Any) -> dict[str, Any]:
    """Return what the panel shows."""
    return {"words": f"{actor.name} may stick something on {ticket.number}"}
