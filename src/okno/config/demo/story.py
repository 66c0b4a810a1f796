"""Read the stories: hand-written requests and how each of them went on.

A story gives four subjects, some openings and the turns that follow. A turn is `[role, text, other text…]`:
`client` and `agent` speak to each other, `note` is the agent among colleagues, `second` a colleague of the
second line, `escalate` hands the ticket to that line. A role with `?` is left out now and then. `{slots}` are
filled for each ticket; `<а>` and `<ил|ила>` follow the gender of the speaker, in subjects and openings that
of the requester.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final, Literal, cast, get_args

from okno.config.demo.company import Language

Kind = Literal["question", "incident", "request", "complaint", "suggestion", "task", "problem"]
Channel = Literal["email", "phone", "api", "console"]
Role = Literal["client", "agent", "note", "second", "escalate"]

PRIORITY_LOW: Final = 1
PRIORITY_NORMAL: Final = 2
PRIORITY_HIGH: Final = 3
PRIORITY_CRITICAL: Final = 4


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Hold one step of a conversation after its opening."""

    role: Role
    texts: tuple[str, ...]
    is_optional: bool


@dataclass(frozen=True, kw_only=True)
class Story:
    """Hold one hand-written request, from which several tickets are told."""

    key: str
    language: Language
    kind: Kind
    channel: Channel
    topic: tuple[str, ...]
    tags: tuple[str, ...]
    priority: int
    occupations: tuple[str, ...]
    subjects: tuple[str, ...]
    openings: tuple[str, ...]
    turns: tuple[Turn, ...]
    solutions: tuple[str, ...]
    devices: tuple[str, ...]
    files: tuple[str, ...]
    slots: Mapping[str, tuple[str, ...]]


def load_stories() -> tuple[Story, ...]:
    """Return every story, Russian and English in turn."""
    russian, english = _read("ru"), _read("en")
    shared = min(len(russian), len(english))
    alternating = [story for pair in zip(russian, english, strict=False) for story in pair]
    return (*alternating, *russian[shared:], *english[shared:])


def _read(language: Language) -> list[Story]:
    source = resources.files(__package__).joinpath("stories", f"{language}.toml").read_text(encoding="utf-8")
    return [_story(row, language) for row in tomllib.loads(source)["story"]]


def _story(row: Mapping[str, Any], language: Language) -> Story:
    return Story(
        key=row["key"],
        language=language,
        kind=_kind(row["kind"]),
        channel=_channel(row.get("channel", "email")),
        topic=tuple(part.strip() for part in row["topic"].split(" / ")),
        tags=tuple(row["tags"]),
        priority=row["priority"],
        occupations=tuple(row.get("who", ())),
        subjects=tuple(row["subjects"]),
        openings=tuple(row["openings"]),
        turns=tuple(_turn(turn) for turn in row["turns"]),
        solutions=tuple(row["solution"]),
        devices=tuple(row.get("device", ())),
        files=tuple(row.get("files", ())),
        slots={name: tuple(values) for name, values in row.get("slots", {}).items()},
    )


def _turn(row: list[str]) -> Turn:
    role, *texts = row
    return Turn(role=_role(role.removesuffix("?")), texts=tuple(texts), is_optional=role.endswith("?"))


def _kind(value: str) -> Kind:
    if value not in get_args(Kind):
        raise ValueError(f"a story has no kind {value!r}")
    return cast("Kind", value)


def _channel(value: str) -> Channel:
    if value not in get_args(Channel):
        raise ValueError(f"a story has no channel {value!r}")
    return cast("Channel", value)


def _role(value: str) -> Role:
    if value not in get_args(Role):
        raise ValueError(f"a turn has no role {value!r}")
    return cast("Role", value)
