"""The data folder: where it is, who may enter it, which process holds it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from okno.config.env import SECRET_KEY_FILE
from okno.config.errors import CommandError

ACCOUNT = "okno"


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the operating system that PostgreSQL runs under when we are root, whom it refuses."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """Return the account to drop to as root, making `okno` where there is none; None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    if not _exists(ACCOUNT) and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")):
        flags = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run(
            [useradd, *flags, "--shell", "/usr/sbin/nologin", ACCOUNT], check=False, capture_output=True
        )
    for name in (ACCOUNT, "nobody"):
        if _exists(name):
            entry = pwd.getpwnam(name)
            return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise CommandError(
        "PostgreSQL does not run as root, and there is neither an account “okno” nor “nobody”. "
        "Create one with “useradd --system okno”, or run Okno as an ordinary user."
    )


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def is_reachable(path: Path, account: Account) -> bool:
    """Tell whether the account may pass through every existing folder above the path."""
    for folder in path.absolute().parents:
        try:
            info = folder.stat()
        except FileNotFoundError:
            continue
        if info.st_uid == account.uid:
            may_pass = info.st_mode & stat.S_IXUSR
        elif info.st_gid == account.gid:
            may_pass = info.st_mode & stat.S_IXGRP
        else:
            may_pass = info.st_mode & stat.S_IXOTH
        if not may_pass:
            return False
    return True


def choose_data_dir(wanted: Path, *, is_explicit: bool) -> Path:
    """Return the folder to use: the wanted one unless PostgreSQL's account could not reach it.

    A folder that somebody named is refused rather than replaced.
    """
    account = unprivileged_account()
    if account is None or is_reachable(wanted, account):
        return wanted
    if is_explicit:
        raise CommandError(
            f"PostgreSQL runs as “{account.name}”, which cannot enter the folders above {wanted}. "
            "Name another folder with --data, or run Okno as an ordinary user."
        )
    return Path("/var/lib") / f"okno-{short_hash(str(wanted))}"


def prepare_data_dir(data_dir: Path) -> None:
    """Create the data folder, which others may at most pass through, and its signing key."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
        for name in ("files", "raw"):
            (data_dir / name).mkdir(mode=0o700, exist_ok=True)
        write_private(data_dir / SECRET_KEY_FILE, secrets.token_urlsafe(48))
    except OSError as error:
        raise CommandError(
            f"The data folder {data_dir} cannot be used: {error.strerror}. "
            "Name another with --data, or run Okno as the user who owns it."
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only we may read, durably and all at once; leave one that exists alone."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def short_hash(text: str) -> str:
    """Return twelve characters that stand for the text in a file name."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


class DataLock:
    """The right to run a database on a data folder, held by one process until it ends in whatever way."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / ".lock"
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock if nobody holds it, and write our process id into it."""
        if self._descriptor is not None:
            return True
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> str:
        """Return the process id that the holder wrote, for messages."""
        return self.path.read_text().strip() or "?"
