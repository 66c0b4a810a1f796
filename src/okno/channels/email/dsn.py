"""Delivery status notifications (RFC 3464), whole or damaged, as a part of their own or within text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from okno.channels.base import Bounce
from okno.channels.email.bounce_address import clean_address
from okno.channels.email.bounce_status import MAX_REASON, find_status, is_permanent, refine_status
from okno.channels.email.charsets import decode_text
from okno.channels.email.parts import Part

STATUS_TYPES = frozenset(
    {"message/delivery-status", "message/xdelivery-status", "message/global-delivery-status"}
)
MAX_RECIPIENTS = 200
_MAX_STATUS_LENGTH = 500_000

Action = Literal["failed", "delayed", "delivered", "relayed", "expanded"]
_ACTIONS: tuple[Action, ...] = get_args(Action)

_FIELD = re.compile(
    r"^(reporting-mta|final-recipient|original-recipient|x-actual-recipient|action|status|remote-mta|"
    r"diagnostic-code|last-attempt-date|will-retry-until|arrival-date|received-from-mta|final-log-id|"
    r"original-envelope-id|dsn-gateway|x-[a-z0-9-]{1,60})[ \t]*:[ \t]*(.*)$",
    re.IGNORECASE,
)
_RECIPIENT_FIELDS = ("final-recipient", "original-recipient", "x-actual-recipient")
_TYPE = re.compile(r"^\s*([a-z0-9-]{1,40})\s*;\s*", re.IGNORECASE)
_SAYS_STATUS = re.compile(r"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class StatusBlock:
    """Hold the fields about one recipient, names in lower case; the first of a name counts."""

    fields: dict[str, str] = field(default_factory=dict)

    @property
    def recipient(self) -> str:
        """Return the address that the mail was sent to: the one before any forwarding, if it is told."""
        for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
            value = self.fields.get(name, "")
            if value.lstrip().lower().startswith("x400"):
                # "/c=us/dda.smtp=user@host/": a mail address within one of another kind.
                value = value.rpartition("=")[2]
            if address := clean_address(value):
                return address
        return ""

    @property
    def bare_recipient(self) -> str:
        """Return the recipient as named without a domain, or an empty text."""
        value = _TYPE.sub("", self.fields.get("final-recipient", "")).strip("<>\"' ")
        return value.lower() if re.fullmatch(r"[\w.+-]{1,64}", value) else ""

    @property
    def diagnostic(self) -> str:
        """Return what the refusing server said."""
        said = _TYPE.sub("", self.fields.get("diagnostic-code", ""), count=1).strip()
        # Some put it after the status, in brackets or bare.
        return said or self.fields.get("status", "").partition(" ")[2].strip(" ()")


def status_text(part: Part) -> str:
    """Return the fields of a part for programs as text."""
    content, _is_sound = part.content(is_text=True)
    return decode_text(content[:_MAX_STATUS_LENGTH], None)[0]


def has_status_fields(text: str) -> bool:
    """Tell whether status fields stand in a text."""
    return bool(_SAYS_STATUS.search(text))


def read_blocks(text: str) -> list[StatusBlock]:
    """Return a block for each recipient in the fields of a report; blank lines where none belong do no harm."""
    blocks: list[StatusBlock] = []
    shared: dict[str, str] = {}
    current: StatusBlock | None = None
    is_apart = True
    for name, value in _fields(text):
        if not name:
            is_apart = current is None or "action" in current.fields
            continue
        if name in _RECIPIENT_FIELDS and (current is None or is_apart or name in current.fields):
            if len(blocks) >= MAX_RECIPIENTS:
                break
            current = StatusBlock()
            blocks.append(current)
        is_apart = False
        (shared if current is None else current.fields).setdefault(name, value)
    # Action and status before any recipient: some write them once, for all.
    for block in blocks:
        for name in ("action", "status", "diagnostic-code", "reporting-mta"):
            if name in shared:
                block.fields.setdefault(name, shared[name])
    if not blocks and "action" in shared and ("status" in shared or "diagnostic-code" in shared):
        blocks.append(StatusBlock(fields=shared))
    return blocks


def _fields(text: str) -> Iterator[tuple[str, str]]:
    """Give the known fields of a report, unfolded, and a nameless one for each blank line."""
    name, pieces = "", list[str]()
    for line in text.splitlines():
        if line[:1] in {" ", "\t"} and line.strip() and name:
            pieces.append(line.strip())
            continue
        if name:
            yield name, " ".join(pieces)[:5_000]
        name = ""
        if match := _FIELD.match(line):
            name, pieces = match.group(1).lower(), [match.group(2).strip()]
        elif not line.strip():
            yield "", ""
    if name:
        yield name, " ".join(pieces)[:5_000]


def read_action(value: str, status: str) -> Action:
    """Return the action that a report names; what is misspelt or absent is told by the status."""
    word = value.strip().lower()
    for action in _ACTIONS:
        if word.startswith((action, action[:4])):
            return action
    return "delivered" if status.startswith("2") else "failed"


def to_bounce(block: StatusBlock, *, recipient: str, fallback_reason: str = "") -> Bounce:
    """Return what a block says; the words of the notice serve where it gives no diagnostic."""
    given = find_status(block.fields.get("status", ""))
    action = read_action(block.fields.get("action", ""), given)
    reason = " ".join((block.diagnostic or fallback_reason).split())
    status = given if action not in {"failed", "delayed"} else refine_status(given, reason)
    if action == "failed" and status.startswith("2"):
        status = "5.0.0"
    return Bounce(
        recipient=recipient,
        status=status or ("4.0.0" if action == "delayed" else "5.0.0"),
        action=action,
        reason=reason[:MAX_REASON],
        permanent=is_permanent(status or "5.0.0", action=action),
    )
