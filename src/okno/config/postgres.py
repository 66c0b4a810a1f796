"""The embedded PostgreSQL: made, started, watched and stopped by one process that holds the data folder."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg

from okno.config.data_dir import (
    Account,
    DataLock,
    prepare_data_dir,
    short_hash,
    unprivileged_account,
    write_private,
)
from okno.config.errors import CommandError
from okno.config.postgres_binaries import Binaries, find_binaries, keep_copy
from okno.config.processes import dying_with_us

ADMIN = "okno_admin"
PORT = 5432
LONGEST_SOCKET_FOLDER = 85  # The kernel takes 107 bytes for the whole path of the socket.
RECOVERY_SECONDS = 300
STOP_SECONDS = 3.0
LARGEST_LOG = 10 * 1024 * 1024

# One small machine: little memory, no parallel workers, no replication, no port.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "60",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "max_wal_size": "512MB",
    "max_parallel_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "lc_messages": "C",
    "cluster_name": "okno",
}
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL cluster below a data folder, reached through a unix socket with passwords.

    `start()` and `stop()` belong to one thread that lives as long as the server: the kernel ties the server
    to the thread that started it, so that a killed supervisor leaves no server behind.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        fsync: bool = True,
        pg_bin: Path | None = None,
        report: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.data_dir = data_dir
        self.fsync = fsync
        self.cluster = data_dir / "postgres"
        self.log_file = data_dir / "postgres.log"
        self.lock = DataLock(data_dir)
        self._pg_bin = pg_bin
        self._report = report
        self._process: subprocess.Popen[bytes] | None = None

    # --- Addresses -------------------------------------------------------------------------------------

    @property
    def socket_dir(self) -> Path:
        """Return the folder of the socket: in the data folder, or a short one when that path is too long."""
        inside = self.data_dir / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        return Path(tempfile.gettempdir()) / f"okno-{short_hash(str(self.data_dir))}"

    @property
    def admin_dsn(self) -> str:
        """Return the address for the cluster's superuser, which only sets the database up."""
        return self.dsn(user=ADMIN, password=self.password("admin"), database="postgres")

    def dsn(self, *, user: str, password: str, database: str) -> str:
        """Return an address of a database in this cluster."""
        where = urlencode({"host": str(self.socket_dir), "port": PORT})
        return f"postgresql://{quote(user)}:{quote(password)}@/{quote(database)}?{where}"

    def password(self, role: str) -> str:
        """Return the password of `admin`, `owner` or `app`, kept in a private file of the data folder."""
        path = self.data_dir / "postgres.json"
        write_private(
            path, json.dumps({name: secrets.token_urlsafe(24) for name in ("admin", "owner", "app")})
        )
        passwords: dict[str, str] = json.loads(path.read_text())
        return passwords[role]

    # --- Life ------------------------------------------------------------------------------------------

    @property
    def process_id(self) -> int | None:
        """Return the server's process id while it runs under us."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def hold(self) -> None:
        """Take the data folder for this process; raise CommandError when another holds it."""
        prepare_data_dir(self.data_dir)
        if not self.lock.acquire():
            raise CommandError(
                f"Okno already runs on {self.data_dir} (process {self.lock.holder()}). "
                "Stop it first, or name another folder with --data."
            )

    def start(self) -> None:
        """Hold the data folder, make the cluster on first use, start the server and wait until it answers.

        Raise CommandError when that cannot be done, with what to do.
        """
        self.hold()
        account = unprivileged_account()
        binaries = self.binaries()
        if not self.cluster.exists():
            self._report("Making the database")
            self._make_cluster(binaries, account)
        self._hand_over(account)
        deadline = time.monotonic() + RECOVERY_SECONDS
        self._wait_for_predecessor(deadline)
        while not self._start_once(binaries, account, deadline):
            time.sleep(0.2)

    def stop(self, *, seconds: float = STOP_SECONDS) -> None:
        """Stop the server, past the time given without its last checkpoint, and give the data folder back."""
        if self._process is not None:
            for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0)):
                self._process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(patience)
                    break
            self._process = None
        self.lock.release()

    def binaries(self) -> Binaries:
        """Return the programs that fit this cluster."""
        kept = self.data_dir / "pgbin"
        kept.mkdir(mode=0o755, exist_ok=True)
        kept.chmod(0o755)
        return keep_copy(find_binaries(pg_bin=self._pg_bin, kept=kept, major=self._major()), kept)

    def _major(self) -> int | None:
        try:
            return int((self.cluster / "PG_VERSION").read_text())
        except (FileNotFoundError, PermissionError):
            return None

    def _make_cluster(self, binaries: Binaries, account: Account | None) -> None:
        """Run initdb into a draft and rename it, so that an interrupted one is never taken for a cluster.

        The locale is the one with which case, Russian words and trigrams all work, on any machine.
        """
        draft = self.data_dir / ".postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        password_file = draft.with_suffix(".password")
        password_file.unlink(missing_ok=True)
        write_private(password_file, self.password("admin"))
        if account:
            os.chown(draft, account.uid, account.gid)
            os.chown(password_file, account.uid, account.gid)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=C.UTF-8"]
            if binaries.major >= 17
            else ["--locale=C.UTF-8"]
        )
        flags = ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--no-instructions"]
        command = [binaries.program("initdb"), f"--pgdata={draft}", f"--username={ADMIN}", *flags, *locale]
        try:
            made = subprocess.run(
                command if self.fsync else [*command, "--no-sync"],
                check=False,
                capture_output=True,
                text=True,
                **_as(account),
            )
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise CommandError(
                f"The database could not be made: {made.stderr.strip() or made.stdout.strip()}"
            )
        draft.rename(self.cluster)

    def _hand_over(self, account: Account | None) -> None:
        """Make the socket's folder, and give it and the cluster (perhaps copied) to the account."""
        try:
            self.socket_dir.mkdir(mode=0o700, exist_ok=True)
            owner = account.uid if account else os.geteuid()
            if account and self.cluster.stat().st_uid != account.uid:
                for path in [self.cluster, *self.cluster.rglob("*")]:
                    os.chown(path, account.uid, account.gid, follow_symlinks=False)
            if account and self.socket_dir.lstat().st_uid == 0:
                os.chown(self.socket_dir, account.uid, account.gid, follow_symlinks=False)
            if self.socket_dir.is_symlink() or self.socket_dir.stat().st_uid != owner:
                raise CommandError(f"{self.socket_dir} belongs to somebody else; remove it and start again.")
        except PermissionError as error:
            raise CommandError(
                f"{error.filename} belongs to somebody else: run Okno as its owner."
            ) from error

    def _wait_for_predecessor(self, deadline: float) -> None:
        """Wait for a server that is still stopping because its supervisor was killed."""
        has_told = False
        while self._is_predecessor_alive() and time.monotonic() < deadline:
            if not has_told:
                self._report("Waiting for the previous database to stop")
                has_told = True
            time.sleep(0.1)

    def _is_predecessor_alive(self) -> bool:
        try:
            pid = int((self.cluster / "postmaster.pid").read_text().split("\n", maxsplit=1)[0])
            return Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.cluster.resolve()
        except (OSError, ValueError):
            return False

    def _start_once(self, binaries: Binaries, account: Account | None, deadline: float) -> bool:
        """Start the server and wait; False when a killed predecessor's processes have not all gone yet."""
        settings = SETTINGS | {"unix_socket_directories": str(self.socket_dir)}
        settings |= {} if self.fsync else UNSAFE_AND_FAST
        settings |= {"io_method": "sync"} if binaries.major >= 18 else {}
        mode = "wb" if not self.log_file.exists() or self.log_file.stat().st_size > LARGEST_LOG else "ab"
        with self.log_file.open(mode) as log:
            self.log_file.chmod(0o600)
            offset = log.tell()
            self._process = subprocess.Popen(
                [
                    binaries.program("postgres"),
                    "-D",
                    str(self.cluster),
                    *(f"--{name}={value}" for name, value in settings.items()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_us(signal.SIGINT),  # noqa: PLW1509 - it takes no locks
                **_as(account),
            )
        return self._wait_until_ready(self._process, offset=offset, deadline=deadline)

    def _wait_until_ready(self, process: subprocess.Popen[bytes], *, offset: int, deadline: float) -> bool:
        started = time.monotonic()
        has_told = False
        while process.poll() is None:
            try:
                psycopg.connect(self.admin_dsn, connect_timeout=5).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    self.stop()
                    raise CommandError(f"PostgreSQL does not answer: {error}") from error
            else:
                return True
            if not has_told and time.monotonic() - started > 2:
                self._report("The database was not stopped cleanly and is recovering")
                has_told = True
            time.sleep(0.03)
        said = self.log_file.read_bytes()[offset:].decode(errors="replace").strip()
        if "still in use" in said and time.monotonic() < deadline:
            return False
        self.stop()
        raise CommandError(f"PostgreSQL did not start; {self.log_file} says:\n{said[-2000:]}")


def _as(account: Account | None) -> dict[str, Any]:
    """Return the arguments that run a program as the account, away from folders that it may not read."""
    rights = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, "umask": 0o077, **rights}
