"""Mail servers for the tests of this package."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.imap_server import ImapServer, make_imap_server
from tests.servers.smtp_relay import SmtpRelay


@pytest.fixture
def relay() -> Iterator[SmtpRelay]:
    """Give a relay that accepts everything unless scripted."""
    with SmtpRelay() as relay:
        yield relay


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    """Give an empty inbox on a real server."""
    with make_imap_server() as server:
        yield server


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, settings: object) -> Iterator[Path]:
    """Keep files of each test apart."""
    from okno.lib.stores import file_store, raw_store

    settings.DATA_DIR = tmp_path / "data"  # type: ignore[attr-defined]
    file_store.cache_clear()
    raw_store.cache_clear()
    yield tmp_path / "data"
    file_store.cache_clear()
    raw_store.cache_clear()
