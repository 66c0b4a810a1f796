"""Complaints: somebody pressed *This is spam* (ARF, RFC 5965, and what providers sent before there was one)."""

import re
from dataclasses import dataclass

from okno.channels.email.bounce_address import all_addresses, clean_address
from okno.channels.email.report_parts import ReportParts, returned_recipients
from okno.lib.addresses import Address

# These reports are about our own mail too, but nobody complained.
_NOT_COMPLAINTS = frozenset({"not-spam", "virus", "auth-failure", "dmarc", "dkim"})
_FEEDBACK_FIELD = re.compile(r"^feedback-type[ \t]*:[ \t]*([a-z-]{1,40})", re.IGNORECASE | re.MULTILINE)
_RECIPIENT_FIELD = re.compile(
    r"^(?:original-rcpt-to|removal-recipient|redacted-address|x-hmxmroriginalrecipient)[ \t]*:(.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_FORM_SENDERS = re.compile(
    r"(?:staff@(?:hotmail|live|msn|outlook)\.com|complaints@email-abuse\.amazonses\.com|scomp@aol\.(?:net|com)|"
    r"fbl(?:[-+.][^@]*)?@.*|feedbackloop@.*|feedback-?loop@.*|.*@(?:fbl|feedback)\..*|arf@.*)",
    re.IGNORECASE,
)
_FORM_WORDS = re.compile(
    r"complaint about message from|an? .{0,40}e-?mail abuse (?:report|complaint)|email feedback report for|"
    r"(?:marked|reported|identified) (?:it |(?:this|your) (?:message|email) )?as (?:spam|junk)|spam complaint|"
    r"жалоб\w+ на (?:спам|письмо|рассылк)|(?:отметил|пометил)\w* .{0,60}спам",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """Say who had got a mail that a feedback report is about, and whether somebody complained of it."""

    is_complaint: bool
    recipients: tuple[str, ...]


def sends_complaints(sender: Address | None) -> bool:
    """Tell whether a mail comes from where providers send complaints from."""
    return sender is not None and _FORM_SENDERS.fullmatch(sender.address) is not None


def read_complaint(parts: ReportParts, *, subject: str, sender: Address | None) -> Complaint | None:
    """Return what a feedback report says, or None if a mail is none."""
    fields = "\n".join(parts.feedback)
    if not parts.feedback:
        if not _is_form(parts, subject, sender):
            return None
        fields = parts.text
    kind = _FEEDBACK_FIELD.search(fields)
    return Complaint(
        is_complaint=kind is None or kind.group(1).lower() not in _NOT_COMPLAINTS,
        recipients=_recipients(parts, fields),
    )


def _is_form(parts: ReportParts, subject: str, sender: Address | None) -> bool:
    """Tell whether this is an older form of complaint: known fields, or a known sender and words."""
    if not parts.originals:
        return False
    if _FEEDBACK_FIELD.search(parts.text):
        return True
    return sends_complaints(sender) and bool(_FORM_WORDS.search(f"{subject}\n{parts.text[:4_000]}"))


def _recipients(parts: ReportParts, fields: str) -> tuple[str, ...]:
    named = [address for value in _RECIPIENT_FIELD.findall(fields) for address in all_addresses(value)]
    # Microsoft puts it into the returned mail.
    named += [clean_address(str(mail.get("x-hmxmroriginalrecipient", ""))) for mail in parts.originals[:3]]
    found = [address for address in dict.fromkeys(named) if address]
    return tuple(found or returned_recipients(parts.originals))[:200]
