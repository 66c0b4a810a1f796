"""Check all files that git knows: `python -m tools.lint`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.lint.rules import problems_of

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print what breaks a rule and return 1 if anything does."""
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT)
    files = [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    found = [problem for path in files for problem in problems_of(path, ROOT)]
    print("\n".join(found) or f"{len(files)} files keep the house rules.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
