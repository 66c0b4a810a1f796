"""The disk is full: senders are told to come again, mail stays on its server, and later all is there."""

from __future__ import annotations

import os
import shutil
import smtplib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.imap_server import PASSWORD, USER, Dovecot
from tests.servers.installation import Installation, mail, wait_until

ROOM = "2m"


@pytest.fixture
def data(data: Path) -> Iterator[Path]:
    """Give a data folder whose raw mail lies on a small disk of its own."""
    small = data / "raw"
    words = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "tmpfs", str(small)]
    if os.geteuid() != 0 or subprocess.run(words, check=False, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a small disk: run as root")
    yield data
    subprocess.run(["umount", "--lazy", str(small)], check=True)


def test_full_disk_for_mail(okno: Installation) -> None:
    ballast = okno.data / "raw" / "ballast"
    okno.send(mail("Before"))
    okno.wait_for_intake()
    free = shutil.disk_usage(ballast.parent).free
    ballast.write_bytes(b"\0" * (free - 100_000))
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        okno.send(mail("While it is full", "x" * 70 + "\n" + "word " * 100_000))
    assert 400 <= refused.value.smtp_code < 500
    okno.send(mail("Small enough"))
    with Dovecot() as imap:
        imap.deliver(mail("Fetched", "word " * 100_000).as_bytes())
        okno.act("read_by_imap", address=USER, port=imap.port, user=USER, password=PASSWORD)
        wait_until(
            lambda: okno.count("SELECT count(*) FROM email_mailbox WHERE fetch_error <> ''"), what="noticed"
        )
        assert okno.count("SELECT count(*) FROM email_rawmail WHERE source = 'imap'") == 0
        assert len(imap.flags()) == 1
        assert not any(flag in line for line in imap.flags() for flag in ("Seen", "Deleted"))
        ballast.unlink()
        okno.send(mail("While it is full", "x" * 70 + "\n" + "word " * 100_000))
        wait_until(
            lambda: okno.count("SELECT count(*) FROM email_rawmail WHERE source = 'imap'") == 1,
            seconds=120,
            what="fetched when there is room again",
        )
    okno.wait_for_intake()
    assert okno.tickets_of(["Before", "While it is full", "Small enough", "Fetched"]) == {
        "Before": 1,
        "While it is full": 1,
        "Small enough": 1,
        "Fetched": 1,
    }
    assert not list((okno.data / "raw" / "receiving").iterdir()), "no half of a mail is left"
