"""A durable store of files by the hash of their content, apart for each workspace."""

import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

CHUNK_BYTES = 256 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BlobMissing(LookupError):
    """Say that no file with this hash is stored in this workspace."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Name one stored file."""

    sha256: str
    size: int


class BlobWriter:
    """Write one file of unknown length; nothing is stored until commit() has returned."""

    def __init__(self, store: "BlobStore", workspace_id: int) -> None:
        self._store = store
        self._workspace_id = workspace_id
        self._hash = hashlib.sha256()
        self._size = 0
        folder = store.temporary_folder(workspace_id)
        self._path = folder / f"{os.getpid()}-{secrets.token_hex(12)}"
        self._file: BinaryIO = self._path.open("xb")

    @property
    def size(self) -> int:
        """Return the number of bytes written so far."""
        return self._size

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append bytes."""
        self._file.write(data)
        self._hash.update(data)
        self._size += len(data)

    def commit(self) -> Blob:
        """Make the file durable under its hash and return its name.

        Order matters: content, then name, then the folder that holds the name. After this returns the file
        survives a loss of power.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        blob = Blob(sha256=self._hash.hexdigest(), size=self._size)
        target = self._store.path(self._workspace_id, blob.sha256)
        _make_folder(target.parent)
        self._path.replace(target)
        _sync_folder(target.parent)
        return blob

    def discard(self) -> None:
        """Forget what was written; does nothing after commit()."""
        # Closing flushes, which fails again on a full disk: the name must go all the same.
        with contextlib.suppress(OSError):
            self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()


class BlobStore:
    """Keep files under `root/<workspace>/<two digits>/<sha256>`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, workspace_id: int, sha256: str) -> Path:
        """Return where a file is kept, whether or not it exists; refuses anything that is not a hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a sha256")
        return self.root / str(int(workspace_id)) / sha256[:2] / sha256

    def temporary_folder(self, workspace_id: int) -> Path:
        """Return the folder of unfinished files, on the same file system as the finished ones."""
        folder = self.root / str(int(workspace_id)) / "incoming"
        _make_folder(folder)
        return folder

    def writer(self, workspace_id: int) -> BlobWriter:
        """Open a writer; use it as a context manager, so that an abandoned file is removed."""
        return BlobWriter(self, workspace_id)

    def put(self, workspace_id: int, content: bytes) -> Blob:
        """Store bytes durably."""
        with self.writer(workspace_id) as writer:
            writer.write(content)
            return writer.commit()

    def put_stream(self, workspace_id: int, stream: BinaryIO) -> Blob:
        """Store what a stream yields, without holding it in memory."""
        with self.writer(workspace_id) as writer:
            while chunk := stream.read(CHUNK_BYTES):
                writer.write(chunk)
            return writer.commit()

    def exists(self, workspace_id: int, sha256: str) -> bool:
        """Tell whether a file is stored."""
        return self.path(workspace_id, sha256).is_file()

    def open(self, workspace_id: int, sha256: str) -> BinaryIO:
        """Open a stored file for reading, or raise BlobMissing."""
        try:
            return self.path(workspace_id, sha256).open("rb")
        except FileNotFoundError:
            raise BlobMissing(sha256) from None

    def read(self, workspace_id: int, sha256: str) -> bytes:
        """Return the whole content; for files that are known to be small."""
        with self.open(workspace_id, sha256) as file:
            return file.read()

    def forget(self, workspace_id: int, sha256: str, *, older_than: datetime) -> bool:
        """Delete a file that was last stored before a moment; False if it is younger or not there."""
        path = self.path(workspace_id, sha256)
        try:
            if path.stat().st_mtime >= older_than.timestamp():
                return False
            path.unlink()
        except FileNotFoundError:
            return False
        return True

    def sweep(self, workspace_id: int, *, older_than: datetime) -> None:
        """Delete what writers that were killed had begun before a moment."""
        for path in self.temporary_folder(workspace_id).iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < older_than.timestamp():
                    path.unlink()


def _make_folder(folder: Path) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.is_dir()]
    for path in reversed(missing):
        path.mkdir(mode=0o750, exist_ok=True)
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
