"""Hostile HTML, cleaned and given to a real browser: nothing runs, loads, submits or covers the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from tests.lib.hostile_html import payloads

from okno.lib.html_text import HtmlTooDeep
from okno.lib.sanitize import sanitize_html, show_pictures

BATCH = 150
# What a person's hands might set off, and every element that should not be there at all.
_PROVOKE = """
(names) => {
  const found = [];
  for (const element of document.querySelectorAll("main *")) {
    for (const name of names) element.dispatchEvent(new Event(name, { bubbles: true }));
    if (element instanceof HTMLElement && element.tagName !== "A") element.click();
    for (const { name, value } of element.attributes) {
      if (/^(on|hx-|x-|v-)|^(id|name|class|form|ping|action|formaction|srcset|srcdoc|background)$/i.test(name))
        found.push(`${element.tagName} ${name}=${value}`);
    }
    if (element.closest("svg, math") || element.shadowRoot) found.push(element.outerHTML);
    if (["fixed", "absolute", "sticky"].includes(getComputedStyle(element).position)) found.push(element.outerHTML);
    if (element.tagName === "A" && element.hasAttribute("href")) {
      if (!["http:", "https:", "mailto:", "tel:"].includes(element.protocol)) found.push(element.outerHTML);
      if (element.target !== "_blank" || !/noopener/.test(element.rel)) found.push(element.outerHTML);
    }
  }
  const unknown = "script,style,link,meta,base,iframe,frame,object,embed,form,input,button,select,textarea,video," +
    "audio,source,track,template,portal,dialog,marquee,svg,math,title,noscript,applet,area,map,picture,isindex,keygen";
  for (const element of document.querySelectorAll(unknown.split(",").map((name) => `main ${name}`).join(",")))
    found.push(element.outerHTML);
  return { found, hits: window.hits, children: document.querySelectorAll("main > section").length };
}
"""
_PAGE = """<!doctype html><meta charset="utf-8"><script>
window.hits = []; window.hit = () => { window.hits.push(new Error().stack); }; window.alert = window.hit;
</script><main>%s</main>"""


@pytest.fixture
def quiet_page(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Give a page, and the list of everything that it asked the network for."""
    asked: list[str] = []
    context = chromium.new_context()
    page = context.new_page()

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    page.on("dialog", lambda dialog: (asked.append(f"dialog {dialog.message}"), dialog.dismiss()))
    context.route("**/*", refuse)
    yield page, asked
    context.close()


def _shown(page: Page, fragments: Sequence[str]) -> dict[str, Any]:
    # What leaves its section would swallow the next one, so they are counted.
    page.set_content(_PAGE % "".join(f"<section>{fragment}</section>" for fragment in fragments))
    events = [
        "mouseover",
        "focus",
        "load",
        "error",
        "toggle",
        "animationstart",
        "pointerover",
        "submit",
        "scroll",
    ]
    result: dict[str, Any] = page.evaluate(_PROVOKE, events)
    return result


def _cleaned(html: str) -> str:
    try:
        return sanitize_html(html)
    except HtmlTooDeep:
        return ""


def test_nothing_comes_to_life(quiet_page: tuple[Page, list[str]]) -> None:
    page, asked = quiet_page
    hostile = list(dict.fromkeys(payloads()))
    for start in range(0, len(hostile), BATCH):
        batch = hostile[start : start + BATCH]
        fragments = [_cleaned(html) for html in batch]
        # As an agent is shown them: inline pictures by our addresses, those from afar not at all.
        shown = [show_pictures(html, inline=lambda _id: None) for html in fragments]
        for these in (fragments, shown):
            result = _shown(page, these)
            assert result["found"] == []
            assert result["hits"] == []
            assert result["children"] == len(batch)
    assert [url for url in asked if not url.startswith("cid:")] == []


def test_the_page_would_tell(quiet_page: tuple[Page, list[str]]) -> None:
    page, asked = quiet_page
    result = _shown(page, ["<img src='https://evil.example/x' onerror='hit()'><form></form>"])
    page.wait_for_function("window.hits.length > 0")
    assert asked == ["https://evil.example/x"]
    assert len(result["found"]) == 2
