"""Phone numbers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okno.lib.phones import RUSSIA, InvalidPhone, normalise_phone, phone_beginning, shown_phone


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("8 912 345-67-89", "+79123456789"),
        ("8(912)3456789", "+79123456789"),
        ("+7 (912) 345 67 89", "+79123456789"),
        ("7 912 345 67 89", "+79123456789"),
        ("tel: +44 20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("442079460018", "+442079460018"),
        ("+7 843 555‑01‑42 доб. 12", "+78435550142"),
        ("+1 202 555 0142 ext 7", "+12025550142"),
        ("+12025550142,,7", "+12025550142"),
        ("+7 912 345 67 89", "+79123456789"),
        ("1203", "1203"),
    ],
)
def test_a_number_has_one_form(written: str, stored: str) -> None:
    assert normalise_phone(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        "12",
        "call me",
        "+",
        "++79123456789",
        "912 345 67 89",
        "020 7946 0018",
        "+0123456789",
        "1" * 16,
        "+12 34",
    ],
)
def test_what_cannot_be_called_is_refused(written: str) -> None:
    with pytest.raises(InvalidPhone):
        normalise_phone(written)


def test_a_number_without_a_prefix_is_one_from_home() -> None:
    assert normalise_phone("912 345 67 89", country=RUSSIA) == "+79123456789"
    assert normalise_phone("020 7946 0018", country="44") == "+442079460018"


@pytest.mark.parametrize(
    ("typed", "beginning"),
    [
        ("8 912", "+7912"),
        ("+44 20", "+4420"),
        ("7912", "+7912"),
        ("120", "120"),
        ("nora", ""),
        ("9" * 16, ""),
    ],
)
def test_the_beginning_of_a_number(typed: str, beginning: str) -> None:
    assert phone_beginning(typed) == beginning


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+79123456789", "+7 912 345-67-89"),
        ("+442079460018", "+442079460018"),
        ("+12025550142", "+1 202 555-0142"),
        ("1203", "1203"),
    ],
)
def test_a_number_is_shown_in_groups(stored: str, shown: str) -> None:
    assert shown_phone(stored) == shown


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_a_refusal(text: str) -> None:
    try:
        stored = normalise_phone(text)
    except InvalidPhone:
        return
    assert normalise_phone(stored) == stored
    assert normalise_phone(shown_phone(stored)) == stored
