"""Sending deliveries again by hand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, NotFound
from okno.reactors.webhooks.commands import lock_webhook
from okno.reactors.webhooks.models import WebhookDelivery
from okno.spine.actor import Actor
from okno.spine.unit import command

_STATES = WebhookDelivery.State
FAILED = (_STATES.DEAD, _STATES.CANCELLED)


@command
def send_again(*, actor: Actor, webhook_id: int, delivery_ids: Collection[int] | None, now: datetime) -> int:
    """Make deliveries due again at once, with the same id and body; without ids all that have not arrived.

    Returns how many. Raises NotFound, Denied, and Conflict if the webhook is off.
    """
    webhook = lock_webhook(actor, webhook_id)
    if not webhook.is_active:
        raise Conflict(_("This webhook is switched off."), code="switched_off")
    # What is under way at this moment ends by itself.
    is_free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    rows = WebhookDelivery.objects.filter(is_free, webhook=webhook)
    if delivery_ids is None:
        rows = rows.filter(state__in=FAILED)
    else:
        rows = rows.filter(pk__in=delivery_ids)
        known = WebhookDelivery.objects.filter(webhook=webhook, pk__in=delivery_ids).count()
        if known < len(set(delivery_ids)):
            raise NotFound(_("There is no such delivery."))
    return rows.update(
        state=_STATES.DUE, attempts=0, due_at=Now(), lease_until=None, finished_at=None, last_error=""
    )
