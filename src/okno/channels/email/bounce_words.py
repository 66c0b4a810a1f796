"""Why a mail did not arrive, in words for people."""

import re

from django.utils.translation import gettext, gettext_noop

from okno.channels.email.bounce_status import refine_status

_PLAIN: dict[str, str] = {
    "1": gettext_noop("The address does not work"),
    "1.1": gettext_noop("There is no such mailbox"),
    "1.2": gettext_noop("The domain does not exist"),
    "1.3": gettext_noop("The address is not written correctly"),
    "1.6": gettext_noop("The mailbox has moved to another address"),
    "1.7": gettext_noop("Their server does not accept our sender address"),
    "1.8": gettext_noop("Their server does not accept our sender address"),
    "2": gettext_noop("The mailbox takes no mail"),
    "2.1": gettext_noop("The mailbox is closed or suspended"),
    "2.2": gettext_noop("The mailbox is full"),
    "2.3": gettext_noop("The mail is too large"),
    "3": gettext_noop("Their mail system has a fault"),
    "3.4": gettext_noop("The mail is too large"),
    "4": gettext_noop("Their server could not be reached for days"),
    "4.3": gettext_noop("The mail server of the domain could not be found"),
    "4.4": gettext_noop("The mail server of the domain could not be found"),
    "4.6": gettext_noop("The mail went in circles between servers"),
    "5": gettext_noop("Their server and ours did not understand each other"),
    "5.3": gettext_noop("The mail has too many recipients"),
    "6": gettext_noop("Their server does not accept the content of the mail"),
    "7": gettext_noop("Their server refuses our mail by its rules"),
}
_NULL_MX = gettext_noop("The domain takes no mail")
_SPAM = gettext_noop("Their server takes our mail for spam")
_RELAY = gettext_noop("Their server takes no mail for this address")
_UNPROVEN = gettext_noop("Their server could not verify that the mail is from us")
_LATER = gettext_noop("Their server puts us off for a while")
_REFUSED = gettext_noop("Their server refused the mail")
_ALIASES = {"1.10": "1.1", "1.0": "1.1", "4.310": "4.4", "4.312": "4.4"}
_PROOF_WORDS = re.compile(r"\b(?:spf|dkim|dmarc)\b|reverse dns|\bptr\b", re.IGNORECASE)
_SPAM_ONLY = re.compile(
    r"spam|unsolicited|bulk|junk|black ?list|block ?list|dnsbl|\brbl\b|reputation|listed|спам|нежелательн|"
    r"unerwünscht|迷惑|垃圾|blocked|suspicious",
    re.IGNORECASE,
)


def explain_bounce(status: str, reason: str) -> str:
    """Return in plain words, in the reader's language, why a mail did not arrive."""
    return gettext(_cause(refine_status(status, reason), reason))


def _cause(status: str, reason: str) -> str:
    severity, _, detail = status.partition(".")
    detail = _ALIASES.get(detail, detail)
    subject = detail.partition(".")[0]
    if status == "5.1.10" and re.search(r"null ?mx|does not accept (?:any )?mail", reason, re.IGNORECASE):
        return _NULL_MX
    if subject == "7":
        return _refusal(severity, reason)
    if detail == "4.1" and severity == "5" and "recipient" in reason.lower():
        # Exchange Online says so of a mailbox that its directory does not know.
        return _PLAIN["1.1"]
    return _PLAIN.get(detail) or _PLAIN.get(subject, _REFUSED)


def _refusal(severity: str, reason: str) -> str:
    if re.search(r"relay|rcpthosts|ретрансл", reason, re.IGNORECASE):
        return _RELAY
    if _PROOF_WORDS.search(reason):
        return _UNPROVEN
    if _SPAM_ONLY.search(reason):
        return _SPAM
    return _LATER if severity == "4" else _PLAIN["7"]
