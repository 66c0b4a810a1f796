"""What every child process of ours does first: die with its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals, *, parent: int) -> None:
    """Ask the kernel for a signal when the parent dies; leave at once if it already has.

    To be called in the child after it has dropped its rights, which would cancel the request.
    """
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def name_process(name: str) -> None:
    """Show a name of at most 15 letters in `ps` and `top`."""
    if _libc is not None:
        _libc.prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def dying_with_us(number: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that ties a program started by this process to its life."""
    parent = os.getpid()
    return lambda: die_with_parent(number, parent=parent)
