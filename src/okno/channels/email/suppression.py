"""Addresses that nothing is sent to: they refused for good, or their owner called our mail spam.

Mail to the former is not sent at all, to the latter only what a person writes. It ends when somebody says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from okno.channels.email.bounce_words import explain_bounce
from okno.channels.email.events import SuppressionChanged
from okno.channels.email.models import OutgoingMail, RawMail, SuppressedAddress
from okno.lib.errors import Denied
from okno.spine.actor import SYSTEM, Actor
from okno.spine.unit import command, emit
from okno.team.policy import TICKETS_WRITE, can_manage_people, can_manage_settings, is_granted

Cause = SuppressedAddress.Cause
WORDS_LENGTH = 1000
# No such mailbox, no such domain, not an address, moved away (RFC 3463; 5.1.10 is RFC 7505). A full mailbox, a policy
# or a suspicion of spam may be different tomorrow.
_GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4"})
# Whoever asks for a letter about his account, or to prove an address, is there this moment.
_ASKED_FOR = (OutgoingMail.Purpose.ACCOUNT, OutgoingMail.Purpose.CONFIRM, OutgoingMail.Purpose.TEST)


def is_gone(status: str) -> bool:
    """Tell whether a status code means that an address will never take mail."""
    return status in _GONE


@command
def suppress_address(
    *, address: str, cause: str, status: str = "", words: str = "", raw: RawMail | None = None, now: datetime
) -> None:
    """Send nothing to an address from now on. What is known stays, but a refusal weighs more than a complaint."""
    row, is_new = SuppressedAddress.objects.get_or_create(
        address=address,
        defaults={
            "cause": cause,
            "status": status,
            "words": words[:WORDS_LENGTH],
            "raw": raw,
            "created_at": now,
        },
    )
    if not is_new:
        if cause in (row.cause, Cause.COMPLAINT):
            return
        row.cause, row.status, row.words, row.raw = cause, status, words[:WORDS_LENGTH], raw
        row.save(update_fields=["cause", "status", "words", "raw"])
    event = SuppressionChanged(address=address, cause=cause)
    emit(SYSTEM, event, kind="suppressed", subject=row, now=now)


@command
def allow_address(*, actor: Actor, address: str, now: datetime) -> bool:
    """Send mail to an address again; returns whether it had been suppressed. Raises Denied."""
    if not can_allow(actor):
        raise Denied(_("You may not decide who gets mail."))
    row = SuppressedAddress.objects.filter(address=address).first()
    if row is None:
        return False
    emit(actor, SuppressionChanged(address=address, cause=""), kind="suppressed", subject=row, now=now)
    row.delete()
    return True


def can_allow(actor: Actor) -> bool:
    """Tell whether the actor may let mail go to a suppressed address again: who answers, or sets up people or mail."""
    return is_granted(actor, TICKETS_WRITE) or can_manage_people(actor) or can_manage_settings(actor)


def suppressed_among(addresses: Iterable[str]) -> dict[str, SuppressedAddress]:
    """Return those of the addresses that are suppressed."""
    return {row.address: row for row in SuppressedAddress.objects.filter(address__in=list(addresses))}


def stopped_recipients(mail: OutgoingMail, addresses: Iterable[str]) -> dict[str, str]:
    """Return which recipients must not get a mail, each with the reason in words."""
    if mail.purpose in _ASKED_FOR:
        return {}
    found = suppressed_among(addresses)
    return {
        address: why_suppressed(row)
        for address, row in found.items()
        if mail.is_automatic or row.cause == Cause.BOUNCED
    }


def why_suppressed(row: SuppressedAddress) -> str:
    """Say since when and why nothing is sent to an address."""
    day = date_format(timezone.localtime(row.created_at), "SHORT_DATE_FORMAT")
    if row.cause == Cause.COMPLAINT:
        return _("Its owner called our mail spam on %(day)s.") % {"day": day}
    words = explain_bounce(row.status, row.words).rstrip(".")
    return _("This address is suppressed since %(day)s: %(words)s.") % {
        "day": day,
        "words": words[:1].lower() + words[1:],
    }
