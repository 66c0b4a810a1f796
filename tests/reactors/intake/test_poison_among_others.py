"""F14: hostile mail among a hundred good ones costs nobody anything, is kept as it came, and can be read again."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from okno.channels.base import ParsedMessage
from okno.channels.email.models import RawMail
from okno.channels.email.parse import ParseFailed
from okno.lib.stores import raw_store
from okno.reactors.intake import reading
from okno.reactors.intake.again import progress_of, read_again
from okno.reactors.intake.pipeline import RAW_MAIL
from okno.spine.work import drain, run_once
from okno.tenancy.scope import scope
from okno.tickets.models import Ticket
from tests.channels.email.test_poison import READ, REFUSED
from tests.conftest import Shop
from tests.console.conftest import browser_for
from tests.reactors.intake.test_batch import outcomes_of, stored, written

GOOD = 100
# Those that are read within moments; the heavy ones are in the soak test.
ODD = ("NUL bytes", "a huge header", "a bomb", "colons", "comments")


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Give what a slow mail waits for; opened in the end, whatever happens."""
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.5)
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.timeout(300)
def test_poison_among_a_hundred_good_mails(
    open_shop: Shop, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    shop, plain = open_shop, reading.parse_raw

    def parse(raw: RawMail) -> ParsedMessage:
        if raw.pk == slow.pk:
            assert gate.wait(120)
        return plain(raw)

    monkeypatch.setattr(reading, "parse_raw", parse)
    with scope(shop.workspace):  # type: ignore[arg-type]
        before = stored(shop, *(written(number) for number in range(GOOD // 2)))
        (slow,) = stored(shop, written(GOOD))
        poison = stored(shop, *REFUSED.values())
        odd = stored(shop, *(READ[name] for name in ODD))
        after = stored(shop, *(written(number) for number in range(GOOD // 2, GOOD)))
    _work_until_nothing_is_left()
    with scope(shop.workspace):  # type: ignore[arg-type]
        # One is still being read, and nobody waits for it.
        assert outcomes_of([slow]) == [""]
        assert outcomes_of([*before, *after]) == ["opened"] * GOOD
        assert outcomes_of(odd) == ["opened"] * len(odd)
        assert outcomes_of(poison) == ["quarantined"] * len(poison)
        assert Ticket.objects.count() == GOOD + len(odd)
    gate.set()
    assert RAW_MAIL.aside is not None
    RAW_MAIL.aside()
    with scope(shop.workspace):  # type: ignore[arg-type]
        assert outcomes_of([slow]) == ["opened"]


def test_poison_is_given_as_it_came_and_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    poison = stored(shop, *REFUSED.values())
    drain(RawMail)
    client = browser_for(shop, "administrator")
    page = client.get("/intake/?show=quarantined").content.decode()
    for raw, content in zip(poison, REFUSED.values(), strict=True):
        assert f'href="/intake/{raw.pk}/"' in page
        assert client.get(f"/intake/{raw.pk}/").status_code == 200
        given = client.get(f"/intake/{raw.pk}/raw/")
        assert b"".join(given.streaming_content) == content  # type: ignore[attr-defined]
    # As long as it cannot be read, it ends as before.
    assert _read_all_again(shop) == {"quarantined": len(poison)}

    def parse(raw: RawMail) -> ParsedMessage:
        return ParsedMessage(
            subject=f"Mail {raw.pk}", text=raw_store().read(raw.workspace_id, raw.sha256).hex()[:9]
        )

    # A later version can.
    monkeypatch.setattr(reading, "parse_raw", parse)
    assert _read_all_again(shop) == {"opened": len(poison)}
    assert Ticket.objects.filter(subject__in=[f"Mail {raw.pk}" for raw in poison]).count() == len(poison)


def test_what_kills_its_reader_is_set_aside_after_a_second_try(
    open_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second try is made by another thread, so the rows must be there for everybody.
    shop, plain = open_shop, reading.parse_raw
    with scope(shop.workspace):
        bad, *others = stored(shop, written(0), written(1), written(2))

    def parse(raw: RawMail) -> ParsedMessage:
        if raw.pk == bad.pk:
            raise ParseFailed("parser_died")
        return plain(raw)

    monkeypatch.setattr(reading, "parse_raw", parse)
    drain(RawMail)
    with scope(shop.workspace):
        assert outcomes_of([bad, *others]) == ["", "opened", "opened"]
        RawMail.objects.filter(pk=bad.pk).update(due_at=shop.now)
    drain(RawMail)
    with scope(shop.workspace):
        assert outcomes_of([bad]) == ["quarantined"]


def _work_until_nothing_is_left() -> None:
    while run_once(RAW_MAIL):
        pass


def _read_all_again(shop: Shop) -> dict[str, int]:
    run = read_again(actor=shop.actor("administrator"), mails=RawMail.objects.all())  # type: ignore[arg-type]
    drain(RawMail)
    progress = progress_of(run)
    assert progress is not None
    assert progress.pending == 0
    return progress.by_outcome
