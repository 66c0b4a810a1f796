"""The words of mails: subjects, bodies, and their rendering as text and HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.people.models import Contact
from okno.tickets.models import Ticket

# Where mail programs start a new paragraph for plain text.
_PARAGRAPH = "\n\n"


def reply_subject(ticket: Ticket) -> str:
    """Return the subject of mail about a ticket: its own words and its number."""
    subject = ticket.subject
    if not subject.lower().startswith(("re:", "отв:")):
        subject = f"Re: {subject}"
    mark = f"[#{ticket.number}]"
    return subject if mark in subject else f"{subject} {mark}"


def text_as_html(text: str) -> str:
    """Return plain text as simple HTML: paragraphs and line breaks."""
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.split(_PARAGRAPH))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def contact_language(contact: Contact | None, fallback: str) -> str:
    """Return the language to write to a contact in."""
    return (contact.language if contact else "") or fallback


def render_mail(name: str, context: dict[str, Any], *, language: str) -> tuple[str, str, str]:
    """Render `mail/<name>.{subject,text,html}` in a language; returns subject, text and HTML."""
    with override(language):
        subject = " ".join(render_to_string(f"mail/{name}.subject", context).split())
        text = render_to_string(f"mail/{name}.txt", context).strip() + "\n"
        html = render_to_string(f"mail/{name}.html", context)
    return subject, text, html


def no_mailbox() -> str:
    """Say why a reply could not leave."""
    return str(_("There is no mailbox to send from. An administrator can connect one in the settings."))
