"""Typed search words become conditions and are written back, with every mistake at its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conditions import sample
from tests.conditions.sample import VIEW

from okno.conditions import tree, words
from okno.conditions.match import Op
from okno.conditions.suggesting import suggest
from okno.conditions.writing import write
from okno.lib.errors import Invalid


def asks(field: str, *values: object, op: Op = Op.IN) -> tree.Test:
    return tree.Test.model_validate({"field": field, "op": op, "values": values})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("state:open", asks("state", "open")),
        ("STATUS:Open", asks("state", "open")),
        ("статус:открыта", asks("state", "open")),
        ("статус:ждет", asks("state", "waiting")),
        ('status:"waiting for client"', asks("state", "waiting")),
        ("-status:closed,none", tree.Not(of=asks("state", "closed", None))),
        ("owner:me,my_teams", asks("owner", "me", "my_teams")),
        ("owner:я", asks("owner", "me")),
        ('owner:"me"', asks("owner", 4)),
        ('owner:"Anna Ivanova",#9', asks("owner", 1, 9)),
        ('owner:"#2"', asks("owner", 5)),
        ("opened:<7d", asks("opened", "-7d", op=Op.GT)),
        ("opened:>=2ч", asks("opened", "-2h", op=Op.LTE)),
        ("due:<3d", asks("due", "+3d", op=Op.LT)),
        ("due:<-3d", asks("due", "-3d", op=Op.LT)),
        ("due:overdue", asks("due", "now", op=Op.LT)),
        ("due:просрочено", asks("due", "now", op=Op.LT)),
        ("opened:сегодня,yesterday", asks("opened", "today", "yesterday")),
        ("opened:2026-01-01..2026-02-01", asks("opened", "2026-01-01", "2026-02-01", op=Op.BETWEEN)),
        ("opened:2026-01-01..", asks("opened", "2026-01-01", op=Op.GTE)),
        ("opened:..today", asks("opened", "today", op=Op.LTE)),
        ("count:>3", asks("count", 3, op=Op.GT)),
        ("count:-1..3", asks("count", -1, 3, op=Op.BETWEEN)),
        ("weight:1.5..2.5", asks("weight", 1.5, 2.5, op=Op.BETWEEN)),
        ("fresh:да", asks("fresh", True)),
        ("note:принтер", asks("note", "принтер", op=Op.CONTAINS)),
        ('note:="Точно так"', asks("note", "Точно так")),
        ("note:none", asks("note", None)),
        ('note:"none"', asks("note", "none", op=Op.CONTAINS)),
        ("#123", asks("id", 123)),
    ],
)
def test_a_word_means_a_test(query: str, expected: tree.Condition) -> None:
    parsed = words.parse(query, VIEW).accepted()
    assert parsed.condition == tree.All(of=(expected,))
    assert parsed.text == ()


def test_what_is_no_field_is_left_as_text() -> None:
    parsed = words.parse(
        'status:open принтер "не печатает" https://example.com/a Re: 12:30 a#1', VIEW
    ).accepted()
    assert parsed.text == ("принтер", "не печатает", "https://example.com/a", "Re:", "12:30", "a#1")
    assert [(token.start, token.end) for token in parsed.tokens] == [(0, 11)]


@pytest.mark.parametrize(
    ("query", "place", "suggestions"),
    [
        ("vpn stat:open", "stat", ("state",)),
        ("статуc:open", "статуc", ("state",)),
        ("state:opne", "opne", ("open",)),
        ("owner:chen", "chen", ("#2", "#3")),
        ("state:", "state", ()),
        ("state:open,", "state", ()),
        ("state:<open", "state", ()),
        ("state:open..closed", "state", ()),
        ("count:1e9", "1e9", ()),
        ("count:>1,2", "count", ()),
        ("opened:2026-02-30", "2026-02-30", ()),
        ("opened:7d", "7d", ()),
        ("opened:>9999999d", "9999999d", ()),
        ("owner:#99999999999999999999", "#99999999999999999999", ()),
        ("note:none,abc", "note", ()),
        ("nosuchword:1", "nosuchword", ()),
    ],
)
def test_a_mistake_names_its_place_and_what_was_meant(
    query: str, place: str, suggestions: tuple[str, ...]
) -> None:
    parsed = words.parse(query, VIEW)
    (mistake,) = parsed.mistakes
    assert query[mistake.start : mistake.end] == place
    assert mistake.suggestions == suggestions
    assert parsed.tokens == ()
    with pytest.raises(Invalid) as refusal:
        parsed.accepted()
    assert refusal.value.code == "bad_query"
    assert refusal.value.fields["q"]


def test_a_mistake_does_not_stop_the_rest() -> None:
    parsed = words.parse("state:opne count:3 vpn", VIEW)
    assert parsed.condition == tree.All(of=(asks("count", 3),))
    assert parsed.text == ("vpn",)
    assert len(parsed.mistakes) == 1


def test_a_query_without_end_is_refused() -> None:
    assert words.parse("a" * (words.MAX_LENGTH + 1), VIEW).mistakes


@pytest.mark.parametrize(
    ("condition", "language", "query"),
    [
        (asks("state", "open", None), "en", "state:open,none"),
        (asks("state", "open", None), "ru", "статус:открыта,пусто"),
        (tree.Not(of=asks("state", "waiting")), "en", '-state:"Waiting for client"'),
        (asks("owner", 2), "en", "owner:#2"),
        (asks("owner", 4), "en", 'owner:"me"'),
        (asks("opened", "-7d", op=Op.GT), "en", "opened:<7d"),
        (asks("opened", "+7d", op=Op.GT), "en", "opened:>+7d"),
        (asks("due", "now", op=Op.LT), "ru", "due:просрочено"),
        (asks("id", 7), "en", "#7"),
        (tree.Not(of=asks("id", 7)), "en", "-id:7"),
        (asks("weight", 1e-9), "en", None),
        (tree.Any(of=(asks("id", 7),)), "en", None),
        (tree.All(of=(tree.All(),)), "en", None),
        (tree.All(), "en", ""),
    ],
)
def test_a_condition_is_written_where_words_can_say_it(
    condition: tree.Condition, language: str, query: str | None
) -> None:
    assert write(condition, VIEW, language=language) == query


tokens = sample.tests() | st.builds(tree.Not, of=sample.tests())
phrases = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12).filter(
    lambda phrase: not phrase.isspace()
)


@settings(deadline=None)
@given(
    parts=st.lists(tokens, max_size=4).map(tuple),
    text=st.lists(phrases, max_size=3).map(tuple),
    language=st.sampled_from(["en", "ru"]),
)
def test_what_is_written_is_read_back(
    parts: tuple[tree.Condition, ...], text: tuple[str, ...], language: str
) -> None:
    query = write(tree.All(of=parts), VIEW, language=language, text=text)
    assert query is not None
    parsed = words.parse(query, VIEW).accepted()
    assert parsed.condition == tree.All(of=parts)
    assert parsed.text == text
    for token in parsed.tokens:
        alone = words.parse(query[token.start : token.end], VIEW)
        assert alone.condition == tree.All(of=(token.condition,))


@given(query=st.text('abst:",.<>=~#-\\ 12d«е', max_size=30) | st.text(max_size=20))
def test_every_query_is_read_and_means_a_valid_condition(query: str) -> None:
    parsed = words.parse(query, VIEW)
    assert tree.load(tree.dump(parsed.condition), VIEW) == parsed.condition
    for mistake in parsed.mistakes:
        assert 0 <= mistake.start <= mistake.end <= len(query)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("sta", [(0, "state:")]),
        ("vpn -ста", [(5, "state:")]),
        ("state:", [(6, "none"), (6, "open"), (6, '"Waiting for client"'), (6, "closed")]),
        ("state:open,cl", [(11, "closed")]),
        ("owner:m", [(6, "me"), (6, "my_teams"), (6, '"me"')]),
        ("fresh:y", [(6, "yes")]),
        ("opened:to", [(7, "today"), (7, "tomorrow")]),
        ('"sta', []),
        ("nothing:x", []),
        ("#12", []),
    ],
)
def test_the_editor_is_offered_how_to_go_on(typed: str, expected: list[tuple[int, str]]) -> None:
    assert [(found.start, found.text) for found in suggest(typed, VIEW)] == expected


def test_after_a_space_every_field_is_offered() -> None:
    offered = [found.text for found in suggest("vpn ", VIEW, limit=100)]
    assert offered == [f"{field.word('en')}:" for field in sample.FIELDS]
