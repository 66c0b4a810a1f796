"""Two companies, for each test anew."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.isolation.world import Company, make_company


@pytest.fixture
def companies(db: None, now: datetime) -> tuple[Company, Company]:
    """Give the one that asks and the one that is none of its business."""
    return make_company("tamarisk", now), make_company("zebrafinch", now, more_tickets=5)
