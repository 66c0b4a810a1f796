"""The marks that mail programs leave in HTML where they quote, introduce and sign."""

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from okno.channels.email.own_words.header_blocks import is_forward_heading, label_kind

_QUOTING_CLASSES = frozenset(
    [
        "gmail_quote",
        "protonmail_quote",
        "tutanota_quote",
        "yahoo_quoted",
        "cite",
        "mail-quote-collapse",
        "quoted-plain",
        "moz-forward-container",
        "gmail_attr",
        "zmail_quote",
        "quote_content",
        "skiptranslate_quote",
    ]
)
_WRAPPER_CLASSES = frozenset(
    [
        "gmail_quote",
        "gmail_quote_container",
        "protonmail_quote",
        "zmail_extra",
        "yahoo_quoted",
        "gmail_extra_quote",
        "tutanota_quote",
        "mail-quote-collapse",
    ]
)
_INTRO_CLASSES = frozenset(["gmail_attr", "moz-cite-prefix", "replyHeader"])
_HEAD_CLASSES = frozenset(["OutlookMessageHeader", "xm_mail_oringinal_describe", "moz-email-headers-table"])
_HEAD_IDS = re.compile(
    r"(?:x_)*(?:divRplyFwdMsg|stopSpelling|zwchr|isForwardContent|oriMsgHtmlSeperator|reply_header|"
    r"ms-outlook-reply-header)",
    re.IGNORECASE,
)
_SIGNATURE_CLASSES = frozenset(
    [
        "gmail_signature",
        "gmail_signature_prefix",
        "moz-signature",
        "protonmail_signature_block",
        "tutanota-signature",
        "protonmail_signature_block-user",
        "protonmail_signature_block-proton",
        "yahoo-signature",
        "ymail_signature",
        "zmail_signature",
    ]
)
_SIGNATURE_IDS = re.compile(
    r"(?:x_)*(?:signature|applemailsignature(?:insertion\w*)?|ms-outlook-mobile-(?:body-separator-line|signature)|"
    r"composer_signature|mailappsignature|yahoo[_-]?signature|zmail_signature)",
    re.IGNORECASE,
)
_QUOTING_IDS = frozenset({"isReplyContent", "mail-quote", "quoted-mail"})
# The lines that Outlook draws above the head of the mail that is answered.
_RULED_ABOVE = re.compile(r"border-top\s*:[^;]{0,20}solid|border-top\s*:\s*[\d.]+pt", re.IGNORECASE)
_RULED_BY_OUTLOOK = re.compile(r"border-top\s*:[^;]{0,20}#(?:b5c4df|e1e1e1|b5c4de)\b", re.IGNORECASE)
_BORDERED_LEFT = re.compile(
    r"border-left(?:-width)?\s*:\s*(?!none|0)[^;]{0,40}(?:solid|px|pt)", re.IGNORECASE
)
_HEAD_LABEL = re.compile(r"[^\W\d_][^:：\n]{0,30}\s?[:：]")
_MIN_LABELS = 3
_MAX_LABELS = 12


@dataclass(frozen=True, slots=True)
class Marks:
    """Hold what the elements around a piece of text say of it."""

    is_quoted: bool = False
    is_indented: bool = False
    is_intro: bool = False
    is_signature: bool = False
    starts_quotation: bool = False
    """Only for the element itself, not for what is in it."""


def marks_within(element: Any, outer: Marks) -> Marks:
    """Return what holds for the content of an element, given what holds around it."""
    if outer.is_quoted:
        return outer
    classes = frozenset((element.get("class") or "").split())
    identity = element.get("id") or ""
    if _is_quotation(element, classes, identity):
        return replace(
            outer,
            is_quoted=True,
            is_intro=bool(classes & _INTRO_CLASSES) or _is_whole_wrapper(element, classes),
        )
    if element.tag == "blockquote":
        return replace(outer, is_indented=True)
    if classes & _INTRO_CLASSES:
        return replace(outer, is_intro=True)
    if classes & _SIGNATURE_CLASSES or _SIGNATURE_IDS.fullmatch(identity):
        return replace(outer, is_signature=True)
    return outer


def _is_quotation(element: Any, classes: frozenset[str], identity: str) -> bool:
    if element.tag == "blockquote":
        is_cited = element.get("type") == "cite" or element.get("cite") is not None
        is_drawn = _BORDERED_LEFT.search(element.get("style") or "") is not None
        return is_cited or is_drawn or bool(classes & _QUOTING_CLASSES) or identity in _QUOTING_IDS
    return _is_whole_wrapper(element, classes) or identity in _QUOTING_IDS or "gmail_attr" in classes


def _is_whole_wrapper(element: Any, classes: frozenset[str]) -> bool:
    """Tell whether all in an element is quoted: answers may stand between the quotations in it."""
    if not classes & _WRAPPER_CLASSES or element.tag == "blockquote":
        return bool(element.get("data-marker") == "__QUOTED_TEXT__")
    inner = element.find(".//blockquote")
    return bool(inner is None or "yahoo_quoted" in classes or _is_forward(element))


def _is_forward(element: Any) -> bool:
    text = element.text or ""
    for child in element.iter():
        if text.strip():
            break
        text = (child.text if isinstance(child.tag, str) else "") or child.tail or ""
    return is_forward_heading(" ".join(text.split()))


def starts_quotation(element: Any, outer: Marks) -> bool:
    """Tell whether an element is the head of the mail that is answered, in whatever language."""
    if outer.is_quoted or element.tag not in {"div", "hr", "table", "td", "span", "p"}:
        return False
    identity = element.get("id") or ""
    if _HEAD_IDS.fullmatch(identity) or element.get("data-marker") == "__DIVIDER__":
        return True
    if _HEAD_CLASSES & frozenset((element.get("class") or "").split()):
        return True
    style = element.get("style") or ""
    return _RULED_ABOVE.search(style) is not None and _has_head_labels(
        element, is_by_outlook=_RULED_BY_OUTLOOK.search(style) is not None
    )


def _has_head_labels(element: Any, *, is_by_outlook: bool) -> bool:
    """Tell whether an element has the bold labels of a mail's head, if Outlook drew it of any language."""
    labels = 0
    known: set[str | None] = set()
    for bold in islice(element.iter("b", "strong"), _MAX_LABELS):
        text = "".join(bold.itertext())[:40].strip()
        labels += _HEAD_LABEL.fullmatch(text) is not None
        known.add(label_kind(text))
        if (is_by_outlook and labels >= _MIN_LABELS) or ("from" in known and known & {"sent", "date"}):
            return True
    return False
