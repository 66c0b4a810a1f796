"""An hour of damaged and spliced mail: nothing takes the parent down, nothing hangs, every mail has an answer.

`OKNO_FUZZ_SECONDS` makes it shorter, `OKNO_FUZZ_SEED` another run.
"""

import os
import random
import time

import pytest

from okno.channels.email.parse import ParseFailed
from okno.channels.email.parser_child import MESSAGE_SECONDS, ParserPool
from tests.channels.email.corpus import corpus
from tests.channels.email.mail import simple

DURATION = float(os.environ.get("OKNO_FUZZ_SECONDS", "3600"))
SEED = int(os.environ.get("OKNO_FUZZ_SEED", "1"))
EXPECTED = {"too_many_parts", "html_too_deep", "too_deep"}
PIECES = [
    b"\0",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"--=_outer\r\n",
    b"--=_outer--",
    b"=?utf-8?B?",
    b"?=",
    b"Content-Type: multipart/mixed; boundary==_outer\r\n\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"begin 644 a\n",
    b"\xff\xfe",
    b'"',
    b"<",
    b"(",
    b"\x1b$B",
]


def damaged(raw: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Return a mail with bytes changed, cut, doubled, or taken from another mail."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 8)):
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.choice([1, 4, 40, 400]))
        kind = chance.randrange(6)
        if kind == 0 and start < len(data):
            data[start] = chance.randrange(256)
        elif kind == 1:
            del data[start:end]
        elif kind == 2:
            data[start:start] = chance.choice(PIECES) * chance.choice([1, 1, 1, 50])
        elif kind == 3:
            data[start:start] = data[start:end] * chance.choice([1, 3, 100])
        elif kind == 4:
            other = chance.choice(others)
            at = chance.randint(0, len(other))
            data[start:end] = other[at : at + chance.choice([10, 200, 5000])]
        else:
            data[start:end] = chance.randbytes(end - start)
    return bytes(data[:500_000])


@pytest.mark.soak
@pytest.mark.timeout(DURATION + 600)
def test_every_damaged_mail_has_an_answer() -> None:
    chance = random.Random(SEED)
    originals = [case.raw for case in corpus()]
    refused: dict[str, int] = {}
    slow: list[bytes] = []
    count = 0
    with ParserPool() as pool:
        ends_at = time.monotonic() + DURATION
        while time.monotonic() < ends_at:
            raw = damaged(chance.choice(originals), originals, chance)
            started = time.monotonic()
            try:
                pool.parse(raw)
            except ParseFailed as failure:
                refused[failure.reason] = refused.get(failure.reason, 0) + 1
                if failure.reason not in EXPECTED:
                    slow.append(raw)
            if time.monotonic() - started > MESSAGE_SECONDS / 3:
                slow.append(raw)
            count += 1
        assert pool.parse(simple("still there")).text.strip() == "still there"
    assert count > 0
    assert not slow, (len(slow), slow[0][:2000], refused)
