"""By what a delivery report is known before it is read: signs that only machines leave."""

import re
from email.message import Message
from enum import IntEnum

from okno.channels.email import bounce_forms as forms
from okno.lib.addresses import Address

_NULL_PATH = re.compile(
    r"^\s*(?:<\s*>|<?(?:mailer-daemon|mail-daemon|postmaster)(?:@[^>]*)?>?\s*$|$)", re.IGNORECASE
)
_DAEMON = re.compile(
    r"(?:mail|mailer|mta|smtp|mailserver|esmtp)?[-_.]?(?:daemon|deamon).*|post[-_.]?master.*|mdaemon.*|"
    r"mail-?system.*|"
    r"mailsweeper|mailscanner|mailmarshal.*|bounces?(?:[-+_.].*)?|bounced|ndr|non-?delivery.*|microsoftexchange.*|"
    r"mail-?router|mail-?delivery.*|mdeliver.*|mailerror|mail_?delivery.*|delivery[-_.]?(?:system|subsystem|daemon)|"
    r"returned-?mail|undeliver.*|smail|dsn|amavis.*|content-?filter|e500_smtp.*|interscan.*|mailadm.*|imss|"
    r"symantec.*",
    re.IGNORECASE,
)
_WEAK_DAEMON = re.compile(
    r"sys-?admin|system|root|no-?reply.*|do-?not-?reply.*|notification.*|delivery|mailer|smtp|listserv|majordomo|uucp|"
    r"virus.*|.*-(?:owner|request|errors?)|owner-.*|robot|auto.*|mailagent|mail-?server|mail-?filter|deliver",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[- ]?(?:delivery|daemon|deliver|delivering|transfer)|delivery (?:sub-?)?system|message delivery|"
    r"delivery (?:agent|status)|returned mail|internet mail|content-filter|undeliver|"
    r"(?:служб|систем|подсистем|агент)\w* доставки (?:почт|сообщ|писем|электрон)|mail-zustell|système de remise|"
    r"メール配送|メール配信|邮件系统",
    re.IGNORECASE,
)
# Names that administrators have too.
_WEAK_NAME = re.compile(
    r"mail(?:er)?[- ]?(?:router|server|system|subsystem|administrator|admin)|system administrator|postmaster|interscan|"
    r"mailmarshal|почтов\w+ (?:систем|служб|робот|сервер)|системный администратор|администратор почт|"
    r"systemadministrator|administrateur système|系统管理员",
    re.IGNORECASE,
)
# Headers that servers put into reports and into nothing else.
_REPORT_HEADERS = frozenset(
    {
        "x-failed-recipients",
        "x-ms-exchange-message-is-ndr",
        "x-ms-embedded-report",
        "x-mx-bounce",
        "x-ahmailid",
        "x-bounce-id",
        "x-mlserver",
        "x-postfix-queue-id-of-bounce",
        "x-dsn-report",
    }
)
_REPORT_MAILERS = re.compile(
    r"^\s*(?:<?SMTP32 v|m-FILTER|SurfControl E-mail Filter|InterScan|eSafe|LSMTP|ArGoSoft|NTMail|"
    r"Internet Mail Service \(|Microsoft Exchange Server Internet Mail|Novell GroupWise Internet Agent)",
    re.IGNORECASE,
)


class Signs(IntEnum):
    """Say how sure it is that a server wrote a mail about another one."""

    NONE = 0
    SUBJECT = 1
    """Only the subject sounds like it."""
    WEAK = 2
    """Written by some machine."""
    STRONG = 3
    """By its form or its sender the report of a server, or nothing that a person writes."""


def machine_signs(message: Message, *, subject: str, sender: Address | None) -> Signs:
    """Return what the head of a mail says of its being a delivery report."""
    names = {name.lower() for name in message}
    if (
        message.get_content_type() == "multipart/report"
        or not names.isdisjoint(_REPORT_HEADERS)
        or (sender is not None and _DAEMON.fullmatch(sender.local))
        or _DAEMON_NAME.search(_written_name(message, sender))
    ):
        return Signs.STRONG
    if (
        has_null_path(message)
        or (sender is None or _WEAK_DAEMON.fullmatch(sender.local))
        or _WEAK_NAME.search(_written_name(message, sender))
        or _REPORT_MAILERS.match(str(message.get("x-mailer", "")))
        or _was_submitted_by_machine(message)
    ):
        return Signs.WEAK
    return Signs.SUBJECT if forms.SUBJECT.search(subject) else Signs.NONE


def has_null_path(message: Message) -> bool:
    """Tell whether the return path is empty or that of a server, in whichever header it was kept."""
    for name in ("return-path", "x-envelope-from", "x-original-return-path", "envelope-from"):
        for value in message.get_all(name, [])[:3]:
            if _NULL_PATH.match(str(value)[:500]):
                return True
    return False


def is_answer(message: Message) -> bool:
    """Tell whether a program says that this answers a mail: out of office rather than out of order."""
    submitted = str(message.get("auto-submitted", "")).strip().lower()
    return submitted.startswith("auto-replied") or any(
        name in message for name in ("x-autoreply", "x-autorespond")
    )


def was_written_in_client(message: Message) -> bool:
    """Tell whether a mail has what the programs of people add: an answer to something, or their name."""
    return any(
        name in message
        for name in ("in-reply-to", "references", "user-agent", "x-originating-client", "thread-index")
    )


def _written_name(message: Message, sender: Address | None) -> str:
    """Return the name of the sender; where the address cannot be used, the whole header says it."""
    return sender.name if sender is not None else str(message.get("from", ""))[:500]


def _was_submitted_by_machine(message: Message) -> bool:
    submitted = str(message.get("auto-submitted", "no")).split(";")[0].strip().lower()
    return submitted not in {"", "no"}
