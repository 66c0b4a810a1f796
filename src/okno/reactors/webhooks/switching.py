"""Okno itself switches webhooks off that have not worked for days."""

from __future__ import annotations

from datetime import datetime

from okno.reactors.webhooks.commands import WEBHOOK, cancel_waiting
from okno.reactors.webhooks.events import WebhookSwitchedOff
from okno.reactors.webhooks.models import Webhook
from okno.spine.actor import SYSTEM
from okno.spine.unit import command, emit
from okno.spine.versions import keep_version


@command
def switch_off(*, webhook_id: int, reason: str, now: datetime) -> None:
    """Switch a webhook off that is of no use; does nothing if it is off already."""
    rows = Webhook.objects.select_for_update(no_key=True).filter(pk=webhook_id, is_active=True)
    webhook: Webhook | None = rows.first()
    if webhook is None:
        return
    before = WEBHOOK.read(webhook)
    webhook.is_active = False
    webhook.save(update_fields=["is_active"])
    cancel_waiting(webhook)
    keep_version(actor=SYSTEM, kind=WEBHOOK, row=webhook, now=now, before=before)
    emit(SYSTEM, WebhookSwitchedOff(reason=reason), kind=WEBHOOK.name, subject=webhook, now=now)
