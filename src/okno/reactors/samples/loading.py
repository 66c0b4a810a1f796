"""Where sample data comes from: a loader that the installation registers, as its texts are no part of the product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from okno.reactors.samples.models import SampleThing
from okno.spine.work import GiveUp
from okno.team.models import Member
from okno.tenancy.models import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What one step of loading has written."""

    total: int
    """How many tickets there will be in the end."""
    things: tuple[tuple[SampleThing.Kind, int], ...]


class SampleLoader(Protocol):
    """Write some of the sample tickets, with the people that they need, into the open scope of a workspace."""

    def __call__(
        self,
        *,
        workspace: Workspace,
        member: Member,
        language: str,
        moment: datetime,
        start: int,
        count: int,
    ) -> Loaded:
        """Write the tickets from `start` on; the same moment means the same tickets."""


_loaders: list[SampleLoader] = []


def sample_loader(loader: SampleLoader) -> SampleLoader:
    """Register the loader; the last one counts."""
    _loaders.append(loader)
    return loader


def registered_loader() -> Callable[..., Loaded]:
    """Return the loader. Raises GiveUp where none is registered."""
    if not _loaders:
        raise GiveUp("this installation has no sample data")
    return _loaders[-1]
