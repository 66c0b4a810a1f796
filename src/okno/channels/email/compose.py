"""An OutboundMail as the bytes that go on the wire."""

import re
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any

import css_inline

from okno.channels.base import OutboundFile, OutboundMail, PermanentFailure
from okno.channels.email.loops import LOOP_HEADER
from okno.lib.addresses import Address, clean_name, normalise_address

_IDENTIFIERS = frozenset({"message-id", "in-reply-to", "references", "list-id", "list-unsubscribe"})
_IDENTIFIER = re.compile(r"<[!-;=?-~]{1,990}>")
_HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9.+_-]{0,60}/[a-z0-9][a-z0-9.+_-]{0,80}")
# What depends on the program that shows the mail cannot become attributes: dark paper, narrow screens.
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True)


class _WirePolicy(EmailPolicy):
    """Fold identifiers between words only: the library's own folding encodes those longer than a line."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as it goes on the wire."""
        if name.lower() in _IDENTIFIERS:
            words = "\r\n ".join(str(value).split())
            return f"{name}: {words}\r\n".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _WirePolicy(linesep="\r\n", cte_type="7bit", max_line_length=SMTP.max_line_length)


def compose(mail: OutboundMail) -> bytes:
    """Return the whole message; the same mail gives the same headers and words on every attempt.

    Raises PermanentFailure for anything that would not be one well-formed mail, as line breaks in a header.
    """
    try:
        return _compose(mail)
    except ValueError as error:
        raise PermanentFailure(str(error)) from error


def _compose(mail: OutboundMail) -> bytes:
    message = EmailMessage(policy=_POLICY)
    _set_headers(message, mail)
    message.set_content(_wire_text(mail.text), charset="utf-8", cte="quoted-printable")
    if mail.html is not None:
        pictures = [file for file in mail.files if file.content_id]
        message.add_alternative(
            inline_css(mail.html), subtype="html", charset="utf-8", cte="quoted-printable"
        )
        html_part = list(message.iter_parts())[1]
        for picture in pictures:
            _add_picture(html_part, picture)
    for file in mail.files:
        if not file.content_id or mail.html is None:
            main, sub = _split_type(file.content_type)
            message.add_attachment(file.content, maintype=main, subtype=sub, filename=_file_name(file))
    _fix_boundaries(message, mail.message_id)
    return message.as_bytes()


def _set_headers(message: EmailMessage, mail: OutboundMail) -> None:
    if not _IDENTIFIER.fullmatch(mail.message_id):
        raise ValueError("the Message-ID is not well-formed")
    message["From"] = _header_address(mail.sender)
    message["To"] = [_header_address(address) for address in mail.to]
    if mail.cc:
        message["Cc"] = [_header_address(address) for address in mail.cc]
    if mail.reply_to:
        message["Reply-To"] = [_header_address(address) for address in mail.reply_to]
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(mail.sent_at)
    message["Message-ID"] = mail.message_id
    if _IDENTIFIER.fullmatch(mail.in_reply_to):
        message["In-Reply-To"] = mail.in_reply_to
    references = [reference for reference in mail.references if _IDENTIFIER.fullmatch(reference)]
    if references:
        message["References"] = " ".join(_shortened(references))
    if mail.auto_submitted:
        message["Auto-Submitted"] = mail.auto_submitted
        message["X-Auto-Response-Suppress"] = "All"
    if mail.loop_mark:
        message[LOOP_HEADER.title()] = mail.loop_mark
    for name, value in mail.headers:
        if not _HEADER_NAME.fullmatch(name) or name.lower() in {key.lower() for key in message}:
            raise ValueError(f"the header {name!r} may not be set")
        message[name] = value


def _shortened(references: list[str]) -> list[str]:
    """Keep the first and the newest, as RFC 5537 does, so that a long thread does not grow without end."""
    return references if len(references) <= 20 else [references[0], *references[-19:]]


def _header_address(address: Address) -> HeaderAddress:
    local, _, domain = normalise_address(address.address).rpartition("@")
    if not local.isascii():
        raise ValueError("letters outside ASCII before the @ are not supported by most mail servers")
    return HeaderAddress(display_name=clean_name(address.name), username=local, domain=domain)


def _wire_text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").rstrip("\n") + "\n"


def inline_css(html: str) -> str:
    """Return HTML whose style sheets have become attributes, for the mail programs that drop them."""
    if "<style" not in html.lower():
        return html
    try:
        return _INLINER.inline(html)
    except css_inline.InlineError:
        return html


def _add_picture(part: Any, picture: OutboundFile) -> None:
    main, sub = _split_type(picture.content_type)
    part.add_related(
        picture.content,
        maintype=main,
        subtype=sub,
        cid=f"<{re.sub(r'[^!-;=?-~]', '', picture.content_id)}>",
        filename=_file_name(picture),
        disposition="inline",
    )


def _split_type(content_type: str) -> tuple[str, str]:
    if not _CONTENT_TYPE.fullmatch(content_type) or content_type.startswith(("multipart/", "message/")):
        return "application", "octet-stream"
    main, _, sub = content_type.partition("/")
    return main, sub


def _file_name(file: OutboundFile) -> str:
    return clean_name(file.filename) or "file"


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Take boundaries from the Message-ID, not chance, so that a repeated mail is the same to the byte."""
    seed = re.sub(r"[^A-Za-z0-9]", "", message_id)[:40]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_okno_{seed}_{number}")
