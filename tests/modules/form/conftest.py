"""Forms that are quick to prove, and somebody who fills them in."""

from __future__ import annotations

import pytest

from okno.modules.form.guard import proof
from tests.conftest import Shop
from tests.modules.form.sender import Sender, ready


@pytest.fixture(autouse=True)
def easy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for little work: what is tested is that it is asked for at all."""
    monkeypatch.setattr(proof, "EASY_BITS", 4)
    monkeypatch.setattr(proof, "HARD_BITS", 8)


@pytest.fixture
def sender(shop: Shop) -> Sender:
    """Give somebody before the workspace's first form; mail can leave."""
    return ready(shop)
