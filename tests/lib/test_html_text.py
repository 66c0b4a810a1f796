"""HTML as text: words stay whole, blocks stay apart."""

import pytest

from okno.lib.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("те<span>кст</span>, <span>x</span>y", "текст, xy"),
        ("<div>a<br><br>b</div>", "a\n\nb"),
        ("<div><div><div>a</div><div>b</div></div></div>", "a\nb"),
        ("a<hr>b<center>c</center>d<section>e</section>f", "a\nb\nc\nd\ne\nf"),
        ("<dl><dt>a</dt><dd>b</dd></dl>c", "a\nb\nc"),
        ("<html><head><title>t</title></head><body>a</body></html><div>b</div>", "a\nb"),
        ("<!DOCTYPE html><body>a</body><body bgcolor='red'><p>b</p></body>", "a\n\nb"),
        ("<?xml version='1.0' encoding='utf-8'?><p>a</p>", "a"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a  b\nc"),
    ],
)
def test_words_and_blocks(html: str, text: str) -> None:
    assert html_to_text(html) == text
