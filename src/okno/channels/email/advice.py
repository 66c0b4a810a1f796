"""Failures of mail servers in plain words, with what to do."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from okno.channels.email.imap_in import ImapFailure

# What Gmail and Exchange say of a mailbox that may not be read over IMAP.
_IMAP_OFF = re.compile(
    r"not enabled for IMAP|IMAP access is disabled|authenticated but not connected", re.IGNORECASE
)
_SIGN_IN_REFUSED = frozenset({504, 530, 534, 535, 538})
# Exchange Online: 535 5.7.139, for the organization or for this mailbox.
_SMTP_OFF = re.compile(r"SmtpClientAuthentication is disabled|smtp_auth_disabled", re.IGNORECASE)
_CODE = re.compile(r"\b([45]\d\d)\b(?:[ -]([45]\.\d{1,3}\.\d{1,3}))?")


def imap_advice(failure: ImapFailure) -> str:
    """Return what to do about a mailbox that cannot be read."""
    if _IMAP_OFF.search(failure.detail):
        words = _(
            "Reading by IMAP is switched off for this mailbox. Switch it on: at Google in the settings of Gmail,"
            " at Microsoft in the administration under the user's mail, “Manage email apps”."
        )
        return f"{words} ({failure.detail})"
    words = {
        "unreachable": _("The server cannot be reached. Check its name and port."),
        "timeout": _(
            "The server does not answer. Check its name and port, and whether a firewall is between."
        ),
        "certificate": _("The server's certificate cannot be trusted. Check the server's name."),
        "no_tls": _(
            "The server does not speak TLS on this port. Port 993 is usual for TLS, 143 for STARTTLS."
        ),
        "login": _("The server refuses the name or the password. Some providers want an app password."),
        "token": _(
            "The server does not accept the consent. Check that IMAP is switched on for this mailbox and that the"
            " account may open it, then connect it again."
        ),
        "folder": _("There is no such folder in the mailbox."),
        "protocol": _("The server answered something unexpected."),
    }[failure.problem]
    return f"{words} ({failure.detail})" if failure.detail else words


def relay_advice(reason: str, code: int | None = None, *, by_consent: bool = False) -> str:
    """Return what to do about a way out that does not work at all."""
    if _SMTP_OFF.search(reason):
        words = _(
            "Sending by SMTP is switched off for this mailbox or the whole organization. Switch on “Authenticated SMTP”"
            " in the administration of Microsoft 365, under the user's mail, “Manage email apps”."
        )
        return f"{words} ({reason})"
    if by_consent and code in _SIGN_IN_REFUSED:
        words = _(
            "The server for sending does not accept the consent. Check that the account may send as this address,"
            " then connect the mailbox again."
        )
        return f"{words} ({reason})"
    if code in _SIGN_IN_REFUSED:
        return _("The server refuses the name or the password for sending. (%(reason)s)") % {"reason": reason}
    if reason.startswith("certificate"):
        return _("The certificate of the server for sending cannot be trusted. (%(reason)s)") % {
            "reason": reason
        }
    return _("The server for sending cannot be used now. (%(reason)s)") % {"reason": reason}


def delivery_advice(words: str) -> str:
    """Return what an agent can do about a mail that was refused, from the words of the server."""
    match = _CODE.search(words)
    code, enhanced = (match.group(1), match.group(2) or "") if match else ("", "")
    if enhanced.startswith(("5.1.", "5.4.4")) or (code in {"550", "551", "553"} and not enhanced):
        return _("The address does not exist. Check it, correct it and send again.")
    if enhanced.startswith("5.2.2") or code == "552":
        return _(
            "The recipient's mailbox is full, or the mail is too big for it. Try without files, or call."
        )
    if enhanced.startswith("5.3.4"):
        return _("The mail is too big for the recipient's server. Send the files another way.")
    if enhanced.startswith("5.7.") or code == "554":
        return _(
            "The recipient's server refuses our mail. Ask your administrator to check SPF, DKIM and DMARC."
        )
    return _(
        "The mail could not be delivered. Check the address and send again, or reach the person another way."
    )
