"""The sender's own words are never taken for quoted ones."""

import pytest

from okno.channels.email.own_words.plain import split_text
from okno.channels.email.own_words.markup import split_html

OWN = "Спасибо, всё работает."
INTROS = [
    "On Mon, Nov 3, 2025 at 10:11 AM Anna <anna@example.org> wrote:",
    "On Mon, Nov 3, 2025 at 10:11 AM Anna Long Name\n<anna@example.org> wrote:",
    "пн, 3 нояб. 2025 г. в 10:11, Анна <anna@example.org>:",
    "3 ноября 2025 г., 10:11 пользователь Анна <anna@example.org> написал:",
    '03.11.2026, 10:11, "Анна" <anna@example.org>:',
    "Понедельник, 3 ноября 2025, 10:11 +03:00 от Анна <anna@example.org>:",
    "03.11.2025 10:11, Анна пишет:",
    "Анна написал(а):",
    "Le lun. 3 nov. 2025 à 10:11, Anna <anna@example.org> a écrit :",
    "Am 03.11.2025 um 10:11 schrieb Anna:",
]
BLOCKS = [
    "-----Original Message-----\nFrom: Anna\nSent: Monday\nTo: me\nSubject: x\n\nold words",
    "-----Исходное сообщение-----\nОт: Анна\nОтправлено: 3 ноября\nold words",
    "________________________________\nОт: Анна <a@example.org>\nОтправлено: 3 ноября\nКому: me\n\nold words",
    "*From:* Anna <anna@example.org>\n*Sent:* Monday\n*To:* me\n*Subject:* x\n\nold words",
]


@pytest.mark.parametrize("intro", INTROS)
def test_marked_quotation_below(intro: str) -> None:
    split = split_text(f"{OWN}\n\n{intro}\n> old words\n>\n> more\n")
    assert split.own == OWN
    assert "old words" in split.quoted
    assert intro.split("\n", 1)[0] in split.quoted


@pytest.mark.parametrize("intro", INTROS)
def test_bottom_posting(intro: str) -> None:
    split = split_text(f"{intro}\n> old words\n\n{OWN}\n")
    assert split.own == OWN
    assert "old words" in split.quoted


@pytest.mark.parametrize("block", BLOCKS)
def test_header_blocks_end_the_own_part(block: str) -> None:
    split = split_text(f"{OWN}\n\n{block}\n")
    assert split.own == OWN
    assert "old words" in split.quoted


@pytest.mark.parametrize(
    "text",
    [
        "Пишу вам в 10:11, чтобы сказать:\nпринтер сломан",
        "From: the beginning it did not work.\nTo: be honest, never.",
        "> Работает?\nДа.\n> А сканер?\nНет.",
        "---------- Forwarded message ---------\nFrom: x <x@example.org>\nDate: y\nSubject: z\n\nA request",
        "> only a quotation",
        "Ошибка:\n\n   2 > 1\n",
        "",
    ],
)
def test_when_in_doubt_all_is_shown(text: str) -> None:
    assert split_text(text).own == text
    assert split_text(text).quoted == ""


def test_gmail_html() -> None:
    html = (
        f'<div dir="ltr">{OWN}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        'пн, 3 нояб. 2025 г. в 10:11, Анна &lt;a@example.org&gt;:<br></div><blockquote class="gmail_quote">'
        "old words</blockquote></div>"
    )
    split = split_html(html)
    assert OWN in split.own
    assert "old words" not in split.own
    assert "old words" in split.quoted
    assert "пн, 3 нояб." in split.quoted


def test_outlook_html() -> None:
    html = (
        f'<html><body><div><p class="MsoNormal">{OWN}</p><div><div style="border:none;'
        'border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        "<p><b>From:</b> Anna<br><b>Sent:</b> Monday</p></div></div>"
        "<p>old words</p></div></body></html>"
    )
    split = split_html(html)
    assert OWN in split.own
    assert "old words" not in split.own
    assert "From:" in split.quoted
    assert "old words" in split.quoted


def test_thunderbird_html() -> None:
    html = (
        f'<body><p>{OWN}</p><div class="moz-cite-prefix">On 03.11.2025 10:11, Anna wrote:<br></div>'
        '<blockquote type="cite" cite="mid:x">old words</blockquote><p>-- me</p></body>'
    )
    split = split_html(html)
    assert OWN in split.own
    assert "-- me" in split.signature
    assert "wrote:" in split.quoted
    assert "old words" not in split.own


@pytest.mark.parametrize(
    "html",
    [
        "<p>x</p>",
        '<blockquote type="cite">only a quotation</blockquote>',
        '<blockquote type="cite">one</blockquote>Yes<blockquote type="cite">two</blockquote>No',
        "<p>1 &lt; 2</p>",
        "",
    ],
)
def test_when_in_doubt_all_html_is_shown(html: str) -> None:
    assert split_html(html).own == html
    assert split_html(html).quoted == ""
