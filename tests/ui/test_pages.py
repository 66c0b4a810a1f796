"""Every sample page, in both languages and themes, wide and narrow: accessible, fitting, within policy."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.ui.conftest import Visitor

PAGES = [
    "/_ui/",
    "/_ui/list/",
    "/_ui/list/?empty=1",
    "/_ui/ticket/",
    "/_ui/settings/",
    "/_ui/auth/",
    "/_ui/public/",
]
DRESSES = [("en", "light"), ("ru", "dark")]


@pytest.mark.parametrize("visitor", [(1440, 900), (360, 780)], indirect=True, ids=["wide", "narrow"])
@pytest.mark.parametrize(("language", "theme"), DRESSES)
@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_and_fits(visitor: Visitor, path: str, language: str, theme: str) -> None:
    page = visitor.go(path, language=language, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert page.evaluate("document.documentElement.lang") == language
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_the_composer_is_a_form_and_menus_open(visitor: Visitor) -> None:
    context = visitor.context.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{visitor.site}/_ui/ticket/?empty=1")
    page.fill("textarea[name=body]", "plain words")
    assert page.input_value("input[name=to]") == "m.sokolova@zarya-log.example"
    page.click("#property-status [popovertarget]")
    assert page.locator("#m-status").is_visible()
    context.close()


def test_the_browser_chooses_the_theme_until_the_person_does(visitor: Visitor) -> None:
    visitor.page.emulate_media(color_scheme="dark")
    visitor.page.goto(f"{visitor.site}/_ui/auth/?lang=en")
    night = visitor.page.evaluate("getComputedStyle(document.body).backgroundColor")
    visitor.page.emulate_media(color_scheme="light")
    assert visitor.page.evaluate("getComputedStyle(document.body).backgroundColor") != night


def test_the_chosen_theme_is_there_from_the_first_byte_of_the_next_page(visitor: Visitor) -> None:
    visitor.page.goto(f"{visitor.site}/_ui/?lang=en")
    visitor.page.click("main [data-theme-choice=dark]")
    visitor.page.goto(f"{visitor.site}/_ui/auth/?lang=en")
    assert visitor.page.get_attribute("html", "data-theme") == "okno-dark"
