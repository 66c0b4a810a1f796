"""How long Okno takes to start, and how much memory it takes when nothing happens."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from okno.config.bench.figures import Figure
from okno.config.bench.processes import (
    OKNO,
    Started,
    clean_environment,
    free_port,
    memory_megabytes,
    running,
    throwaway_folder,
)
from okno.config.env import CLONE_DIR
from okno.config.errors import CommandError

SECOND_START_SECONDS = 5.0
IDLE_MEGABYTES = 450.0
CLONE_SECONDS = 120.0
AFTER_INSTALL_SECONDS = 10.0


def measure_start(*, runs: int, idle: float, say: Callable[[str], None]) -> list[Figure]:
    """Measure the first and the second start of the demonstration, and its memory after `idle` seconds."""
    firsts, seconds, memories = [], [], []
    for number in range(runs):
        with throwaway_folder() as folder:
            say(f"Start {number + 1} of {runs}: with a new data folder …")
            with _up(folder) as started:
                firsts.append(started.seconds)
            say(f"Start {number + 1} of {runs}: once more, then {idle:g} s of rest …")
            with _up(folder) as started:
                seconds.append(started.seconds)
                time.sleep(idle)
                memories.append(memory_megabytes(started.process.pid))
    return [
        Figure.of("First start, demonstration loaded", "s", firsts, target=AFTER_INSTALL_SECONDS),
        Figure.of("Second start", "s", seconds, target=SECOND_START_SECONDS),
        Figure.of(f"Memory (PSS) after {idle:g} s idle", "MB", memories, target=IDLE_MEGABYTES),
    ]


def measure_clone(*, runs: int, say: Callable[[str], None]) -> list[Figure]:
    """Measure from a fresh clone, with an empty home, to the printed address."""
    if not (CLONE_DIR / ".git").exists() or shutil.which("git") is None:
        raise CommandError("“bench clone” needs git and a clone of the repository.")
    totals, afters = [], []
    for number in range(runs):
        say(f"Clone {number + 1} of {runs} …")
        with throwaway_folder() as folder:
            total, after = _clone_and_start(folder)
        totals.append(total)
        afters.append(after)
    return [
        Figure.of("Clean clone to address", "s", totals, target=CLONE_SECONDS),
        Figure.of("of which after the parts are there", "s", afters, target=AFTER_INSTALL_SECONDS),
    ]


def _clone_and_start(folder: Path) -> tuple[float, float]:
    begun = time.time()
    clone, home = folder / "clone", folder / "home"
    home.mkdir(mode=0o755)
    subprocess.run(["git", "clone", "--quiet", str(CLONE_DIR), str(clone)], check=True)
    environment = clean_environment(HOME=str(home), **_listening())
    for name in [name for name in environment if name.startswith(("VIRTUAL_ENV", "PYTHON"))]:
        del environment[name]
    command = [str(clone / "okno"), "up", "--demo", "--port", str(free_port())]
    with running(command, environment, log=folder / "log"):
        ready = time.time()
    # The launcher leaves a stamp behind each step; the newest is of the last part that was made ready.
    installed = max(stamp.stat().st_mtime for stamp in (clone / ".build" / "stamps").iterdir())
    return ready - begun, ready - installed


def _up(folder: Path) -> AbstractContextManager[Started]:
    command = [*OKNO, "up", "--demo", "--data", str(folder / "data"), "--port", str(free_port())]
    return running(command, clean_environment(**_listening()), log=folder / "log")


def _listening() -> dict[str, str]:
    """Let mail be received where nobody else does."""
    return {"OKNO_MAIL_LISTEN": f"127.0.0.1:{free_port()}"}
