"""One process that keeps the others alive: forks them, restarts the dead, stops all.

It imports the application once and forks every child from that state, which saves memory; so it may never
open a connection pool or a thread itself.
"""

from __future__ import annotations

import gc
import json
import math
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

import structlog

from okno.config.errors import CommandError
from okno.config.postgres import EmbeddedPostgres
from okno.config.processes import die_with_parent, name_process

log = structlog.get_logger("okno.supervisor")

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
CHILDREN_STOP_SECONDS = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
STEADY_SECONDS = 10.0


class Stopped(BaseException):
    """Raised where a signal to stop arrives while something may still take long."""


@dataclass(slots=True)
class Child:
    """One part of Okno as a process: `run` is called in it and returns when told to stop by SIGTERM."""

    name: str
    run: Callable[[], None]
    pid: int | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = 0.0
    is_passing: bool = False
    """Whether it runs only once and its end is no failure."""


class Supervisor:
    """Keeps children, and the embedded database if there is one, running until SIGTERM, SIGINT or SIGHUP."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        postgres: EmbeddedPostgres | None = None,
        pid_file: Path | None = None,
    ) -> None:
        self.children = list(children)
        self._postgres = postgres
        self._pid_file = pid_file
        self._is_stopping = False
        self._may_interrupt = False

    def run(self) -> None:
        """Start all, watch until a signal to stop arrives, and stop all within ten seconds."""
        gc.collect()
        gc.freeze()
        awake, wake = socket.socketpair()
        awake.setblocking(False)
        wake.setblocking(False)
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_stop_signal)
        # A handler of its own is needed for SIGCHLD to wake the loop.
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        try:
            self._tend()
            while not self._is_stopping:
                select.select([awake], [], [], self._seconds_to_next_start())
                _drain(awake)
                if not self._is_stopping:
                    self._tend()
        finally:
            self._stop_children()
            signal.set_wakeup_fd(-1)
            awake.close()
            wake.close()

    def _on_stop_signal(self, number: int, _frame: FrameType | None) -> None:
        self._is_stopping = True
        if self._may_interrupt:
            raise Stopped(number)

    def _interruptibly(self, act: Callable[[], None]) -> None:
        """Do something that may wait long, and leave off when told to stop."""
        self._may_interrupt = True
        try:
            if not self._is_stopping:
                act()
        except Stopped:
            log.info("stopping")
        finally:
            self._may_interrupt = False

    def _tend(self) -> None:
        """Start what is not running and whose pause is over."""
        changed = False
        if self._postgres is not None and self._postgres.process_id is None:
            log.warning("child_died", child="postgres")
            self._interruptibly(self._postgres.start)
            changed = True
        now = time.monotonic()
        for child in self.children:
            changed |= self._reap(child, now)
            if child.pid is None and child.start_at <= now and not self._is_stopping:
                self._fork(child, now)
                changed = True
        if changed:
            self._write_pid_file()

    def _reap(self, child: Child, now: float) -> bool:
        """Notice a child's death and set when it starts again: at once, but ever later if it keeps dying."""
        if child.pid is None or os.waitpid(child.pid, os.WNOHANG) == (0, 0):
            return False
        if child.is_passing:
            child.pid, child.start_at = None, math.inf
            return False
        child.failures = 0 if now - child.started > STEADY_SECONDS else child.failures + 1
        pause = min(FIRST_PAUSE * 2**child.failures, LONGEST_PAUSE)
        log.warning(
            "child_died", child=child.name, pid=child.pid, lived=round(now - child.started, 1), pause=pause
        )
        child.pid, child.start_at = None, now + pause
        return True

    def _fork(self, child: Child, now: float) -> None:
        parent = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            _be(child, parent=parent)
        child.pid, child.started = pid, now

    def _seconds_to_next_start(self) -> float:
        """Return how long nothing is to be done; at most a second, so that a lost signal is no disaster."""
        now = time.monotonic()
        waiting = [child.start_at - now for child in self.children if child.pid is None]
        return max(0.0, min([1.0, *waiting]))

    def _stop_children(self) -> None:
        """Ask all to end, and kill what has not ended when the time is over."""
        self._is_stopping = True
        deadline = time.monotonic() + CHILDREN_STOP_SECONDS
        for child in self.children:
            if child.pid is not None:
                os.kill(child.pid, signal.SIGTERM)
        for child in self.children:
            while child.pid is not None and os.waitpid(child.pid, os.WNOHANG) == (0, 0):
                if time.monotonic() > deadline:
                    os.kill(child.pid, signal.SIGKILL)
                    os.waitpid(child.pid, 0)
                    break
                time.sleep(0.02)
            child.pid = None

    def _write_pid_file(self) -> None:
        """Tell which process is which, for `okno check` and for whoever looks."""
        if self._pid_file is None:
            return
        pids = {"supervisor": os.getpid()} | {
            child.name: child.pid for child in self.children if child.pid and not child.is_passing
        }
        if self._postgres is not None and self._postgres.process_id:
            pids["postgres"] = self._postgres.process_id
        draft = self._pid_file.with_suffix(".new")
        draft.write_text(json.dumps(pids))
        draft.rename(self._pid_file)


def run_once(name: str, run: Callable[[], None]) -> None:
    """Run something in a forked child and wait, so that its connections and threads end with it."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _be(Child(name=name, run=run), parent=parent)
    try:
        _, status = os.waitpid(pid, 0)
    except BaseException:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        raise
    if status != 0:
        raise CommandError(f"The step “{name}” failed; its message is above.")


def bind(host: str, port: int) -> socket.socket:
    """Return a listening socket that all web processes share.

    TCP_NODELAY and the protocol are set here because asyncio sets the former only on sockets that have
    the latter; without it every answer waits 40 ms. Raise CommandError when the port is taken or the address
    not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise CommandError(
            f"Cannot listen on {host}:{port}: {reason}. Choose another with --host and --port."
        ) from error
    return listener


def _be(child: Child, *, parent: int) -> NoReturn:
    """Be the child: never return into the parent's code, whatever happens."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (*STOP_SIGNALS, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        # Ctrl-C in the terminal is for the supervisor, which then stops all in order.
        os.setpgid(0, 0)
        die_with_parent(signal.SIGKILL, parent=parent)
        name_process(f"okno {child.name}")
        child.run()
        status = 0
    except CommandError as error:
        sys.stderr.write(f"okno: {error}\n")
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # noqa: BLE001 - the last line of defence of a process, which ends here in any case
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _drain(awake: socket.socket) -> None:
    try:
        while awake.recv(1024):
            pass
    except BlockingIOError:
        return
