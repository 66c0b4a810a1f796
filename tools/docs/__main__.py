"""`python -m tools.docs` writes the generated pages anew; with `--check` it only says which are not current."""

from __future__ import annotations

import sys

from tools.docs.pages import DOCS, pages


def main() -> int:
    """Write or check, and return 1 if something was not current when checking."""
    is_check = sys.argv[1:] == ["--check"]
    stale = []
    for name, text in pages().items():
        path = DOCS / name
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not is_check:
            path.write_text(text)
    if stale:
        print(f"{'Not current' if is_check else 'Written'}: {', '.join(stale)}")
    return 1 if stale and is_check else 0


if __name__ == "__main__":
    sys.exit(main())
