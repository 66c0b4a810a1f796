"""What all answers share."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")


class Answer(BaseModel):
    """The base of every answer."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Listed(Answer, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: str | None = Field(None, description="The cursor of the next page; null on the last one.")


class Named(Answer):
    """A row by its id and its name in the language that was asked for."""

    id: int
    name: str
