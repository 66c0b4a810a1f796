"""Modules go off and on while people work: what is off is not there, everything else never notices."""

from __future__ import annotations

import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx

from tests.servers.installation import Installation

ADMINISTRATOR = "admin@okno.example"
ROUNDS = 6
MODULES = ("phone", "portal", "form")
ALWAYS = ("/tickets/", "/settings/", "/contacts/", "/", "/tickets/counts/")


def test_modules_are_switched_while_pages_are_asked_for(okno: Installation) -> None:
    form = okno.sql("SELECT key FROM form_form ORDER BY id LIMIT 1")[0][0]
    of_modules = ("/phone/", "/my/", f"/f/{form}/", "/settings/forms/", "/settings/portal/")
    stop = threading.Event()
    seen: Counter[tuple[str, int]] = Counter()
    with closing(_signed_in(okno)) as boss, ThreadPoolExecutor(4) as people:
        work = [
            people.submit(_ask, okno, boss.cookies, (*ALWAYS, *of_modules), stop, seen)
            for _person in range(4)
        ]
        try:
            for _round in range(ROUNDS):
                for on in ("", "1"):
                    for name in MODULES:
                        _switch(boss, name, on=on)
        finally:
            stop.set()
        for one in work:
            one.result()
    assert {status for (path, status) in seen if path in ALWAYS} == {200}, seen
    for path in of_modules:
        statuses = {status for (where, status) in seen if where == path}
        assert statuses == {200, 404}, (path, seen)


def _ask(
    okno: Installation,
    cookies: httpx.Cookies,
    paths: tuple[str, ...],
    stop: threading.Event,
    seen: Counter[tuple[str, int]],
) -> None:
    with httpx.Client(base_url=okno.url, cookies=dict(cookies), follow_redirects=True, timeout=30) as person:
        while not stop.is_set():
            for path in paths:
                seen[path, person.get(path, headers={"Accept": "text/html"}).status_code] += 1


def _signed_in(okno: Installation) -> httpx.Client:
    boss = httpx.Client(base_url=okno.url, follow_redirects=True, timeout=30, headers={"Accept": "text/html"})
    words = {
        "csrfmiddlewaretoken": _csrf(boss, "/accounts/login/"),
        "login": ADMINISTRATOR,
        "password": okno.password,
    }
    assert boss.post("/accounts/login/", data=words, headers={"Referer": okno.url}).status_code == 200
    assert boss.get("/settings/modules/").status_code == 200
    return boss


def _csrf(person: httpx.Client, path: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.get(path).text)
    assert found is not None
    return found[1]


def _switch(boss: httpx.Client, name: str, *, on: str) -> None:
    token = _csrf(boss, "/settings/modules/")
    answer = boss.post(
        "/settings/modules/switch/",
        data={"csrfmiddlewaretoken": token, "name": name, **({"on": on} if on else {})},
    )
    assert answer.status_code in (200, 302), answer.text[:500]
