"""What became of outgoing messages: what servers said at once, and what they reported later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from okno.channels.base import Bounce
from okno.channels.email.models import OutgoingMail
from okno.lib.errors import Conflict
from okno.people.models import Contact
from okno.spine.actor import SYSTEM, Actor
from okno.spine.unit import command
from okno.tickets.commands.changing import announce
from okno.tickets.message_events import DeliveryChanged, MessageResent
from okno.tickets.models import Delivery

WORDS_LENGTH = 1000
State = Delivery.State
# A worker that was killed after the server had taken the mail left it waiting.
_MAY_BE_UNDER_WAY = (State.WAITING, State.SENDING, State.SENT)


@command
def record_delivery(*, mail: OutgoingMail, results: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """Write the fate of a sent mail on its deliveries. `results` is that of `OutgoingMail.results`."""
    for delivery in _deliveries(mail):
        result = results.get(delivery.address)
        if result is not None and delivery.state != result["state"]:
            _settle(
                delivery,
                state=result["state"],
                words=str(result.get("words", "")),
                status=str(result.get("status", "")),
                is_permanent=bool(result.get("permanent", False)),
                now=now,
            )


@command
def record_report(*, mail: OutgoingMail, address: str, report: Bounce, now: datetime) -> bool:
    """Write on a mail and its delivery what a server reported of a recipient; returns whether that is news.

    A delay changes no state. What was reported before, or is about an attempt that another one has followed,
    changes nothing.
    """
    if not _keep_result(mail, address, report):
        return False
    for delivery in _deliveries(mail):
        if delivery.address != address or delivery.state not in _MAY_BE_UNDER_WAY:
            continue
        state = State.FAILED if report.action == "failed" else delivery.state
        is_told = report.action in ("failed", "delayed")
        _settle(
            delivery,
            state=state,
            words=report.reason if is_told else "",
            status=report.status if is_told else "",
            is_permanent=report.action == "failed" and report.permanent,
            now=now,
        )
    return True


@command
def attempt_again(
    *, actor: Actor, failed: Delivery, address: str, contact: Contact | None, now: datetime
) -> Delivery:
    """Let a locked recipient who did not get a message have it again, perhaps at another address; returns that one.

    Its mail is the caller's to write. Raises Conflict if the other address is a recipient already.
    """
    message = failed.message
    again = failed
    if address == failed.address:
        failed.state, failed.words, failed.status = State.SENDING, "", ""
        failed.is_permanent, failed.settled_at = False, None
        failed.save(update_fields=["state", "words", "status", "is_permanent", "settled_at"])
    else:
        if Delivery.objects.filter(message=message, address=address).exists():
            words = _("%(address)s is a recipient of this message already.") % {"address": address}
            raise Conflict(words, code="is_recipient", fields={"address": [words]})
        again = Delivery.objects.create(
            message=message,
            role=failed.role,
            address=address,
            name=failed.name,
            contact=contact,
            state=State.SENDING,
        )
        failed.resent_to = address
        failed.save(update_fields=["resent_to"])
    event = MessageResent(message=message.pk, delivery=again.pk, address=address)
    announce(actor, message.ticket, event, now=now)
    return again


def _deliveries(mail: OutgoingMail) -> list[Delivery]:
    return list(Delivery.objects.select_related("message__ticket").filter(mail=mail))


def _keep_result(mail: OutgoingMail, address: str, report: Bounce) -> bool:
    """Keep a report with the mail; False if it says nothing new of the recipient."""
    locked = OutgoingMail.objects.select_for_update(no_key=True, of=("self",)).get(pk=mail.pk)
    known = locked.results.get(address, {})
    if known.get("state") == "failed":
        return False
    told: dict[str, Any] = {**known, "reported": report.action}
    if report.action == "failed":
        told |= {"state": "failed", "permanent": report.permanent}
    if report.action in ("failed", "delayed"):
        told |= {"status": report.status, "words": report.reason[:WORDS_LENGTH]}
    if told == known or "state" not in told:
        return False
    locked.results = {**locked.results, address: told}
    locked.save(update_fields=["results"])
    return True


def _settle(
    delivery: Delivery, *, state: str, words: str, status: str, is_permanent: bool, now: datetime
) -> None:
    old, delivery.state = delivery.state, state
    delivery.words = words[:WORDS_LENGTH]
    delivery.status = status
    delivery.is_permanent = is_permanent
    if old != state:
        delivery.settled_at = now
    delivery.save(update_fields=["state", "words", "status", "is_permanent", "settled_at"])
    announce(
        SYSTEM,
        delivery.message.ticket,
        DeliveryChanged(
            message=delivery.message_id,
            delivery=delivery.pk,
            address_ref=delivery.contact_id,
            old=old,
            new=state,
        ),
        now=now,
    )
