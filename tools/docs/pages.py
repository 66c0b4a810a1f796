"""The generated pages by their names, each with a first line that says so."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"
NOTICE = "<!-- Made from the code by `python -m tools.docs`; changes belong there. -->"


def pages() -> dict[str, str]:
    """Return every generated page by its path below `docs/`."""
    load_application()
    from tools.docs import commands, endpoints, search_words, settings  # noqa: PLC0415 - need the application

    makers: dict[str, Callable[[], Iterable[str]]] = {
        "operate/settings.md": settings.lines,
        "operate/commands.md": commands.lines,
        "user/search-words.md": search_words.lines,
        "api/operations.md": endpoints.lines,
    }
    return {name: "\n".join([NOTICE, "", *make(), ""]) for name, make in makers.items()}


def load_application() -> None:
    """Load the application, which for this needs neither a database nor a data folder."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "okno.config.settings")
    os.environ.setdefault("OKNO_SECRET_KEY", "for-reading-the-code-only-for-reading-the-code-only")
    os.environ.setdefault("OKNO_DATABASE_URL", "postgresql://nobody@localhost/nothing")
    import django  # noqa: PLC0415 - only after the environment is set

    django.setup()


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; what stands in a cell stays on one line."""
    return [_row(heads), _row(["---"] * len(heads)), *(_row(row) for row in rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"
