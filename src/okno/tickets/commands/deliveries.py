"""What became of outgoing messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from okno.channels.email.models import OutgoingMail
from okno.spine.actor import SYSTEM
from okno.spine.unit import command
from okno.tickets.commands.changing import announce
from okno.tickets.events import DeliveryChanged
from okno.tickets.models import Delivery


@command
def record_delivery(*, mail: OutgoingMail, results: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """Write the fate of a sent mail on its deliveries. `results` is that of `OutgoingMail.results`."""
    deliveries = Delivery.objects.select_related("message__ticket").filter(mail=mail)
    for delivery in deliveries:
        result = results.get(delivery.address)
        if result is None or delivery.state == result["state"]:
            continue
        old = delivery.state
        delivery.state = result["state"]
        delivery.words = str(result.get("words", ""))[:1000]
        delivery.settled_at = now
        delivery.save(update_fields=["state", "words", "settled_at"])
        announce(
            SYSTEM,
            delivery.message.ticket,
            DeliveryChanged(
                message=delivery.message_id,
                delivery=delivery.pk,
                address_ref=delivery.contact_id,
                old=old,
                new=delivery.state,
            ),
            now=now,
        )
