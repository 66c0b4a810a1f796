"""A copy of the demonstration for each test to break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.installation import Installation, copy_of
from tests.servers.smtp_relay import SmtpRelay


@pytest.fixture
def data(demonstration: Path) -> Iterator[Path]:
    """Give a data folder of the test's own."""
    with copy_of(demonstration) as data:
        yield data


@pytest.fixture
def relay() -> Iterator[SmtpRelay]:
    """Give a relay that accepts everything unless scripted."""
    with SmtpRelay() as relay:
        yield relay


@pytest.fixture
def okno(data: Path, relay: SmtpRelay) -> Iterator[Installation]:
    """Give a whole Okno whose mail leaves by the relay."""
    with Installation(data, OKNO_SMTP_URL=f"smtp://127.0.0.1:{relay.port}") as installation:
        yield installation
