"""Limits on attempts are kept in the database: they hold over all processes, however many try at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import Client

from okno.tenancy.scope import scope

WRONG = "The address or the password is not right."
AT_ONCE = 12
ALLOWED = 5
# A process of its own, as another machine behind the same database would be.
ANOTHER_PROCESS = """
import django
django.setup()
from django.test import Client
import sys
client = Client(headers={"host": sys.argv[1], "accept": "text/html"})
answer = client.post("/accounts/login/", {"login": sys.argv[2], "password": "wrong"})
print(answer.status_code, "is not right" in answer.content.decode())
"""


@pytest.fixture
def target(open_shop: Any) -> Iterator[Any]:
    """Give a committed agent whose password is guessed."""
    cache.clear()
    with scope(open_shop.workspace):
        agent = open_shop.member("agent")
    yield agent
    cache.clear()


def guess(shop: Any, email: str) -> bool:
    """Try a password, and tell whether it was looked at."""
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    answer = client.post("/accounts/login/", {"login": email, "password": "wrong"})
    assert answer.status_code in (200, 429)
    return WRONG in answer.content.decode()


def test_guesses_of_one_moment_are_all_counted(open_shop: Any, target: Any) -> None:
    barrier, looked_at = Barrier(AT_ONCE), []

    def run() -> None:
        try:
            barrier.wait()
            looked_at.append(guess(open_shop, target.email))
        finally:
            connections.close_all()

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == AT_ONCE
    assert 1 <= sum(looked_at) <= ALLOWED


def test_another_process_knows_of_the_guesses(open_shop: Any, target: Any) -> None:
    assert [guess(open_shop, target.email) for _ in range(ALLOWED)] == [True] * ALLOWED
    command = [sys.executable, "-c", ANOTHER_PROCESS, open_shop.host, target.email]
    # The environment names this test's database.
    said = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=True).stdout
    assert said.split()[-1] == "False"
