"""Who asks, when and where: what a tree needs from outside to mean something definite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from okno.conditions.options import Scalar


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who reads a condition: `now` (aware), the zone that days are counted in, whom the placeholders name.

    `groups` resolves a placeholder such as `me` to the ids it stands for; a missing one stands for nobody.
    """

    now: datetime
    zone: tzinfo = UTC
    groups: Mapping[str, frozenset[Scalar]] = field(default_factory=dict)

    def group(self, name: str) -> frozenset[Scalar]:
        """Return the values that a placeholder stands for."""
        return self.groups.get(name, frozenset())
