"""Texts with placeholders: what a value holds is only ever text, in HTML and in plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from okno.channels.email.markup import (
    Block,
    is_fixed_address,
    links_in,
    lonely,
    placeholders_in,
    render,
    render_line,
    text_as_html,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "{link}",
    "[click](https://evil.example)",
    "**bold** *it* # head",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% load x %} ${7*7} %(x)s {0}",
    "https://evil.example",
    "\n\n# Heading\n\n- item",
]


def test_simple_markup_in_html_and_in_text() -> None:
    found = render("# Hello\n\n**Bold** and *slanted*\nnext line\n\n- one\n- two\n\n1. first\n2. second", {})
    assert found.html == (
        "<h2>Hello</h2><p><strong>Bold</strong> and <em>slanted</em><br>next line</p>"
        "<ul><li><p>one</p></li><li><p>two</p></li></ul><ol><li><p>first</p></li><li><p>second</p></li></ol>"
    )
    assert found.text == "Hello\n\nBold and slanted\nnext line\n\n- one\n- two\n\n1. first\n2. second"


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("source", ["{subject}", "a **{subject}** b", "[{subject}]({link})", "- {subject}"])
def test_a_value_is_text_and_never_anything_else(source: str, value: str) -> None:
    found = render(source, {"subject": value, "link": "https://ours.example/r/1/"})
    tree = lxml_html.fragment_fromstring(found.html, create_parent="div")
    assert value.replace("\n", "") in tree.text_content()
    tags = {element.tag for element in tree.iter()} - {
        "div",
        "p",
        "strong",
        "a",
        "ul",
        "li",
        "br",
        "table",
        "tr",
        "td",
    }
    assert not tags
    assert {link.get("href") for link in tree.iter("a")} <= {"https://ours.example/r/1/"}
    assert value in found.text.replace("\n  ", "\n")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_value_in_any_text_opens_no_element(source: str, value: str) -> None:
    empty = render(source + "\n\n{subject}", {"subject": "x"})
    full = render(source + "\n\n{subject}", {"subject": value + "x"})
    assert full.html.count("<") - full.html.count("<br>") == empty.html.count("<") - empty.html.count("<br>")


def test_html_in_a_text_is_text() -> None:
    assert render("<b>x</b> <script>", {}).html == "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;</p>"


def test_a_link_leads_where_only_this_mail_leads() -> None:
    found = render("See [the page]({link}) or {link}.", {"link": "https://ours.example/?a=1&b=2"})
    assert found.html.count('href="https://ours.example/?a=1&amp;b=2"') == 2
    assert found.text == "See the page: https://ours.example/?a=1&b=2 or https://ours.example/?a=1&b=2."


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "{subject}", "x"]
)
def test_a_link_to_elsewhere_is_none(href: str) -> None:
    found = render(f"[words]({href})", {"subject": "javascript:alert(1)"})
    assert "<a" not in found.html
    assert "words" in found.html


def test_links_alone_become_buttons() -> None:
    found = render("[Yes]({solved}) [No]({problem})", {"solved": "https://o/y", "problem": "https://o/n"})
    assert 'class="button stack"><a href="https://o/y">Yes</a>' in found.html
    assert 'class="button-line stack"><a href="https://o/n">No</a>' in found.html
    assert found.text == "Yes:\nhttps://o/y\n\nNo:\nhttps://o/n"
    assert "button" not in render("Press [Yes]({solved})", {"solved": "https://o/y"}).html


def test_what_has_nothing_to_say_is_left_out() -> None:
    source = "Hello {requester}!\n\nHow it was solved:\n\n> {solution}\n\nBye."
    assert render(source, {"requester": "", "solution": ""}).text == "Bye."
    assert render(source, {"requester": "A", "solution": "So"}).text == (
        "Hello A!\n\nHow it was solved:\n\n    So\n\nBye."
    )
    assert "How it was solved" not in render(source, {"requester": "A"}).html


def test_a_block_takes_the_place_of_its_paragraph() -> None:
    block = Block(html="<p>One</p><p>Two</p>", text="One\n\nTwo")
    found = render("Hello\n\n{message}\n\nBye", {"message": block})
    assert found.html == "<p>Hello</p><p>One</p><p>Two</p><p>Bye</p>"
    assert found.text == "Hello\n\nOne\n\nTwo\n\nBye"
    assert render("{message}", {"message": Block(text="a <b\nc")}).html == "<p>a &lt;b<br>c</p>"


@pytest.mark.parametrize(
    ("source", "is_alone"),
    [("{message}", True), ("a\n\n{message}\n\nb", True), ("a {message}", False), ("> {message}", False),
     ("- {message}", False), ("**{message}**", False), ("a", False), ("{message}\n\nb {message}", False)],
)  # fmt: skip
def test_what_stands_alone(source: str, is_alone: bool) -> None:
    assert lonely(source, "message") == is_alone


def test_a_subject_is_one_line_without_what_dangles() -> None:
    values = {"number": "7", "subject": "A\r\nBcc: x@evil.example", "requester": ""}
    assert render_line("Re: {subject} [#{number}]", values) == "Re: A Bcc: x@evil.example [#7]"
    assert render_line("Received: {subject} [#{number}]", {"number": "7", "subject": ""}) == "Received [#7]"
    assert render_line("Is “{subject}” solved? [#{number}]", {"number": "7"}) == "Is solved? [#7]"
    assert render_line("[#{number}] News: {subject}", {"number": "7"}) == "[#7] News"
    assert render_line("{subject}", {"subject": "{number} {subject}"}) == "{number} {subject}"


def test_placeholders_and_links_are_found() -> None:
    assert placeholders_in("{a} { b } {a} {1} {x y} {} {номер}") == ["a", "b", "номер"]
    assert list(links_in("[x]({link}) and [y](https://e.example)")) == ["{link}", "https://e.example"]
    assert is_fixed_address("mailto:a@b.example")
    assert not is_fixed_address("https://e.example/{subject}")


def test_deep_and_long_texts_take_no_time() -> None:
    for source in (">" * 8000, "- " * 4000, "*" * 8000, "[" * 8000, "{" * 8000, "![](" * 2000):
        assert render(source, {}).text is not None


def test_plain_text_as_html() -> None:
    assert text_as_html("a <b>\nc\n\nd") == "<p>a &lt;b&gt;<br>c</p><p>d</p>"
