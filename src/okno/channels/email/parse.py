"""Raw bytes to a ParsedMessage: tolerant of everything that the world's mailers send.

Each step is a module beside this one: heads and parts, transfer encodings, charsets, words, files, what is within
files. Runs in the parser child; pure, without database, network or files.
"""

from okno.channels.base import ParsedMessage
from okno.channels.email.attachments import as_attachment, with_located_pictures
from okno.channels.email.auth_results import read_auth_results
from okno.channels.email.body import Body, collect_body
from okno.channels.email.dates import read_date
from okno.channels.email.differences import texts_differ
from okno.channels.email.headers import Headers
from okno.channels.email.heads import head_of
from okno.channels.email.loops import is_automatic
from okno.channels.email.own_words.mail import read_own_words
from okno.channels.email.parts import Part, TooManyParts, read_parts
from okno.channels.email.reports import read_report
from okno.channels.email.spam import spam_verdict
from okno.lib.html_text import HtmlTooDeep
from okno.lib.sanitize import content_ids, sanitize_html

MAX_BYTES = 50 * 1024 * 1024
MAX_HEAD_BYTES = 1024 * 1024
"""So much of a mail that is too large is looked at for its headers."""
MAX_TEXT_LENGTH = 1_000_000
MAX_SUBJECT_LENGTH = 5000
TEXT_DIFFERS = "text_differs"
"""The problem of a mail whose plain text says something else than its HTML."""


class ParseFailed(Exception):
    """Say why a message cannot be read; its raw bytes are quarantined."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    MAY_PASS_LATER = frozenset({"timeout", "parser_died", "memory"})

    @property
    def may_pass_later(self) -> bool:
        """Tell whether the machine rather than the message may be to blame, so that another try is fair."""
        return self.reason in self.MAY_PASS_LATER


def parse_message(raw: bytes, *, is_whole: bool = True) -> ParsedMessage:
    """Read one message; of one that is too large, or not `is_whole`, only the headers. Raises ParseFailed."""
    is_whole = is_whole and len(raw) <= MAX_BYTES
    try:
        message, problems = read_parts(raw if is_whole else head_of(raw[:MAX_HEAD_BYTES]))
        body = collect_body(message) if is_whole else Body()
        return _assemble(message, body, problems if is_whole else [*problems, "too_large"], is_whole=is_whole)
    except TooManyParts:
        raise ParseFailed("too_many_parts") from None
    except RecursionError:
        raise ParseFailed("too_deep") from None
    except HtmlTooDeep:
        raise ParseFailed("html_too_deep") from None
    except MemoryError:
        raise ParseFailed("memory") from None


def _assemble(message: Part, body: Body, problems: list[str], *, is_whole: bool) -> ParsedMessage:
    headers = Headers(message)
    html = with_located_pictures(body.html, body.files)
    cleaned = sanitize_html(html) if html is not None else None
    text = body.text[:MAX_TEXT_LENGTH]
    if cleaned and body.has_text and texts_differ(text, cleaned):
        problems = [*problems, TEXT_DIFFERS]
    own = read_own_words(text, html, cleaned=cleaned, is_text_derived=not body.has_text)
    kept = headers.kept()
    subject = headers.text("subject")[:MAX_SUBJECT_LENGTH]
    shown_ids = content_ids(cleaned or "")
    senders, to = headers.senders(), headers.addresses("to")
    report = read_report(message, subject=subject, sender=senders[0] if senders else None, recipients=to)
    return ParsedMessage(
        message_id=headers.message_id(),
        subject=subject,
        senders=senders,
        to=to,
        cc=headers.addresses("cc"),
        reply_to=headers.addresses("reply-to"),
        sent_at=read_date(headers.text("date")),
        in_reply_to=headers.ids("in-reply-to"),
        references=headers.ids("references"),
        text=text,
        html=cleaned,
        reply_text=own.reply_text,
        signature=own.signature,
        quoted_text=own.quoted_text,
        reply_html=own.reply_html,
        quoted_html=own.quoted_html,
        attachments=tuple(as_attachment(file, shown_ids=shown_ids) for file in body.files),
        headers=kept,
        auth_results=tuple(
            results
            for value in headers.all("authentication-results")
            if (results := read_auth_results(value))
        ),
        is_automatic=is_automatic(kept, subject) or report.is_automatic,
        is_bounce=report.is_bounce,
        bounces=report.bounces,
        is_complaint=report.is_complaint,
        reported_ids=report.reported_ids,
        reported_recipients=report.reported_recipients,
        spam_verdict=spam_verdict(kept, subject),
        protection=body.protection,
        invitations=tuple(body.invitations),
        is_whole=is_whole,
        problems=tuple(dict.fromkeys([*headers.problems(), *problems, *body.problems])),
    )
