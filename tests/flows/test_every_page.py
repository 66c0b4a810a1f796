"""Every page of the console with the demonstration in it: accessible, within the policy and its width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.flows.conftest import People, Person
from tests.servers.installation import Installation

ADMIN = "admin@okno.example"


@dataclass(frozen=True)
class Dress:
    """How a page is looked at, and how many pages are."""

    language: str
    theme: str
    width: int
    height: int
    most: int

    @property
    def is_whole(self) -> bool:
        """Whether every page is looked at, not only the first ones."""
        return self.most == EVERY_PAGE


EVERY_PAGE = 200
# Two dresses see every page, the other two the first ones: together both languages, themes and sizes.
DRESSES = [
    Dress("en", "light", 1440, 900, EVERY_PAGE),
    Dress("ru", "dark", 360, 780, EVERY_PAGE),
    Dress("ru", "light", 1440, 900, 25),
    Dress("en", "dark", 360, 780, 25),
]
# Where the links of a page lead to another of the same kind, one of them stands for all.
KIND = re.compile(r"\d+|[0-9a-f]{8}-[0-9a-f-]{27}")
EXPECTED_KINDS = {
    "/tickets/",
    "/tickets/N/",
    "/contacts/",
    "/contacts/N/",
    "/settings/",
    "/settings/members/N/",
}
LEFT_OUT = re.compile(
    r"\.json$|/(raw|headers|body|csv|export|errors)/?$|^/files/|^/accounts/(logout|2fa/)|^/static/|^/events/|^/ui/|/next/|/previous/"
)


@dataclass(frozen=True)
class Seen:
    """A page, by its kind."""

    path: str
    kind: str


def wear(person: Person, okno: Installation, language: str, theme: str) -> None:
    """Choose a language as the member and a theme as the browser."""
    okno.sql("UPDATE team_member SET language = %s WHERE email = %s", language, ADMIN)
    person.context.add_cookies([{"name": "okno_theme", "value": theme, "url": okno.url}])


def walk(page: Page, okno: Installation, *, most: int) -> Iterator[Seen]:
    """Follow links from page to page, one of each kind; the caller looks at each page as it is opened."""
    waiting, known = (
        ["/", "/tickets/?view=all", "/settings/", "/contacts/", "/organizations/", "/intake/", "/outbox/"],
        set(),
    )
    for start in waiting:
        known.add(kind_of(start))
    while waiting and most > 0:
        path, most = waiting.pop(0), most - 1
        answer = page.goto(okno.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.wait_for_selector("html[data-islands]", state="attached")
        yield Seen(path, kind_of(path))
        for link in page.evaluate(
            "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
        ):
            if (
                link.startswith("/")
                and not LEFT_OUT.search(link.partition("?")[0])
                and kind_of(link) not in known
            ):
                known.add(kind_of(link))
                waiting.append(link)


def kind_of(path: str) -> str:
    """Return a path with its numbers and its query taken away."""
    return KIND.sub("N", path.partition("?")[0].partition("#")[0])


@pytest.mark.parametrize("dress", DRESSES, ids=lambda dress: f"{dress.language}-{dress.theme}-{dress.width}")
def test_every_page_in_every_dress(okno: Installation, people: People, dress: Dress) -> None:
    person, page = people.member(ADMIN, reduced_motion="reduce", locale=dress.language)
    page.set_viewport_size({"width": dress.width, "height": dress.height})
    wear(person, okno, dress.language, dress.theme)
    wrong: list[str] = []
    kinds = set()
    for seen in walk(page, okno, most=dress.most):
        kinds.add(seen.kind)
        assert page.get_attribute("html", "lang") == dress.language, seen.path
        assert page.get_attribute("html", "data-theme") == f"okno-{dress.theme}", seen.path
        if page.evaluate("document.documentElement.scrollWidth") > dress.width:
            wrong.append(f"{seen.path}: wider than {dress.width}")
        found = Axe().run(page)
        if found.violations_count:
            wrong.append(f"{seen.path}: {found.generate_report()}")
    assert "\n".join(wrong) == ""
    if dress.is_whole:
        assert kinds >= EXPECTED_KINDS


def test_pages_of_the_entrance(okno: Installation, chromium: Browser, people: People) -> None:
    person = people.somebody(locale="ru-RU", color_scheme="dark")
    person.expected.append("status of 404")
    page = person.page()
    for path, status in (
        ("/accounts/login/", 200),
        ("/accounts/password/reset/", 200),
        ("/r/nonsense/", 404),
    ):
        answer = page.goto(okno.url + path)
        assert answer is not None
        assert answer.status == status, path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
