"""Whether there is sample data, and how far its coming or going is."""

from __future__ import annotations

from collections.abc import Sequence

from okno.reactors.samples.models import SampleThing, SampleWork


def work_under_way() -> SampleWork | None:
    """Return the loading or removal that is not done, or None."""
    return SampleWork.objects.filter(state=SampleWork.State.DUE).first()


def has_samples() -> bool:
    """Tell whether there is sample data."""
    return SampleThing.objects.exists()


def sample_tickets() -> Sequence[int]:
    """Return the ids of the tickets that are sample data."""
    things = SampleThing.objects.filter(kind=SampleThing.Kind.TICKET)
    return list(things.values_list("object_id", flat=True))
