"""How fast pages and API are, asked by one caller and by several at once."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Final
from urllib.parse import quote

from okno.config.bench.desk import BenchDesk, served_desk
from okno.config.bench.figures import Burst, Figure, Rate
from okno.config.bench.processes import memory_megabytes
from okno.config.errors import CommandError

CALLERS: Final = (1, 8)
WARM_UP: Final = 24
TIMEOUT_SECONDS: Final = 30
FILTERS: Final = quote("status:open priority:high assignee:me")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it is sent, and the status that it must have."""

    path: str
    headers: dict[str, str]
    body: bytes | None = None
    expected: int = 200

    @property
    def method(self) -> str:
        """Return the method: what has a body is posted."""
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of request; `requests` makes any number of them."""

    name: str
    requests: Callable[[int], list[Request]]


def measure_pages(
    *, tickets: int, runs: int, requests: int, external: bool, say: Callable[[str], None]
) -> list[Rate | Figure]:
    """Measure a desk with that many tickets; the last figure is the memory of what served all that."""
    with served_desk(tickets=tickets, external=external, say=say) as desk:
        say(f"{len(desk.numbers)} tickets, {desk.messages} messages; {runs} runs of {requests} requests each")
        rates: list[Rate | Figure] = []
        for scenario in scenarios(desk):
            for callers in CALLERS:
                burst(desk.port, scenario.requests(WARM_UP), callers=callers)
                bursts = [burst(desk.port, scenario.requests(requests), callers=callers) for _ in range(runs)]
                rates.append(Rate.of(scenario.name, callers, bursts))
                say(rates[-1].line())
        rates.append(Figure.of("Memory (PSS) after all this", "MB", [memory_megabytes(desk.pid)]))
    return rates


def scenarios(desk: BenchDesk) -> list[Scenario]:
    """Return what is asked of a desk."""
    rng = random.Random(1)  # noqa: S311 - which tickets are looked at is no secret
    page = {"Cookie": desk.cookie, "Accept": "text/html", "Accept-Encoding": "gzip", "Accept-Language": "en"}
    api = {"Authorization": f"Bearer {desk.token}", "Content-Type": "application/json"}

    def same(path: str, headers: dict[str, str]) -> Callable[[int], list[Request]]:
        return lambda count: [Request(path=path, headers=headers)] * count

    def of_any_ticket(path: str, headers: dict[str, str]) -> Callable[[int], list[Request]]:
        return lambda count: [
            Request(path=path.format(number=rng.choice(desk.numbers)), headers=headers) for _ in range(count)
        ]

    def creations(count: int) -> list[Request]:
        return [
            Request(path="/api/v1/tickets", headers=api, body=_new_ticket(rng), expected=201)
            for _ in range(count)
        ]

    return [
        Scenario("Page: list, all open", same("/tickets/?view=open", page)),
        Scenario("Page: list, all", same("/tickets/?view=all", page)),
        Scenario("Page: list, three filters", same(f"/tickets/?view=all&q={FILTERS}", page)),
        Scenario("Page: ticket", of_any_ticket("/tickets/{number}/", page)),
        Scenario("API: list", same("/api/v1/tickets", api)),
        Scenario("API: read a ticket", of_any_ticket("/api/v1/tickets/{number}", api)),
        Scenario("API: create a ticket", creations),
    ]


def burst(port: int, requests: Sequence[Request], *, callers: int) -> Burst:
    """Send the requests, shared among callers that keep a connection each; return how long they took.

    Raise CommandError for an answer with another status than expected: a refusal is quick, but no figure.
    """
    shares = [requests[first::callers] for first in range(callers)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(callers) as pool:
        taken = pool.map(lambda share: list(_ask(port, share)), shares)
        seconds = tuple(one for share in taken for one in share)
    return Burst(seconds, time.perf_counter() - begun)


def _ask(port: int, requests: Sequence[Request]) -> Iterator[float]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)) as connection:
        for request in requests:
            begun = time.perf_counter()
            connection.request(request.method, request.path, body=request.body, headers=request.headers)
            answer = connection.getresponse()
            answer.read()
            yield time.perf_counter() - begun
            if answer.status != request.expected:
                raise CommandError(
                    f"{request.method} {request.path} was answered {answer.status}, not {request.expected}."
                )


def _new_ticket(rng: random.Random) -> bytes:
    who = rng.randrange(500)
    return json.dumps(
        {
            "subject": f"The printer on floor {rng.randrange(40)} prints blank pages",
            "body": "It did yesterday, and does so still after a restart.\n\nKind regards\nA client",
            "requester": {"email": f"client{who}@bench.example", "name": f"Client {who}"},
        }
    ).encode()
