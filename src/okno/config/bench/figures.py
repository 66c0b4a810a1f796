"""Figures: percentiles of a run, medians of several runs, and how they are told."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing: the median of its runs, beside the lowest and the highest."""

    name: str
    unit: str
    value: float
    lowest: float
    highest: float
    target: float | None = None
    """The most that it may be."""
    least: float | None = None
    """The least that it may be."""

    @classmethod
    def of(
        cls,
        name: str,
        unit: str,
        values: Sequence[float],
        *,
        target: float | None = None,
        least: float | None = None,
    ) -> Figure:
        """Return the figure of the values of several runs."""
        lowest, highest = round(min(values), 1), round(max(values), 1)
        return cls(name, unit, round(median(values), 1), lowest, highest, target, least)

    def line(self) -> str:
        """Tell it on one line."""
        spread = f" ({self.lowest:g}–{self.highest:g})" if self.lowest != self.highest else ""
        most = "" if self.target is None else f", at most {self.target:g} wanted"
        least = "" if self.least is None else f", at least {self.least:g} wanted"
        return f"{self.name:<34} {self.value:8g} {self.unit}{spread}{most}{least}"


@dataclass(frozen=True, slots=True)
class Burst:
    """One run of requests: how long each took, in seconds, and how long all of them took together."""

    seconds: tuple[float, ...]
    elapsed: float

    def percentile(self, share: float) -> float:
        """Return how many milliseconds that share of the requests took at most (the nearest rank)."""
        ordered = sorted(self.seconds)
        return ordered[math.ceil(len(ordered) * share) - 1] * 1000

    @property
    def rate(self) -> float:
        """Return the requests per second."""
        return len(self.seconds) / self.elapsed


@dataclass(frozen=True, slots=True)
class Rate:
    """What several runs of one request say, at one number of callers: medians."""

    name: str
    callers: int
    p50_ms: float
    p95_ms: float
    per_second: float

    @classmethod
    def of(cls, name: str, callers: int, bursts: Sequence[Burst]) -> Rate:
        """Return the medians of several runs."""
        return cls(
            name,
            callers,
            p50_ms=round(median(burst.percentile(0.5) for burst in bursts), 1),
            p95_ms=round(median(burst.percentile(0.95) for burst in bursts), 1),
            per_second=round(median(burst.rate for burst in bursts), 1),
        )

    def line(self) -> str:
        """Tell it on one line, below `RATE_HEAD`."""
        numbers = f"{self.p50_ms:10.1f} {self.p95_ms:10.1f} {self.per_second:10.1f}"
        return f"{self.name:<34} {self.callers:>7} {numbers}"


RATE_HEAD = f"{'Request':<34} {'callers':>7} {'p50, ms':>10} {'p95, ms':>10} {'per second':>10}"


def as_data(results: Mapping[str, Sequence[Figure | Rate]]) -> dict[str, Any]:
    """Return all results and the machine, for JSON."""
    return {"machine": machine()} | {name: [asdict(one) for one in found] for name, found in results.items()}


def as_words(results: Mapping[str, Sequence[Figure | Rate]]) -> str:
    """Return all results and the machine, for people."""
    lines = [", ".join(f"{name}: {value}" for name, value in machine().items())]
    for found in results.values():
        heads = [RATE_HEAD] if found and isinstance(found[0], Rate) else []
        lines += ["", *heads, *(one.line() for one in found)]
    return "\n".join(lines)


def machine() -> dict[str, str]:
    """Tell what was measured on, and how busy it was with other things in the last minute."""
    return {
        "processors": f"{len(os.sched_getaffinity(0))} × {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
