"""The types of what callers send: closed, bounded, and nothing that PostgreSQL or UTF-8 would refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from ninja import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from okno.lib.addresses import InvalidAddress, normalise_address

# What JavaScript and JSON carry without loss; within bigint.
LARGEST = 2**53 - 1
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
# Said in the document too, so that a caller knows before he is refused.
_WITHOUT_NUL = {"pattern": "^[^\\u0000]*$"}

Value = TypeVar("Value")


class Given(BaseModel):
    """The base of every body: unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the text has a NUL character")
    return text


def _normal_address(text: str) -> str:
    try:
        return normalise_address(text)
    except InvalidAddress as error:
        raise ValueError(str(error)) from error


def _without_fraction(value: object) -> object:
    """Take 5.0 for 5: JSON does not tell them apart."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _written_as_text(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise ValueError("write the moment as text, such as 2026-03-01T09:00:00Z")  # noqa: TRY004 (pydantic's way)
    return value


def _within_our_time(moment: datetime) -> datetime:
    if not _EARLIEST <= moment < _LATEST:
        raise ValueError("the moment is before 1970 or after 2199")
    return moment.astimezone(UTC)


Plain = Annotated[str, AfterValidator(_without_nul), Field(json_schema_extra=_WITHOUT_NUL)]
Line = Annotated[Plain, Field(max_length=500)]
Name = Annotated[Plain, Field(max_length=200)]
Key = Annotated[Plain, Field(min_length=1, max_length=100)]
Address = Annotated[Plain, Field(min_length=3, max_length=320, json_schema_extra={"format": "email"})]
Email = Annotated[Address, AfterValidator(_normal_address)]
Prose = Annotated[Plain, Field(max_length=1_000_000)]
Whole = Annotated[int, BeforeValidator(_without_fraction), Field(strict=True)]
Truth = Annotated[bool, Field(strict=True)]
Id = Annotated[Whole, Field(ge=1, le=LARGEST)]
PathId = Annotated[int, Path(ge=1, le=LARGEST)]
PathKey = Annotated[UUID, Path()]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written_as_text),
    AfterValidator(_within_our_time),
    Field(description="With its zone, from 1970 to 2199."),
]


class Paging(Given):
    """Which part of a list."""

    cursor: Annotated[Plain, Field(max_length=8000)] | None = Field(
        None, description="What `next` of a page said."
    )
    limit: int = Field(50, ge=1, le=100)
