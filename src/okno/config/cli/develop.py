"""For those who work on Okno: `test` and `bench`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from okno.config.cli.parser import Commands, installation_options, json_option
from okno.config.env import CLONE_DIR
from okno.config.errors import CommandError


def add_commands(commands: Commands) -> None:
    """Add the commands for developers."""
    test = commands.add_parser(
        "test",
        help="run the test suite, which brings its own servers",
        description="Further words go to pytest.",
    )
    extent = test.add_mutually_exclusive_group()
    extent.add_argument("--fast", action="store_true", help="without browser and faults")
    extent.add_argument("--soak", action="store_true", help="only what runs for minutes")
    test.set_defaults(run=run_test, rest=[])
    bench = commands.add_parser(
        "bench",
        parents=[installation_options(), json_option()],
        help="measure pages and API of this installation",
    )
    bench.set_defaults(run=run_bench, rest=[])


def run_test(arguments: argparse.Namespace) -> int:
    """Run pytest on the tests of the clone."""
    if not (CLONE_DIR / "tests").is_dir():
        raise CommandError("The tests are in the repository, not in the installed package.")
    marks = "not browser and not faults and not soak" if arguments.fast else "not soak"
    if arguments.soak:
        marks = "soak"
    command = [sys.executable, "-m", "pytest", "-m", marks, *_workers(arguments.rest), *arguments.rest]
    return subprocess.run(command, check=False, cwd=CLONE_DIR, env=dict(os.environ)).returncode


def _workers(rest: list[str]) -> list[str]:
    """Return the options that spread the tests over two processes, unless somebody wants to look inside."""
    own = ("-n", "--numprocesses", "--pdb", "--trace", "-s")
    return [] if any(word.startswith(own) for word in rest) else ["-n", "2", "--dist", "loadgroup"]


def run_bench(arguments: argparse.Namespace) -> int:
    """Measure."""
    raise CommandError("bench is not there yet")
