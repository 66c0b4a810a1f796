"""`okno up` as a whole: whatever is killed comes back, whoever stops it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.config.conftest import Running, okno
from tests.servers.installation import clean_environment, free_port, wait_until

pytestmark = pytest.mark.faults


def test_it_serves_and_a_second_one_is_refused(running: Running) -> None:
    assert running.status("/healthz") == 200
    assert running.status("/readyz") == 200
    assert running.status("/metrics") == 200
    assert set(running.pids()) == {"supervisor", "web-1", "web-2", "worker", "postgres"}
    second = okno("up", "--data", str(running.data), "--port", str(free_port()))
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert f"already runs on {running.data} (process {running.process.pid})" in second.stderr
    other = okno("up", "--data", f"{running.data}-2", "--port", str(running.port))
    assert (other.returncode, other.stderr.count("\n")) == (1, 1)
    assert f"Cannot listen on 127.0.0.1:{running.port}" in other.stderr
    assert running.status("/readyz") == 200


@pytest.mark.parametrize("part", ["web-1", "web-2", "worker"])
def test_a_killed_part_comes_back(running: Running, part: str) -> None:
    before = running.pids()
    os.kill(before[part], signal.SIGKILL)
    wait_until(lambda: running.pids().get(part) not in (None, before[part]), seconds=5)
    after = running.pids()
    assert {name for name in before if before[name] != after[name]} == {part}
    assert running.status("/readyz") == 200


def test_a_killed_database_comes_back(running: Running) -> None:
    before = running.pids()["postgres"]
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: running.pids()["postgres"] != before and running.status("/readyz") == 200, seconds=30)
    assert running.status("/readyz") == 200


def test_sigterm_stops_all_within_ten_seconds(running: Running) -> None:
    running.remember()
    begun = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0
    assert time.monotonic() - begun < 10
    assert running.survivors() == []
    assert not (running.data / "processes.json").exists()


def test_sigterm_does_not_wait_for_a_client_that_never_finishes(running: Running) -> None:
    running.remember()
    with socket.create_connection(("127.0.0.1", running.port)) as client:
        client.sendall(
            b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf"
        )
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
    assert running.survivors() == []


def test_a_killed_supervisor_leaves_nothing_running(running: Running) -> None:
    running.remember()
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not running.survivors(), seconds=10)
    again = Running(running.data)
    assert again.status("/readyz") == 200
    again.end()
    assert again.process.returncode == 0


def test_a_start_that_is_stopped_at_once_leaves_nothing(folder: Path) -> None:
    started = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "okno.config.cli",
            "up",
            "--data",
            str(folder / "data"),
            "--port",
            str(free_port()),
        ],
        env=clean_environment(),
    )
    pid_file = folder / "data" / "postgres" / "postmaster.pid"
    # The server makes the file first and writes into it afterwards.
    wait_until(lambda: pid_file.exists() and pid_file.read_text().split() != [])
    server = psutil.Process(int(pid_file.read_text().split()[0]))
    started.send_signal(signal.SIGTERM)
    assert started.wait(10) == 0
    # The kernel tells the server of its parent's end; it then takes a moment to go.
    wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, seconds=10)
