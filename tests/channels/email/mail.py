"""Raw mails for tests, written as the wire has them."""

from email.message import EmailMessage
from textwrap import dedent


def raw(text: str, *, charset: str = "utf-8") -> bytes:
    """Return a dedented text as the bytes of a mail with the line ends of the wire."""
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode(charset, "surrogateescape")


def simple(body: str = "Hello", **headers: str) -> bytes:
    """Return a plain mail; keywords with underscores become further headers."""
    message = EmailMessage()
    named = {"From": "requester@example.org", "To": "support@okno.example", "Subject": "Printer"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    named.setdefault("Message-ID", "<m1@example.org>")
    for name, value in named.items():
        message[name] = value
    message.set_content(body)
    return message.as_bytes()
