"""Brings the Russian catalogue up to date with the texts of the code; what is new waits there, empty.

`python -m tools.gather_translations` needs GNU gettext (`apt-get install gettext`), as only developers do.
The file depends on the texts alone: no dates, no line numbers, the order of the sources' names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "okno"
CATALOGUE = PACKAGE / "locale" / "ru" / "LC_MESSAGES" / "django.po"
PLURAL_FORMS = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"
)
METADATA = {
    "Project-Id-Version": "Okno",
    "Language": "ru",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": PLURAL_FORMS,
}


def gather() -> polib.POFile:
    """Return a catalogue of all texts that the code has now, without translations."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "okno"
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("static", "__pycache__", "locale"))
        (copy / "locale").mkdir()
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(
            [
                *(sys.executable, "-m", "django", "makemessages", "--locale=ru", "--verbosity=0"),
                *("--extension=html,txt,subject,py", "--add-location=file"),
            ],
            check=True,
            cwd=copy,
            env=environment,
        )
        return polib.pofile(str(copy / "locale" / "ru" / "LC_MESSAGES" / "django.po"), encoding="utf-8")


def merged(gathered: polib.POFile, catalogue: polib.POFile) -> polib.POFile:
    """Return the gathered texts with the translations of a catalogue; what the code has no more is left out."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    result = polib.POFile(wrapwidth=100)
    result.metadata = dict(METADATA)
    for entry in sorted(gathered, key=_place):
        old = known.get((entry.msgctxt, entry.msgid))
        entry.msgstr_plural = dict.fromkeys(range(3), "") if entry.msgid_plural else {}
        # A text that got a plural, or lost it, is translated anew.
        if old and bool(old.msgid_plural) == bool(entry.msgid_plural):
            entry.msgstr, entry.msgstr_plural = old.msgstr, old.msgstr_plural
            entry.tcomment = old.tcomment
        entry.occurrences = sorted({(name, "") for name, _line in entry.occurrences})
        entry.comment, entry.flags = "", [flag for flag in entry.flags if flag != "fuzzy"]
        result.append(entry)
    return result


def _place(entry: polib.POEntry) -> tuple[str, str, str]:
    return min(name for name, _line in entry.occurrences), entry.msgid, entry.msgctxt or ""


def main() -> int:
    """Write the catalogue anew and say how much of it waits for a translation."""
    catalogue = polib.pofile(str(CATALOGUE), encoding="utf-8") if CATALOGUE.exists() else polib.POFile()
    result = merged(gather(), catalogue)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    result.save(str(CATALOGUE))
    print(f"{len(result)} texts, {len(result.untranslated_entries())} without a translation.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
