"""The HTML of the world's mail programs: own words stay, whatever else stands around them is folded."""

import pytest
from lxml.html import fromstring

from okno.channels.email.own_words.markup import split_html
from okno.lib.html_text import html_to_text

from .samples import FOOTERS, HEADS, INTROS, SIGNATURES

OWN = "Спасибо, теперь печатает."
OLD = "Попробуйте выключить."
ADDRESS = "&lt;<a href='mailto:anna@example.org'>anna@example.org</a>&gt;"

CLIENTS = {
    "gmail": (
        f'<div dir="ltr">{OWN}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
        f'class="gmail_attr">On Tue, '
        f'Nov 3, 2026 at 10:11 AM Anna {ADDRESS} wrote:<br></div><blockquote class="gmail_quote" '
        f'style="margin:0px 0px 0px 0.8ex;'
        f'border-left:1px solid rgb(204,204,204);padding-left:1ex"><div dir="ltr">{OLD}</div></blockquote></div>'
    ),
    "gmail-in-a-language-unknown": (
        f'<div dir="ltr">{OWN}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Qwx 3 '
        f"Zzz {ADDRESS} bxbx:<br></div>"
        f'<blockquote class="gmail_quote">{OLD}</blockquote></div>'
    ),
    "gmail-old": (
        f'<div dir="ltr">{OWN}<div class="gmail_extra"><br><div class="gmail_quote">2026-11-03 10:11 GMT+03:00 Anna '
        f'<span dir="ltr">{ADDRESS}</span>:<br><blockquote class="gmail_quote">{OLD}</blockquote></div></div></div>'
    ),
    "gmail-plain-wrapper": f'{OWN}<br><div class="gmail_quote">On 3 Nov 2026, Anna {ADDRESS} wrote:<br>{OLD}</div>',
    "gmail-forward": (
        f'<div dir="ltr">{OWN}<br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded '
        f"message ---------<br>"
        f"From: <b>Anna</b> {ADDRESS}<br>Date: Tue<br>Subject: x<br></div><div>{OLD}</div>"
        f'<div class="gmail_quote"><blockquote class="gmail_quote">older</blockquote></div></div></div>'
    ),
    "outlook-desktop": (
        f'<body><div class="WordSection1"><p class="MsoNormal">{OWN}<o:p></o:p></p><p '
        f'class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p '
        'class="MsoNormal"><b>From:</b> '
        f"Anna {ADDRESS}<br><b>Sent:</b> Tuesday<br><b>To:</b> Okno<br><b>Subject:</b> x<o:p></o:p></p></div></div>"
        f'<p class="MsoNormal">{OLD}</p></div></body>'
    ),
    "outlook-desktop-in-a-language-unknown": (
        f'<p class="MsoNormal">{OWN}</p><div style="border:none;border-top:solid #B5C4DF '
        f'1.0pt"><p><b>Qwx:</b> Anna<br>'
        f"<b>Zzz:</b> 3<br><b>Bxb:</b> Okno</p></div><p>{OLD}</p>"
    ),
    "outlook-2003": (
        f"<p class=MsoNormal>{OWN}</p><div><p>-----Original Message-----<br><b>From:</b> "
        f"Anna<br><b>Sent:</b> Tuesday<br>"
        f"<b>To:</b> Okno<br><b>Subject:</b> x</p></div><p>{OLD}</p>"
    ),
    "outlook-paragraphs": (
        f"<p>{OWN}</p><p><b>От:</b> Анна {ADDRESS}</p><p><b>Отправлено:</b> 3 ноября</p><p><b>Кому:</b> Окно</p>"
        f"<p><b>Тема:</b> x</p><p>{OLD}</p>"
    ),
    "outlook-table": (
        f"<p>{OWN}</p><table><tr><td>From:</td><td>Anna {ADDRESS}</td></tr><tr><td>Sent:</td><td>3 "
        f"November 2026</td></tr>"
        f"<tr><td>To:</td><td>Okno</td></tr><tr><td>Subject:</td><td>x</td></tr></table><p>{OLD}</p>"
    ),
    "outlook-web": (
        f'<div style="font-family:Calibri">{OWN}</div><div id="appendonsend"></div><hr '
        f'style="display:inline-block;width:98%">'
        f'<div id="divRplyFwdMsg" dir="ltr"><font><b>From:</b> Anna {ADDRESS}<br><b>Sent:</b> '
        f"Tuesday<br><b>To:</b> Okno<br>"
        f"<b>Subject:</b> x</font><div>&nbsp;</div></div><div>{OLD}</div>"
    ),
    "outlook-web-in-a-language-unknown": (
        f'<div>{OWN}</div><hr><div id="x_divRplyFwdMsg"><b>Qwx</b> Anna</div><div>{OLD}</div>'
    ),
    "outlook-mobile": (
        f'<div dir="ltr">{OWN}</div><div id="ms-outlook-mobile-signature"><div></div>Get <a '
        f'href="https://aka.ms/o0ukef">Outlook for '
        f'iOS</a></div><hr><div id="divRplyFwdMsg"><b>From:</b> Anna<br><b>Sent:</b> Tuesday</div><div>{OLD}</div>'
    ),
    "outlook-express": (
        f'<div>{OWN}</div><blockquote style="BORDER-LEFT: #000000 2px solid"><div>----- Original Message '
        f"----- </div><div>"
        f"<b>From:</b> Anna</div><div>{OLD}</div></blockquote>"
    ),
    "hotmail": (
        f'<div>{OWN}<br><br><hr id="stopSpelling">Date: Tue, 3 Nov 2026<br>From: '
        f"anna@example.org<br><br>{OLD}</div>"
    ),
    "apple": (
        f'<html><head></head><body>{OWN}<br><div><br><blockquote type="cite"><div>On 3 Nov 2026, at '
        f"10:11, Anna {ADDRESS} wrote:</div>"
        f'<br class="Apple-interchange-newline"><div>{OLD}</div></blockquote></div><br></body></html>'
    ),
    "apple-phone": (
        f'<body dir="auto">{OWN}<br><br><div dir="ltr">Sent from my iPhone</div><div '
        f'dir="ltr"><br><blockquote type="cite">On Nov 3, '
        f"2026, at 10:11 AM, Anna {ADDRESS} wrote:<br><br></blockquote></div><blockquote "
        f'type="cite"><div>{OLD}</div></blockquote></body>'
    ),
    "apple-phone-ru": (
        f'<body dir="auto">{OWN}<br><br><div dir="ltr">Отправлено с iPhone</div><div '
        f'dir="ltr"><br><blockquote type="cite">3 нояб. 2026 г.,'
        f" в 10:11, Анна {ADDRESS} написал(а):<br><br></blockquote></div><blockquote "
        f'type="cite">{OLD}</blockquote></body>'
    ),
    "thunderbird": (
        f'<p>{OWN}</p><div class="moz-cite-prefix">On 03.11.2026 10:11, Anna wrote:<br></div><blockquote type="cite" '
        f'cite="mid:x@example.org"><pre class="moz-quote-pre" wrap="">{OLD}</pre></blockquote>'
    ),
    "thunderbird-reply-in-the-prefix": (
        f'<div class="moz-cite-prefix">{OWN}<br><br>On 03.11.2026 10:11, Anna wrote:<br></div><blockquote '
        f'type="cite">{OLD}</blockquote>'
    ),
    "thunderbird-forward": (
        f'<p>{OWN}</p><div class="moz-forward-container"><br>-------- Forwarded Message --------<table '
        f'class="moz-email-headers-table">'
        f"<tr><th>Subject: </th><td>x</td></tr><tr><th>From: </th><td>Anna</td></tr></table>{OLD}</div>"
    ),
    "thunderbird-below": (
        f'<div class="moz-cite-prefix">03.11.2026 10:11, Анна пишет:<br></div><blockquote '
        f'type="cite">{OLD}</blockquote><p>{OWN}</p>'
    ),
    "yandex": (
        f'<div>{OWN}</div><div> </div><div>03.11.2026, 10:11, "Анна" '
        f"{ADDRESS}:</div><blockquote><p>{OLD}</p></blockquote>"
    ),
    "yandex-rule": (
        f"<div>{OWN}</div><div>----------------</div><div>Кому: Окно "
        f"(support@okno.example);</div><div>Тема: Принтер;</div>"
        f'<div>03.11.2026, 10:11, "Анна" {ADDRESS}:</div><blockquote><div>{OLD}</div></blockquote><div> </div>'
    ),
    "mail.ru": (
        f"<div>{OWN}</div><div "
        f'data-signature-widget="container"><div></div></div><div>&nbsp;</div><blockquote '
        f'style="border-left:1px '
        f'solid #0857A6; margin:10px; padding:0 0 0 10px;">Вторник, 3 ноября 2026, 10:11 +03:00 от Анна '
        f"{ADDRESS}:<br>&nbsp;<div>{OLD}"
        "</div></blockquote>"
    ),
    "mail.ru-collapsed": (
        f'<div>{OWN}</div><div class="mail-quote-collapse"><div>Вторник, 3 ноября 2026, 10:11 от '
        f"Анна:</div><div>{OLD}</div></div>"
    ),
    "yahoo": (
        f'<div class="ydp1"><div>{OWN}</div></div><div id="ydp2yahoo_quoted" class="yahoo_quoted"><div>On '
        f"Tuesday, November 3, 2026, "
        f"10:11:12 AM GMT+3, Anna {ADDRESS} wrote:</div><div><div>{OLD}</div></div></div>"
    ),
    "proton": (
        f'<div>{OWN}</div><div class="protonmail_signature_block"><div '
        f'class="protonmail_signature_block-proton">Sent with Proton Mail'
        f'</div></div><div class="protonmail_quote">On Tuesday, November 3rd, 2026 at 10:11 AM, Anna '
        f"{ADDRESS} wrote:<br><br>"
        f'<blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>'
    ),
    "zoho": (
        f'<div>{OWN}</div><div class="zmail_extra_hr"><!----></div><div class="zmail_extra" '
        f'data-zbluepencil-ignore="true"><div id="Zm-_Id_-'
        f'Sgn1">---- On Tue, 03 Nov 2026 10:11:12 +0300 <b>Anna {ADDRESS}</b> wrote ---</div><blockquote '
        f'id="blockquote_zmail">{OLD}'
        "</blockquote></div>"
    ),
    "zimbra": (
        f'<div>{OWN}</div><hr id="zwchr" data-marker="__DIVIDER__"><div '
        f'data-marker="__HEADERS__"><b>From: </b>Anna<br><b>To: </b>Okno</div>'
        f'<div data-marker="__QUOTED_TEXT__">{OLD}</div>'
    ),
    "tutanota": (
        f"<div>{OWN}</div><div>3 Nov 2026, 10:11 by anna@example.org:</div><blockquote "
        f'class="tutanota_quote">{OLD}</blockquote>'
    ),
    "foxmail": (
        f'<div>{OWN}</div><blockquote style="margin-top:0px"><div>&nbsp;</div><div '
        f'style="border:none;border-top:solid #B5C4DF 1.0pt">'
        f"<div><b>发件人：</b>Anna {ADDRESS}</div><div><b>发送时间：</b>2026-11-03 10:11</div>"
        f"<div><b>收件人：</b>Okno</div></div>"
        f"<div>{OLD}</div></blockquote>"
    ),
    "qq": (
        f"<div>{OWN}</div><div><includetail></includetail></div><div>------------------&nbsp;原始邮件&nbsp;------------------</div>"
        f"<div><b>发件人:</b> Anna</div><div>{OLD}</div>"
    ),
    "netease": (
        f'<div>{OWN}</div><p>At 2026-11-03 10:11:12, "Anna" {ADDRESS} wrote:</p><blockquote '
        f'id="isReplyContent">{OLD}</blockquote>'
    ),
    "samsung": (
        f"<div>{OWN}</div><div>-------- Original message --------</div><div>From: Anna "
        f"{ADDRESS}</div><div>{OLD}</div>"
    ),
    "roundcube": (
        f'<p>{OWN}</p><p id="reply-intro">On 2026-11-03 10:11, Anna wrote:</p><blockquote '
        f'type="cite">{OLD}</blockquote>'
    ),
    "spark": (
        f'<div>{OWN}</div><div name="messageReplySection">On Nov 3, 2026 at 10:11 +0300, Anna {ADDRESS}, '
        f'wrote:<br><blockquote type="cite" '
        f'style="border-left-color:grey;border-left-width:thin">{OLD}</blockquote></div>'
    ),
    "zendesk": f"<div>{OWN}</div><div>##- Please type your reply above this line -##</div><p>{OLD}</p>",
    "text-in-html": f"<pre>{OWN}\n\nOn 03.11.2026 10:11, Anna wrote:\n&gt; {OLD}\n&gt; Anna</pre>",
    "breaks": f"{OWN}<br><br>On 03.11.2026 10:11, Anna wrote:<br>&gt; {OLD}<br>&gt; Anna<br>",
}


@pytest.mark.parametrize("html", CLIENTS.values(), ids=CLIENTS.keys())
class TestClients:
    def test_own_words(self, html: str) -> None:
        split = split_html(html)
        assert html_to_text(split.own) == OWN
        assert OLD in split.quoted

    def test_with_more_words_and_a_picture(self, html: str) -> None:
        more = html.replace(
            OWN,
            f'{OWN}<br><br>См. <a href="https://okno.example/">снимок</a>:<br><img src="cid:1" width="300">',
        )
        split = split_html(more)
        assert html_to_text(split.own) == f"{OWN}\n\nСм. снимок:"
        assert 'src="cid:1"' in split.own
        assert 'src="cid:1"' not in split.quoted

    def test_without_a_word_everything_is_shown(self, html: str) -> None:
        without = html.replace(OWN, "")
        assert split_html(without).own == without

    def test_with_a_signature(self, html: str) -> None:
        signed = html.replace(OWN, f'{OWN}<div class="gmail_signature">-- <br>Bob<br>Acme</div>')
        split = split_html(signed)
        assert html_to_text(split.own) == OWN
        assert "Acme" in split.signature

    def test_no_word_is_lost(self, html: str) -> None:
        split = split_html(html)
        found = sorted(
            " ".join(
                fromstring(f"<div>{part}</div>").text_content()
                for part in (split.own, split.signature, split.quoted)
            ).split()
        )
        assert found == sorted(fromstring(f"<div>{html}</div>").text_content().split()) or "".join(
            sorted("".join(found))
        ) == "".join(sorted("".join(fromstring(f"<div>{html}</div>").text_content().split())))


@pytest.mark.parametrize("sample", [*INTROS.values(), *HEADS.values()], ids=[*INTROS, *HEADS])
def test_no_marks_at_all(sample: str) -> None:
    """Programs that make HTML of text leave only the words."""
    rows = (f"{OWN}\n\n{sample}\n\n{OLD}").replace("&", "&amp;").replace("<", "&lt;").split("\n")
    split = split_html("".join(f"<div>{row or '<br>'}</div>" for row in rows))
    assert html_to_text(split.own) == OWN
    assert OLD in split.quoted


@pytest.mark.parametrize("sample", [*FOOTERS.values(), *SIGNATURES.values()], ids=[*FOOTERS, *SIGNATURES])
def test_signatures_without_marks(sample: str) -> None:
    rows = sample.replace("&", "&amp;").replace("<", "&lt;").split("\n")
    split = split_html(f"<p>{OWN}</p><p>{'<br>'.join(rows)}</p>")
    if sample != SIGNATURES["rfc-long"]:
        # In HTML the blank behind the delimiter cannot be seen, and twenty lines are too many for a mere "--".
        assert html_to_text(split.own) == OWN
        assert html_to_text(split.signature).split() == sample.split()


SIGNED = {
    "gmail": '<div>--</div><div class="gmail_signature">Bob</div>',
    "gmail-prefix": (
        '<span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature">Bob</div>'
    ),
    "thunderbird": '<div class="moz-signature">-- <br>Bob</div>',
    "outlook-web": '<div id="Signature"><p>Bob</p></div>',
    "outlook-web-received": '<div id="x_Signature"><p>Bob</p></div>',
    "apple": '<div id="AppleMailSignature">Bob</div>',
    "mail.ru": "<div><br></div><div>-- <br>Bob</div>",
}


@pytest.mark.parametrize("html", SIGNED.values(), ids=SIGNED.keys())
def test_marked_signatures(html: str) -> None:
    split = split_html(f"<div>{OWN}</div><br>{html}")
    assert html_to_text(split.own) == OWN
    assert "Bob" in split.signature


def test_answers_between_quotations_of_one_wrapper() -> None:
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">On Tue, Nov 3, 2026 at 10:11 AM Anna '
        'wrote:</div><blockquote class="gmail_quote">'
        'one</blockquote><div>Yes</div><blockquote class="gmail_quote">two</blockquote><div>No</div></div>'
    )
    assert split_html(html).own == html


def test_words_below_a_marked_signature_stay() -> None:
    html = f'<div class="gmail_signature">Bob</div><div>{OWN}</div>'
    assert split_html(html).own == html


@pytest.mark.parametrize(
    "html",
    [
        f'<div>{OWN}</div><blockquote style="margin:0 0 0 40px;border:none;padding:0px">indented</blockquote>',
        f"<p>{OWN}</p><blockquote>Cicero said so.</blockquote><p>And I do.</p>",
        '<blockquote type="cite">only a quotation</blockquote>',
        '<blockquote type="cite">one</blockquote>Yes<blockquote type="cite">two</blockquote>No',
        f'<p>{OWN}</p><div style="border-top:solid #E1E1E1 1.0pt">A box with a line above</div>',
        f'<p>{OWN}</p><div style="border-top: 1px solid #ccc"><b>Name:</b> A<br><b>Is:</b> 1<br><b>Has:</b> x</div>',
        f"<p>{OWN}</p><hr><p>A second part below a line, which ends with a full stop.</p>",
        f"<p>{OWN}</p><table><tr><td>From:</td><td>Moscow</td></tr><tr><td>To:</td><td>Paris</td></tr></table>",
        "<p>1 &lt; 2</p>",
        '<p><img src="cid:1"></p>',
        "<p></p>",
        "",
        "  ",
        "<!-- nothing -->",
        "<?xml version='1.0'?><p>x</p>",
    ],
)
def test_when_in_doubt_all_is_shown(html: str) -> None:
    split = split_html(html)
    assert (split.own, split.signature, split.quoted) == (html, "", "")


def test_what_holds_no_text_goes_with_the_text_beside_it() -> None:
    split = split_html(
        f"<p>{OWN}<!--[if mso]><i>x</i><![endif]--></p><p>-- <br>Bob<img src='cid:logo'><style>p "
        f"{{color: red}}</style></p>"
    )
    assert "<!--" in split.own
    assert "cid:logo" in split.signature
    assert "color: red" in split.signature
    assert "cid:logo" not in split.own
