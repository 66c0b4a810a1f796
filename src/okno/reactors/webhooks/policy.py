"""Who may set up webhooks, and in whose name."""

from __future__ import annotations

from okno.spine.actor import Actor
from okno.team.policy import can_manage_settings, can_manage_system


def can_manage_webhooks(actor: Actor) -> bool:
    """Tell whether the actor may have webhooks of his own and see which there are."""
    return can_manage_settings(actor)


def can_act_for(actor: Actor, owner_id: int) -> bool:
    """Tell whether the actor may send away what a member may see: himself, or whoever runs the whole system."""
    if not can_manage_webhooks(actor):
        return False
    return actor.is_system or actor.member_id == owner_id or can_manage_system(actor)
