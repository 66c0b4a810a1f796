"""Refuses lock files that name a host: whoever installs chooses where packages come from."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|@ file:|git\+", re.IGNORECASE)


def problems(name: str, text: str) -> list[str]:
    """Return what is wrong with the text of one lock file."""
    found = [
        f"{name}:{number}: names where to get it from: {line.strip()}"
        for number, line in enumerate(text.splitlines(), 1)
        if ADDRESS.search(_without_homepages(line))
    ]
    if name.endswith(".txt") and "--hash=sha256:" not in text:
        found.append(f"{name}: has no hashes")
    if name.endswith(".json") and '"integrity"' not in text:
        found.append(f"{name}: has no hashes")
    return found


def main() -> int:
    """Check every lock file and return 1 if anything is wrong."""
    locks = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "package-lock.json"]
    found = [line for lock in locks for line in problems(lock.name, lock.read_text())]
    print("\n".join(found) or f"{len(locks)} lock files name no host.")
    return bool(found)


def _without_homepages(line: str) -> str:
    """Take away where npm's packages ask for donations."""
    return "" if '"url":' in line else line


if __name__ == "__main__":
    sys.exit(main())
