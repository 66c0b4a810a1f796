"""Whatever the mail: each word is in exactly one part, and hostile mail takes no longer than its length warrants."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import document_fromstring

from okno.channels.email.own_words.lines import Split
from okno.channels.email.own_words.mail import read_own_words
from okno.channels.email.own_words.markup import split_html
from okno.channels.email.own_words.plain import split_text
from okno.lib.html_text import as_one_document, html_to_text, without_unusable
from okno.lib.sanitize import sanitize_html

from .samples import FOOTERS, HEADS, INTROS, ONLY_IF_QUOTED, SIGNATURES
from .test_markup import CLIENTS
from .test_plain import TRAPS

PIECES = [
    *INTROS.values(),
    *ONLY_IF_QUOTED.values(),
    *HEADS.values(),
    *FOOTERS.values(),
    *SIGNATURES.values(),
    *TRAPS,
    "",
    "> quoted",
    ">> deeper",
    "＞ wide",
    "AK> initials",
    "an own word, and another",
    "--",
    "-- ",
    "________",
    "> On 3 Nov 2026, at 10:11, Anna\n<anna@example.org> wrote:",
]
texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), max_size=12).map("\n".join)
fragments = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *CLIENTS.values(),
                "<br>",
                "<hr>",
                "<div>",
                "</div>",
                "<blockquote type=cite>",
                "</blockquote>",
                "<p>",
                "<td>",
            ]
        ),
        st.sampled_from(PIECES).map(
            lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
        ),
        st.text(max_size=20),
    ),
    max_size=8,
).map("".join)


def words(*parts: str) -> Counter[str]:
    return Counter(word for part in parts for word in part.split())


def letters(*parts: str) -> Counter[str]:
    """Return the letters of HTML, for its words may be cut where its elements are."""
    shown = [
        document_fromstring(f"<p>{as_one_document(without_unusable(part))}</p>").text_content()
        for part in parts
    ]
    return Counter(letter for text in shown for letter in re.sub(r"\s", "", text))


@given(texts)
def test_every_word_of_a_text_is_in_one_part(text: str) -> None:
    split = split_text(text)
    assert words(split.own, split.signature, split.quoted) == words(text)


@given(texts)
def test_splitting_the_own_words_again_finds_no_quotation_of_other_words(text: str) -> None:
    split = split_text(text)
    again = split_text(split.own)
    assert words(again.own, again.signature, again.quoted) == words(split.own)


@given(fragments)
def test_every_letter_of_html_is_in_one_part(html: str) -> None:
    split = split_html(html)
    if split.is_folded:
        assert letters(split.own, split.signature, split.quoted) == letters(html)
    else:
        assert split == Split(html)


@given(fragments)
def test_what_is_shown_is_a_part_of_the_whole_text(html: str) -> None:
    text = html_to_text(html)
    found = read_own_words(text, html, cleaned=sanitize_html(html), is_text_derived=True)
    own = Counter(re.sub(r"\s", "", found.reply_text))
    assert own <= Counter(re.sub(r"\s", "", text))


@pytest.mark.parametrize(
    "text",
    [
        ">\n" * 100_000,
        ":\n" * 100_000,
        "On 3 Nov 2026 x wrote:\n" * 19_000,
        "From: a@b\nSent: 1\n" * 9_000,
        "-- \n" * 19_000,
        "On " * 200_000,
        "a" * 1_000_000 + ":",
        ("3 Nov 2026 " * 36 + ":\n") * 5_000,
        ("<a@b " * 70 + ":\n") * 5_000,
        "> a\nb\n" * 9_000,
        "Sent from " * 15 + "\n" * 15_000,
        ("This message " * 50 + "\n\n") * 9_000,
        "—" * 500_000,
        ("a" * 30 + " ") * 30_000 + ":",
        "\n".join(["> a" * 3, "x" * 300 + ":"] * 9_000),
    ],
    ids=range(15),
)
def test_hostile_text_is_read(text: str) -> None:
    split = split_text(text)
    assert words(split.own, split.signature, split.quoted) == words(text)


@pytest.mark.parametrize(
    "html",
    [
        "<p>x</p>" * 100_000,
        "<div class=gmail_quote><blockquote>" * 90,
        "<div class=gmail_quote>x</div>" * 15_000,
        "<blockquote type=cite>x</blockquote>y" * 9_000,
        "<div style='border-top:solid'><b>From:</b>x</div>" * 9_000,
        "<div style='border-top:solid'>" * 90 + "<b>x</b>" * 9_000,
        "<br>" * 19_000 + "On 3 Nov 2026 x wrote:",
        "<table><tr>" + "<td>x</td>" * 50_000,
        "<pre>" + ">\n" * 19_000,
        "<pre>" + "x\n" * 100_000,
    ],
    ids=range(10),
)
def test_hostile_html_is_read(html: str) -> None:
    split = split_html(html)
    assert split.own
