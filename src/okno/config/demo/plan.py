"""The shape of a planned ticket: what it says and what happens to it, moment by moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from okno.config.demo.company import Language
from okno.config.demo.files import DemoFile
from okno.config.demo.story import Channel, Kind


class Category(StrEnum):
    """Name the six fixed categories of a status."""

    NEW = "new"
    OPEN = "open"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class PlannedMessage:
    """Hold one message; `author` is the key of a contact (direction in) or of a member."""

    at: datetime
    author: str
    direction: Literal["in", "out", "internal"]
    channel: Channel
    text: str
    html: str = ""
    quoted: str = ""
    signature: str = ""
    is_refused: bool = False
    """Whether the requester's mail server would not take it."""
    files: tuple[DemoFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """Give the ticket to a member."""

    at: datetime
    actor: str
    member: str


@dataclass(frozen=True, kw_only=True)
class TeamChanged:
    """Hand the ticket to another team."""

    at: datetime
    actor: str
    team: str


@dataclass(frozen=True, kw_only=True)
class StatusChanged:
    """Move the ticket to a category; the actor is a member, a contact, or None for the desk itself."""

    at: datetime
    actor: str | None
    category: Category
    solution: str = ""


@dataclass(frozen=True, kw_only=True)
class PriorityChanged:
    """Change the priority, 1 (low) to 4 (critical)."""

    at: datetime
    actor: str
    priority: int


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """Put the ticket under its topic and tags."""

    at: datetime
    actor: str
    topic: tuple[str, ...]
    tags: tuple[str, ...]


Step = PlannedMessage | Assigned | TeamChanged | StatusChanged | PriorityChanged | Sorted


@dataclass(frozen=True, kw_only=True)
class PlannedTicket:
    """Hold a ticket as it was opened and its steps in order of time, of which the first is a message."""

    story: str
    language: Language
    subject: str
    kind: Kind
    channel: Channel
    priority: int
    team: str
    requester: str
    opened_by: str
    copied: tuple[str, ...]
    device: str
    created_at: datetime
    due_at: datetime | None
    steps: tuple[Step, ...]

    @property
    def messages(self) -> tuple[PlannedMessage, ...]:
        """Return the messages in order of time."""
        return tuple(step for step in self.steps if isinstance(step, PlannedMessage))

    @property
    def category(self) -> Category:
        """Return the category that the ticket has come to."""
        changes = [step.category for step in self.steps if isinstance(step, StatusChanged)]
        return changes[-1] if changes else Category.NEW

    @property
    def assignee(self) -> str | None:
        """Return the key of the member who has the ticket."""
        holders = [step.member for step in self.steps if isinstance(step, Assigned)]
        return holders[-1] if holders else None

    @property
    def solution(self) -> str:
        """Return how the ticket was solved, in the requester's words."""
        words = [step.solution for step in self.steps if isinstance(step, StatusChanged) and step.solution]
        return words[-1] if words else ""
