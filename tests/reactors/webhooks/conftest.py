"""Webhooks and whom they tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from tests.conftest import Shop
from tests.reactors.webhooks.receiver import Receiver

LOOPBACK = ip_network("127.0.0.0/8")


@pytest.fixture(autouse=True)
def quick_hash(settings: Any) -> None:
    """Hash passwords quickly: the slow hash is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def opened(settings: Any) -> None:
    """Open the loopback, as an installation opens networks of its own house."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"outgoing_networks": (LOOPBACK,)})


@pytest.fixture
def receiver(opened: None) -> Iterator[Receiver]:
    """Give a receiver that takes everything."""
    with Receiver() as made:
        yield made


@pytest.fixture
def hook(shop: Shop) -> Callable[..., Any]:
    """Return the maker of webhooks; each carries its secret as `plain_secret`."""
    return lambda url, **options: make_hook(shop, url, **options)


def make_hook(
    shop: Shop, url: str, *, owner: str = "administrator", events: tuple[str, ...] = (), **role: Any
) -> Any:
    """Make a webhook in a member's name."""
    from okno.reactors.webhooks.commands import create_webhook
    from okno.spine.actor import SYSTEM

    member: Any = shop.member(owner, role=role.pop("role", owner), **role)
    made, secret = create_webhook(
        actor=SYSTEM, name="Orders", url=url, events=events, owner=member, now=shop.now
    )
    from okno.reactors.webhooks.models import WebhookDelivery

    # Of its own making it hears too; the tests are about what comes then.
    WebhookDelivery.objects.filter(webhook=made).delete()
    made.plain_secret = secret  # type: ignore[attr-defined]
    return made


def deliver() -> int:
    """Send what is due, in this thread, and return how many attempts that were."""
    from okno.reactors.webhooks.sending import ONE_BY_ONE
    from okno.spine.work import run_once

    count = 0
    while done := run_once(ONE_BY_ONE):
        count += done
    return count


def let_time_pass(**values: Any) -> None:
    """Make what waits for its next attempt due."""
    from django.db.models.functions import Now

    from okno.reactors.webhooks.models import WebhookDelivery

    WebhookDelivery.objects.filter(state="due", **values).update(due_at=Now())
