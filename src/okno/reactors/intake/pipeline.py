"""One raw mail to one outcome. Registered as the worker of the raw ledger."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError

from okno.channels.base import ParsedMessage
from okno.channels.email.models import RawMail
from okno.channels.email.parse import ParseFailed
from okno.channels.email.parsing import parse_header
from okno.channels.email.threading import is_own, thread_key
from okno.lib.blobs import BlobMissing
from okno.lib.clock import current_time
from okno.reactors.intake import machines, outcomes
from okno.reactors.intake.batch import Batches
from okno.reactors.intake.mails import (
    Mail,
    Outcome,
    Settled,
    lock_identities,
    mails_of,
    scope_of_words,
    shown,
)
from okno.reactors.intake.rates import is_over_rate
from okno.reactors.intake.reading import read
from okno.reactors.intake.reasons import Reason
from okno.reactors.intake.spam import spam_of, standing_for
from okno.reactors.intake.threads import Place, Trust, find_place
from okno.spine.work import Ledger, register_ledger
from okno.tenancy.scope import scope
from okno.tickets.models import HeldMessage

log = structlog.get_logger(__name__)

# A mail that failed or killed us this often is set aside, so that it delays nothing and waits for a person.
ATTEMPTS_LIMIT = 4
SECOND_TRY = timedelta(seconds=5)


def handle_raw(raw: RawMail) -> None:
    """Take a claimed raw mail to its outcome; what cannot be handled is quarantined, never dropped."""
    if raw.attempts > ATTEMPTS_LIMIT:
        _quarantine(raw, Reason.FAILED_OFTEN.about(raw.last_error or "parser_died"))
        return
    try:
        was_read = read(raw)
    except ParseFailed as error:
        if error.may_pass_later and raw.attempts == 1:
            _try_again(raw, error.reason)
        else:
            _quarantine(raw, Reason.UNREADABLE.about(error.reason), parse_header(raw))
        return
    except BlobMissing:
        _quarantine(raw, Reason.FILE_GONE)
        return
    parsed = was_read.parsed
    try:
        with scope_of_words(raw.workspace_id):
            if raw.hold():
                lock_identities([(raw, parsed)])
                (mail,) = mails_of([was_read])
                settled = settle(mail, now=current_time())
                raw.finish(**shown(parsed), **settled.columns())
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("intake_failed", raw=raw.pk, workspace=raw.workspace_id)
        if raw.attempts >= ATTEMPTS_LIMIT:
            _quarantine(raw, Reason.FAILED_OFTEN.about(f"{type(error).__name__}: {error}"), parsed)
        else:
            raise


def settle(mail: Mail, *, now: datetime) -> Settled:
    """Decide and do; in the scope and transaction that closes the raw row."""
    held = HeldMessage.objects.select_related("ticket").filter(raw=mail.raw).exclude(decision="").first()
    if held is not None:
        return outcomes.carry_out(mail, held, now=now)
    if is_own(thread_key(), mail.parsed, workspace_id=mail.raw.workspace_id):
        return Settled(outcome=Outcome.IGNORED, reason=Reason.OWN_MAIL)
    duplicate = outcomes.duplicate_of(mail)
    if duplicate is not None:
        return duplicate
    reported = machines.settle_report(mail, now=now)
    if reported is not None:
        return reported
    place = find_place(mail.raw, mail.parsed, verdict=mail.verdict)
    kept_out = _kept_out(mail, place, now=now)
    if kept_out is not None:
        return kept_out
    return _without_place(mail, now=now) if place is None else _at_place(mail, place, now=now)


def _kept_out(mail: Mail, place: Place | None, *, now: datetime) -> Settled | None:
    """Return the end of a mail that is spam or one too many of its sender. Reports are never kept out."""
    if mail.raw.is_released or mail.parsed.is_bounce or mail.parsed.is_complaint:
        return None
    standing = standing_for(mail)
    spam = spam_of(mail, place, standing)
    if spam is not None:
        return spam
    if not standing.is_trusted and is_over_rate(mail, place, now=now):
        return outcomes.hold_for_decision(mail, place, reason=Reason.RATE, now=now)
    return None


def _at_place(mail: Mail, place: Place, *, now: datetime) -> Settled:
    if machines.is_loop(mail, place, now=now):
        return outcomes.hold_for_decision(mail, place, reason=Reason.LOOP, now=now)
    return _join(mail, place, now=now)


def _join(mail: Mail, place: Place, *, now: datetime) -> Settled:
    # That somebody is away concerns who waits for his answer, and not the other people of the ticket.
    is_aside = mail.parsed.is_bounce or machines.is_automatic_answer(mail.parsed)
    if place.trust is Trust.PARTICIPANT and place.contact is not None and not is_aside:
        return outcomes.join_ticket(mail, place, place.contact, now=now)
    if is_aside or mail.parsed.is_automatic:
        return outcomes.keep_machine_mail(mail, place, now=now)
    if place.trust is Trust.OUTSIDE and place.side is not None:
        return outcomes.answer_from_outside(mail, place.side, now=now)
    if place.trust is Trust.STAFF and place.member is not None:
        return outcomes.staff_reply(mail, place, place.member, now=now)
    return outcomes.hold_for_decision(mail, place, reason=place.trust, now=now)


def _without_place(mail: Mail, *, now: datetime) -> Settled:
    if mail.parsed.is_bounce:
        return Settled(outcome=Outcome.AUTO_REPLY, reason=Reason.REPORT_WITHOUT_TICKET)
    if machines.is_automatic_answer(mail.parsed):
        return Settled(outcome=Outcome.AUTO_REPLY, reason=Reason.ANSWER_WITHOUT_TICKET)
    return outcomes.open_beside_others(mail, now=now)


def _try_again(raw: RawMail, reason: str) -> None:
    """Give a mail whose parser was killed one more chance: perhaps the machine was to blame."""
    with scope(raw.workspace_id):
        raw.retry_in(SECOND_TRY, reason)


def _quarantine(raw: RawMail, reason: str, parsed: ParsedMessage | None = None) -> None:
    log.warning("mail_quarantined", raw=raw.pk, workspace=raw.workspace_id)
    with scope(raw.workspace_id):
        raw.finish(
            **(shown(parsed) if parsed else {}),
            **Settled(outcome=Outcome.QUARANTINED, reason=reason[:500]).columns(),
        )


RAW_MAIL = register_ledger(
    Ledger(model=RawMail, handle=handle_raw, lease=timedelta(seconds=90), batch=100, goes_first=True)
)
_batches = Batches(RAW_MAIL)
RAW_MAIL.together, RAW_MAIL.apart, RAW_MAIL.aside = _batches.together, _batches.apart, _batches.aside
