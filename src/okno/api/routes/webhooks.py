"""Webhooks: whom Okno tells what happens, the log of that, and sending again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from okno.api.answers.base import Listed
from okno.api.answers.webhooks import (
    DeliveryLogAnswer,
    NewWebhookAnswer,
    SentAgainAnswer,
    WebhookAnswer,
    WebhookSecretAnswer,
    delivery_log_answer,
    new_webhook_answer,
    webhook_answer,
)
from okno.api.callers import ApiRequest
from okno.api.inputs import Given, Id, Key, Name, Paging, PathId, Plain
from okno.api.lookups import GivenMember, find_member
from okno.api.rights import needs
from okno.conditions.ordering import Keyset, Order
from okno.reactors.webhooks import commands
from okno.reactors.webhooks.again import send_again
from okno.reactors.webhooks.queries import deliveries_of, find_webhook, webhooks
from okno.team.policy import SETTINGS_WRITE

router = Router(tags=["webhooks"])

MANAGERS = needs(SETTINGS_WRITE, everywhere=True)

Url = Annotated[Plain, Field(min_length=1, max_length=commands.URL_LENGTH)]
EventNames = Annotated[list[Key], Field(max_length=200, description="Empty: all.")]
_BY_NAME = Keyset((Order(column="name", nulls="never"), Order(column="id", nulls="never")))
_NEWEST = Keyset((Order(column="id", descending=True, nulls="never"),))


class NewWebhookBody(Given):
    """A webhook."""

    name: Annotated[Name, Field(min_length=1)]
    url: Url
    events: EventNames = []
    owner: GivenMember | None = Field(None, description="By id or mail address; without it, you.")


class WebhookChange(Given):
    """What is to change; what is absent stays as it is."""

    name: Annotated[Name, Field(min_length=1)] = Field(default_factory=str)
    url: Url = Field(default_factory=str)
    events: EventNames = Field(default_factory=list)
    owner: GivenMember = Field(default_factory=int)
    is_active: bool = Field(default_factory=bool)


class LogPaging(Paging):
    """Which part of a log."""

    state: Literal["", "waiting", "arrived", "failed", "cancelled"] = ""


class SendAgainBody(Given):
    """What to send again."""

    deliveries: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="Ids of the log; without them, all that have not arrived."
    )


@router.get("/webhooks", response=Listed[WebhookAnswer], auth=MANAGERS)
def list_webhooks(request: ApiRequest, paging: Query[Paging]) -> Listed[WebhookAnswer]:
    """Return the webhooks by name."""
    page = _BY_NAME.page(webhooks(), cursor=paging.cursor, size=paging.limit)
    return Listed[WebhookAnswer](items=[webhook_answer(row) for row in page.rows], next=page.next)


@router.post("/webhooks", response={201: NewWebhookAnswer}, auth=MANAGERS)
def create_webhook(request: ApiRequest, response: HttpResponse, body: NewWebhookBody) -> NewWebhookAnswer:
    """Make a webhook. The answer holds its secret, which is never said again."""
    owner = request.caller.member if body.owner is None else find_member(body.owner, field="owner")
    webhook, secret = commands.create_webhook(
        actor=request.actor, name=body.name, url=body.url, events=body.events, owner=owner, now=request.now
    )
    response["Location"] = f"/api/v1/webhooks/{webhook.pk}"
    return new_webhook_answer(webhook, secret)


@router.get("/webhooks/{id}", response=WebhookAnswer, auth=MANAGERS)
def read_webhook(request: ApiRequest, id: PathId) -> WebhookAnswer:  # noqa: A002 (the path's name)
    """Return one webhook."""
    return webhook_answer(find_webhook(id))


@router.patch("/webhooks/{id}", response=WebhookAnswer, auth=MANAGERS)
def change_webhook(request: ApiRequest, id: PathId, body: WebhookChange) -> WebhookAnswer:  # noqa: A002
    """Change a webhook, or switch it on and off. While it is off nothing is kept for it."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    if "owner" in given:
        given["owner"] = find_member(given["owner"], field="owner")
    commands.change_webhook(actor=request.actor, webhook_id=id, now=request.now, **given)
    return webhook_answer(find_webhook(id))


@router.delete("/webhooks/{id}", response={204: None}, auth=MANAGERS)
def delete_webhook(request: ApiRequest, id: PathId) -> None:  # noqa: A002
    """Delete a webhook and its log."""
    commands.delete_webhook(actor=request.actor, webhook_id=id, now=request.now)


@router.post("/webhooks/{id}/secret", response={201: WebhookSecretAnswer}, auth=MANAGERS)
def rotate_webhook_secret(request: ApiRequest, id: PathId) -> WebhookSecretAnswer:  # noqa: A002
    """Make another secret. For 24 hours messages are signed by both."""
    secret = commands.rotate_secret(actor=request.actor, webhook_id=id, now=request.now)
    return WebhookSecretAnswer(secret=secret, earlier_until=find_webhook(id).earlier_until)


@router.post("/webhooks/{id}/tests", response={201: DeliveryLogAnswer}, auth=MANAGERS)
def test_webhook(request: ApiRequest, id: PathId) -> DeliveryLogAnswer:  # noqa: A002
    """Send an event `webhook.tested` to this webhook only."""
    delivery = commands.send_test(actor=request.actor, webhook_id=id, now=request.now)
    return delivery_log_answer(deliveries_of(find_webhook(id)).get(pk=delivery.pk))


@router.get("/webhooks/{id}/deliveries", response=Listed[DeliveryLogAnswer], auth=MANAGERS)
def list_webhook_deliveries(
    request: ApiRequest,
    id: PathId,  # noqa: A002
    paging: Query[LogPaging],
) -> Listed[DeliveryLogAnswer]:
    """Return the log of a webhook, the newest first; it is kept for thirty days."""
    rows = deliveries_of(find_webhook(id), state=paging.state)
    page = _NEWEST.page(rows, cursor=paging.cursor, size=paging.limit)
    return Listed[DeliveryLogAnswer](items=[delivery_log_answer(row) for row in page.rows], next=page.next)


@router.post("/webhooks/{id}/deliveries/again", response=SentAgainAnswer, auth=MANAGERS)
def send_webhook_again(request: ApiRequest, id: PathId, body: SendAgainBody) -> SentAgainAnswer:  # noqa: A002
    """Send deliveries again at once, with the same ids and bodies."""
    count = send_again(actor=request.actor, webhook_id=id, delivery_ids=body.deliveries, now=request.now)
    return SentAgainAnswer(count=count)
