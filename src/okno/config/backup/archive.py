"""The file that a backup is: a ZIP with rows, files and keys, and a manifest that says what must be in it.

manifest.json            written last: a backup that was cut off has none
tables/<name>            rows in PostgreSQL's text format
files/<workspace>/<…>    bytes under their SHA-256, as in the data folder
raw/<workspace>/<…>
secret.key
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from okno.config.backup.sealing import SealedReader, SealingWriter, is_sealed
from okno.config.errors import CommandError

FORMAT = 1
MANIFEST = "manifest.json"
KEY = "secret.key"
TABLES = "tables/"
STORES = ("files", "raw")
PIECE_BYTES = 256 * 1024


@dataclass(slots=True, kw_only=True)
class TableEntry:
    """What the manifest says of a table."""

    columns: list[str]
    rows: int
    sha256: str


@dataclass(slots=True, kw_only=True)
class Manifest:
    """What is in a backup."""

    format: int
    version: str
    """Of Okno."""
    created_at: str
    migrations: list[list[str]]
    """App and name of all that were applied."""
    tables: dict[str, TableEntry] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    missing: list[str] = field(default_factory=list)
    """Files that rows name and that were not there any more."""

    @classmethod
    def read(cls, text: bytes) -> Manifest:
        """Return the manifest that a text is. Raises CommandError."""
        try:
            values: dict[str, Any] = json.loads(text)
            if values.get("format") != FORMAT:
                raise CommandError("This backup was made by a newer Okno. Upgrade first.")
            tables = {name: TableEntry(**entry) for name, entry in values.pop("tables").items()}
            return cls(**values, tables=tables)
        except (ValueError, TypeError, KeyError) as error:
            raise CommandError("The backup's list of contents is damaged.") from error

    @property
    def rows(self) -> int:
        """Return how many rows all tables have."""
        return sum(entry.rows for entry in self.tables.values())


class Writer:
    """Writes a backup into an open file, piece by piece."""

    def __init__(self, file: BinaryIO, passphrase: str | None) -> None:
        self._sealing = SealingWriter(file, passphrase) if passphrase else None
        target: Any = self._sealing or file
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3)

    def add_table(self, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        """Write the rows of a table; return how many there are, and their hash."""
        rows, digest = 0, hashlib.sha256()
        with self._zip.open(f"{TABLES}{name}", "w", force_zip64=True) as member:
            for piece in pieces:
                rows += piece.count(b"\n")
                digest.update(piece)
                member.write(piece)
        return rows, digest.hexdigest()

    def add_file(self, name: str, path: Path) -> int:
        """Write a stored file as it is; return its size. Raises FileNotFoundError."""
        size = 0
        with path.open("rb") as source:
            member = zipfile.ZipInfo(name)
            with self._zip.open(member, "w", force_zip64=True) as target:
                while piece := source.read(PIECE_BYTES):
                    size += len(piece)
                    target.write(piece)
        return size

    def add_text(self, name: str, text: str) -> None:
        """Write a small text."""
        self._zip.writestr(name, text)

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and close what is written; the file itself stays open."""
        self.add_text(MANIFEST, json.dumps(asdict(manifest), indent=1, sort_keys=True))
        self._zip.close()
        if self._sealing is not None:
            self._sealing.close()


class Reader:
    """Reads a backup."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        try:
            self.manifest = Manifest.read(archive.read(MANIFEST))
        except KeyError as error:
            raise CommandError("The backup is not whole: it has no list of its contents.") from error

    def table(self, name: str) -> Iterator[bytes]:
        """Yield the rows of a table; afterwards they are known to be those that were written."""
        entry, rows, digest = self.manifest.tables[name], 0, hashlib.sha256()
        for piece in self._pieces(f"{TABLES}{name}"):
            rows += piece.count(b"\n")
            digest.update(piece)
            yield piece
        if rows != entry.rows or digest.hexdigest() != entry.sha256:
            raise CommandError(f"The rows of “{name}” are not those that were written into the backup.")

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Yield the place below the data folder and the pieces of each stored file; each must be read through."""
        for member in self._zip.infolist():
            if member.filename.partition("/")[0] in STORES:
                yield member.filename, self._checked(member.filename)

    def key(self) -> str | None:
        """Return the secret key that is in the backup."""
        try:
            return self._zip.read(KEY).decode()
        except KeyError:
            return None

    def _checked(self, name: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for piece in self._pieces(name):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != name.rpartition("/")[2]:
            raise CommandError(f"The file {name} is not what its name says.")

    def _pieces(self, name: str) -> Iterator[bytes]:
        try:
            with self._zip.open(name) as member:
                while piece := member.read(PIECE_BYTES):
                    yield piece
        except KeyError as error:
            raise CommandError(f"The backup is not whole: {name} is missing.") from error
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise CommandError(f"The backup is damaged at {name}.") from error


@contextmanager
def opened(path: Path, passphrase: str | None) -> Iterator[Reader]:
    """Open a backup. Raises CommandError for what is none, is cut off or needs another passphrase."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        source: Any = file
        if is_sealed(file):
            if not passphrase:
                raise CommandError("This backup is encrypted: give its passphrase.", status=2)
            source = SealedReader(file, passphrase)
        try:
            archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, ValueError) as error:
            raise CommandError(f"{path} is no backup, or it was cut off.") from error
        with archive:
            yield Reader(archive)
