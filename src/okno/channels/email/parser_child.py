"""Parsing in processes that may be killed: what comes by mail never takes the worker down.

Three kinds of process. The *worker* holds a ParserPool. Its *nursery* is one process without threads or
connections, started with the pool; it forks *parsers* whenever the pool asks, so the worker never forks
while it has threads. A parser reads one message at a time under limits that the kernel keeps: an alarm that
kills it, CPU seconds and memory. What it answers is JSON and bytes, never pickled objects.
"""

import contextlib
import ctypes
import gc
import json
import os
import queue
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Literal, NoReturn, Self

from pydantic import TypeAdapter

from okno.channels.base import ParsedMessage
from okno.channels.email.parse import MAX_BYTES, MAX_HEAD_BYTES, ParseFailed, parse_message

MESSAGE_SECONDS = 15
CPU_SECONDS = 10
MEMORY_BYTES = 768 * 1024 * 1024
RECYCLE_AFTER = 500
LARGE_BYTES = 10 * 1024 * 1024
"""Larger mails are read one at a time, so that several together do not fill the machine's memory."""

_FRAME = struct.Struct("!Q")
_MAX_ANSWER_BYTES = 4 * MAX_BYTES
_PR_SET_PDEATHSIG = 1
_MESSAGE = TypeAdapter(ParsedMessage)

StartMethod = Literal["auto", "fork", "spawn"]


class ParserPool:
    """Parse messages in kept child processes; may be used from several threads."""

    def __init__(self, *, size: int = 1, start_method: StartMethod = "auto") -> None:
        """Start the nursery. Make the pool early: once threads run, it takes a fresh interpreter."""
        self._nursery = _start_nursery(start_method)
        self._nursery_lock = threading.Lock()
        self._large = threading.Semaphore()
        self._slots: queue.LifoQueue[_Parser | None] = queue.LifoQueue()
        for _ in range(size):
            self._slots.put(None)

    def parse(self, source: bytes | Path) -> ParsedMessage:
        """Return what the message says; raises ParseFailed if it exceeds a limit or kills its parser."""
        with self._large if _size(source) > LARGE_BYTES else contextlib.nullcontext():
            return self._parse(source)

    def _parse(self, source: bytes | Path) -> ParsedMessage:
        parser = self._slots.get()
        try:
            if parser is None:
                parser = self._new_parser()
            answer = parser.parse(source)
        except (OSError, EOFError, ValueError) as error:
            if parser is not None:
                parser.close()
            parser = None
            raise ParseFailed("timeout" if isinstance(error, TimeoutError) else "parser_died") from error
        finally:
            if parser is not None and parser.served >= RECYCLE_AFTER:
                parser.close()
                parser = None
            self._slots.put(parser)
        return answer

    def close(self) -> None:
        """End the nursery and all parsers."""
        while True:
            try:
                parser = self._slots.get_nowait()
            except queue.Empty:
                break
            if parser is not None:
                parser.close()
        self._nursery.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _new_parser(self) -> "_Parser":
        with self._nursery_lock:
            return self._nursery.new_parser()


def _size(source: bytes | Path) -> int:
    if isinstance(source, bytes):
        return len(source)
    try:
        return source.stat().st_size
    except FileNotFoundError:
        # The parser says so.
        return 0


@dataclass(slots=True)
class _Parser:
    connection: socket.socket
    served: int = 0

    def parse(self, source: bytes | Path) -> ParsedMessage:
        self.served += 1
        if isinstance(source, Path):
            self._send(b"P", os.fsencode(source))
        else:
            self._send(b"B", source)
        answer = json.loads(_receive_frame(self.connection))
        if "failed" in answer:
            raise ParseFailed(str(answer["failed"]))
        message = _MESSAGE.validate_python(answer["message"], strict=False)
        contents = [_receive_frame(self.connection) for _ in message.attachments]
        files = zip(message.attachments, contents, strict=True)
        return replace(message, attachments=tuple(replace(file, content=content) for file, content in files))

    def _send(self, kind: bytes, data: bytes) -> None:
        self.connection.sendall(kind + _FRAME.pack(len(data)))
        self.connection.sendall(data)

    def close(self) -> None:
        self.connection.close()


class _Nursery:
    def __init__(self, control: socket.socket, process: "subprocess.Popen[bytes] | int") -> None:
        self._control = control
        self._process = process

    def new_parser(self) -> _Parser:
        self._control.sendall(b"+")
        data, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        if not data or not descriptors:
            raise EOFError("the nursery has ended")
        connection = socket.socket(fileno=descriptors[0])
        # The parser's own alarm comes first; this one is for a parser that was stopped from outside.
        connection.settimeout(MESSAGE_SECONDS + 5)
        return _Parser(connection)

    def close(self) -> None:
        self._control.close()
        if isinstance(self._process, int):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._process, 0)
        else:
            self._process.wait()


def _start_nursery(method: StartMethod) -> _Nursery:
    if method == "auto":
        method = "fork" if threading.active_count() == 1 else "spawn"
    ours, theirs = socket.socketpair()
    ours.settimeout(30)
    if method == "fork":
        process = _fork_nursery(theirs)
        theirs.close()
        return _Nursery(ours, process)
    command = [sys.executable, "-m", "okno.channels.email.parser_child", str(theirs.fileno())]
    # The child needs our code and nothing else: no settings, and no database password in its environment.
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ.get("PATH", "")}
    child = subprocess.Popen(
        command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment, close_fds=True
    )
    theirs.close()
    return _Nursery(ours, child)


def _fork_nursery(control: socket.socket) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _run_nursery(control)
    finally:
        os._exit(1)


def _run_nursery(control: socket.socket) -> NoReturn:
    _become_helper(control.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    while control.recv(1) == b"+":
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            try:
                # Without this a parser would keep its own pool's end open and never see it close.
                control.close()
                ours.close()
                _run_parser(theirs)
            finally:
                os._exit(1)
        theirs.close()
        socket.send_fds(control, [b"+"], [ours.fileno()])
        ours.close()
    os._exit(0)


def _become_helper(kept: int) -> None:
    """Shed what was inherited: signal handlers and descriptors (database, sockets, logs)."""
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
        signal.SIGHUP,
        signal.SIGUSR1,
        signal.SIGUSR2,
        signal.SIGALRM,
    ):
        signal.signal(number, signal.SIG_DFL)
    # Ctrl+C reaches the whole group; the worker decides when its helpers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    # The nursery ends when its pool's end of the socket closes. A death signal would come too early: it is
    # sent when the thread that started it ends, not the process.
    last = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, kept)
    os.closerange(kept + 1, min(last, 65_536))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _run_parser(connection: socket.socket) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _die_with_parent()
    memory = _virtual_bytes() + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(EOFError, OSError):
        while True:
            kind = _receive_exactly(connection, 1)
            data = _receive_frame(connection)
            with _limits():
                frames = _answer(kind, data)
            for frame in frames:
                connection.sendall(_FRAME.pack(len(frame)))
                connection.sendall(frame)
            del data, frames
    os._exit(0)


def _virtual_bytes() -> int:
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    return 512 * 1024 * 1024


@contextlib.contextmanager
def _limits() -> Iterator[None]:
    """Let the kernel kill this process if one message takes too long, even within compiled code."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS + 1, resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_REAL, MESSAGE_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _answer(kind: bytes, data: bytes) -> list[bytes]:
    try:
        message = _read_raw(os.fsdecode(data)) if kind == b"P" else parse_message(data)
    except ParseFailed as failure:
        return [json.dumps({"failed": failure.reason}).encode()]
    except MemoryError:
        return [json.dumps({"failed": "memory"}).encode()]
    except FileNotFoundError:
        return [json.dumps({"failed": "raw_missing"}).encode()]
    fields = _MESSAGE.dump_python(message, mode="json", exclude={"attachments": {"__all__": {"content"}}})
    return [json.dumps({"message": fields}).encode(), *(file.content for file in message.attachments)]


def _read_raw(path: str) -> ParsedMessage:
    with Path(path).open("rb") as file:
        if os.fstat(file.fileno()).st_size <= MAX_BYTES:
            return parse_message(file.read())
        return parse_message(file.read(MAX_HEAD_BYTES), is_whole=False)


def _receive_frame(connection: socket.socket) -> bytes:
    (length,) = _FRAME.unpack(_receive_exactly(connection, _FRAME.size))
    if length > _MAX_ANSWER_BYTES:
        raise ValueError("the frame is too long")
    return _receive_exactly(connection, length)


def _receive_exactly(connection: socket.socket, length: int) -> bytes:
    data = bytearray(length)
    view = memoryview(data)
    received = 0
    while received < length:
        count = connection.recv_into(view[received:])
        if count == 0:
            raise EOFError("the other side has gone")
        received += count
    return bytes(data)


if __name__ == "__main__":
    _run_nursery(socket.socket(fileno=int(sys.argv[1])))
