"""Every mail of the corpus is read as it is meant."""

import hashlib

import pytest

from okno.channels.base import ParsedMessage
from okno.channels.email.parse import parse_message
from tests.channels.email.corpus import Case, corpus

CASES = corpus()


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_expected_reading(case: Case) -> None:
    parsed, expected = parse_message(case.raw), case.expected
    if expected.text is not None:
        assert words(parsed.text) == words(expected.text)
    if expected.subject is not None:
        assert parsed.subject == expected.subject
    if expected.sender is not None:
        assert parsed.sender is not None
        assert parsed.sender.address == expected.sender[0]
        assert expected.sender[1] in {"", parsed.sender.name}
    if expected.to is not None:
        assert tuple((address.address, address.name) for address in parsed.to) == expected.to
    if expected.sent_at is not None:
        assert parsed.sent_at == expected.sent_at
    if expected.has_html is not None:
        assert (parsed.html is not None) is expected.has_html
    if expected.problem is not None:
        assert expected.problem in parsed.problems
    assert parsed.protection == expected.protection
    assert len(parsed.invitations) == expected.invitations
    check_files(parsed, case)


def check_files(parsed: ParsedMessage, case: Case) -> None:
    if case.expected.files is None:
        return
    found = [(file.filename, file.content, file.is_inline) for file in parsed.attachments]
    assert found == [(file.name, file.content, file.is_inline) for file in case.expected.files]
    for file, expected in zip(parsed.attachments, case.expected.files, strict=True):
        assert file.size == len(file.content)
        assert file.sha256 == hashlib.sha256(file.content).hexdigest()
        assert expected.content_type in {None, file.content_type}


def test_the_corpus_is_large_and_always_the_same() -> None:
    assert len(CASES) >= 300
    assert [(case.name, case.raw) for case in corpus()] == [(case.name, case.raw) for case in CASES]
    assert len({case.name for case in CASES}) == len(CASES)
    # No two may pass for the same mail where all of them come in.
    ids = [found for case in CASES if (found := parse_message(case.raw).message_id)]
    assert len(set(ids)) == len(ids)
