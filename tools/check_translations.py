"""Refuses a Russian that is incomplete: every text of the code must be there, translated and not guessed.

Texts are gathered anew, into memory; the committed file is changed by `python -m tools.gather_translations`.
"""

from __future__ import annotations

import re
import sys

import polib

from tools.gather_translations import CATALOGUE, ROOT, gather

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


def differences(catalogue: polib.POFile, gathered: polib.POFile) -> list[str]:
    """Return which texts of the code a catalogue does not have, and which it has alone."""
    known, used = _texts(catalogue), _texts(gathered)
    lacking = [f"not in the catalogue: {text!r}" for text in sorted(used - known)]
    left_over = [f"no longer in the code: {text!r}" for text in sorted(known - used)]
    return lacking + left_over


def main() -> int:
    """Check the committed catalogue and return 1 if anything is wrong."""
    if not CATALOGUE.exists():
        print(f"{CATALOGUE.relative_to(ROOT)} is missing.")
        return 1
    catalogue = polib.pofile(str(CATALOGUE), encoding="utf-8", check_for_duplicates=True)
    found = problems(catalogue) + differences(catalogue, gather())
    print("\n".join(found) or f"{len(catalogue)} texts are translated.")
    return bool(found)


def _texts(catalogue: polib.POFile) -> set[tuple[str, str, str]]:
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural) for entry in catalogue if not entry.obsolete
    }


def _placeholders(*texts: str) -> set[str]:
    return {place for text in texts for place in PLACEHOLDER.findall(text or "")}


if __name__ == "__main__":
    sys.exit(main())
