"""What whoever watches an installation is told, and the headers on every answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from okno.config import health
from okno.config.headers import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.django_db


def test_it_is_alive_and_ready_on_any_host(client: Client) -> None:
    assert client.get("/healthz", headers={"host": "nobody.example"}).content == b"ok\n"
    ready = client.get("/readyz", headers={"host": "nobody.example"})
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "database": "ok", "disk": "ok"})


def test_it_is_not_ready_without_room(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 1 << 62)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "MB are free" in answer.json()["disk"]
    assert client.get("/healthz").status_code == 200


def test_it_is_not_ready_without_its_folder(client: Client, settings: LazySettings) -> None:
    settings.DATA_DIR = Path("/nowhere/at/all")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)


def test_requests_and_waiting_work_are_counted(client: Client) -> None:
    client.get("/healthz")
    client.generic("BREW", "/healthz")
    text = client.get("/metrics").content.decode()
    assert 'okno_requests_total{method="GET",status="2xx"}' in text
    assert 'method="other"' in text
    assert "BREW" not in text
    assert 'okno_ledger_due{ledger="email_rawmail"} 0.0' in text
    assert "okno_database_reached 1.0" in text


def test_every_answer_forbids_what_is_not_ours(client: Client) -> None:
    for path in ("/healthz", "/nowhere/"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    ("given", "is_kept"), [("abc-1.2_3", True), ("two words", False), ("x" * 65, False), ("", False)]
)
def test_a_request_id_is_kept_only_if_it_is_harmless(client: Client, given: str, *, is_kept: bool) -> None:
    answered = client.get("/healthz", headers={"x-request-id": given})["X-Request-ID"]
    assert (answered == given) is is_kept
    assert len(answered) <= 64
