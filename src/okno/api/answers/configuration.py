"""Statuses, request types and topics as callers get them."""

from __future__ import annotations

from pydantic import Field

from okno.api.answers.base import Answer, Named
from okno.tickets.models import RequestType, Status, Topic

Texts = dict[str, str]


class StatusAnswer(Answer):
    """A status: its inner name, and the one that requesters read."""

    id: int
    key: str
    category: str
    name: str
    public_name: str
    is_default: bool = Field(description="Whether the bare category means this one.")
    is_active: bool = Field(description="Out of use it is offered no more; tickets that have it keep it.")


class WholeStatusAnswer(StatusAnswer):
    """A status as it is set up."""

    names: Texts = Field(description="By language.")
    public_names: Texts = Field(description="By language; empty: as `names`.")


class TypeAnswer(Answer):
    """A request type."""

    id: int
    key: str
    name: str
    kind: str
    desk: Named
    team: Named | None
    is_default: bool
    is_active: bool


class AskedAnswer(Answer):
    """What requesters are asked besides subject, text and files."""

    field: str = Field(description="`topic`, `device`, `priority` or `custom.<key>`.")
    required: bool


class WholeTypeAnswer(TypeAnswer):
    """A request type as it is set up."""

    names: Texts = Field(description="By language.")
    public_names: Texts = Field(description="What requesters read, by language; empty: as `names`.")
    hints: Texts = Field(description="One sentence for requesters, by language.")
    is_public: bool = Field(description="Whether requesters may choose it in forms and the portal.")
    asked: list[AskedAnswer]


class TopicAnswer(Answer):
    """A topic of the tree."""

    id: int
    name: str
    parent: int | None
    is_active: bool


class WholeTopicAnswer(TopicAnswer):
    """A topic as it is set up."""

    names: Texts = Field(description="By language.")


def status_answer(status: Status) -> StatusAnswer:
    """Return a status."""
    return StatusAnswer(
        id=status.pk,
        key=status.key,
        category=status.category,
        name=status.name,
        public_name=status.public_name,
        is_default=status.is_default,
        is_active=status.is_active,
    )


def whole_status_answer(status: Status) -> WholeStatusAnswer:
    """Return a status as it is set up."""
    return WholeStatusAnswer(
        **status_answer(status).model_dump(), names=status.names, public_names=status.public_names
    )


def type_answer(one: RequestType) -> TypeAnswer:
    """Return a request type, whose desk and team are loaded."""
    return TypeAnswer(
        id=one.pk,
        key=one.key,
        name=one.name,
        kind=one.kind,
        desk=Named(id=one.desk.pk, name=one.desk.name),
        team=Named(id=one.team.pk, name=one.team.name) if one.team else None,
        is_default=one.is_default,
        is_active=one.is_active,
    )


def whole_type_answer(one: RequestType) -> WholeTypeAnswer:
    """Return a request type as it is set up."""
    return WholeTypeAnswer(
        **type_answer(one).model_dump(),
        names=one.names,
        public_names=one.public_names,
        hints=one.hints,
        is_public=one.is_public,
        asked=[AskedAnswer(**entry) for entry in one.asked],
    )


def topic_answer(topic: Topic) -> TopicAnswer:
    """Return a topic."""
    return TopicAnswer(id=topic.pk, name=topic.name, parent=topic.parent_id, is_active=topic.is_active)


def whole_topic_answer(topic: Topic) -> WholeTopicAnswer:
    """Return a topic as it is set up."""
    return WholeTopicAnswer(**topic_answer(topic).model_dump(), names=topic.names)
