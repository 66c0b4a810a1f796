"""Tells the owner and those who run the system of a webhook that was switched off, by the bell."""

from __future__ import annotations

from okno.reactors.notify.models import Notification, NotificationKind
from okno.reactors.webhooks.events import WebhookSwitchedOff
from okno.reactors.webhooks.models import Webhook
from okno.spine.models import Event
from okno.spine.reactors import deferred_reactor
from okno.team.policy import can_manage_system
from okno.team.queries import active_members, actors_for


@deferred_reactor("webhooks.telling", WebhookSwitchedOff)
def tell_of_webhook(event: Event) -> None:
    """Write the lines of the bell."""
    webhook = Webhook.objects.filter(pk=event.subject_id, deleted_at__isnull=True).first()
    if webhook is None:
        return
    members = active_members()
    actors = actors_for(members)
    Notification.objects.bulk_create(
        [
            Notification(
                member=member,
                webhook_id=webhook.pk,
                kind=NotificationKind.WEBHOOK,
                event_uid=event.uid,
                created_at=event.created_at,
            )
            for member in members
            if (member.pk == webhook.owner_id or can_manage_system(actors[member.pk]))
            and f"{NotificationKind.WEBHOOK}:bell" not in member.muted
        ],
        ignore_conflicts=True,
    )
