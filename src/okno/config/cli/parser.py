"""A command line that answers nonsense with one clear line."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from pathlib import Path
from typing import NoReturn, TypeAlias


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors are one line, with the command that was probably meant."""

    def error(self, message: str) -> NoReturn:
        """Print one line and end with status 2."""
        invalid = re.match(r"argument .*: invalid choice: '(.*)' \(choose from (.*)\)", message)
        if invalid:
            word, choices = invalid[1], re.findall(r"[\w-]+", invalid[2])
            close = difflib.get_close_matches(word, choices, n=1)
            hint = f"did you mean “{close[0]}”?" if close else f"known: {', '.join(choices)}."
            message = f"unknown: “{word}”; {hint}"
        sys.stderr.write(f"{self.prog}: {message} (see {self.prog} --help)\n")
        raise SystemExit(2)


# argparse gives what `add_subparsers` returns no public name.
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # noqa: SLF001


def installation_options() -> Parser:
    """Return the options of every command that works on an installation."""
    parser = Parser(add_help=False)
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="data folder (or OKNO_DATA; default: “data” in the clone)"
    )
    return parser


def json_option() -> Parser:
    """Return the option of every command that reports."""
    parser = Parser(add_help=False)
    parser.add_argument("--json", action="store_true", help="report as JSON")
    return parser


def port(value: str) -> int:
    """Read a port, for argparse."""
    if not value.isdigit() or not 1 <= int(value) <= 65535:
        raise argparse.ArgumentTypeError(f"“{value}” is not a port from 1 to 65535")
    return int(value)


def count(value: str) -> int:
    """Read a number from 1, for argparse."""
    if not value.isdigit() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"“{value}” is not a number from 1")
    return int(value)
