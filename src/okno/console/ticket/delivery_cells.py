"""What became of an outgoing message, and what can be done where it did not arrive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from okno.channels.email.bounce_words import explain_bounce
from okno.spine.actor import Actor
from okno.team.policy import can_manage_people
from okno.tickets import policy
from okno.tickets.models import Delivery, Message, Ticket
from okno.tickets.queries.timeline import Said
from okno.ui.thread import DeliveryCell, ResendCell
from okno.ui.times import moment_words

_RESENT, _DELAYED = "resent", "delayed"
State = Delivery.State


def delivery_cells(said: Said, ticket: Ticket, actor: Actor, *, now: datetime) -> list[DeliveryCell]:
    """Return the fate of an outgoing message: one line for all who share it, one for each who did not get it."""
    by_fate: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in said.deliveries:
        by_fate[_fate(delivery)].append(delivery)
    cells: list[DeliveryCell] = []
    for fate, deliveries in by_fate.items():
        after = "" if len(by_fate) == 1 else f": {', '.join(shown(delivery) for delivery in deliveries)}"
        if fate == State.FAILED:
            cells += [_failed(delivery, ticket, actor) for delivery in deliveries]
        elif fate == _RESENT:
            cells += [_resent(delivery) for delivery in deliveries]
        elif fate == _DELAYED:
            cells += [_delayed(delivery, now=now) for delivery in deliveries]
        elif fate in (State.WAITING, State.SENDING):
            cells.append(_waiting(said.message, ticket, actor, now=now, after=after))
        elif fate == State.KEPT:
            # Why, if it is known: the desk has no way out, or the mailbox is not released.
            words = next((one.words for one in deliveries if one.words), "").rstrip(".")
            cells.append(DeliveryCell("kept", (words or _("Kept in the outbox, not sent")) + after))
        else:
            cells.append(_sent(deliveries, now=now, after=after))
    return cells


def shown(delivery: Delivery) -> str:
    """Return how a recipient is called."""
    return delivery.name or delivery.address


def _fate(delivery: Delivery) -> str:
    if delivery.resent_to:
        return _RESENT
    if delivery.state == State.SENT and delivery.status.startswith("4"):
        return _DELAYED
    return delivery.state


def _waiting(message: Message, ticket: Ticket, actor: Actor, *, now: datetime, after: str) -> DeliveryCell:
    if message.leaves_at is None or message.leaves_at <= now:
        return DeliveryCell("waiting", pgettext("delivery", "Being sent") + after)
    words = pgettext("delivery", "Leaves in a moment") + after
    if message.author_member_id != actor.member_id:
        return DeliveryCell("waiting", words)
    undo_url = reverse("console:message_cancel", args=[ticket.number, message.pk])
    return DeliveryCell("waiting", words, act_url=undo_url, act_label=_("Take it back"))


def _sent(deliveries: Sequence[Delivery], *, now: datetime, after: str) -> DeliveryCell:
    moments = [delivery.settled_at for delivery in deliveries if delivery.settled_at is not None]
    when = f", {moment_words(max(moments), now)}" if moments else ""
    return DeliveryCell("sent", pgettext("delivery", "Sent") + when + after)


def _delayed(delivery: Delivery, *, now: datetime) -> DeliveryCell:
    words = _("%(sent)s: their server has not passed it on to %(address)s yet and goes on trying.") % {
        "sent": _sent([delivery], now=now, after="").words,
        "address": delivery.address,
    }
    return DeliveryCell("waiting", words, original=delivery.words)


def _failed(delivery: Delivery, ticket: Ticket, actor: Actor) -> DeliveryCell:
    if not policy.can_reply(actor, ticket):
        return DeliveryCell("failed", _why(delivery), original=_original(delivery))
    resend = ResendCell(
        id=delivery.pk,
        url=reverse("console:delivery_again", args=[ticket.number, delivery.pk]),
        address=delivery.address,
        may_help=not delivery.is_permanent,
        has_card=delivery.contact_id is not None and can_manage_people(actor),
    )
    return DeliveryCell("failed", _why(delivery), original=_original(delivery), resend=resend)


def _resent(delivery: Delivery) -> DeliveryCell:
    after = _("Sent again to %(address)s.") % {"address": delivery.resent_to}
    return DeliveryCell("resent", f"{_why(delivery)} {after}", original=_original(delivery))


def _why(delivery: Delivery) -> str:
    words = _("Not delivered to %(address)s") % {"address": delivery.address}
    reason = delivery.words
    if delivery.status:
        plain = explain_bounce(delivery.status, delivery.words)
        reason = plain[:1].lower() + plain[1:]
    return f"{words}: {reason.rstrip('.')}." if reason else f"{words}."


def _original(delivery: Delivery) -> str:
    """Return what the server said, where it is not shown already."""
    return delivery.words if delivery.status else ""
