"""A backup is made while mail comes in, and restored elsewhere: the same rows, the same files, and silence."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.installation import Installation, mail, wait_until
from tests.servers.smtp_relay import SmtpRelay

MAILS = 60


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder that the database's account can enter."""
    made = Path(tempfile.mkdtemp(prefix="okno-restored-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_a_backup_under_load_comes_back_whole_and_quiet(okno: Installation, folder: Path) -> None:
    subjects = [f"Marker {number} of the drill" for number in range(MAILS)]
    mails = [
        mail(subject, sender=f"Client {number} <client{number}@client.example>")
        for number, subject in enumerate(subjects)
    ]
    sender = threading.Thread(target=lambda: okno.send(*mails))
    sender.start()
    made = json.loads(okno.cli("backup", str(folder / "under-load.okno"), "--json"))
    sender.join()
    okno.wait_for_intake()
    whole = json.loads(okno.cli("backup", str(folder / "whole.okno"), "--json"))
    assert whole["rows"] > made["rows"] > 0
    for name in ("under-load.okno", "whole.okno"):
        assert okno.cli("backup", "verify", str(folder / name))

    with SmtpRelay() as relay, _restored(folder, "whole.okno", relay) as copy:
        assert copy.tickets_of(subjects) == dict.fromkeys(subjects, 1)
        assert copy.outcomes() == okno.outcomes()
        assert copy.count("SELECT count(*) FROM tenancy_workspace WHERE NOT is_quiet") == 0
        _comes_in_and_is_answered_only_after_release(copy, relay)
    with SmtpRelay() as relay, _restored(folder, "under-load.okno", relay) as copy:
        # What had been taken in before the moment of the backup is there once, what came later is not.
        raw = copy.count("SELECT count(*) FROM email_rawmail")
        assert raw <= okno.count("SELECT count(*) FROM email_rawmail")
        copy.wait_for_intake()
        assert set(copy.tickets_of(subjects).values()) <= {0, 1}


def _restored(folder: Path, name: str, relay: SmtpRelay) -> Installation:
    data = folder / name.partition(".")[0]
    copy = Installation(data, OKNO_SMTP_URL=f"smtp://127.0.0.1:{relay.port}")
    copy.cli("restore", str(folder / name))
    return copy


def _comes_in_and_is_answered_only_after_release(copy: Installation, relay: SmtpRelay) -> None:
    """A mail that is handed to the copy opens a ticket with the next number; its receipt waits."""
    newest = copy.count("SELECT max(number) FROM tickets_ticket")
    copy.send(mail("To the copy", sender="New Client <new@client.example>"), sender="new@client.example")
    copy.wait_for_intake()
    assert copy.count("SELECT number FROM tickets_ticket WHERE subject = 'To the copy'") > newest
    waiting = "SELECT count(*) FROM email_outgoingmail WHERE state = 'due'"
    wait_until(lambda: copy.count(waiting) > 0, what="the receipt is written")
    # A worker that would send has had many rounds for it once a later timer has been done.
    copy.send(mail("One more", sender="New Client <new@client.example>"), sender="new@client.example")
    copy.wait_for_intake()
    assert relay.delivered == []
    copy.cli("release")
    wait_until(lambda: len(relay.delivered) > 0, what="mail leaves once it is released")


def test_what_must_not_be_believed_is_refused(okno: Installation, folder: Path) -> None:
    whole = folder / "a.okno"
    okno.cli("backup", str(whole))
    with pytest.raises(AssertionError, match="desk here already"):
        okno.cli("restore", str(whole))
    data = bytearray(whole.read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / "damaged.okno").write_bytes(data)
    (folder / "cut.okno").write_bytes(whole.read_bytes()[: len(data) // 2])
    for name in ("damaged.okno", "cut.okno"):
        with pytest.raises(AssertionError, match=r"damaged|cut off"):
            okno.cli("backup", "verify", str(folder / name))
    # A table without the policy that lets the system role see all: its rows would silently be missing.
    okno.sql("DROP POLICY okno_system ON people_contact")
    with pytest.raises(AssertionError, match="people_contact"):
        okno.cli("backup", str(folder / "b.okno"))
    assert not (folder / "b.okno").exists()
