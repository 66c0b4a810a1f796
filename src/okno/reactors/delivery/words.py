"""What mails about a ticket say of it and of its people."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from okno.channels.email.markup import Value
from okno.people.models import Contact
from okno.tickets.models import Ticket

_ANSWER_PREFIX = re.compile(r"\s*(?:re|fw|fwd|aw|отв|ответ|пер)(?:\[\d+\])?\s*:\s*", re.IGNORECASE)


def ticket_values(ticket: Ticket) -> dict[str, Value]:
    """Return the placeholders that say which ticket a mail is about."""
    return {
        "number": str(ticket.number),
        "subject": bare_subject(ticket),
        "requester": ticket.requester.name if ticket.requester is not None else "",
    }


def bare_subject(ticket: Ticket) -> str:
    """Return a ticket's subject without what mail programs and we put before and behind it."""
    subject = ticket.subject.replace(f"[#{ticket.number}]", " ")
    while match := _ANSWER_PREFIX.match(subject):
        subject = subject[match.end() :]
    return " ".join(subject.split()) or ticket.subject


def contact_language(contact: Contact | None, fallback: str) -> str:
    """Return the language to write to a contact in."""
    return (contact.language if contact else "") or fallback


def no_mailbox() -> str:
    """Say why a reply could not leave."""
    return str(_("There is no mailbox to send from. An administrator can connect one in the settings."))
