"""Writes down, in the transaction of each event, which webhooks are to be told of it."""

from __future__ import annotations

from okno.reactors.webhooks.events import WebhookTested
from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from okno.spine.reactors import inline_reactor
from okno.spine.unit import Happened, collect, remember

ORDER = 900


@inline_reactor(order=ORDER)
def record_deliveries(happened: Happened) -> None:
    """Add a row for each active webhook that asked for events of this type.

    Whether its owner may see what it is about is asked when it is sent.
    """
    name = happened.event.name
    if name == WebhookTested.name:
        return
    for webhook_id, events in remember("webhooks", _active):
        if not events or name in events:
            collect(WebhookDelivery(webhook_id=webhook_id, event_uid=happened.uid, event_type=name))


def _active() -> list[tuple[int, list[str]]]:
    return list(Webhook.objects.filter(is_active=True).values_list("id", "events"))
