"""The error that ends a command with one clear line."""

from __future__ import annotations


class CommandError(Exception):
    """Something that whoever typed the command can put right; the text says how."""

    def __init__(self, message: str, *, status: int = 1) -> None:
        super().__init__(message)
        self.status = status
