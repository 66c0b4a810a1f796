"""The icons that are used, as SVG that stands in the page itself."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from pathlib import Path

ICONS: dict[str, str] = json.loads((Path(__file__).parent / "icons.json").read_text("utf-8"))


class UnknownIconError(KeyError):
    """The name stands neither in `names.txt` nor, therefore, in `icons.json`."""


@cache
def icon_svg(name: str, css: str = "", label: str = "") -> str:
    """Return the icon as SVG; without a label it is decoration, which readers of the screen skip.

    Raises UnknownIconError for a name that was not taken over from lucide (`npm run icons`).
    """
    if name not in ICONS:
        raise UnknownIconError(name)
    classes = f"icon {css}".strip()
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg class="{classes}" viewBox="0 0 24 24" {said}>{ICONS[name]}</svg>'
