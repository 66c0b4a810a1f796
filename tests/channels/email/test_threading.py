"""A token brings an answer home, and nothing but a token of ours does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from okno.channels.email.parse import parse_message
from okno.channels.email.threading import (
    Purpose,
    body_mark,
    find_tokens,
    is_own,
    loop_mark,
    make_message_id,
    make_token,
    read_token,
    reply_address,
    without_tag,
)
from tests.channels.email.mail import simple

KEY = b"k" * 32


def token(workspace_id: int = 7, purpose: Purpose = Purpose.REPLY) -> str:
    return make_token(KEY, workspace_id=workspace_id, purpose=purpose, ticket_id=123_456, person_id=42)


def test_a_token_is_read_back_in_any_case() -> None:
    read = read_token(KEY, token().upper(), workspace_id=7)
    assert read is not None
    assert (read.workspace_id, read.purpose, read.ticket_id, read.person_id) == (
        7,
        Purpose.REPLY,
        123_456,
        42,
    )


def test_tokens_differ_each_time() -> None:
    assert token() != token()


@given(st.integers(0, 2**40), st.integers(0, 2**40), st.sampled_from(Purpose))
def test_any_ids(ticket_id: int, person_id: int, purpose: Purpose) -> None:
    spelled = make_token(KEY, workspace_id=3, purpose=purpose, ticket_id=ticket_id, person_id=person_id)
    read = read_token(KEY, spelled, workspace_id=3)
    assert read is not None
    assert (read.ticket_id, read.person_id, read.purpose) == (ticket_id, person_id, purpose)


def test_another_key_or_workspace_proves_nothing() -> None:
    assert read_token(b"x" * 32, token(), workspace_id=7) is None
    assert read_token(KEY, token(), workspace_id=8) is None


def test_one_changed_letter_proves_nothing() -> None:
    spelled = token()
    for place in range(len(spelled)):
        changed = spelled[:place] + ("a" if spelled[place] != "a" else "b") + spelled[place + 1 :]
        read = read_token(KEY, changed, workspace_id=7)
        # The last letter has bits that carry nothing.
        assert read is None or place == len(spelled) - 1


@given(st.text(max_size=120))
def test_any_text_is_no_token(text: str) -> None:
    assert read_token(KEY, text, workspace_id=7) is None


def test_a_tagged_address_keeps_within_its_limit() -> None:
    address = reply_address("support@okno.example", token())
    assert without_tag(address) == "support@okno.example"
    assert len(address.rpartition("@")[0]) <= 64
    assert reply_address("s" * 40 + "@okno.example", token()) == "s" * 40 + "@okno.example"


@pytest.mark.parametrize("place", ["recipient", "references", "body", "envelope", "html"])
def test_tokens_are_found_where_mail_programs_keep_them(place: str) -> None:
    spelled = token()
    message = {
        "recipient": simple(To=f"Desk <{reply_address('support@okno.example', spelled).title()}>"),
        "references": simple(References=f"<a@b> {make_message_id(spelled, domain='okno.example')}"),
        "body": simple(f"Thanks\n\n> Hello\n> {body_mark(spelled)}\n"),
        "envelope": simple(),
        "html": b"Content-Type: text/html\r\n\r\n<p>Hi</p><p>" + body_mark(spelled).encode() + b"</p>",
    }[place]
    envelope = [reply_address("support@okno.example", spelled)] if place == "envelope" else []
    found = find_tokens(KEY, parse_message(message), workspace_id=7, recipients=envelope)
    assert [item.token.ticket_id for item in found] == [123_456]
    assert found[0].place == {"envelope": "recipient", "html": "body"}.get(place, place)


def test_purpose_is_part_of_what_is_signed() -> None:
    found = find_tokens(
        KEY, parse_message(simple(body_mark(token(purpose=Purpose.NOTIFICATION)))), workspace_id=7
    )
    assert [item.token.purpose for item in found] == [Purpose.NOTIFICATION]


def test_a_number_in_the_subject_is_no_token() -> None:
    message = parse_message(simple("Re: [#123456] okno-123456", Subject="Re: [#123456] Printer"))
    assert find_tokens(KEY, message, workspace_id=7) == ()


def test_our_own_mail_is_known_and_answers_to_it_are_not_taken_for_it() -> None:
    ours = make_message_id(token(), domain="okno.example")
    assert is_own(KEY, parse_message(simple(Message_ID=ours)), workspace_id=7)
    assert is_own(KEY, parse_message(simple(X_Okno_Loop=loop_mark(KEY, workspace_id=7))), workspace_id=7)
    assert not is_own(KEY, parse_message(simple(In_Reply_To=ours, References=ours)), workspace_id=7)
    assert not is_own(KEY, parse_message(simple(X_Okno_Loop="guessed")), workspace_id=7)
    assert not is_own(KEY, parse_message(simple(Message_ID=ours)), workspace_id=8)
