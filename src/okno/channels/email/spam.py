"""What the server that received a mail says of its being spam, in the headers that it added."""

import re
from collections.abc import Callable, Sequence

Headers = Sequence[tuple[str, str]]

_MAX_SHOWN = 200
_SUBJECT_MARK = re.compile(
    r"^\W{0,4}(?:\*+\s*spam\s*\*+|\[\s*spam\s*\]|\{spam\??\}|spam:|\[\W?спам\W?\])", re.IGNORECASE
)


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.search(value) is not None


def _is_scl_spam(value: str) -> bool:
    """Microsoft's spam confidence level: from 5 on a mail goes to the junk folder."""
    number = re.match(r"\s*(-?\d{1,2})\b", value)
    return number is not None and int(number.group(1)) >= 5


def _is_forefront_spam(value: str) -> bool:
    fields = dict(pair.split(":", 1) for pair in value.replace(" ", "").split(";") if ":" in pair)
    return (
        fields.get("SFV", "").upper() in {"SPM", "SKS", "SKB", "BLK"}
        or fields.get("CAT", "").upper()
        in {"SPM", "HSPM", "PHSH", "HPHISH", "HPHSH", "MALW", "SPOOF", "UIMP", "DIMP"}
        or _is_scl_spam(fields.get("SCL", ""))
    )


_YES = _matches(r"^\s*(?:yes|true|1|spam)\b")
# What each header must say; Yandex: 1 is clean, 4 is spam. Rspamd: "no action" and "greylist" are not verdicts.
_VERDICTS: dict[str, Callable[[str], bool]] = {
    "x-spam-flag": _YES,
    "x-spam-status": _matches(r"^\s*yes\b"),
    "x-spam": _matches(r"^\s*(?:yes|true|spam|probable)\b"),
    "x-yandex-spam": _matches(r"^\s*(?:4|255|256)\b"),
    "x-mras": _matches(r"^\s*(?:spam|bad|probable)"),
    "x-mailru-spam": _YES,
    "x-mr-spam": _YES,
    "x-ms-exchange-organization-scl": _is_scl_spam,
    "x-forefront-antispam-report": _is_forefront_spam,
    "x-rspamd-action": _matches(r"^\s*(?:reject|add[ _]header|rewrite[ _]subject|quarantine)"),
    "x-rspamd-flag": _YES,
    "x-spamd-bar": _matches(r"^\s*\+{6,}"),
    "x-dspam-result": _matches(r"^\s*(?:spam|blacklisted|blocklisted|virus)\b"),
    "x-bogosity": _matches(r"^\s*(?:spam|yes)\b"),
    "x-barracuda-spam-status": _matches(r"^\s*yes\b"),
    "x-barracuda-spam-flag": _YES,
    "x-proofpoint-spam-details": _matches(r"\brule=\w*(?:spam|phish|malware)\w*(?<!notspam)\b"),
    "x-gmx-antispam": _matches(r"^\s*[1-9]\d*\b.{0,20}spam|^\s*5\b"),
    "x-ovh-spamstate": _matches(r"^\s*(?:spam|spam_\w+)\b"),
    "x-kas-spam": _YES,
    "x-klms-antispam-status": _matches(r"^\s*(?:spam|phishing|massmail|blacklisted)\b"),
    "x-kse-antispam-info": _matches(r"\b(?:status|verdict)\s*[:=]\s*(?:spam|phish)"),
    "x-sophos-spam-status": _YES,
    "x-ironport-anti-spam-result": _matches(r"^\s*(?:spam|positive)\b"),
    "x-mailscanner-spamcheck": _matches(r"^\s*spam\b"),
    "x-cmae-verdict": _matches(r"^\s*spam\b"),
    "x-vade-verdict": _matches(r"^\s*(?:spam|phishing|malware|scam)"),
    "x-vr-spamstate": _matches(r"^\s*spam\b"),
}
# Scores show that a filter was at work; only then is a mark in the subject not the sender's.
_TRACES = frozenset({"x-spam-score", "x-spam-level", "x-spam-checker-version", "x-spam-report", "x-antispam"})

SPAM_HEADERS = frozenset(_VERDICTS) | _TRACES


def spam_verdict(headers: Headers, subject: str = "") -> str:
    """Return the header by which the receiving server called a mail spam, as "X-Spam-Flag: YES", or an empty text.

    `headers` have their names in lower case. The topmost header of a name counts: servers add theirs on top, and
    further down stands what others thought, or what the sender wrote to seem harmless.
    """
    seen: set[str] = set()
    for name, value in headers:
        if name in seen or name not in _VERDICTS:
            continue
        seen.add(name)
        if _VERDICTS[name](value):
            return f"{_shown_name(name)}: {value.strip()}"[:_MAX_SHOWN]
    if _SUBJECT_MARK.match(subject) and any(name in SPAM_HEADERS for name, _ in headers):
        return f"Subject: {subject}"[:_MAX_SHOWN]
    return ""


def _shown_name(name: str) -> str:
    return "-".join(word.upper() if word in _CAPITALS else word.capitalize() for word in name.split("-"))


_CAPITALS = frozenset({"ms", "scl", "dspam", "gmx", "ovh", "mras", "kas", "klms", "kse", "vr", "cmae", "mr"})
