"""The whole corpus from a real IMAP server to tickets that say what was meant, in bounded memory."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from okno.tickets.commands.changing import SUBJECT_LENGTH
from tests.channels.email.corpus import Expected, corpus
from tests.servers.imap_server import PASSWORD, USER, Dovecot
from tests.servers.installation import Installation, wait_until

# Of each process at its highest: the worker, and what reads mail for it.
MEMORY_BYTES = 400 * 1024 * 1024
SECONDS = 240

_TICKETS = """
    SELECT raw.sha256, ticket.subject, message.text, message.quoted_text,
        message.from_address,
        ARRAY(
            SELECT file.sha256 FROM tickets_attachment AS file WHERE file.message_id = message.id ORDER BY file.id
        )
    FROM email_rawmail AS raw
    LEFT JOIN tickets_message AS message ON message.raw_id = raw.id
    LEFT JOIN tickets_ticket AS ticket ON ticket.id = message.ticket_id
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Hold what became of a mail, in the order of the query's columns."""

    sha256: str
    subject: str
    text: str
    quoted: str
    sender: str
    files: list[str]


@pytest.mark.timeout(600)
def test_every_mail_of_the_corpus_becomes_a_ticket_that_says_what_was_meant(
    okno: Installation, tmp_path: Path
) -> None:
    cases = corpus()
    wires = {case.name: _by_imap(case.raw) for case in cases}
    with Dovecot() as imap:
        carried = [wire for wire in wires.values() if wire is not None]
        imap.deliver(*carried)
        okno.act("read_by_imap", address=USER, port=imap.port, user=USER, password=PASSWORD)
        stored = "SELECT count(*) FROM email_rawmail WHERE uid IS NOT NULL"
        wait_until(lambda: okno.count(stored) == len(carried), seconds=SECONDS, what="all mails are fetched")
        okno.wait_for_intake(seconds=SECONDS)
        peaks = _peaks(okno.pids()["worker"])
        assert len(imap.flags()) == len(carried), "mail stays on the server"
    assert okno.sql("SELECT uid FROM email_rawmail ORDER BY uid") == [(n + 1,) for n in range(len(carried))]
    # What IMAP cannot carry comes as files.
    others = [case for case in cases if wires[case.name] is None]
    for number, case in enumerate(others):
        (tmp_path / f"{number}.eml").write_bytes(case.raw)
    okno.cli("mail", "ingest", str(tmp_path))
    # One end and one message for each.
    assert okno.outcomes() == {"opened": len(cases)}
    found = {row[0]: Found(*row) for row in okno.sql(_TICKETS)}
    sent = [(case, _sha256(wires[case.name] or case.raw)) for case in cases]
    assert [case.name for case, sha256 in sent if sha256 not in found] == []
    assert len(found) == len(cases)
    wrong = [
        f"{case.name}: {what}" for case, sha256 in sent for what in _differences(case.expected, found[sha256])
    ]
    assert not wrong, "\n".join(wrong)
    print(f"{len(carried)} by IMAP, {len(others)} as files; peaks in MB: {[peak >> 20 for peak in peaks]}")
    assert len(peaks) > 1, "the worker and its readers"
    assert max(peaks) < MEMORY_BYTES


def _differences(expected: Expected, found: Found) -> list[str]:
    """Return what of a mail in the desk is not as it was meant."""
    differences = []
    if expected.subject and not _is_subject(found.subject, expected.subject):
        differences.append(f"subject {found.subject!r}, not {expected.subject!r}")
    if expected.sender and found.sender != expected.sender[0]:
        differences.append(f"from {found.sender!r}, not {expected.sender[0]!r}")
    if expected.text and not _says(expected, found):
        differences.append(f"text {found.text!r} and {found.quoted!r}, not {expected.text!r}")
    if expected.files is not None and found.files != [_sha256(file.content) for file in expected.files]:
        differences.append(f"{len(found.files)} files, not {len(expected.files)} or not the same")
    return differences


def _is_subject(found: str, meant: str) -> bool:
    if len(meant) > SUBJECT_LENGTH:
        return len(found) == SUBJECT_LENGTH and meant.startswith(found)
    return found.split() == meant.split()


def _says(expected: Expected, found: Found) -> bool:
    """Tell whether the sender's words and what is folded under them are all that was meant, and nothing else."""
    meant, said = Counter((expected.text or "").split()), Counter(f"{found.text} {found.quoted}".split())
    # Below the words stands in short what one is invited to.
    return meant <= said if expected.invitations else meant == said


def _by_imap(raw: bytes) -> bytes | None:
    """Return a mail as IMAP gives it, every line with its CRLF; None if it can't: NUL bytes and a CR alone."""
    wire = re.sub(rb"\r?\n", b"\r\n", raw)
    return wire if b"\0" not in wire and not re.search(rb"\r(?!\n)", wire) else None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _peaks(pid: int) -> list[int]:
    """Return the most memory that a process and each below it have ever held at once."""
    status = Path(f"/proc/{pid}/status").read_text()
    peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for found in tasks for child in found.read_text().split()]
    return [int(peak[1]) * 1024 if peak else 0, *(below for child in children for below in _peaks(child))]
