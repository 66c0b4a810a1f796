"""What a mail reports of another one: that it did not arrive (RFC 3464 and the world's own forms) or was spam.

A report is believed only with the signs of a machine: people quote, forward and discuss reports too. Attached
messages are never read as reports of their own.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from okno.channels.base import Bounce
from okno.channels.email import bounce_forms as forms
from okno.channels.email.absences import is_absence_subject
from okno.channels.email.bounce_address import all_addresses
from okno.channels.email.bounce_text import (
    Notice,
    bare_names,
    is_notice,
    named_recipients,
    names_for_certain,
    names_in_list,
    read_notice,
    reason_for,
    split_notice,
    starts_as_notice,
    unnamed_bounce,
)
from okno.channels.email.complaints import read_complaint, sends_complaints
from okno.channels.email.dsn import MAX_RECIPIENTS, StatusBlock, has_status_fields, read_blocks, to_bounce
from okno.channels.email.machine_signs import (
    Signs,
    has_null_path,
    is_answer,
    machine_signs,
    was_written_in_client,
)
from okno.channels.email.parts import Part
from okno.channels.email.report_parts import (
    ReportParts,
    collect_parts,
    read_head,
    returned_ids,
    returned_recipients,
)
from okno.lib.addresses import Address

_ANSWERED_OR_FORWARDED = re.compile(
    r"^\s*(?:re|fwd?|aw|wg|tr|rv|ответ|пересл\w*)\s*(?:\[\d+\])?:", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Hold what a mail reports; all empty for a mail that is no report."""

    bounces: tuple[Bounce, ...] = ()
    is_bounce: bool = False
    is_complaint: bool = False
    is_automatic: bool = False
    """By its form no person wrote it, whether or not it reports anything."""
    reported_ids: tuple[str, ...] = ()
    reported_recipients: tuple[str, ...] = ()


NO_REPORT = Report()


def read_report(
    message: Part, *, subject: str, sender: Address | None, recipients: tuple[Address, ...]
) -> Report:
    """Return what a mail reports; `recipients` are those of the report itself."""
    signs = machine_signs(message, subject=subject, sender=sender)
    if signs is Signs.NONE and not sends_complaints(sender):
        return NO_REPORT
    parts = collect_parts(message)
    complaint = read_complaint(parts, subject=subject, sender=sender)
    if complaint is not None:
        return Report(
            is_complaint=complaint.is_complaint,
            is_automatic=True,
            reported_ids=returned_ids(parts.originals, parts.text),
            reported_recipients=complaint.recipients,
        )
    if signs is Signs.NONE:
        return NO_REPORT
    if parts.is_receipt and not parts.statuses:
        return Report(is_automatic=True)
    reader = _Reader(message, parts, signs=signs, subject=subject, sender=sender, recipients=recipients)
    bounces = reader.bounces()
    is_form = message.get_content_type() == "multipart/report"
    is_absence = is_absence_subject(subject) or is_answer(message)
    is_delivery_report = bool(bounces) or (is_form and bool(parts.statuses))
    if not is_delivery_report and (is_absence or not has_null_path(message)):
        return Report(is_automatic=is_form or reader.is_notice)
    return Report(
        bounces=bounces,
        is_bounce=True,
        is_automatic=True,
        reported_ids=reader.reported_ids() if is_delivery_report else (),
    )


class _Reader:
    """Read one mail that may be a delivery report."""

    def __init__(
        self,
        message: Part,
        parts: ReportParts,
        *,
        signs: Signs,
        subject: str,
        sender: Address | None,
        recipients: tuple[Address, ...],
    ) -> None:
        own = (*recipients, sender) if sender is not None else recipients
        self._foreign = frozenset(address.address for address in own)
        self._domain = sender.domain if sender is not None else ""
        self._message = message
        self._parts = parts
        self._signs = signs
        self._subject = subject
        self._sounds = bool(forms.SUBJECT.search(subject))
        self._notice: Notice = split_notice(parts.text)
        head = read_head(self._notice.original) if self._notice.original else None
        self._originals = parts.originals or ([head] if head is not None else [])

    def bounces(self) -> tuple[Bounce, ...]:
        """Return what became of each recipient, from the fields of the report if it has any, else from its words."""
        if self._signs < Signs.STRONG and _ANSWERED_OR_FORWARDED.match(self._subject):
            return ()
        return self._from_fields() or self._from_words() or self._unnamed()

    def reported_ids(self) -> tuple[str, ...]:
        """Return the Message-IDs of the mail that did not arrive."""
        found = returned_ids(self._originals, f"{self._parts.text}\n{self._notice.original}")
        return found or tuple(re.findall(r"<[^<>\s]{1,990}>", str(self._message.get("in-reply-to", "")))[:1])

    def _from_fields(self) -> tuple[Bounce, ...]:
        text = "\n\n".join(self._parts.statuses)
        if not has_status_fields(text):
            # Whoever pastes them into a letter is no server.
            is_likely = self._signs is Signs.STRONG or (self._signs is Signs.WEAK and self._sounds)
            if not is_likely or not has_status_fields(self._parts.text):
                return ()
            # Written into the notice, or the MIME structure is broken.
            text = f"{text}\n\n{self._parts.text}"
        blocks = read_blocks(text)
        found: dict[str, Bounce] = {}
        for block in blocks:
            recipient = self._recipient(block, is_only=len(blocks) == 1)
            if recipient in found:
                continue
            reason = "" if block.diagnostic else reason_for(self._notice, recipient)
            bounce = to_bounce(block, recipient=recipient, fallback_reason=reason)
            found[recipient] = bounce
        return tuple(found.values())[:MAX_RECIPIENTS]

    def _recipient(self, block: StatusBlock, *, is_only: bool) -> str:
        """Return who a block is about; what the block does not tell is told by other places."""
        if block.recipient:
            return block.recipient
        known = self._failed_header() or named_recipients(self._notice, self._foreign)
        known = known or returned_recipients(self._originals)
        if bare := block.bare_recipient:
            same = [address for address in known if address.partition("@")[0] == bare]
            if same:
                return same[0]
        return known[0] if known and is_only else ""

    def _failed_header(self) -> list[str]:
        values = self._message.get_all("x-failed-recipients", [])[:20]
        return all_addresses(" , ".join(str(value)[:5_000] for value in values))[:MAX_RECIPIENTS]

    def _from_words(self) -> tuple[Bounce, ...]:
        failed = self._failed_header()
        if not failed and not self.is_notice:
            return ()
        if failed:
            told = {bounce.recipient: bounce for bounce in self._read(failed)}
            some = next(iter(told.values()), None)
            return tuple(
                told.get(address) or replace(some, recipient=address)
                for address in failed
                if some is not None
            )
        named = self._read(returned_recipients(self._originals))
        return named or self._read(
            [f"{name}@{self._domain}" for name in bare_names(self._notice) if self._domain]
        )

    def _unnamed(self) -> tuple[Bounce, ...]:
        """Return a bounce of nobody for a report that is certain but names no recipient."""
        is_certain = self._signs is Signs.STRONG and self._sounds
        if not is_certain or not is_notice(self._notice) or is_absence_subject(self._subject):
            return ()
        return (unnamed_bounce(self._notice, subject=self._subject),)

    def _read(self, expected: list[str]) -> tuple[Bounce, ...]:
        return read_notice(self._notice, subject=self._subject, foreign=self._foreign, expected=expected)

    @cached_property
    def is_notice(self) -> bool:
        """Tell whether words alone make this a delivery report, given what the head of the mail is worth."""
        if is_absence_subject(self._subject):
            return False
        speaks = is_notice(self._notice)
        if self._signs is Signs.STRONG:
            return self._sounds or speaks or names_for_certain(self._notice)
        if not speaks:
            return False
        has_returned = bool(self._originals)
        is_certain = starts_as_notice(self._notice) and names_for_certain(self._notice)
        if self._signs is Signs.WEAK:
            in_form = self._sounds and (has_returned or names_in_list(self._notice))
            return in_form or (is_certain and not is_answer(self._message))
        return self._sounds and has_returned and is_certain and not was_written_in_client(self._message)
