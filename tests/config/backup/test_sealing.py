"""An encrypted file: read from any place, and nothing of it changed, moved or cut off unnoticed."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okno.config.backup import sealing
from okno.config.backup.sealing import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, SealedReader, SealingWriter
from okno.config.errors import CommandError

PASSPHRASE = "a long enough passphrase"
WHOLE = CHUNK_BYTES + TAG_BYTES


@pytest.fixture(autouse=True)
def cheap_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the tests the price of guessing."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    monkeypatch.setattr(
        sealing, "_cipher", lambda phrase, salt: AESGCM((phrase.encode() + salt).ljust(32)[:32])
    )


def sealed(plain: bytes, *, pieces: int = 10_000) -> bytearray:
    file = io.BytesIO()
    with SealingWriter(file, PASSPHRASE) as writer:
        for start in range(0, len(plain), pieces):
            writer.write(plain[start : start + pieces])
    return bytearray(file.getvalue())


def opened(data: bytes | bytearray, passphrase: str = PASSPHRASE) -> bytes:
    return SealedReader(io.BytesIO(data), passphrase).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_what_is_written_is_read(size: int) -> None:
    plain = bytes(index % 251 for index in range(size))
    assert opened(sealed(plain)) == plain


@settings(max_examples=50, deadline=None)
@given(start=st.integers(0, 3 * CHUNK_BYTES + 10), length=st.integers(0, 2 * CHUNK_BYTES))
def test_any_place_is_read(start: int, length: int) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            sealing, "_cipher", lambda phrase, salt: AESGCM((phrase.encode() + salt).ljust(32)[:32])
        )
        plain = bytes(index % 251 for index in range(3 * CHUNK_BYTES))
        reader = io.BufferedReader(SealedReader(io.BytesIO(sealed(plain)), PASSPHRASE))
        reader.seek(start)
        assert reader.read(length) == plain[start : start + length]


def test_a_wrong_passphrase_opens_nothing() -> None:
    with pytest.raises(CommandError, match="passphrase"):
        opened(sealed(b"secret"), "another passphrase")


@pytest.mark.parametrize("chunk", [0, 1, 2])
def test_a_changed_bit_is_noticed(chunk: int) -> None:
    data = sealed(bytes(3 * CHUNK_BYTES))
    data[HEADER_BYTES + chunk * WHOLE + 5] ^= 1
    with pytest.raises(CommandError, match="damaged"):
        opened(data)


def test_chunks_that_changed_places_are_noticed() -> None:
    data = sealed(b"a" * CHUNK_BYTES + b"b" * CHUNK_BYTES + b"c")
    first, second = HEADER_BYTES, HEADER_BYTES + WHOLE
    data[first:second], data[second : second + WHOLE] = data[second : second + WHOLE], data[first:second]
    with pytest.raises(CommandError, match="damaged"):
        opened(data)


@pytest.mark.parametrize("left", [HEADER_BYTES, HEADER_BYTES + WHOLE, HEADER_BYTES + 2 * WHOLE, 10])
def test_an_end_that_is_missing_is_noticed(left: int) -> None:
    data = sealed(bytes(2 * CHUNK_BYTES + 100))
    with pytest.raises(CommandError):
        opened(data[:left])
