"""One reading of addresses, and none that smuggles anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okno.lib.addresses import (
    Address,
    InvalidAddress,
    clean_name,
    format_address,
    normalise_address,
    parse_addresses,
)


def test_addresses_are_compared_in_lower_case_and_ascii_domains() -> None:
    assert normalise_address(" Ivan.Petrov@Пример.РФ ") == "ivan.petrov@xn--e1afmkfd.xn--p1ai"
    assert normalise_address("A@EXAMPLE.com.") == "a@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "@example.com",
        "a@",
        "a b@example.com",
        "a@b@example.com",
        'a"b@example.com',
        "a(c)@example.com",
        "a\r\nBcc: x@example.com",
        "a@exam\nple.com",
        "a@-x.com",
        "a..b@example.com",
        "<a@example.com>",
        "a\u200b@example.com",
        "a@" + "x" * 250 + ".com",
    ],
)
def test_what_programs_read_differently_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        normalise_address(text)


def test_header_with_names_groups_and_encoded_words() -> None:
    header = (
        '=?utf-8?B?0JjQstCw0L0=?= <Ivan@Example.org>, "Doe, John" <j@example.org>, team: a@x.org, b@x.org;'
    )
    assert parse_addresses(header) == (
        Address("ivan@example.org", "Иван"),
        Address("j@example.org", "Doe, John"),
        Address("a@x.org"),
        Address("b@x.org"),
    )


def test_a_comment_does_not_bring_another_address() -> None:
    found = parse_addresses("a(&email=victim@example.com)@example.org")
    assert all(address.address != "victim@example.com" for address in found)


def test_names_cannot_break_a_header() -> None:
    shown = format_address(Address("a@example.org", "Eve\r\nBcc: x@example.com <y@example.com>"))
    assert "\r" not in shown
    assert "\n" not in shown
    assert parse_addresses(shown)[0].address == "a@example.org"
    assert len(parse_addresses(shown)) == 1


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing_and_only_safe_addresses_come_out(text: str) -> None:
    for address in parse_addresses(text):
        assert normalise_address(address.address) == address.address
        assert clean_name(address.name) == address.name
        assert [again.address for again in parse_addresses(format_address(address))] == [address.address]
