"""What foreign HTML keeps and what it loses."""

import re
import time

import pytest

from okno.lib.html_text import HtmlTooDeep, html_to_text, nesting_depth
from okno.lib.sanitize import content_ids, sanitize_html, show_pictures

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<form action=/logout method=post><button>go</button></form>",
    "<div style='position:fixed;inset:0;background:url(https://evil.example/x)'>x</div>",
    "<div style='b\\61ckground:url(https://evil.example/x)'>x</div>",
    "<img srcset='https://evil.example/x 2x' src='https://evil.example/y'>",
    "<table background='https://evil.example/x'><tr><td background='//evil.example/y'>x</td></tr></table>",
    "<link rel=stylesheet href=https://evil.example/x.css><style>@import 'https://evil.example/x'</style>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<base href='https://evil.example/'>",
    "<div hx-get=/x hx-trigger=load x-data=1 id=a name=b class=c>x</div>",
    "<input autofocus onfocus=alert(1)>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<img src='remote:https://evil.example/x\" onerror=\"alert(1)'>",
    "<img alt='\" src=\"remote:x' src='https://evil.example/a\"onerror=alert(1)'>",
    '<p title=\'<img src="remote:https://evil.example/x" onerror="alert(1)">\'>x</p>',
]


ACTIVE = ("<script", " onerror=", " onload=", "javascript:", "<iframe", "<form", "<style", "<base", "<meta")
LOADING = (' src="', " srcset", "url(", "background=", "<link", "hx-", " id=", "position")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_active_and_nothing_loaded_remains(html: str) -> None:
    cleaned = sanitize_html(html)
    outside_values = re.sub(r'="[^"]*"', '=""', cleaned)
    assert [word for word in ACTIVE if word in outside_values] == []
    assert "javascript:" not in cleaned
    assert [word for word in LOADING if word in cleaned] == []


def test_harmless_formatting_is_kept() -> None:
    html = (
        '<p style="color:red;text-align:center">Привет, <b>мир</b></p>'
        '<table border="1"><tr><td>1</td></tr></table>'
    )
    cleaned = sanitize_html(html)
    assert "Привет, <b>мир</b>" in cleaned
    assert "color:red" in cleaned
    assert '<table border="1">' in cleaned


def test_links_open_apart_and_tell_no_referrer() -> None:
    cleaned = sanitize_html('<a href="https://example.org/">x</a>')
    assert 'href="https://example.org/"' in cleaned
    assert 'target="_blank"' in cleaned
    assert "noreferrer" in cleaned


def test_inline_pictures_keep_their_content_id_until_they_are_shown() -> None:
    cleaned = sanitize_html('<img src="cid:a%40b" alt="logo">')
    assert content_ids(cleaned) == {"a@b"}
    assert '<img src="/files/7" alt="logo">' in show_pictures(cleaned, inline={"a@b": "/files/7"}.get)
    assert "src" not in show_pictures(cleaned, inline=lambda _: None)


def test_remote_pictures_are_blocked_and_can_be_allowed() -> None:
    cleaned = sanitize_html('<img alt="x" src="https://example.org/a.png?b=1&c=2">')
    assert " src=" not in cleaned
    assert 'data-remote-src="https://example.org/a.png?b=1&amp;c=2"' in cleaned
    asked: list[str] = []
    shown = show_pictures(
        cleaned, inline=lambda _: None, remote=lambda url: asked.append(url) or "/picture/1"
    )
    assert asked == ["https://example.org/a.png?b=1&c=2"]
    assert ' src="/picture/1"' in shown
    assert "example.org" not in shown


def test_cleaning_twice_changes_nothing() -> None:
    once = sanitize_html('<img src="https://example.org/a.png"><img src="cid:x"><p style="color:red">y</p>')
    assert sanitize_html(once) == once


def test_deep_nesting_is_refused_at_once() -> None:
    html = "<div>" * 30_000
    started = time.monotonic()
    with pytest.raises(HtmlTooDeep):
        sanitize_html(html)
    with pytest.raises(HtmlTooDeep):
        html_to_text(html)
    assert time.monotonic() - started < 2


def test_flat_pages_without_end_tags_are_not_taken_for_deep_ones() -> None:
    assert nesting_depth("<table>" + "<tr><td><p>x<br>" * 5000 + "</table>") == 1


def test_text_of_html() -> None:
    html = "<head><title>t</title><style>p{}</style></head><p>Добрый день!</p><p>Раз<br>два</p>"
    text = html_to_text(html)
    assert text.splitlines()[0] == "Добрый день!"
    assert "Раз\nдва" in text
    assert "p{}" not in text


def test_styles_with_long_names_are_kept() -> None:
    kept = sanitize_html('<p style="padding-bottom:2px;text-indent:1em">x</p>')
    assert "padding-bottom:2px" in kept
    assert "text-indent:1em" in kept
