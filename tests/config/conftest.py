"""A folder that PostgreSQL's account can reach, and a whole Okno as a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

PATIENCE = 40.0


def wait_until(is_so: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Ask again and again until it is so; fail the test when the time is over."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            pytest.fail(f"not so after {seconds} s")
        time.sleep(0.05)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def clean_environment(**values: str) -> dict[str, str]:
    """Return the environment without what the test run itself has set."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OKNO_", "PROMETHEUS_"))
    }
    return kept | values


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
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environment(),
            )
        wait_until(lambda: self.process.poll() is not None or "Okno is at" in self.output.read_text())
        assert self.process.poll() is None, self.output.read_text()
        self.tree = [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]

    def pids(self) -> dict[str, int]:
        """Return the process id of every part."""
        pids: dict[str, int] = json.loads((self.data / "processes.json").read_text())
        return pids

    def status(self, path: str) -> int:
        """Return the status of an address, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def survivors(self) -> list[psutil.Process]:
        """Return the processes that are still there, of all that were ever seen."""
        return [process for process in self.tree if process.is_running() and process.status() != "zombie"]

    def remember(self) -> None:
        """Add the processes that have been started meanwhile to those that are watched."""
        self.tree += psutil.Process(self.process.pid).children(recursive=True)

    def end(self) -> None:
        """Stop it, at need by force."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for data that every account may enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="okno-t-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    """A whole Okno that has just been started for the first time."""
    started = Running(folder / "data")
    yield started
    started.end()
    print(started.output.read_text())  # shown when the test has failed
