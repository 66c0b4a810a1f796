"""Requests of two companies alternate on a few pooled connections: a setting that outlived its request would show."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from django.db import connection, connections

from okno.tenancy.scope import SETTING
from tests.isolation.world import Company, make_company

THREADS = 8
REQUESTS = 160


def test_alternating_companies_never_meet(committed: None, now: datetime) -> None:
    companies = make_company("juniper", now), make_company("kingfisher", now)
    with ThreadPoolExecutor(THREADS) as threads:
        met = [
            word
            for found in threads.map(lambda number: _look(companies, number), range(REQUESTS))
            for word in found
        ]
    assert met == []


def _look(companies: tuple[Company, Company], number: int) -> list[str]:
    """Open the list as a member of one company; return what was wrong."""
    ours, theirs = companies if number % 2 else companies[::-1]
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting(%s, true)", [SETTING])
            left_behind = cursor.fetchone()[0]
        answer = ours.browser().get("/tickets/?view=all").content.decode()
    finally:
        # Gives the connection back to the pool, for whoever comes next.
        connections.close_all()
    wrong = [f"left behind: {left_behind}"] if left_behind else []
    wrong += [] if f"{ours.word} is broken" in answer else [f"{ours.word} does not see its own"]
    return wrong + ([f"{ours.word} sees {theirs.word}"] if theirs.word in answer else [])
