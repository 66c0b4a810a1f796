"""Many mails at once: those that plainly open a ticket share one transaction; whatever is more is settled alone.

The database is asked the questions of `pipeline.settle` for all of them together. A mail for which one of the answers
is anything but "no" is left to it, so that there is one place that decides; so is every mail of a batch that failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, Final

import structlog
from django.db import DatabaseError, close_old_connections
from django.db.models import Count, Q

from okno.channels.email.models import BlockedSender, RawMail, TrustedSender
from okno.channels.email.parse import ParseFailed
from okno.channels.email.senders import patterns_of
from okno.channels.email.threading import is_own, thread_key
from okno.lib.clock import current_time
from okno.people.commands import contacts_for_addresses
from okno.reactors.intake import outcomes
from okno.reactors.intake.mails import (
    Mail,
    Read,
    Settled,
    lock_identities,
    mails_of,
    scope_of_words,
    shown,
)
from okno.reactors.intake.rates import WINDOW
from okno.reactors.intake.reading import forget, read_ahead, read_by_now
from okno.reactors.intake.threads import mentions_number, tokens_of
from okno.spine.unit import unit_of_work
from okno.spine.work import Ledger, work_on
from okno.tenancy.scope import scope
from okno.tickets.models import HeldMessage, Message

log = structlog.get_logger(__name__)

CHUNK: Final = 25
_COLUMNS: Final = (
    "message_id",
    "subject",
    "sender",
    "outcome",
    "reason",
    "words",
    "ticket_number",
    "message_ref",
)


class Batches:
    """Takes claimed mails of a ledger to their outcomes, together where they are plain."""

    def __init__(self, ledger: Ledger) -> None:
        """Let `ledger` handle what is left, and what is slow in a thread beside it."""
        self._ledger = ledger
        self._slow = cache(lambda: ThreadPoolExecutor(1, thread_name_prefix="slow-mail"))
        self._aside: list[Any] = []

    def together(self, raws: list[RawMail]) -> list[RawMail]:
        """Settle the plain ones of a workspace; return those that are to be settled alone."""
        read_ahead(raws)
        left: list[RawMail] = []
        waiting: set[str] = set()
        for chunk in _chunks(raws):
            ready, failed, slow = read_by_now(chunk)
            alone = _settle_plain(ready, frozenset(waiting))
            waiting |= {read.parsed.message_id for read in ready if read.raw in alone} - {""}
            left += [*failed, *alone]
            self._aside += [self._slow().submit(self._work_on, raw) for raw in slow]
        return left

    def apart(self, raw: RawMail) -> bool:
        """Work beside the others on a mail whose parser was killed: its second try may take as long.

        Whatever else was tried before is not taken: it may have killed the worker.
        """
        if raw.last_error not in ParseFailed.MAY_PASS_LATER:
            return False
        self._aside.append(self._slow().submit(self._work_on, raw))
        return True

    def aside(self) -> int:
        """Wait for the slow ones; return how many they were."""
        begun, self._aside = self._aside, []
        wait(begun)
        return len(begun)

    def _work_on(self, raw: RawMail) -> None:
        try:
            with scope(raw.workspace_id):
                is_ours = raw.extend(self._ledger.lease)
            if is_ours:
                work_on(self._ledger, raw)
            else:
                forget([raw])
        except DatabaseError as error:
            # Its lease runs out, and it is tried again.
            log.warning("slow_mail_left", raw=raw.pk, error=type(error).__name__)
        finally:
            close_old_connections()


def _chunks(raws: Sequence[RawMail]) -> Iterator[Sequence[RawMail]]:
    for start in range(0, len(raws), CHUNK):
        yield raws[start : start + CHUNK]


def _settle_plain(reads: Sequence[Read], waiting: frozenset[str]) -> list[RawMail]:
    """Settle the plain mails in one transaction; return the others, and all of them if anything goes wrong.

    Those with an id in `waiting` are still to be settled, before whatever answers them.
    """
    if len(reads) < 2:
        return [read.raw for read in reads]
    try:
        left = _settle_together(reads, waiting, now=current_time())
    except Exception:
        log.exception("batch_failed", mails=len(reads), workspace=reads[0].raw.workspace_id)
        # The rows of their files belong to what was rolled back.
        forget(read.raw for read in reads)
        return [read.raw for read in reads]
    forget(read.raw for read in reads if read.raw not in left)
    return left


def _settle_together(reads: Sequence[Read], waiting: frozenset[str], *, now: datetime) -> list[RawMail]:
    with scope_of_words(reads[0].raw.workspace_id):
        ours = {raw.pk for raw in RawMail.hold_all([read.raw for read in reads])}
        held = [read for read in reads if read.raw.pk in ours]
        if not held:
            return []
        lock_identities([(read.raw, read.parsed) for read in held])
        mails = mails_of(held)
        plain = plain_ones(mails, waiting, now=now)
        settled: list[tuple[Mail, Settled]] = []
        if plain:
            with unit_of_work(batch=len(plain)):
                people = contacts_for_addresses(people=_people_of(plain), now=now)
                settled = [
                    (mail, outcomes.open_from_mail(replace(mail, people=people), now=now)) for mail in plain
                ]
        for mail, end in settled:
            for name, value in (shown(mail.parsed) | end.columns()).items():
                setattr(mail.raw, name, value)
        RawMail.finish_all([mail.raw for mail in plain], _COLUMNS)
    done = {mail.raw.pk for mail in plain}
    return [read.raw for read in held if read.raw.pk not in done]


def _people_of(mails: Sequence[Mail]) -> dict[str, str]:
    people: dict[str, str] = {}
    for mail in mails:
        for person in (mail.parsed.sender, *outcomes.wanted_copies(mail)):
            if person is not None and not people.get(person.address):
                people[person.address] = person.name
    return people


def plain_ones(mails: Sequence[Mail], waiting: frozenset[str], *, now: datetime) -> list[Mail]:
    """Return the mails that open a ticket whatever else is looked at, none that answers one of those `waiting`."""
    candidates = [mail for mail in _new_to_each_other(mails, waiting) if _may_be_plain(mail)]
    if not candidates:
        return []
    known = _known_of(candidates)
    writers = _who_wrote_before(candidates, now=now)
    plain = []
    for mail in candidates:
        writers[mail.address] += 1
        limit = mail.mailbox.sender_hour_limit
        if not known.isdisjoint(_facts_of(mail)) or (limit and writers[mail.address] > limit):
            continue
        plain.append(mail)
    return plain


def _may_be_plain(mail: Mail) -> bool:
    """Tell whether nothing in the mail itself makes it anything but a new request."""
    parsed = mail.parsed
    return not (
        not mail.address
        or mail.address in mail.own_addresses
        or parsed.is_automatic
        or parsed.is_bounce
        or parsed.bounces
        or parsed.is_complaint
        or parsed.spam_verdict
        or mail.raw.is_released
        or mentions_number(parsed)
        or is_own(thread_key(), parsed, workspace_id=mail.raw.workspace_id)
        or tokens_of(mail.raw, parsed)
    )


def _new_to_each_other(mails: Sequence[Mail], waiting: frozenset[str]) -> list[Mail]:
    """Leave out what is the same as an earlier mail of the batch, or answers one, whatever becomes of that."""
    seen = set(waiting)
    new = []
    for mail in mails:
        if seen.isdisjoint({mail.raw.sha256, mail.parsed.message_id, *_references_of(mail)}):
            new.append(mail)
        seen |= {mail.raw.sha256, mail.parsed.message_id} - {""}
    return new


def _references_of(mail: Mail) -> set[str]:
    return {*mail.parsed.in_reply_to, *mail.parsed.references}


def _facts_of(mail: Mail) -> set[str]:
    """Return what of a mail is asked about: raw row, bytes, identifiers and patterns of its sender."""
    ids = {mail.parsed.message_id, *_references_of(mail)} - {""}
    return {f"raw {mail.raw.pk}", mail.raw.sha256, *ids, *patterns_of(mail.address)}


def _known_of(mails: Sequence[Mail]) -> set[str]:
    """Return those facts that the database knows anything of."""
    raw_ids = [mail.raw.pk for mail in mails]
    own_ids = {mail.parsed.message_id for mail in mails} - {""}
    all_ids = own_ids | {identifier for mail in mails for identifier in _references_of(mail)}
    patterns = {pattern for mail in mails for pattern in patterns_of(mail.address)}
    earlier = RawMail.objects.exclude(pk__in=raw_ids)
    known = {f"raw {pk}" for pk in HeldMessage.objects.filter(raw__in=raw_ids).values_list("raw", flat=True)}
    for found in (
        earlier.filter(sha256__in=[mail.raw.sha256 for mail in mails]).values_list("sha256", flat=True),
        earlier.filter(message_id__in=own_ids).values_list("message_id", flat=True),
        Message.objects.filter(message_id__in=all_ids).values_list("message_id", flat=True),
        BlockedSender.objects.filter(pattern__in=patterns).values_list("pattern", flat=True),
        TrustedSender.objects.filter(pattern__in=patterns).values_list("pattern", flat=True),
    ):
        known.update(found)
    return known


def _who_wrote_before(mails: Sequence[Mail], *, now: datetime) -> Counter[str]:
    """Return how many mails each sender wrote within the window of the rates, without these."""
    senders = {mail.address for mail in mails if mail.mailbox.sender_hour_limit}
    recent = RawMail.objects.filter(Q(sender__in=senders), created_at__gt=now - WINDOW)
    counted = recent.values_list("sender").annotate(Count("pk")).order_by()
    return Counter(dict(counted)) if senders else Counter()
