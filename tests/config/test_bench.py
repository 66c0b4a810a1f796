"""Bench tells medians of what was really answered, and refuses nonsense."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from okno.config.bench.figures import Burst, Figure, Rate, as_data, as_words
from okno.config.bench.pages import Request, burst
from okno.config.bench.processes import clean_environment, memory_megabytes, running, tree
from okno.config.cli import main
from okno.config.errors import CommandError


def test_a_percentile_is_a_time_that_was_measured() -> None:
    hundred = Burst(tuple(number / 1000 for number in range(100, 0, -1)), elapsed=2.0)
    assert hundred.percentile(0.5) == 50
    assert hundred.percentile(0.95) == 95
    assert hundred.percentile(1) == 100
    assert hundred.rate == 50
    assert Burst((0.007,), elapsed=1.0).percentile(0.5) == 7


def test_one_bad_run_does_not_move_the_figure() -> None:
    good, bad = Burst((0.01, 0.02), elapsed=0.03), Burst((1.0, 2.0), elapsed=3.0)
    rate = Rate.of("Page", 1, [good, bad, good])
    assert (rate.p50_ms, rate.p95_ms) == (10, 20)
    figure = Figure.of("Second start", "s", [2.0, 9.0, 3.0], target=5.0)
    assert (figure.value, figure.lowest, figure.highest) == (3, 2, 9)


def test_results_are_told_to_people_and_to_programs() -> None:
    results = {
        "start": [Figure.of("Second start", "s", [2.04, 2.0], target=5.0)],
        "pages": [Rate("List", 8, 9.5, 12, 640)],
    }
    told = json.loads(json.dumps(as_data(results)))
    assert told["start"][0]["value"] == 2.0
    assert told["pages"][0]["per_second"] == 640
    assert told["machine"]["python"]
    words = as_words(results)
    assert "at most 5 wanted" in words
    assert "per second" in words


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Serve one status on every address; give the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_every_request_is_counted() -> None:
    with answering(200) as port:
        assert len(burst(port, [Request(path="/", headers={})] * 5, callers=1).seconds) == 5


def test_a_refusal_is_no_figure() -> None:
    with answering(429) as port, pytest.raises(CommandError, match="answered 429, not 200"):
        burst(port, [Request(path="/", headers={})], callers=1)


def test_memory_is_that_of_the_whole_tree() -> None:
    child = "print(flush=True); input()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as both:
        assert both.stdout is not None
        both.stdout.readline()
        above, below = tree(both.pid)
        assert above == both.pid
        assert memory_megabytes(above) > memory_megabytes(below) > 1
        both.communicate(b"\n")


def test_a_program_that_ends_before_it_serves_is_told_with_its_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('the port is taken')"]
    with (
        pytest.raises(CommandError, match="the port is taken"),
        running(command, clean_environment(), log=tmp_path / "log"),
    ):
        pytest.fail("it never served")


def test_other_installations_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKNO_DATABASE_URL", "postgresql://somebody@else/data")
    monkeypatch.setenv("OKNO_WEB_PROCESSES", "1")
    environment = clean_environment(OKNO_PORT="1")
    assert "OKNO_DATABASE_URL" not in environment
    assert environment["OKNO_WEB_PROCESSES"] == "1"
    assert environment["OKNO_PORT"] == "1"


@pytest.mark.parametrize("words", [["paegs"], ["pages", "--runs", "0"], ["pages", "--tickets", "many"]])
def test_nonsense_gets_one_line_and_status_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["bench", *words])
    except SystemExit as error:
        status = error.code
    assert status == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
