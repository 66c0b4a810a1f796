"""Proof of work: a number that makes a hash begin with zeros costs a sender's machine some time, and us none.

It is found by a worker of the browser while its person types (`ui/islands/proof-worker.ts`).
"""

from __future__ import annotations

import hashlib
import re
from uuid import UUID

EASY_BITS = 18
"""260,000 tries on average: a fraction of a second, on a slow telephone one or two."""
HARD_BITS = 23
_ANSWER = re.compile(r"[0-9]{1,16}")


def is_proof(key: UUID, answer: str, *, bits: int) -> bool:
    """Tell whether SHA-256 of `<key>:<answer>` begins with so many zero bits."""
    if not _ANSWER.fullmatch(answer):
        return False
    digest = hashlib.sha256(f"{key.hex}:{answer}".encode("ascii")).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0


def bits_for(sent_lately: int) -> int:
    """Return how much work is asked for after so many sendings in an hour: each doubling costs a bit."""
    return min(HARD_BITS, EASY_BITS + max(0, sent_lately).bit_length())
