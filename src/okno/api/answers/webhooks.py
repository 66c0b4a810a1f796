"""Webhooks and their deliveries as callers get them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from okno.api.answers.base import Answer, Named
from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from okno.reactors.webhooks.queries import state_of


class WebhookAnswer(Answer):
    """A webhook; its secret is said once, when it is made."""

    id: int
    name: str
    url: str
    events: list[str] = Field(description="The types of events; empty: all.")
    owner: Named = Field(description="The member in whose name it is told: only of what he may see.")
    is_active: bool
    failing_since: datetime | None = Field(
        description="Since when nothing has arrived; null when all is well."
    )
    created_at: datetime


class NewWebhookAnswer(WebhookAnswer):
    """A webhook that was just made."""

    secret: str = Field(description="Signs its messages; kept sealed and never said again.")


class WebhookSecretAnswer(Answer):
    """A new secret."""

    secret: str
    earlier_until: datetime | None = Field(
        description="Until when messages are signed by the earlier one too."
    )


class TryAnswer(Answer):
    """One attempt."""

    at: datetime
    status: int | None = Field(description="The HTTP status; null without an answer.")
    duration: int = Field(description="Milliseconds.")
    error: str


class DeliveryLogAnswer(Answer):
    """One event for one webhook."""

    id: int
    event: UUID = Field(description="The event's id; also `webhook-id` of the message.")
    type: str
    state: str = Field(description="waiting, arrived, failed or cancelled.")
    status: int | None = Field(description="The HTTP status of the last attempt.")
    answer: str = Field(description="How the last answer began.")
    tries: list[TryAnswer]
    next_at: datetime | None = Field(description="When it is tried next, if it waits.")
    created_at: datetime


class SentAgainAnswer(Answer):
    """How many deliveries were made due again."""

    count: int


def webhook_answer(webhook: Webhook) -> WebhookAnswer:
    """Return a webhook, whose owner is loaded."""
    return WebhookAnswer(**_values(webhook))


def new_webhook_answer(webhook: Webhook, secret: str) -> NewWebhookAnswer:
    """Return a webhook with its secret."""
    return NewWebhookAnswer(**_values(webhook), secret=secret)


def delivery_log_answer(delivery: WebhookDelivery) -> DeliveryLogAnswer:
    """Return a line of the log."""
    is_waiting = delivery.state == WebhookDelivery.State.DUE
    return DeliveryLogAnswer(
        id=delivery.pk,
        event=delivery.event_uid,
        type=delivery.event_type,
        state=state_of(delivery),
        status=delivery.status,
        answer=delivery.answer,
        tries=[TryAnswer(**one) for one in delivery.tries],
        next_at=delivery.due_at if is_waiting else None,
        created_at=delivery.created_at,
    )


def _values(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.pk,
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events,
        "owner": Named(id=webhook.owner.pk, name=webhook.owner.name),
        "is_active": webhook.is_active,
        "failing_since": webhook.failing_since,
        "created_at": webhook.created_at,
    }
