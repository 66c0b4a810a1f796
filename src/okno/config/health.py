"""Answers for whatever watches this installation: is it alive, is it ready, what does it measure."""

from __future__ import annotations

import hmac
import shutil

import prometheus_client
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from okno.config.process_metrics import render_metrics

LEAST_FREE_BYTES = 256 * 1024 * 1024
LOOPBACK = ("127.0.0.1", "::1")


def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer that this process serves requests, whatever else may be broken."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages would work (database reached and migrated, room on disk), else 503 and why."""
    parts = {"database": database_problem(), "disk": disk_problem()}
    is_ready = not any(parts.values())
    answer = {name: problem or "ok" for name, problem in parts.items()}
    return JsonResponse({"ready": is_ready, **answer}, status=200 if is_ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the figures of this installation in the form that Prometheus reads.

    They are for this machine, and for whoever has `OKNO_METRICS_TOKEN`; for others there is no such page.
    """
    if not (_is_local(request) or _has_token(request)):
        raise Http404
    return HttpResponse(render_metrics(), content_type=prometheus_client.CONTENT_TYPE_LATEST)


def _is_local(request: HttpRequest) -> bool:
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_forwarded


def _has_token(request: HttpRequest) -> bool:
    token = settings.ENVIRONMENT.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return token is not None and hmac.compare_digest(given.encode(), token.encode())


def database_problem() -> str:
    """Return what keeps the database from serving, or an empty text."""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return f"not reached: {type(error).__name__}"
    return f"{len(plan)} migrations are missing: run “okno migrate”" if plan else ""


def disk_problem() -> str:
    """Return why files could not be written, or an empty text."""
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError as error:
        return f"{settings.DATA_DIR}: {error.strerror}"
    return f"only {free // 1024**2} MB are free" if free < LEAST_FREE_BYTES else ""
