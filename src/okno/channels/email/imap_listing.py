"""A folder's UIDs in lists of bounded length, however many there are and however sparse.

The answer to a SEARCH is one line, and the library reads none above a million bytes: so UIDs are asked for by ranges,
which widen where there are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

UIDS_A_SEARCH, MOST_UIDS_A_SEARCH = 5_000, 80_000

Search = Callable[[str], list[int]]
"""Returns the UIDs that fit criteria, ascending."""


def oldest_first(search: Search, first: int, next_uid: int, criteria: str = "") -> Iterator[list[int]]:
    """Return the UIDs from `first` on that fit, in ascending lists."""
    width = UIDS_A_SEARCH
    while True:
        last = first + width - 1
        is_end = last >= next_uid - 1
        # The star, because some servers have given more numbers than they said. It also stands for the last mail
        # where that is older than the first number asked for.
        uids = [uid for uid in search(f"UID {first}:{'*' if is_end else last}{criteria}") if uid >= first]
        if uids:
            yield uids
        if is_end:
            return
        first = last + 1
        width = UIDS_A_SEARCH if uids else min(width * 2, MOST_UIDS_A_SEARCH)


def newest_first(search: Search, next_uid: int, criteria: str = "") -> Iterator[list[int]]:
    """Return all UIDs that fit, in lists from the newest to the oldest, each list ascending."""
    last, width = max(next_uid - 1, 1), UIDS_A_SEARCH
    end = "*"
    while last > 0:
        first = max(1, last - width + 1)
        uids = search(f"UID {first}:{end}{criteria}")
        if uids:
            yield uids
        width = UIDS_A_SEARCH if uids else min(width * 2, MOST_UIDS_A_SEARCH)
        last = first - 1
        end = str(last)
