"""The composer: text, people, files, the draft, sending and taking back."""

from __future__ import annotations

import json

from playwright.sync_api import Page, expect

from tests.ui.conftest import Visitor


def composer(visitor: Visitor) -> Page:
    """Open an empty composer and wait for its editor."""
    page = visitor.go("/_ui/ticket/?empty=1")
    page.wait_for_selector("ok-composer[data-ready]")
    return page


def test_reply_is_sent_by_keys_appears_and_can_be_taken_back(visitor: Visitor) -> None:
    page = composer(visitor)
    page.keyboard.press("r")
    page.keyboard.type("It is done")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#message-7")).to_contain_text("It is done []")
    expect(page.locator(".ProseMirror")).to_have_text("")
    expect(page.locator("input[name=key]")).to_have_value("next")
    page.locator(".toast [data-action]").click()
    expect(page.locator(".ProseMirror")).to_have_text("taken back")


def test_shift_sends_and_resolves(visitor: Visitor) -> None:
    page = composer(visitor)
    page.keyboard.press("r")
    page.keyboard.type("It is done")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator("#message-7")).to_contain_text("[resolve]")


def test_other_ways_to_send_are_in_the_split_button(visitor: Visitor) -> None:
    page = composer(visitor)
    page.locator(".ProseMirror").click()
    page.keyboard.type("Please check")
    page.click("[popovertarget=composer-then]")
    page.click("#composer-then [value=wait]")
    expect(page.locator("#message-7")).to_contain_text("[wait]")
    expect(page.locator("#composer-then")).to_be_hidden()


def test_note_tints_and_hides_the_people(visitor: Visitor) -> None:
    page = composer(visitor)
    page.keyboard.press("n")
    expect(page.locator(".composer-people")).to_be_hidden()
    page.keyboard.type("inside only")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#message-7")).to_have_class("message message-note row-in")


def test_when_somebody_answered_meanwhile_the_words_stay(visitor: Visitor) -> None:
    page = composer(visitor)
    page.keyboard.press("r")
    page.keyboard.type("too late")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#composer-notice")).to_contain_text("Somebody answered meanwhile")
    expect(page.locator(".ProseMirror")).to_have_text("too late")


def test_draft_is_kept_a_second_after_typing(visitor: Visitor) -> None:
    page = composer(visitor)
    page.locator(".ProseMirror").click()
    with page.expect_request("**/_ui/draft/") as saved:
        page.keyboard.type("half a thought")
    draft = json.loads(saved.value.post_data or "")
    assert draft["text"] == "half a thought"
    assert draft["html"] == "<p>half a thought</p>"
    assert draft["to"] == ["m.sokolova@zarya-log.example"]
    expect(page.locator("[data-state]")).to_have_text("Draft saved")


def test_rich_text_reaches_the_form(visitor: Visitor) -> None:
    page = composer(visitor)
    page.locator(".ProseMirror").click()
    page.click("[data-tool=bold]")
    page.keyboard.type("bold")
    expect(page.locator("[data-tool=bold]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("input[name=html]")).to_have_value("<p><strong>bold</strong></p>")
    page.keyboard.press("Control+a")
    page.click("[data-tool=link]")
    page.fill("[data-link]", "https://okno.example/")
    page.click("[data-link-set]")
    expect(page.locator(".ProseMirror a")).to_have_attribute("href", "https://okno.example/")


def test_people_become_chips_and_leave_again(visitor: Visitor) -> None:
    page = composer(visitor)
    field = page.locator("#composer-cc")
    field.click()
    field.type("new@client.example")
    page.keyboard.press(",")
    value = page.locator("input[type=hidden][name=cc]")
    expect(value).to_have_value("gromov@zarya-log.example, new@client.example")
    field.type("per")
    page.locator("[data-address='person2@okno.example']").click()
    expect(value).to_have_value("gromov@zarya-log.example, new@client.example, person2@okno.example")
    page.keyboard.press("Backspace")
    expect(value).to_have_value("gromov@zarya-log.example, new@client.example")


def test_files_become_chips_pictures_text_and_refusals_say_why(visitor: Visitor) -> None:
    page = composer(visitor)
    page.set_input_files("[data-pick]", [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"pdf"}])
    expect(page.locator("input[name=attachment]")).to_have_value("f1")
    page.set_input_files("[data-pick]", [{"name": "b.png", "mimeType": "image/png", "buffer": b"png"}])
    expect(page.locator(".ProseMirror img[src]")).to_have_attribute("alt", "b.png")
    page.set_input_files("[data-pick]", [{"name": "c.exe", "mimeType": "application/exe", "buffer": b"MZ"}])
    expect(page.locator(".file-failed")).to_contain_text("Programs are not accepted")
    page.locator(".file-failed [data-remove]").click()
    expect(page.locator(".file-failed")).to_have_count(0)


def test_pasted_picture_is_uploaded(visitor: Visitor) -> None:
    page = composer(visitor)
    page.locator(".ProseMirror").click()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["png"], "pasted.png", {type: "image/png"}));
          const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
          document.querySelector(".ProseMirror").dispatchEvent(event);
        }"""
    )
    expect(page.locator(".ProseMirror img[src]")).to_have_attribute("alt", "pasted.png")
