"""Whose mail is spam and whose is let in, by address or by domain with all below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Value
from django.utils.translation import gettext as _

from okno.channels.email.events import MailboxChanged, SenderChanged
from okno.channels.email.freemail import is_free_mail
from okno.channels.email.models import BlockedSender, Mailbox, TrustedSender
from okno.lib.addresses import InvalidAddress, normalise_address, normalise_domain
from okno.lib.errors import Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team.models import Member
from okno.team.policy import TICKETS_WRITE, can_manage_settings, is_granted

SenderRow = BlockedSender | TrustedSender
# A name has at most so many levels; beyond that a sender is playing with us.
LEVELS_LIMIT = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a sender: the pattern that blocks him, if any, and whether he is let in."""

    blocked_by: str = ""
    is_trusted: bool = False


def clean_pattern(text: str) -> str:
    """Return `someone@example.org`, or `@example.org` for a domain however it was written. Raises Invalid."""
    written = text.strip()
    local, at, domain = written.rpartition("@")
    is_address = bool(at) and local not in ("", "*")
    try:
        return normalise_address(written) if is_address else f"@{_domain(domain)}"
    except InvalidAddress as error:
        words = _("“%(text)s” is neither an address nor a domain.") % {"text": text.strip()[:100]}
        raise Invalid(words, fields={"pattern": [words]}) from error


def patterns_of(address: str) -> list[str]:
    """Return the patterns that mean an address: itself, its domain and those above, the nearest first."""
    local, _at, domain = address.rpartition("@")
    labels = domain.split(".")
    above = [".".join(labels[level:]) for level in range(max(0, len(labels) - LEVELS_LIMIT), len(labels))]
    return [*([address] if local else []), *(f"@{name}" for name in above if name)]


def standing_of(address: str) -> Standing:
    """Return what is known of a sender by one query; the nearest pattern decides."""
    if not address:
        return Standing()
    near = patterns_of(address)
    rows = [_with(BlockedSender, near, is_trusted=False), _with(TrustedSender, near, is_trusted=True)]
    found = dict(rows[0].union(rows[1]))
    decisive = next((pattern for pattern in near if pattern in found), None)
    if decisive is None:
        return Standing()
    return Standing(is_trusted=True) if found[decisive] else Standing(blocked_by=decisive)


def can_block(actor: Actor, pattern: str) -> bool:
    """Tell whether the actor may block this: any agent an address, a domain only who configures mail."""
    if pattern.startswith("@"):
        return can_manage_settings(actor)
    return can_manage_settings(actor) or is_granted(actor, TICKETS_WRITE)


def why_not_blocked(pattern: str) -> str:
    """Return in words why a pattern must not be blocked, empty if it may be."""
    domain = pattern.rpartition("@")[2]
    boxes = list(Mailbox.objects.values_list("address", flat=True))
    if pattern in boxes or (pattern.startswith("@") and any(_is_below(box, domain) for box in boxes)):
        return _("This is an address of your own desk.")
    staff = Member.objects.filter(is_active=True).values_list("email", flat=True)
    if pattern in staff or (pattern.startswith("@") and any(_is_below(email, domain) for email in staff)):
        return _("Colleagues of yours write from there.")
    if pattern.startswith("@") and is_free_mail(domain):
        return _("Anybody may have an address at %(domain)s. Block single addresses instead.") % {
            "domain": domain
        }
    if pattern.startswith("@") and "." not in domain:
        return _("This is not one domain but a whole zone of them.")
    return ""


@command
def block_sender(*, actor: Actor, pattern: str, now: datetime) -> BlockedSender:
    """Call all further mail of an address or domain spam; nobody who is blocked is trusted. Raises Denied, Invalid."""
    cleaned = clean_pattern(pattern)
    if not can_block(actor, cleaned):
        raise Denied(
            _("You may block single addresses. Domains are blocked in the settings by who sets up mail.")
        )
    reason = why_not_blocked(cleaned)
    if reason:
        raise Invalid(reason, code="not_blockable", fields={"pattern": [reason]})
    TrustedSender.objects.filter(pattern=cleaned).delete()
    row: BlockedSender = _keep(BlockedSender, cleaned, actor, "blocked", now=now)
    return row


@command
def trust_sender(*, actor: Actor, pattern: str, now: datetime) -> TrustedSender:
    """Let mail of an address or domain in whatever servers say and however much it is. Raises Denied, Invalid.

    It is no proof of who wrote: follow-up trust asks for the same as before.
    """
    cleaned = clean_pattern(pattern)
    if not can_block(actor, cleaned):
        raise Denied(_("You may let single addresses in. Domains are a matter of the settings."))
    BlockedSender.objects.filter(pattern=cleaned).delete()
    row: TrustedSender = _keep(TrustedSender, cleaned, actor, "trusted", now=now)
    return row


@command
def forget_sender(*, actor: Actor, pattern: str, now: datetime) -> None:
    """Neither block nor trust a pattern any more. Raises Denied, and NotFound if it is not known."""
    if not can_block(actor, pattern):
        raise Denied(_("You may not change the list of senders."))
    for model in (BlockedSender, TrustedSender):
        row = model.objects.filter(pattern=pattern).first()
        if row is not None:
            emit(
                actor, SenderChanged(pattern=pattern, standing="unknown"), kind="sender", subject=row, now=now
            )
            row.delete()
            return
    raise NotFound(_("This sender is not in the list."))


@command
def limit_senders(*, actor: Actor, limits: dict[int, int], now: datetime) -> None:
    """Set how many mails of one sender mailboxes take in an hour, by their ids; 0 is no limit. Raises Denied."""
    if not can_manage_settings(actor):
        raise Denied(_("You may not manage mail."))
    boxes = Mailbox.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=limits)
    for box in boxes.order_by("id"):
        if box.sender_hour_limit != limits[box.pk]:
            box.sender_hour_limit = limits[box.pk]
            box.save(update_fields=["sender_hour_limit"])
            emit(actor, MailboxChanged(fields=["sender_hour_limit"]), kind="mailbox", subject=box, now=now)


def _with(model: type[SenderRow], patterns: Sequence[str], *, is_trusted: bool) -> Any:
    found = model.objects.filter(pattern__in=patterns).order_by()
    return found.annotate(trusts=Value(is_trusted, output_field=BooleanField())).values_list(
        "pattern", "trusts"
    )


def _keep(model: type[Any], pattern: str, actor: Actor, standing: str, *, now: datetime) -> Any:
    row, is_new = model.objects.get_or_create(
        pattern=pattern, defaults={"created_by_id": actor.member_id, "created_at": now}
    )
    if is_new:
        emit(actor, SenderChanged(pattern=pattern, standing=standing), kind="sender", subject=row, now=now)
    return row


def _domain(text: str) -> str:
    bare = text.strip().removeprefix("*.").removeprefix(".")
    if not bare:
        raise InvalidAddress("nothing is written")
    return normalise_domain(bare)


def _is_below(address: str, domain: str) -> bool:
    return address.endswith((f"@{domain}", f".{domain}"))
