"""The log of deliveries is kept for a month, deleted webhooks for a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from okno.spine.nightly import nightly

KEPT = timedelta(days=30)
DELETED_KEPT = timedelta(days=1)


@nightly("webhooks.forget")
def forget_deliveries(now: datetime) -> None:
    """Delete what is old; what still waits to be sent stays."""
    ended = WebhookDelivery.objects.exclude(state=WebhookDelivery.State.DUE)
    ended.filter(created_at__lt=now - KEPT).delete()
    Webhook.objects.filter(deleted_at__lt=now - DELETED_KEPT).delete()
