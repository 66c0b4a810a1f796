"""Reading webhooks and their logs."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from okno.lib.errors import NotFound
from okno.reactors.webhooks.models import Webhook, WebhookDelivery

_STATES = WebhookDelivery.State
STATES: dict[str, tuple[str, ...]] = {
    "waiting": (_STATES.DUE,),
    "arrived": (_STATES.DONE,),
    "failed": (_STATES.DEAD,),
    "cancelled": (_STATES.CANCELLED,),
}
"""What the states of a ledger are called where people and programs read them."""


def webhooks() -> QuerySet[Webhook]:
    """Return the webhooks by name, each with its owner."""
    rows: QuerySet[Webhook] = Webhook.objects.filter(deleted_at__isnull=True).select_related("owner")
    return rows.order_by("name", "id")


def find_webhook(webhook_id: int) -> Webhook:
    """Return a webhook with its owner. Raises NotFound."""
    found = webhooks().filter(pk=webhook_id).first()
    if found is None:
        raise NotFound(_("There is no such webhook."))
    return found


def deliveries_of(webhook: Webhook, *, state: str = "") -> QuerySet[WebhookDelivery]:
    """Return the log of a webhook; of one of `STATES` only if it is named."""
    rows: QuerySet[WebhookDelivery] = WebhookDelivery.objects.filter(webhook=webhook)
    return rows.filter(state__in=STATES[state]) if state else rows


def state_of(delivery: WebhookDelivery) -> str:
    """Return which of `STATES` a delivery is in."""
    return next(name for name, states in STATES.items() if delivery.state in states)
