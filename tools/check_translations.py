"""Refuses a Russian that is incomplete: every text of the code must be there, translated and not guessed.

Texts are gathered anew as `makemessages` does, into memory; the committed file is not changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "okno"
CATALOGUE = PACKAGE / "locale" / "ru" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def problems(catalogue: polib.POFile) -> list[str]:
    """Return what is wrong in a catalogue: empty, guessed, or with other placeholders than the English."""
    found = []
    for entry in catalogue:
        if entry.obsolete:
            continue
        texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        if "fuzzy" in entry.flags:
            found.append(f"line {entry.linenum}: guessed: {entry.msgid!r}")
        elif not all(text.strip() for text in texts):
            found.append(f"line {entry.linenum}: empty: {entry.msgid!r}")
        elif entry.msgid_plural and len(texts) < 3:
            found.append(f"line {entry.linenum}: Russian has at least three plural forms: {entry.msgid!r}")
        elif any(_placeholders(text) - _placeholders(entry.msgid, entry.msgid_plural) for text in texts):
            found.append(f"line {entry.linenum}: a placeholder that the English has not: {entry.msgid!r}")
        elif not entry.msgid_plural and _placeholders(entry.msgid) - _placeholders(entry.msgstr):
            found.append(f"line {entry.linenum}: a placeholder is missing: {entry.msgid!r}")
    return found


def missing(catalogue: polib.POFile, gathered: polib.POFile) -> list[str]:
    """Return which texts of the code a catalogue does not have."""
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}
    return [
        f"not in the catalogue: {entry.msgid!r}"
        for entry in gathered
        if not entry.obsolete and (entry.msgctxt, entry.msgid) not in known
    ]


def gather() -> polib.POFile:
    """Return a catalogue of all texts that the code has now."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "okno"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static", "__pycache__", "locale"))
        (copy / "locale").mkdir()
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "--locale=ru", "--verbosity=0"],
            check=True,
            cwd=copy,
            env=environment,
        )
        return polib.pofile(str(copy / "locale" / "ru" / "LC_MESSAGES" / "django.po"), encoding="utf-8")


def main() -> int:
    """Check the committed catalogue and return 1 if anything is wrong."""
    if not CATALOGUE.exists():
        print(f"{CATALOGUE.relative_to(ROOT)} is missing.")
        return 1
    catalogue = polib.pofile(str(CATALOGUE), encoding="utf-8", check_for_duplicates=True)
    found = problems(catalogue) + missing(catalogue, gather())
    print("\n".join(found) or f"{len(catalogue)} texts are translated.")
    return bool(found)


def _placeholders(*texts: str) -> set[str]:
    return {place for text in texts for place in PLACEHOLDER.findall(text or "")}


if __name__ == "__main__":
    sys.exit(main())
