"""The command line of Okno."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from django.db import OperationalError

from okno import __version__
from okno.config.cli import backup, data, desk, develop, mail, run
from okno.config.cli.parser import Parser
from okno.config.errors import CommandError


def build_parser() -> Parser:
    """Return the parser of all commands."""
    parser = Parser(prog="okno", description="Okno, a service desk.")
    parser.add_argument("--version", action="version", version=f"okno {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for group in (run, data, backup, desk, mail, develop):
        group.add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its status: 0 done, 1 not done, 2 not understood."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser()
    if not words:
        parser.print_help()
        return 2
    parsed, rest = parser.parse_known_args(_protect_foreign(words))
    if rest and not hasattr(parsed, "rest"):
        parser.error(f"not understood: {' '.join(rest)}")
    if hasattr(parsed, "rest"):
        parsed.rest = [*parsed.rest, *rest]
    try:
        return _run(parsed)
    except CommandError as error:
        sys.stderr.write(f"okno: {error}\n")
        return error.status
    except OperationalError as error:
        sys.stderr.write(f"okno: the database does not answer: {' '.join(str(error).split())}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone; Python must not complain about it once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(parsed: argparse.Namespace) -> int:
    status: int = parsed.run(parsed)
    return status


def _protect_foreign(words: list[str]) -> list[str]:
    """Keep argparse away from the words that `okno psql` hands on."""
    if words[0] != "psql" or words[1:2] in (["--help"], ["-h"]):
        return words
    own = 3 if words[1:2] == ["--data"] else 1
    rest = words[own:]
    return [*words[:own], *([] if rest[:1] == ["--"] or not rest else ["--"]), *rest]
