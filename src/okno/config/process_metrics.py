"""Figures for Prometheus, summed over all web processes of this installation."""

from __future__ import annotations

import os

from django.db import DatabaseError
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from okno.spine.work import registered_ledgers

REQUESTS = Counter("okno_requests_total", "Answers by method and class of status.", ["method", "status"])
REQUEST_SECONDS = Histogram(
    "okno_request_seconds",
    "Time until an answer was ready.",
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.15, 0.3, 0.6, 1.2, 3, 10),
)
MOST_COUNTED = 1000
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str | None, status: int, seconds: float) -> None:
    """Count one answered request; unknown methods are one, so that nobody can invent labels."""
    REQUESTS.labels(method if method in KNOWN_METHODS else "other", f"{status // 100}xx").inc()
    REQUEST_SECONDS.observe(seconds)


def render_metrics() -> bytes:
    """Return all figures as text: counters of every process, and how many rows are due in each ledger."""
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry) + generate_latest(_ledger_registry())


def _ledger_registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    due = Gauge(
        "okno_ledger_due", f"Rows that are due, counted up to {MOST_COUNTED}.", ["ledger"], registry=registry
    )
    reached = Gauge("okno_database_reached", "1 when the database answered.", registry=registry)
    try:
        for ledger in registered_ledgers():
            due.labels(ledger.name).set(len(ledger.model.due(MOST_COUNTED)))
        reached.set(1)
    except DatabaseError:
        reached.set(0)
    return registry
