"""How many mails a second become tickets: from stored raw rows to the end of all their work but what leaves."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from typing import Final

from okno.config.bench.desk import served_desk
from okno.config.bench.figures import Figure
from okno.config.bench.processes import cpu_seconds, memory_megabytes
from okno.config.errors import CommandError
from okno.config.installation import close_connections

LEAST_PER_SECOND: Final = 150
GLANCE_SECONDS: Final = 0.02
PATIENCE_SECONDS: Final = 600
# Few enough of each sender that none is held for writing too often.
MAILS_OF_ONE: Final = 10
WITH_FILE: Final = 10
"""One in so many has a file."""


def measure_intake(
    *, tickets: int, mails: int, runs: int, external: bool, say: Callable[[str], None]
) -> list[Figure]:
    """Measure how fast a desk with that many tickets takes in mails, all of which open a ticket."""
    with served_desk(tickets=tickets, external=external, say=say) as desk:
        rates, costs = [], []
        for number in range(runs + 1):
            raws = [_mail(number, index) for index in range(mails)]
            before = cpu_seconds(desk.pid)
            seconds = _take_in(raws)
            spent = cpu_seconds(desk.pid) - before
            say(f"Run {number} of {runs}: {mails} mails in {seconds:.1f} s, {mails / seconds:.0f} a second")
            # The first run warms caches and parsers.
            if number:
                rates.append(mails / seconds)
                costs.append(spent / mails * 1000)
        close_connections()
        return [
            Figure.of("Mails taken in a second", "/s", rates, least=LEAST_PER_SECOND),
            Figure.of("Processor time of all for one", "ms", costs),
            Figure.of("Memory (PSS) after all this", "MB", [memory_megabytes(desk.pid)]),
        ]


def _take_in(raws: Sequence[bytes]) -> float:
    """Store mails as a listener does, in one commit, and return the seconds until the last has its outcome."""
    from okno.channels.email.models import Mailbox, RawMail  # noqa: PLC0415 - needs the application
    from okno.lib.stores import raw_store  # noqa: PLC0415
    from okno.tenancy.models import Workspace  # noqa: PLC0415
    from okno.tenancy.scope import scope  # noqa: PLC0415

    workspace = Workspace.objects.get(is_demo=True)
    blobs = [raw_store().put(workspace.pk, raw) for raw in raws]
    with scope(workspace):
        mailbox = Mailbox.objects.get(is_default=True)
        rows = RawMail.objects.bulk_create(
            RawMail(
                mailbox=mailbox,
                source="smtp",
                sha256=blob.sha256,
                size=blob.size,
                envelope_from="client@bench.example",
            )
            for blob in blobs
        )
    begun = time.monotonic()
    ids = [row.pk for row in rows]
    while True:
        with scope(workspace):
            if not RawMail.objects.filter(pk__in=ids, state="due").exists():
                break
        if time.monotonic() > begun + PATIENCE_SECONDS:
            raise CommandError(f"The mails were not taken in within {PATIENCE_SECONDS} s.")
        time.sleep(GLANCE_SECONDS)
    seconds = time.monotonic() - begun
    with scope(workspace):
        opened = RawMail.objects.filter(pk__in=ids, outcome="opened").count()
    if opened != len(ids):
        raise CommandError(f"Of {len(ids)} mails only {opened} opened a ticket.")
    return seconds


def _mail(run: int, index: int) -> bytes:
    """Return a mail as they come: text and HTML, in Russian or English, now and then with a file."""
    rng = random.Random(run * 1_000_000 + index)  # noqa: S311 - no secret
    who = f"client{run}-{index // MAILS_OF_ONE}@bench.example"
    message = EmailMessage()
    message["From"] = f"Client {index // MAILS_OF_ONE} <{who}>"
    message["To"] = "support@okno.example"
    message["Subject"] = (
        f"Принтер на {rng.randrange(40)} этаже печатает пустые листы" if index % 2 else "No sound"
    )
    message["Message-ID"] = f"<{run}.{index}@bench.example>"
    lines = [f"Line {line} of what happened: {rng.getrandbits(64):x}." for line in range(25)]
    message.set_content("Здравствуйте!\n\n" + "\n".join(lines) + "\n\n-- \nC уважением\nКлиент\n")
    paragraphs = "".join(f"<p style='color:#222'>{line}</p>" for line in lines)
    message.add_alternative(f"<html><body><p>Здравствуйте!</p>{paragraphs}</body></html>", subtype="html")
    if index % WITH_FILE == 0:
        message.add_attachment(rng.randbytes(30_000), maintype="image", subtype="png", filename="снимок.png")
    return message.as_bytes()
