"""Compiles every .po of the source tree into the .mo beside it."""

from __future__ import annotations

from pathlib import Path

import polib

SOURCE = Path(__file__).resolve().parent.parent / "src"

for po in sorted(SOURCE.rglob("*.po")):
    polib.pofile(str(po), encoding="utf-8", check_for_duplicates=True).save_as_mofile(
        str(po.with_suffix(".mo"))
    )
