"""Nothing of one company is seen from another: every address, every operation, every table, with both walls or one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Manager
from django.test import Client

from okno.spine.work import drain
from okno.tenancy.models import TenantManager, TenantModel
from okno.tenancy.scope import scope
from tests.isolation.routes import Route, routes
from tests.isolation.world import Company

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
REFUSED = {403, 404, 405}
NOBODYS = "987654"
# They answer for the machine or name nothing of anybody.
PUBLIC = {"healthz", "readyz", "metrics"}
# What a complete body is, so that the id is what is refused.
BODIES = {
    "api/v1/tickets/<number>/messages": {"body": "x"},
    "api/v1/tickets/<number>/participants": {"role": "copied", "email": "a@client.example"},
}


@pytest.fixture(params=["both walls", "only the database's"])
def walls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the code's own filter be there, and let it have been forgotten."""
    if request.param != "both walls":
        monkeypatch.setattr(TenantManager, "get_queryset", Manager.get_queryset)
    return str(request.param)


def calls(route: Route) -> Iterator[str]:
    yield from METHODS if route.is_api else METHODS[:2]


def call(client: Client, route: Route, method: str, path: str, token: str) -> Any:
    options: dict[str, Any] = {"headers": {"Accept": "text/html, application/json"}}
    if route.is_api:
        options["headers"]["Authorization"] = f"Bearer {token}"
        if method not in ("GET", "DELETE"):
            body = json.dumps(BODIES.get(route.pattern, {}))
            options |= {"data": body, "content_type": "application/json"}
    cookies = client.cookies.output(header="", sep=";")
    if method in ("GET", "POST"):
        answer = (client.get if method == "GET" else client.post)(path, **options)
    else:
        answer = client.generic(method, path, **options)
    # Whoever signs out by the way is signed in for the next address.
    client.cookies.load(cookies)
    return answer


def everything_said(answer: Any) -> bytes:
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items()).encode()
    if not getattr(answer, "streaming", False):
        return heads + b"\n" + bytes(answer.content)
    if answer.is_async:
        return heads
    return heads + b"\n" + b"".join(answer.streaming_content)


def assert_silent(answer: Any, *, of: Company, where: str) -> None:
    assert of.word.encode() not in everything_said(answer).lower(), where


def test_the_ids_of_another_company_are_not_found(companies: tuple[Company, Company], walls: str) -> None:
    ours, theirs = companies
    client = ours.browser()
    wrong = []
    for route in (one for one in routes() if one.names):
        path = route.path(theirs.ids)
        for method in calls(route):
            answer = call(client, route, method, path, ours.token)
            where = f"{method} {path}: {answer.status_code}"
            if answer.status_code not in REFUSED and set(route.names) != {"name"}:
                nobodys = call(
                    client, route, method, route.path(theirs.ids | {"number": NOBODYS}), ours.token
                )
                if _without_number(answer, theirs.ids["number"]) != _without_number(nobodys, NOBODYS):
                    wrong.append(where)
            # The address itself was typed by the reader.
            if theirs.word not in path:
                assert_silent(answer, of=theirs, where=where)
    assert "\n".join(wrong) == ""


def _without_number(answer: Any, number: str) -> tuple[int, str]:
    """Return what an address answers but for its own number: some lead on, whatever the number."""
    return answer.status_code, answer.headers.get("Location", "").replace(number, "")


def test_pages_without_ids_show_only_ones_own(companies: tuple[Company, Company], walls: str) -> None:
    ours, theirs = companies
    client = ours.browser()
    for route in (
        one for one in routes() if not one.names and one.pattern not in PUBLIC | {"accounts/logout/"}
    ):
        for method in calls(route):
            for query in ("", f"?q={theirs.word[:6]}&after=0:0", f"?view=all&q={theirs.ids['number']}"):
                answer = call(client, route, method, f"/{route.pattern}{query}", ours.token)
                assert answer.status_code < 500, f"{method} /{route.pattern}{query}"
                assert_silent(answer, of=theirs, where=f"{method} /{route.pattern}{query}")
    assert client.get("/tickets/").status_code == 200, "still signed in"


def test_a_member_is_a_stranger_at_the_other_companys_door(
    companies: tuple[Company, Company], walls: str
) -> None:
    ours, theirs = companies
    client = ours.browser(host=theirs.host)
    for route in routes():
        path = route.path(theirs.ids)
        if route.pattern in PUBLIC or route.pattern.startswith(("r/", "f/")):
            continue
        answer = call(client, route, "GET", path, ours.token)
        assert answer.status_code in {200, 302, 401, 403, 404, 405}, path
        if answer.status_code == 200:
            assert _is_for_everybody(route), path


def _is_for_everybody(route: Route) -> bool:
    """Tell whether a page is the installation's or the user's own: the entrances, looks, the document of the API."""
    return route.pattern.startswith(("accounts/", "my/sign-in/", "ui/", "api/v1/openapi.json", "api/docs/"))


def test_workers_serve_both_and_mix_nothing(companies: tuple[Company, Company]) -> None:
    drain()
    for mine, other in (companies, companies[::-1]):
        with scope(mine.shop.workspace):  # type: ignore[arg-type]
            for model in apps.get_models():
                if issubclass(model, TenantModel):
                    assert _rows_with(model, other.word) == [], model.__name__
            assert _rows_with(apps.get_model("email", "OutgoingMail"), mine.word)


def _rows_with(model: Any, word: str) -> list[Any]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{table}" AS r WHERE r::text ILIKE %s', [f"%{word}%"])
        return cursor.fetchall()


def test_the_database_alone_hides_the_others_rows(companies: tuple[Company, Company]) -> None:
    ours, theirs = companies
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        table = model._meta.db_table
        with scope(ours.shop.workspace), connection.cursor() as cursor:  # type: ignore[arg-type]
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE workspace_id = %s',
                [theirs.shop.workspace.pk],  # type: ignore[attr-defined]
            )
            assert cursor.fetchone() == (0,), table


def test_a_link_of_a_requester_opens_only_at_his_company(
    companies: tuple[Company, Company], walls: str
) -> None:
    ours, theirs = companies
    path = f"/r/{theirs.ids['token']}/"
    assert Client(SERVER_NAME=theirs.host).get(path).status_code == 200
    answer = Client(SERVER_NAME=ours.host).get(path)
    assert answer.status_code == 404
    assert_silent(answer, of=theirs, where=path)
