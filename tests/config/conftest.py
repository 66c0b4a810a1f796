"""A folder that PostgreSQL's account can reach, and a whole Okno with an empty desk as processes of its own."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import pytest

from tests.servers.installation import PATIENCE, clean_environment, copy_of, free_port, wait_until


def okno(*words: str, **values: str) -> subprocess.CompletedProcess[str]:
    """Run one command of Okno to its end."""
    return subprocess.run(
        [sys.executable, "-m", "okno.config.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=clean_environment(**values),
    )


class Running:
    """`okno up` on a data folder, from its start until all its processes have gone."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.output = data.with_suffix(".log")
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "okno.config.cli",
                    "up",
                    "--data",
                    str(data),
                    "--port",
                    str(self.port),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environment(),
            )
        wait_until(lambda: self.process.poll() is not None or "Okno is at" in self.said, seconds=120)
        assert self.process.poll() is None, self.said
        self._seen: list[psutil.Process] = []
        self.remember()

    @property
    def said(self) -> str:
        """Return what it has printed so far."""
        return self.output.read_text()

    def pids(self) -> dict[str, int]:
        """Return the process id of every part."""
        pids: dict[str, int] = json.loads((self.data / "processes.json").read_text())
        return pids

    def status(self, path: str) -> int:
        """Return the status of an address, 0 when nobody answers."""
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=5).status_code
        except httpx.HTTPError:
            return 0

    def remember(self) -> None:
        """Watch what runs now, too."""
        supervisor = psutil.Process(self.process.pid)
        self._seen += [supervisor, *supervisor.children(recursive=True)]

    def survivors(self) -> list[psutil.Process]:
        """Return the processes that still run, of all that are watched."""
        left = []
        for process in self._seen:
            with suppress(psutil.NoSuchProcess):
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    left.append(process)
        return left

    def end(self) -> None:
        """Stop it, at need by force."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
            self.process.kill()
            self.process.wait()


@contextmanager
def enterable_folder() -> Iterator[Path]:
    """Make a folder for data that every account may enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="okno-t-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the test's own."""
    with enterable_folder() as path:
        yield path


@pytest.fixture(scope="session")
def empty_desk() -> Iterator[Path]:
    """A data folder at rest, on which Okno was started once."""
    with enterable_folder() as path:
        Running(path / "data").end()
        yield path / "data"


@pytest.fixture
def running(empty_desk: Path) -> Iterator[Running]:
    """A whole Okno that has just been started."""
    with copy_of(empty_desk) as data:
        started = Running(data)
        try:
            yield started
        finally:
            started.end()
            print(started.said)  # shown when the test has failed
