"""Structured logs: one line an event, with ids and never with bodies or addresses."""

from __future__ import annotations

import sys
from typing import Any, Literal

import structlog
from structlog.typing import Processor

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_settings(*, form: Literal["auto", "console", "json"], level: str) -> dict[str, Any]:
    """Return a LOGGING dictionary and set structlog up to end in it, on standard error."""
    is_json = form == "json" or (form == "auto" and not sys.stderr.isatty())
    structlog.configure(
        processors=[
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": _formatter, "is_json": is_json}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # The server's own lines of each request are replaced by ours, which carry workspace and actor.
            "uvicorn": {"level": "WARNING"},
            "django.server": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
        },
    }


def _formatter(*, is_json: bool) -> structlog.stdlib.ProcessorFormatter:
    renderers: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if is_json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    )
