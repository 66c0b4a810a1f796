"""Colours: contrast as WCAG defines it, accents of every hue that can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okno.lib.colour import READABLE, WHITE, accent_of_hue, contrast, is_colour, readable_on, text_on

COLOURS = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("hue", range(360))
def test_an_accent_of_every_hue_is_readable_on_white(hue: int) -> None:
    accent = accent_of_hue(hue)
    assert is_colour(accent)
    assert contrast(accent, WHITE) >= READABLE


@given(COLOURS, COLOURS)
def test_what_is_made_readable_is(colour: str, background: str) -> None:
    assert contrast(readable_on(colour, background), background) >= READABLE


@given(COLOURS)
def test_what_is_readable_stays(colour: str) -> None:
    if contrast(colour, WHITE) >= READABLE:
        assert readable_on(colour, WHITE) == colour
    assert contrast(text_on(colour, dark="#000000"), colour) >= READABLE


@pytest.mark.parametrize("value", ["", "red", "#fff", "#12345g", "#1234567", "#ABCDEF", "#123456\n"])
def test_what_is_no_colour(value: str) -> None:
    assert not is_colour(value)
