"""Mails read ahead: in threads that wait for parsers and write files, and know no database."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Final

from okno.channels.email.models import RawMail
from okno.channels.email.parsing import PARSERS, parse_raw
from okno.lib.clock import current_time
from okno.reactors.intake.files import keep_files
from okno.reactors.intake.mails import Read

# So long those that are read already wait for the others of their batch; an ordinary mail takes some milliseconds.
PATIENCE_SECONDS: Final = 2.0


_ahead: dict[tuple[int, int], Future[Read]] = {}
_lock = threading.Lock()


def read(raw: RawMail) -> Read:
    """Return the mail, read ahead or now. Raises ParseFailed, BlobMissing."""
    with _lock:
        ahead = _ahead.pop((raw.pk, raw.attempts), None)
    return ahead.result() if ahead is not None else _read(raw)


def read_ahead(raws: Iterable[RawMail]) -> None:
    """Begin to read mails; `read` or `read_by_now` gets each."""
    for raw in raws:
        future = _readers().submit(_read, raw)
        with _lock:
            _ahead[(raw.pk, raw.attempts)] = future


def read_by_now(raws: Iterable[RawMail]) -> tuple[list[Read], list[RawMail], list[RawMail]]:
    """Return of mails that are read ahead those that are ready, those that cannot be read, and the slow ones.

    All are still there for `read`, until `forget`.
    """
    with _lock:
        begun = {raw.pk: (raw, _ahead[(raw.pk, raw.attempts)]) for raw in raws}
    wait([future for _raw, future in begun.values()], timeout=PATIENCE_SECONDS)
    ready: list[Read] = []
    failed: list[RawMail] = []
    slow: list[RawMail] = []
    for raw, future in begun.values():
        if not future.done():
            slow.append(raw)
        elif future.exception() is not None:
            failed.append(raw)
        else:
            ready.append(future.result())
    return ready, failed, slow


def forget(raws: Iterable[RawMail]) -> None:
    """Let go of mails that were read ahead and are not needed any more."""
    with _lock:
        for raw in raws:
            _ahead.pop((raw.pk, raw.attempts), None)


def _read(raw: RawMail) -> Read:
    parsed = parse_raw(raw)
    return Read(raw, parsed, keep_files(raw, parsed, now=current_time()))


@cache
def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(PARSERS, thread_name_prefix="reader")
