"""Requesters in browsers, and the worker that writes their letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from okno.channels.email.models import OutgoingMail
from okno.modules.portal.entrance.letters import send_link
from okno.modules.portal.entrance.links import TIMER
from okno.spine.models import Timer
from tests.conftest import Shop

LINK = re.compile(r"/my/link/\?key=([\w-]+)")


@pytest.fixture(autouse=True)
def no_limits(shop: Shop) -> None:
    """Forget how often anybody has asked."""
    cache.clear()


def browser(shop: Shop) -> Client:
    """Return somebody's browser."""
    return Client(headers={"host": shop.host, "accept": "text/html"}, raise_request_exception=False)


def write_letters() -> list[str]:
    """Let the worker send what was asked for; return the secrets of the links that left."""
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    for timer in Timer.objects.filter(kind=TIMER, state="due").order_by("pk"):
        send_link(timer)
        timer.delete()
    texts = OutgoingMail.objects.exclude(pk__in=before).order_by("pk").values_list("text", flat=True)
    return [found[1] for text in texts if (found := LINK.search(text))]


@pytest.fixture(autouse=True)
def way_out(shop: Shop) -> None:
    """Give the workspace a mailbox that sends."""
    mailbox: Any = shop.mailbox()
    mailbox.smtp_host = "smtp.shop.example"
    mailbox.save()


@pytest.fixture
def signed_in(shop: Shop) -> Callable[[str], Client]:
    """Give the browser of a requester who has signed in by a link."""

    def sign_in(name: str = "requester") -> Client:
        shop.contact(name)
        client = browser(shop)
        client.post("/my/sign-in/", {"email": f"{name}@client.example"})
        (secret,) = write_letters()
        answer: Any = client.post("/my/link/", {"key": secret})
        assert answer.status_code == 302, answer.content
        return client

    return sign_in
