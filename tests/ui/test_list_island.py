"""The list: cursor, selection, and rows that stay true."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.ui.conftest import Visitor


def tell(page: Page, number: int) -> None:
    """Send the event that the live stream would."""
    page.evaluate(
        """number => document.dispatchEvent(
          new CustomEvent("okno:event", {detail: {id: "1", type: "t", ticket: number, number}})
        )""",
        number,
    )


def test_keys_move_the_cursor_and_open_the_ticket(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("tr.cur")).to_have_attribute("data-number", "10479")
    page.keyboard.press("k")
    page.keyboard.press("o")
    page.wait_for_url("**/_ui/ticket/**")


def test_russian_layout_presses_the_same_keys(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'о', code: 'KeyJ', bubbles: true}))"
    )
    expect(page.locator("tr.cur")).to_have_count(1)


def test_selection_shows_the_bar_and_escape_lets_go(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(bar).to_be_visible()
    page.locator("#row-10488 input").click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("4")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_a_key_of_the_bar_acts_on_the_row_under_the_cursor(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#bulk-assignee")).to_be_visible()
    page.keyboard.type("emma" if page.locator("#bulk-assignee >> text=Emma").count() else "анна")
    with page.expect_request("**/_ui/set/") as sent:
        page.keyboard.press("Enter")
    assert "number=10482" in (sent.value.post_data or "")
    assert "assignee=1" in (sent.value.post_data or "")
    expect(page.locator("#bulk")).to_be_hidden()


def test_new_row_slides_in_when_the_list_is_at_rest(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    tell(page, 10500)
    expect(page.locator("tbody tr").first).to_have_attribute("data-number", "10500")


def test_new_row_waits_behind_a_button_while_something_is_selected(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    tell(page, 10500)
    button = page.locator("[data-fresh]")
    expect(button).to_have_text("↑ 1 new ticket")
    expect(page.locator("tbody tr").first).to_have_attribute("data-number", "10482")
    button.click()
    expect(page.locator("tbody tr").first).to_have_attribute("data-number", "10500")


def test_a_row_that_left_the_view_stays_where_it_is_but_pales(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    tell(page, 10482)
    tell(page, 10479)
    expect(page.locator("#row-10482")).to_have_class("row row-unread row-gone")
    expect(page.locator("#row-10479")).to_have_class("row row-unread cur")


def test_typed_words_are_suggested_and_join_the_tokens(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("f")
    page.keyboard.type("stat")
    expect(page.locator("[data-insert='status:']")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("input[name=add]")).to_have_value("status:")
    expect(page.locator("[data-insert='status:open']")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**add=status%3Aopen**")


def test_backspace_in_the_empty_field_takes_the_last_token(visitor: Visitor) -> None:
    page = visitor.go("/_ui/list/")
    page.keyboard.press("f")
    page.keyboard.press("Backspace")
    page.wait_for_url("**?q=team:L1")
