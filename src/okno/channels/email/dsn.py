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
    sorter = _Sorter()
    for name, value in _fields(text):
        if not name:
            sorter.take_blank()
        elif name in _RECIPIENT_FIELDS:
            sorter.take_recipient(name, value)
        else:
            sorter.take_field(name, value)
        if len(sorter.blocks) > MAX_RECIPIENTS:
            break
    return sorter.result()[:MAX_RECIPIENTS]


@dataclass(slots=True)
class _Sorter:
    """Give each field to the recipient that it is about, in whatever order they come."""

    blocks: list[StatusBlock] = field(default_factory=list)
    shared: dict[str, str] = field(default_factory=dict)
    """What stands before the first recipient: some write action and status there, once for all."""
    ahead: dict[str, str] = field(default_factory=dict)
    """What stands before the recipient that it belongs to, as Exim has it."""
    is_apart: bool = False

    def take_blank(self) -> None:
        self.is_apart = bool(self.blocks) and self._is_known("action")

    def take_recipient(self, name: str, value: str) -> None:
        if not self.blocks or self.is_apart or self.ahead or name in self.blocks[-1].fields:
            self.blocks.append(StatusBlock(fields=self.ahead))
            self.ahead = {}
            self.is_apart = False
        self.blocks[-1].fields.setdefault(name, value)

    def take_field(self, name: str, value: str) -> None:
        if not self.blocks:
            self.shared.setdefault(name, value)
        elif self.ahead or (self.is_apart and self._is_known(name)):
            self.ahead.setdefault(name, value)
        else:
            self.blocks[-1].fields.setdefault(name, value)

    def result(self) -> list[StatusBlock]:
        for block in self.blocks:
            for name in ("action", "status", "diagnostic-code"):
                if name in self.shared:
                    block.fields.setdefault(name, self.shared[name])
        if not self.blocks and "action" in self.shared and self.shared.keys() & {"status", "diagnostic-code"}:
            return [StatusBlock(fields=self.shared)]
        return self.blocks

    def _is_known(self, name: str) -> bool:
        return name in self.blocks[-1].fields or name in self.shared


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
