"""Both forms of one mail: what the sender wrote is the same in each."""

from email.message import EmailMessage

import pytest

from okno.channels.base import ParsedMessage
from okno.channels.email.parse import parse_message

from .samples import INTROS
from .test_markup import CLIENTS, OLD, OWN


def parse(*, text: str | None = None, html: str | None = None) -> ParsedMessage:
    mail = EmailMessage()
    mail["From"] = "requester@example.org"
    if text is not None:
        mail.set_content(text, cte="8bit")
    if html is not None and text is not None:
        mail.add_alternative(html, subtype="html")
    elif html is not None:
        mail.set_content(html, subtype="html")
    return parse_message(mail.as_bytes())


@pytest.mark.parametrize("html", CLIENTS.values(), ids=CLIENTS.keys())
def test_only_html(html: str) -> None:
    message = parse(html=html)
    assert message.reply_text == OWN
    assert OLD in message.quoted_text
    assert OLD not in (message.reply_html or "")
    assert OLD in (message.quoted_html or "")


def test_text_and_html_that_both_quote() -> None:
    message = parse(text=f"{OWN}\n\n-- \nBob\n\n{INTROS['gmail-en']}\n> {OLD}\n", html=CLIENTS["gmail"])
    assert (message.reply_text, message.signature) == (OWN, "-- \nBob")
    assert OWN in (message.reply_html or "")
    assert OLD not in (message.reply_html or "")


def test_a_quotation_that_only_the_html_marks() -> None:
    html = f'<div>{OWN}</div><div class="gmail_quote">Qwx zzz<br>{OLD}</div>'
    message = parse(text=f"{OWN}\n\nQwx zzz\n{OLD}\n", html=html)
    assert message.reply_text == OWN
    assert OLD in message.quoted_text


def test_a_quotation_in_html_of_other_words_cuts_no_text() -> None:
    html = f'<div>Other words</div><div class="gmail_quote">{OLD}</div>'
    assert parse(text=f"{OWN}\n{OLD}", html=html).reply_text == f"{OWN}\n{OLD}"


def test_a_signature_that_only_the_html_marks() -> None:
    html = f'<div>{OWN}</div><div class="gmail_signature">Bob<br>Acme</div>'
    message = parse(text=f"{OWN}\n\nBob\nAcme\n", html=html)
    assert (message.reply_text, message.signature) == (OWN, "Bob\nAcme")
    assert "Acme" not in (message.reply_html or "")
    assert "Acme" in (message.quoted_html or "")


def test_a_signature_in_html_of_other_words_cuts_no_text() -> None:
    html = f'<div>{OWN}</div><div class="gmail_signature">Bob</div>'
    message = parse(text=f"{OWN}\n\nBob has called.", html=html)
    assert (message.reply_text, message.signature) == (f"{OWN}\n\nBob has called.", None)


def test_an_answer_of_one_picture_is_shown() -> None:
    message = parse(html=CLIENTS["gmail"].replace(OWN, '<img src="cid:1">'))
    assert "cid:1" in (message.reply_html or "")
    assert OLD not in (message.reply_html or "")


def test_what_runs_is_taken_out_of_every_part() -> None:
    html = (
        f'<div>{OWN}<script>1</script></div><div class="gmail_signature" onclick="x()">Bob</div>'
        f'<div class="gmail_quote"><img src="x" onerror="x()">{OLD}</div>'
    )
    message = parse(html=html)
    shown = f"{message.reply_html}{message.quoted_html}"
    assert "Bob" in shown
    assert "<script" not in shown
    assert "onclick" not in shown
    assert "onerror" not in shown


def test_nothing_is_folded_in_a_plain_letter() -> None:
    message = parse(text=f"{OWN}\n", html=f"<p>{OWN}</p>")
    assert (message.reply_text, message.signature, message.quoted_text) == (OWN, None, "")
    assert message.reply_html == message.html
    assert message.quoted_html is None
