"""F14: hostile mail is set aside in time by the worker of a whole Okno, and good mail around it comes in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.channels.email.test_poison import READ, REFUSED
from tests.servers.installation import SUPPORT, Installation, mail

GOOD = 100
REFUSED_WITHIN_SECONDS = 15
GOOD_WITHIN_SECONDS = 60


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_poison_is_set_aside_in_time(okno: Installation, tmp_path: Path) -> None:
    kinds = {"good": _good(), "refused": list(REFUSED.values()), "odd": list(READ.values())}
    for kind, contents in kinds.items():
        for number, content in enumerate(contents):
            # The hostile ones come evenly among the good ones.
            place = number * 1000 // len(contents)
            (tmp_path / f"{place:03}-{kind}-{number}").write_bytes(content)
    with okno.at_rest("worker"):
        kept = okno.act("keep_mails", address=SUPPORT, folder=str(tmp_path))
        begun = okno.sql("SELECT clock_timestamp()")[0][0]
    assert int(kept) == sum(len(contents) for contents in kinds.values())
    okno.wait_for_intake(seconds=300)
    for kind, contents in kinds.items():
        rows = okno.sql(
            "SELECT outcome, count(*), max(extract(epoch FROM finished_at - %s)) FROM email_rawmail"
            " WHERE split_part(file_name, '-', 2) = %s GROUP BY 1",
            begun,
            kind,
        )
        print(f"{kind}: " + ", ".join(f"{count} {outcome} by {last:.1f} s" for outcome, count, last in rows))
        if kind != "odd":
            ((outcome, count, last),) = rows
            assert (outcome, count) == ("opened" if kind == "good" else "quarantined", len(contents))
            assert last < (GOOD_WITHIN_SECONDS if kind == "good" else REFUSED_WITHIN_SECONDS)


def _good() -> list[bytes]:
    return [mail(f"Request {n}", sender=f"client{n}@client.example").as_bytes() for n in range(GOOD)]
