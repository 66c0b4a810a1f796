"""Somebody who fills in a form: with a browser that proves some work, or without scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from unittest.mock import patch

from django.test import Client

from okno.modules.form.guard.proof import is_proof
from okno.modules.form.guard.tokens import read_token
from okno.modules.form.models import Form
from tests.conftest import Shop

SAID = {
    "name": "Maria Client",
    "email": "maria@client.example",
    "subject": "No toner",
    "text": "The printer is empty.",
}
PATIENCE = timedelta(seconds=30)


def first_form() -> Form:
    """Return the form that a new workspace has."""
    found: Form = Form.objects.earliest("id")
    return found


@dataclass
class Sender:
    """A person before a form, at a moment of his own."""

    shop: Shop
    form: Form
    now: Any
    remote: str = "203.0.113.7"
    path: str = ""
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.path = self.path or f"/f/{self.form.key}/"
        self.client = Client(
            headers={"host": self.shop.host, "accept": "text/html"},
            enforce_csrf_checks=True,
            raise_request_exception=False,
            REMOTE_ADDR=self.remote,
        )

    def load(self, **query: str) -> str:
        """Open the form and return the page."""
        with at(self.now):
            answer = self.client.get(self.path, query)
        assert answer.status_code == 200, answer.content
        return str(answer.content.decode())

    def token(self, **query: str) -> str:
        """Open the form and return the token in it."""
        return hidden(self.load(**query), "token")

    def send(
        self,
        values: dict[str, Any] | None = None,
        *,
        has_scripts: bool = True,
        is_json: bool = False,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Fill the form in and send it after a while; with scripts it proves that some work was done."""
        values = values or {}
        token = values.get("token") or self.token()
        proof = {"proof": solved(self.form, token)} if has_scripts else {}
        self.now += PATIENCE
        headers = {**(headers or {}), **({"accept": "application/json"} if is_json else {})}
        with at(self.now):
            return self.client.post(self.path, {**SAID, "token": token, **proof, **values}, headers=headers)


def ready(shop: Shop) -> Sender:
    """Return somebody before the first form of a workspace that mail can leave."""
    mailbox: Any = shop.mailbox()
    mailbox.smtp_host = "smtp.shop.example"
    mailbox.save()
    return Sender(shop, first_form(), shop.now)


def at(moment: Any) -> Any:
    """Let the pages believe that it is this moment."""
    return _Moment(moment)


class _Moment:
    def __init__(self, moment: Any) -> None:
        self._patches = [
            patch(f"okno.modules.form.views.{name}.current_time", return_value=moment)
            for name in ("sending", "confirming", "waiting", "editing")
        ]

    def __enter__(self) -> None:
        for one in self._patches:
            one.start()

    def __exit__(self, *_: object) -> None:
        for one in self._patches:
            one.stop()


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page
    return found[1]


def solved(form: Form, word: str) -> str:
    """Return the proof of work for a token, as the browser's worker finds it."""
    token = read_token(form, word)
    assert token is not None
    return next(str(answer) for answer in count() if is_proof(token.key, str(answer), bits=token.bits))
