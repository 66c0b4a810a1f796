"""Typed settings: what is nonsense is refused before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from okno.channels.email.relay import parse_smtp_url
from okno.config.env import Environment, database_settings, split_host_port


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OKNO_PORT", "0"),
        ("OKNO_PORT", "http"),
        ("OKNO_URL", "desk.example"),
        ("OKNO_URL", "https://desk.example/path"),
        ("OKNO_DATABASE_URL", "mysql://root@localhost/okno"),
        ("OKNO_DATABASE_URL", "postgresql://localhost"),
        ("OKNO_MAIL_LISTEN", "2525"),
        ("OKNO_LMTP", "run/lmtp"),
        ("OKNO_DNS_SERVER", "127.0.0.1"),
        ("OKNO_SMTP_URL", "mail.example:25"),
        ("OKNO_SECRET_KEY", "short"),
        ("OKNO_WEB_PROCESSES", "9"),
        ("OKNO_LOG_LEVEL", "LOUD"),
        ("OKNO_OUTGOING_NETWORKS", "10.0.0.0/8, everywhere"),
        ("OKNO_MICROSOFT_STAND_IN", "https://evil.example"),
        ("OKNO_GOOGLE_STAND_IN", "127.0.0.1:8443"),
    ],
)
def test_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name.removeprefix("OKNO_").lower()):
        Environment()


def test_values_are_read_in_the_form_that_people_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKNO_ALLOWED_HOSTS", "a.example, b.example")
    monkeypatch.setenv("OKNO_URL", "https://desk.example/")
    monkeypatch.setenv("OKNO_DATA", "relative")
    settings = Environment()
    assert settings.allowed_hosts == ("a.example", "b.example")
    assert settings.url == "https://desk.example"
    assert settings.is_https
    assert settings.data == Path.cwd() / "relative"


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKNO_PORT", "")
    assert Environment().port == 8000


def test_a_database_address_may_name_a_socket_folder() -> None:
    settings = database_settings("postgresql://me:p%2Fw@/okno?host=%2Frun%2Fpg&port=5433&sslmode=disable")
    assert settings["HOST"] == "/run/pg"
    assert (settings["USER"], settings["PASSWORD"], settings["NAME"]) == ("me", "p/w", "okno")
    assert settings["PORT"] == "5433"
    assert settings["OPTIONS"] == {"sslmode": "disable"}


def test_mail_leaves_unencrypted_only_to_this_machine() -> None:
    assert parse_smtp_url("smtp://127.0.0.1:2526").security == "none"
    assert parse_smtp_url("smtp://mail.example").security == "starttls"
    relay = parse_smtp_url("smtps://user%40x:p%3Aw@mail.example")
    assert (relay.port, relay.user, relay.password, relay.security) == (465, "user@x", "p:w", "tls")


def test_an_ipv6_address_to_listen_on_needs_brackets() -> None:
    assert split_host_port("[::1]:2525") == ("::1", 2525)
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:2525"):
        split_host_port("nowhere")
