"""What the console's own templates need to say."""

from __future__ import annotations

from django import template

from okno.reactors.intake.reasons import explain

register = template.Library()


@register.filter
def explained(reason: str) -> str:
    """Say in words why a mail ended as it did."""
    return explain(reason)
