"""Reasons in words."""

from __future__ import annotations

import pytest

from okno.reactors.intake.reasons import Reason, explain


@pytest.mark.parametrize("reason", list(Reason))
def test_every_code_has_words_with_its_detail(reason: Reason) -> None:
    words = explain(reason.about("1234"))
    assert words not in (reason, reason.about("1234"))
    assert "%(" not in words


def test_details_have_words_too_and_the_unknown_stays() -> None:
    assert explain(Reason.UNREADABLE.about("too_deep")) == "It could not be read: its parts nest too deep"
    assert explain("from the future: x") == "from the future: x"
