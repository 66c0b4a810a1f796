"""Menu, palette, keys, toasts, bell, mail frame and the live stream."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.ui import site_urls
from tests.ui.conftest import Visitor


def test_menu_filters_and_shows_the_choice_at_once(visitor: Visitor) -> None:
    page = visitor.go("/_ui/ticket/")
    page.keyboard.press("s")
    page.keyboard.type("resol")
    expect(page.locator("#m-status [data-item]:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#property-status [data-value]")).to_have_text("Resolved")


def test_a_refused_choice_is_put_back_and_says_why(visitor: Visitor) -> None:
    page = visitor.go("/_ui/ticket/")
    page.click("#property-status [popovertarget]")
    expect(page.locator("#m-status [data-filter]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Somebody was faster")
    expect(page.locator("#property-status [data-value]")).to_have_text("In progress")


def test_escape_closes_the_menu_and_the_button_has_the_focus(visitor: Visitor) -> None:
    page = visitor.go("/_ui/ticket/")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(page.locator("#m-status")).to_be_hidden()
    expect(page.locator("#property-status [popovertarget]")).to_be_focused()


def test_palette_finds_and_goes(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("Control+k")
    page.keyboard.type("printer")
    expect(page.locator("[data-results] [data-item]")).to_have_count(2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**number=10479")


def test_palette_presses_the_key_of_an_act(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("j")
    page.keyboard.press("/")
    expect(page.locator("[data-context]")).to_contain_text("10482")
    page.locator("[data-press=a]").click()
    expect(page.locator("#bulk-assignee")).to_be_visible()


def test_question_mark_shows_the_sheet_and_typing_does_not(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("f")
    page.keyboard.type("c?")
    expect(page.locator("#shortcuts")).to_be_hidden()
    expect(page.locator("input[name=add]")).to_have_value("c?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()


def test_two_keys_in_a_row_go_somewhere(visitor: Visitor) -> None:
    page = visitor.go("/_ui/ticket/")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/_ui/list/")


def test_copying_says_so_and_the_toast_closes(visitor: Visitor) -> None:
    page = visitor.go("/_ui/")
    page.click("[data-copy]")
    expect(page.locator("ok-toast .toast")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "10482"
    page.click("ok-toast [data-close]")
    expect(page.locator("ok-toast .toast")).to_have_count(0)


def test_bell_counts_after_an_event_and_lists_when_opened(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.evaluate(
        """document.dispatchEvent(
          new CustomEvent("okno:event", {detail: {id: "1", type: "x", ticket: null, number: null}})
        )"""
    )
    expect(page.locator("ok-bell [data-count]")).to_have_text("4")
    page.click("ok-bell button")
    expect(page.locator("#bell-list .menu-item").first).to_be_visible()


def test_foreign_html_gets_its_height(visitor: Visitor) -> None:
    page = visitor.go("/_ui/ticket/")
    frame = page.locator("#message-4 iframe")
    frame.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('#message-4 iframe').style.height !== ''")
    inside = frame.evaluate("frame => frame.contentDocument.documentElement.offsetHeight")
    assert frame.evaluate("frame => frame.clientHeight") == max(48, inside)


@pytest.mark.parametrize("visitor", [(360, 780)], indirect=True)
def test_on_a_phone_the_composer_unfolds_and_the_menu_slides_in(visitor: Visitor) -> None:
    page = visitor.go("/_ui/ticket/?empty=1")
    page.wait_for_selector("ok-composer[data-ready]", state="attached")
    expect(page.locator("form.composer")).to_be_hidden()
    page.click("[data-unfold=note]")
    expect(page.locator("form.composer")).to_be_visible()
    expect(page.locator("input[name=kind][value=note]")).to_be_checked()
    page.click("[popovertarget=side]")
    expect(page.locator("#side")).to_be_visible()


LISTEN = """() => {
  window.heard = [];
  document.addEventListener("okno:event", (event) => window.heard.push(event.detail.number));
  const live = document.createElement("ok-live");
  live.dataset.url = "/_ui/events/";
  live.dataset.person = "1";
  document.body.append(live);
}"""


def test_all_tabs_share_one_stream_that_resumes_where_it_was_cut(visitor: Visitor) -> None:
    tabs = [visitor.go("/_ui/auth/"), *(visitor.context.new_page() for _ in range(2))]
    site_urls.ASKED.clear()
    for tab in tabs:
        tab.goto(f"{visitor.site}/_ui/auth/")
        tab.wait_for_selector("html[data-islands]", state="attached")
        tab.evaluate(LISTEN)
        tab.wait_for_selector("ok-live[data-state=open]", state="attached")
    (stream,) = site_urls.EVENTS
    stream.put({"id": "5", "type": "ticket.created", "ticket": 1, "number": 77})
    for tab in tabs:
        tab.wait_for_function("() => window.heard.includes(77)")
    stream.put(None)
    tabs[0].wait_for_selector("ok-live[data-state=lost]", state="attached")
    tabs[0].wait_for_selector("ok-live[data-state=open]", state="attached")
    assert site_urls.ASKED == ["", "5"]
    for each in list(site_urls.EVENTS):
        each.put(None)


def test_ages_grow_and_clocks_run_down_while_the_page_is_open(visitor: Visitor) -> None:
    visitor.page.clock.install()
    page = visitor.go("/_ui/list/")
    expect(page.locator("#row-10491 .row-age")).to_have_text("12 min")
    page.clock.fast_forward(20 * 60_000)
    expect(page.locator("#row-10491 .row-age")).to_have_text("32 min")
    expect(page.locator("#row-10479 .clock")).to_have_text("−0:02")
