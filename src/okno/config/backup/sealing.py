"""A file that is encrypted as it is written and can be read from any place in it.

The plain bytes are cut into chunks, each sealed with AES-256-GCM under a nonce of a random prefix, the chunk's number
and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015): chunks can be
neither changed, reordered nor cut off unnoticed. The key comes from the passphrase by scrypt (RFC 7914).
"""

from __future__ import annotations

import io
import secrets
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from okno.config.errors import CommandError

MAGIC = b"OKNOSEAL1\n"
SALT_BYTES = 16
PREFIX_BYTES = 7
HEADER_BYTES = len(MAGIC) + SALT_BYTES + PREFIX_BYTES
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16


def is_sealed(file: BinaryIO) -> bool:
    """Tell whether a file is an encrypted one; its place stays where it was."""
    place = file.tell()
    found = file.read(len(MAGIC)) == MAGIC
    file.seek(place)
    return found


class SealingWriter(io.RawIOBase):
    """Encrypts what is written into a file; nothing is whole before `close`."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt, self._prefix = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(PREFIX_BYTES)
        self._file = file
        self._cipher = _cipher(passphrase, salt)
        self._buffer = bytearray()
        self._number = 0
        file.write(MAGIC + salt + self._prefix)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Take bytes; what fills a chunk is encrypted at once."""
        view = memoryview(data).cast("B")
        self._buffer += view
        # One chunk stays behind: only at the end is it known which one is the last.
        while len(self._buffer) > CHUNK_BYTES:
            self._seal(bytes(self._buffer[:CHUNK_BYTES]), is_last=False)
            del self._buffer[:CHUNK_BYTES]
        return len(view)

    def close(self) -> None:
        """Write the last chunk; the file below stays open."""
        if not self.closed:
            self._seal(bytes(self._buffer), is_last=True)
            self._buffer.clear()
        super().close()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, is_last=is_last)
        self._file.write(self._cipher.encrypt(nonce, plain, None))
        self._number += 1


class SealedReader(io.RawIOBase):
    """Decrypts a file, from any place. Raises CommandError for a wrong passphrase and for damage."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        header = file.read(HEADER_BYTES)
        if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
            raise CommandError("This is no encrypted backup.")
        self._prefix = header[-PREFIX_BYTES:]
        self._cipher = _cipher(passphrase, header[len(MAGIC) : -PREFIX_BYTES])
        self._file = file
        sealed = file.seek(0, io.SEEK_END) - HEADER_BYTES
        whole = CHUNK_BYTES + TAG_BYTES
        self._chunks = -(-sealed // whole)
        if self._chunks < 1:
            raise CommandError("The backup is cut off.")
        self._size = sealed - self._chunks * TAG_BYTES
        self._place = 0
        self._opened: tuple[int, bytes] = (-1, b"")
        try:
            self._chunk(0)
        except CommandError as error:
            raise CommandError("The passphrase is wrong, or the backup is damaged.") from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the plain bytes."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        """Read plain bytes up to the end of a chunk."""
        view = memoryview(buffer).cast("B")
        if self._place >= self._size or not view:
            return 0
        number, inside = divmod(self._place, CHUNK_BYTES)
        found = self._chunk(number)[inside : inside + len(view)]
        view[: len(found)] = found
        self._place += len(found)
        return len(found)

    def _chunk(self, number: int) -> bytes:
        if self._opened[0] != number:
            self._file.seek(HEADER_BYTES + number * (CHUNK_BYTES + TAG_BYTES))
            sealed = self._file.read(CHUNK_BYTES + TAG_BYTES)
            nonce = _nonce(self._prefix, number, is_last=number == self._chunks - 1)
            try:
                self._opened = (number, self._cipher.decrypt(nonce, sealed, None))
            except InvalidTag as error:
                raise CommandError("The backup is damaged: a part of it is not what was written.") from error
        return self._opened[1]


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    # 64 MiB of memory and some 0.2 s for each guess.
    return AESGCM(Scrypt(salt=salt, length=32, n=2**16, r=8, p=1).derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])
