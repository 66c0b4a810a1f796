"""Which mail is spam by a rule that can be named, and letting it in after all. Nothing is learnt by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from okno.channels.email.models import BlockedSender, RawMail
from okno.channels.email.senders import Standing, can_block, forget_sender, standing_of, trust_sender
from okno.lib.errors import NotFound
from okno.reactors.intake.again import make_due
from okno.reactors.intake.held import take_back
from okno.reactors.intake.mails import Mail, Outcome, Settled
from okno.reactors.intake.reasons import Reason, detail_of
from okno.reactors.intake.threads import Place, Trust
from okno.spine.actor import Actor
from okno.spine.reactors import inline_reactor
from okno.spine.unit import Happened, command
from okno.tickets import policy
from okno.tickets.commands.changing import last_words
from okno.tickets.commands.spam import delete_mails, unmark_spam
from okno.tickets.events import UnmarkedSpam
from okno.tickets.models import HeldMessage, Ticket

ORDER = 600
ACT_LIMIT = 200


@dataclass(slots=True)
class Released:
    """What became of mails that are no spam."""

    count: int = 0
    still_blocked: list[str] = field(default_factory=list)
    """Patterns that go on blocking, because only the settings can take them off."""


def standing_for(mail: Mail) -> Standing:
    """Return what is known of a mail's sender; nobody is trusted whose domain says that it was not him."""
    standing = standing_of(mail.address)
    return replace(standing, is_trusted=False) if mail.verdict == "fail" else standing


def spam_of(mail: Mail, place: Place | None, standing: Standing) -> Settled | None:
    """Return the end of a mail that is spam: blocked, of a ticket that is spam, or called so by the receiving server.

    A verdict of a server never costs an answer of somebody who takes part in its ticket.
    """
    reason = _reason_of(mail, place, standing)
    if not reason:
        return None
    ticket = place.ticket if place else None
    return Settled(outcome=Outcome.SPAM, reason=reason, ticket=ticket, words=last_words(mail.body().text))


def _reason_of(mail: Mail, place: Place | None, standing: Standing) -> str:
    if standing.blocked_by:
        return Reason.BLOCKED.about(standing.blocked_by)
    if place is not None and place.ticket.spam_at is not None and place.trust is not Trust.STAFF:
        return Reason.TICKET_IS_SPAM
    takes_part = place is not None and (place.contact or place.member or place.trust is Trust.OUTSIDE)
    if mail.parsed.spam_verdict and not standing.is_trusted and not takes_part:
        return Reason.VERDICT.about(mail.parsed.spam_verdict[:200])
    return ""


@command
def release_mails(*, actor: Actor, raw_ids: Sequence[int], trusts: bool = False, now: datetime) -> Released:
    """Let mails in that are no spam: each goes where it would have gone, and what blocked it is taken off.

    With `trusts` their senders are let in from now on. Raises NotFound if none of them is spam that the actor sees.
    """
    released = Released()
    # Their tickets are locked before their raw rows, in the order of those who decide on held mail.
    for held in _called_spam(actor, raw_ids):
        take_back(actor=actor, held_id=held.pk, now=now)
        released.count += 1
    for raw in _locked(actor, raw_ids):
        _unblock(actor, raw, released, now=now)
        if trusts and raw.sender:
            trust_sender(actor=actor, pattern=raw.sender, now=now)
        _release(actor, raw, now=now)
        released.count += 1
    if not released.count:
        raise NotFound(_("There are no such mails, or they have been dealt with by now."))
    return released


@command
def delete_spam_mails(*, actor: Actor, raw_ids: Sequence[int], now: datetime) -> int:
    """Delete spam for good, with its bytes. Raises NotFound if none of it is spam that the actor sees."""
    rows = _locked(actor, raw_ids)
    if not rows:
        raise NotFound(_("There are no such mails, or they have been dealt with by now."))
    return delete_mails([raw.pk for raw in rows], now=now)


@inline_reactor(UnmarkedSpam, order=ORDER)
def bring_later_mails(happened: Happened) -> None:
    """Let in what was written to a ticket while it was called spam."""
    if not isinstance(happened.event, UnmarkedSpam):
        return
    kept_out = RawMail.objects.filter(
        ticket_number=happened.subject.number, outcome=Outcome.SPAM, reason=Reason.TICKET_IS_SPAM
    )
    ids = list(kept_out.values_list("pk", flat=True))
    kept_out.update(is_released=True)
    make_due(ids)


def _called_spam(actor: Actor, raw_ids: Sequence[int]) -> list[HeldMessage]:
    """Return the decisions of those of the mails that were held and called spam."""
    rows = HeldMessage.objects.select_related("raw__mailbox").filter(
        raw__in=list(raw_ids)[:ACT_LIMIT],
        raw__outcome=Outcome.SPAM,
        raw__state=RawMail.State.DONE,
        decision=HeldMessage.Decision.SPAM,
    )
    return [held for held in rows.order_by("id") if policy.can_decide_mail(actor, held.raw)]


def _locked(actor: Actor, raw_ids: Sequence[int]) -> list[RawMail]:
    """Lock those of the mails that are spam and that the actor may decide on; others are as if they were not there."""
    rows = RawMail.objects.select_related("mailbox").select_for_update(no_key=True, of=("self",))
    spam = rows.filter(pk__in=list(raw_ids)[:ACT_LIMIT], outcome=Outcome.SPAM, state=RawMail.State.DONE)
    return [raw for raw in spam.order_by("id") if policy.can_decide_mail(actor, raw)]


def _unblock(actor: Actor, raw: RawMail, released: Released, *, now: datetime) -> None:
    pattern = detail_of(raw.reason) if raw.reason.startswith(Reason.BLOCKED) else ""
    if not pattern or not BlockedSender.objects.filter(pattern=pattern).exists():
        return
    if can_block(actor, pattern):
        forget_sender(actor=actor, pattern=pattern, now=now)
    elif pattern not in released.still_blocked:
        released.still_blocked.append(pattern)


def _release(actor: Actor, raw: RawMail, *, now: datetime) -> None:
    RawMail.objects.filter(pk=raw.pk).update(is_released=True)
    ticket = None
    if raw.reason == Reason.TICKET_IS_SPAM and raw.ticket_number is not None:
        spam = Q(number=raw.ticket_number, spam_at__isnull=False)
        ticket = Ticket.objects.filter(spam & policy.visible_to(actor)).first()
    if ticket is not None:
        unmark_spam(actor=actor, ticket_id=ticket.pk, now=now)
    make_due([raw.pk])
