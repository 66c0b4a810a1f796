"""Who does something, and because of what."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds of actors."""

    MEMBER = "member"
    CONTACT = "contact"
    RULE = "rule"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role, and where it holds: in the workspace, a desk, a team, or over one's own tickets only."""

    role: str
    scope: str
    desk_id: int | None = None
    team_id: int | None = None
    permissions: frozenset[str] = frozenset()
    """What the modules that are on add to the role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever calls a command. There are no "skip permissions" flags: the system is an actor too.

    `token_scopes` is None for a person in the browser and limits what a program with an API token may do in his name.
    `cause` and `root` are the event that made this call and the first event of the chain.
    """

    kind: ActorKind
    id: int | None
    name: str
    grants: tuple[Grant, ...] = ()
    team_ids: frozenset[int] = frozenset()
    organization_id: int | None = None
    """Of a contact who may see the requests of his whole organization."""
    token_id: int | None = None
    token_scopes: frozenset[str] | None = None
    cause: UUID | None = None
    root: UUID | None = None

    @property
    def member_id(self) -> int | None:
        """Return the member's id if this is a member."""
        return self.id if self.kind is ActorKind.MEMBER else None

    @property
    def contact_id(self) -> int | None:
        """Return the contact's id if this is a contact."""
        return self.id if self.kind is ActorKind.CONTACT else None

    @property
    def is_system(self) -> bool:
        """Tell whether Okno itself acts (intake, timers, rules)."""
        return self.kind in (ActorKind.SYSTEM, ActorKind.RULE)

    def because_of(self, event_uid: UUID, root: UUID) -> Actor:
        """Return the same actor acting in consequence of an event."""
        return replace(self, cause=event_uid, root=root)


SYSTEM = Actor(kind=ActorKind.SYSTEM, id=None, name="Okno")
