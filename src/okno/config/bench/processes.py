"""A whole Okno as processes of their own, and how much memory they take together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from okno.config.errors import CommandError
from okno.config.processes import dying_with_us

READY = "Okno is at "
START_SECONDS = 300.0
STOP_SECONDS = 20.0
GLANCE_SECONDS = 0.02
# What may be set from outside; all else that begins with OKNO_ belongs to another installation.
KEPT_VARIABLES = frozenset({"OKNO_PG_BIN", "OKNO_WEB_PROCESSES", "OKNO_WEB_THREADS", "OKNO_PYTHON"})
OKNO = (sys.executable, "-m", "okno.config.cli")


@dataclass(frozen=True, slots=True)
class Started:
    """A program that serves, and how long it took from its start to its address."""

    process: subprocess.Popen[bytes]
    seconds: float


def clean_environment(**values: str) -> dict[str, str]:
    """Return the environment without other installations' settings, with these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OKNO_", "DJANGO_", "PROMETHEUS_")) or name in KEPT_VARIABLES
    }
    return kept | {"OKNO_LOG_LEVEL": "ERROR"} | values


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def throwaway_folder() -> Iterator[Path]:
    """Make a folder that PostgreSQL's account may enter, and remove it with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix="okno-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], *, log: Path, ready: str = READY
) -> Iterator[Started]:
    """Run a program; enter when it has printed that it is ready, stop it on leaving.

    Raise CommandError with the end of what it said when it ends before, or takes too long.
    """
    begun = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=dying_with_us(signal.SIGTERM),  # noqa: PLW1509 - no thread has been started yet
        )
    try:
        while ready not in log.read_text():
            if process.poll() is not None or time.monotonic() > begun + START_SECONDS:
                raise CommandError(f"“{' '.join(command)}” did not start:\n{log.read_text()[-2000:]}")
            time.sleep(GLANCE_SECONDS)
        yield Started(process, time.monotonic() - begun)
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may hold anything; what follows it has no parentheses.
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(status.parent.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found


def memory_megabytes(pid: int) -> float:
    """Return the proportional set size of a process and all its descendants: what is shared counts once."""
    kilobytes = 0
    for one in tree(pid):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        kilobytes += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return kilobytes / 1024


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process and all its descendants, the ended and awaited ones with it."""
    ticks = 0
    for one in tree(pid):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        # utime, stime, cutime, cstime
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")
