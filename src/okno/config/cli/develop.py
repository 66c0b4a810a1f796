"""For those who work on Okno: `test` and `bench`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from okno.config.cli.parser import Commands, count, json_option
from okno.config.env import CLONE_DIR
from okno.config.errors import CommandError
from okno.config.installation import say

if TYPE_CHECKING:  # Only needed by bench, and slow to import.
    from okno.config.bench.figures import Figure, Rate

BENCHES = ("clone", "start", "pages", "intake")


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
        parents=[json_option()],
        help="measure speed, start and memory on a throw-away desk",
        description="Measure on a desk that is made for it and removed afterwards: “pages” (list, ticket, API), "
        "“intake” (mails into tickets), “start” (first and second start, memory at rest), “clone” (from a fresh "
        "clone to the address).",
    )
    bench.add_argument(
        "what", nargs="*", metavar="WHAT", help="pages, intake, start, clone; without a word: pages and start"
    )
    bench.add_argument("--tickets", type=count, default=10_000, metavar="N", help="tickets (default 10000)")
    bench.add_argument("--runs", type=count, default=5, metavar="N", help="runs of each (default 5)")
    bench.add_argument("--requests", type=count, default=100, metavar="N", help="in each run (default 100)")
    bench.add_argument("--mails", type=count, default=2000, metavar="N", help="in each run (default 2000)")
    bench.add_argument(
        "--idle", type=count, default=60, metavar="SECONDS", help="rest before memory is read (default 60)"
    )
    bench.add_argument(
        "--external",
        action="store_true",
        help="pages, intake: use the empty database of OKNO_DATABASE_URL and OKNO_DATABASE_OWNER_URL",
    )
    bench.set_defaults(run=run_bench)


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
    """Measure what was named and tell the medians."""
    from okno.config.bench import figures, intake, pages, start  # noqa: PLC0415 - a quarter of a second of no other command

    unknown = [word for word in arguments.what if word not in BENCHES]
    if unknown:
        raise CommandError(f"bench: unknown: “{unknown[0]}”; known: {', '.join(BENCHES)}.", status=2)
    # Being told to stop must still remove what was made.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    what = arguments.what or ["start", "pages"]
    results: dict[str, Sequence[Figure | Rate]] = {}
    # Pages come last: this process then has threads, and must not start others any more.
    if "clone" in what:
        results["clone"] = start.measure_clone(runs=arguments.runs, say=say)
    if "start" in what:
        results["start"] = start.measure_start(runs=arguments.runs, idle=arguments.idle, say=say)
    if "pages" in what:
        results["pages"] = pages.measure_pages(
            tickets=arguments.tickets,
            runs=arguments.runs,
            requests=arguments.requests,
            external=arguments.external,
            say=say,
        )
    if "intake" in what:
        results["intake"] = intake.measure_intake(
            tickets=arguments.tickets,
            mails=arguments.mails,
            runs=arguments.runs,
            external=arguments.external,
            say=say,
        )
    print(json.dumps(figures.as_data(results)) if arguments.json else figures.as_words(results))
    return 0
