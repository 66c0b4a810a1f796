"""What machines write: reports of mail that did not arrive or was called spam, absences, and talks without end.

A report is believed by what only a receiver of our mail can know: the Message-ID of a mail in our ledger, or a signed
token of ours. And it says something only of those to whom that mail went.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from okno.channels.base import Bounce, ParsedMessage
from okno.channels.email.absences import is_absence_subject
from okno.channels.email.models import OutgoingMail, RawMail, SuppressedAddress
from okno.channels.email.suppression import is_gone, suppress_address
from okno.channels.email.threading import FoundToken, find_tokens, make_message_id, thread_key
from okno.reactors.intake.mails import Mail, Outcome, Settled
from okno.reactors.intake.outcomes import keep_machine_mail
from okno.reactors.intake.reasons import Reason
from okno.reactors.intake.threads import Place, Trust
from okno.spine.unit import command
from okno.tickets.commands.deliveries import record_report
from okno.tickets.models import Message, Ticket

# So many mails from one address to one ticket in so short a time are not written by a person.
LOOP_MAILS = 20
LOOP_TIME = timedelta(minutes=10)
_IDS_LIMIT = 50
_ANSWERING_HEADERS = ("x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponder", "x-vacation")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What a report is about: the mail, and the ticket that it belongs to."""

    mail: OutgoingMail | None
    ticket: Ticket | None


@command
def settle_report(mail: Mail, *, now: datetime) -> Settled | None:
    """Take what a delivery report or complaint says to heart; None for a mail that is neither."""
    parsed = mail.parsed
    if not parsed.bounces and not parsed.is_complaint:
        return None
    outcome = Outcome.COMPLAINT if parsed.is_complaint else Outcome.BOUNCED
    about = _subject_of(mail)
    if about.mail is None and about.ticket is None:
        return Settled(outcome=outcome, reason=Reason.REPORT_OF_NOTHING)
    reason = ""
    if about.mail is not None:
        take_note = _note_complaint if parsed.is_complaint else _note_bounces
        reason = take_note(mail, about.mail, now=now)
    if about.ticket is None:
        return Settled(outcome=outcome, reason=reason or Reason.REPORT_WITHOUT_TICKET)
    # It adds to the ticket what agents may want to see, and nothing else.
    place = Place(ticket=about.ticket, trust=Trust.OTHER_ADDRESS)
    if is_loop(mail, place, now=now):
        # What it reports is written down; the ticket has enough entries of the kind, and the journal has the mail.
        return Settled(outcome=outcome, reason=Reason.LOOP, ticket=about.ticket)
    return replace(keep_machine_mail(mail, place, now=now), outcome=outcome, reason=reason)


def is_loop(mail: Mail, place: Place, *, now: datetime) -> bool:
    """Tell whether an address writes to a ticket as only machines do that answer each other (one bounded query)."""
    if (
        not mail.address
        or mail.raw.is_released
        or mail.raw.source == RawMail.Source.INGEST
        or mail.raw.is_import
    ):
        return False
    recent = RawMail.objects.filter(
        sender=mail.address, ticket_number=place.ticket.number, created_at__gt=now - LOOP_TIME
    ).exclude(pk=mail.raw.pk)
    return len(recent.values_list("pk", flat=True)[:LOOP_MAILS]) >= LOOP_MAILS


def is_automatic_answer(parsed: ParsedMessage) -> bool:
    """Tell whether a machine wrote this because it was written to; other machines report by themselves."""
    submitted = (parsed.header("auto-submitted") or "").partition(";")[0].strip().lower()
    precedence = (parsed.header("precedence") or "").strip().lower()
    return parsed.is_automatic and (
        submitted == "auto-replied"
        or precedence == "auto_reply"
        or any(parsed.header(name) is not None for name in _ANSWERING_HEADERS)
        or is_absence_subject(parsed.subject)
    )


def _subject_of(mail: Mail) -> _Subject:
    parsed = mail.parsed
    rows = OutgoingMail.objects.filter(message_id__in=parsed.reported_ids[:_IDS_LIMIT])
    found = rows.order_by("-id").first()
    tokens: tuple[FoundToken, ...] = ()
    if found is None:
        # Servers that cut our headers off often leave a piece of the text, and some answer to the tagged address.
        tokens = find_tokens(
            thread_key(), parsed, workspace_id=mail.raw.workspace_id, recipients=mail.raw.envelope_to
        )
        found = _mail_of(tokens, mail.own_addresses)
    ticket = None if found is None else _ticket_of(found)
    if ticket is None and tokens:
        ticket = Ticket.objects.filter(pk=tokens[0].token.ticket_id).first()
    return _Subject(mail=found, ticket=ticket)


def _mail_of(tokens: Iterable[FoundToken], own_addresses: Iterable[str]) -> OutgoingMail | None:
    domains = {address.rpartition("@")[2] for address in own_addresses}
    ids = [make_message_id(found.spelled, domain=domain) for found in tokens for domain in domains]
    if not ids:
        return None
    found: OutgoingMail | None = OutgoingMail.objects.filter(message_id__in=ids).order_by("-id").first()
    return found


def _ticket_of(mail: OutgoingMail) -> Ticket | None:
    if mail.subject_ref is None:
        return None
    if mail.subject_kind == "message":
        message = Message.objects.select_related("ticket").filter(pk=mail.subject_ref).first()
        return message.ticket if message else None
    if mail.subject_kind == "ticket":
        return Ticket.objects.filter(pk=mail.subject_ref).first()
    return None


def _note_bounces(mail: Mail, about: OutgoingMail, *, now: datetime) -> str:
    """Write down what is reported of each recipient; returns the reason for the journal."""
    known = False
    for report in mail.parsed.bounces:
        address = _recipient(report, about)
        if address is None:
            continue
        known = True
        is_news = record_report(mail=about, address=address, report=report, now=now)
        if is_news and _ends_it(report, address) and _can_only_be_his(mail, about):
            suppress_address(
                address=address,
                cause=SuppressedAddress.Cause.BOUNCED,
                status=report.status,
                words=report.reason,
                raw=mail.raw,
                now=now,
            )
    return "" if known else Reason.REPORT_OF_OTHERS


def _note_complaint(mail: Mail, about: OutgoingMail, *, now: datetime) -> str:
    recipients = about.recipients()
    named = [address for address in mail.parsed.reported_recipients if address in recipients]
    if not named and len(recipients) == 1:
        # Most providers black out who it was.
        named = recipients
    if _can_only_be_his(mail, about):
        for address in named:
            suppress_address(address=address, cause=SuppressedAddress.Cause.COMPLAINT, raw=mail.raw, now=now)
    return "" if named else Reason.REPORT_OF_OTHERS


def _can_only_be_his(mail: Mail, about: OutgoingMail) -> bool:
    """Tell whether only the recipient himself, or his server, can have written a report.

    What proves a report is known to everybody who got the mail; of a mail to several one could report another.
    """
    return mail.verdict != "fail" and len(about.recipients()) == 1


def _recipient(report: Bounce, about: OutgoingMail) -> str | None:
    """Return whom of a mail a report means; the only one, if it names another (mail is forwarded) or nobody."""
    recipients = about.recipients()
    if report.recipient in recipients:
        return report.recipient
    return recipients[0] if len(recipients) == 1 else None


def _ends_it(report: Bounce, address: str) -> bool:
    # That a mailbox is gone to which somebody forwards says nothing of the address that we know.
    is_his = report.recipient in ("", address)
    return report.action == "failed" and report.permanent and is_his and is_gone(report.status)
