"""The sockets that mail comes in by."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from okno.config.errors import CommandError
from okno.config.mail_sockets import connect, mail_sockets


def test_both_are_bound_and_the_file_is_gone_after(tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    with mail_sockets(smtp="127.0.0.1:0", lmtp=str(path)) as bound:
        assert bound
        assert bound.smtp is not None
        connect(f"127.0.0.1:{bound.smtp.getsockname()[1]}", seconds=1).close()
        connect(str(path), seconds=1).close()
        bound.smtp.close()
    assert not path.exists()


def test_nothing_configured_is_nothing_bound() -> None:
    with mail_sockets(smtp=None, lmtp=None) as bound:
        assert not bound


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with mail_sockets(smtp=None, lmtp=str(path)):
        connect(str(path), seconds=1).close()


def test_what_somebody_listens_on_or_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path, file = tmp_path / "lmtp", tmp_path / "file"
    file.write_text("mine")
    taken = socket.socket(socket.AF_UNIX)
    taken.bind(str(path))
    taken.listen()
    for address in (path, file):
        with pytest.raises(CommandError, match="OKNO_LMTP"), mail_sockets(smtp=None, lmtp=str(address)):
            pytest.fail("it was bound")
    connect(str(path), seconds=1).close()
    assert file.read_text() == "mine"
    taken.close()


def test_a_taken_port_names_its_setting() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(CommandError, match="OKNO_MAIL_LISTEN"),
        mail_sockets(smtp=f"127.0.0.1:{taken.getsockname()[1]}", lmtp=None),
    ):
        pytest.fail("it was bound")
