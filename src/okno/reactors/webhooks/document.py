"""What a webhook says: the event as the API's feed gives it, no more."""

from __future__ import annotations

import json
from typing import Any

from okno.reactors.webhooks.events import WebhookTested
from okno.reactors.webhooks.models import Webhook
from okno.spine.actor import Actor
from okno.spine.models import Event
from okno.team.queries import actors_for
from okno.tickets import policy
from okno.tickets.models import Ticket


def document_of(event: Event) -> dict[str, Any]:
    """Return an event as JSON data: ids and small values, never the words of messages."""
    return {
        "id": str(event.uid),
        "type": event.type,
        "version": event.version,
        "created_at": event.created_at.isoformat(),
        "is_internal": event.is_internal,
        "actor": {"kind": event.actor_kind, "id": event.actor_id, "name": event.actor_name},
        "subject": {
            "kind": event.subject_kind,
            "id": event.subject_id,
            "number": event.snapshot.get("number"),
        },
        "payload": event.payload,
        "cause": None if event.cause is None else str(event.cause),
        "root": str(event.root),
    }


def body_of(event: Event) -> bytes:
    """Return the bytes that are sent and signed; the same for each attempt."""
    document = document_of(event)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def may_hear(webhook: Webhook, event: Event) -> bool:
    """Tell whether the webhook's owner may, now and within its bounds, know of an event.

    A ticket must have been his to see when it happened and must still be.
    """
    if event.type == WebhookTested.name:
        return True
    actor = _acting(webhook)
    if not policy.hears(actor)(event.subject_kind, event.snapshot):
        return False
    if event.subject_kind != "ticket":
        return True
    return Ticket.objects.filter(policy.visible_to(actor), pk=event.subject_id).exists()


def _acting(webhook: Webhook) -> Actor:
    return actors_for([webhook.owner], token_scopes=webhook.scopes)[webhook.owner_id]
