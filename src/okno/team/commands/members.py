"""Changing members: their name, title and language, whether they work here, and what they like."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from okno.accounts.keys import revoke_keys
from okno.accounts.models import KeyHash
from okno.accounts.sessions import end_sessions, sessions_of
from okno.lib.addresses import clean_name
from okno.lib.errors import Conflict, Denied, Invalid
from okno.lib.html_text import without_unusable
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.spine.versions import shown
from okno.team.commands.access import lock_administration, lock_member, require_other_administrator
from okno.team.events import MemberActivated, MemberChanged, MemberDeactivated, PreferencesChanged
from okno.team.models import ApiToken, Member
from okno.tenancy.models import Workspace

TITLE_LENGTH = 120
SIGNATURE_LENGTH = 2000
MUTED_LENGTH = 80
THEMES = ("", "light", "dark")
PREFERENCES = frozenset({"name", "language", "theme", "signature", "undo_seconds", "has_shortcuts", "muted"})


@command
def change_member(*, actor: Actor, member_id: int, changes: Mapping[str, Any], now: datetime) -> Member:
    """Change a member's name, title or language. Raises Denied for somebody mightier, Invalid."""
    member = lock_member(actor, member_id)
    old, new = _apply(
        member, {key: value for key, value in changes.items() if key in {"name", "title", "language"}}
    )
    if new:
        emit(actor, MemberChanged(old=old, new=new), kind="member", subject=member, now=now)
    return member


@command
def change_preferences(*, actor: Actor, changes: Mapping[str, Any], now: datetime) -> Member:
    """Change how the actor himself likes it: name, language, theme, signature, undo, shortcuts, notifications.

    Raises Invalid, naming the fields.
    """
    if actor.member_id is None:
        raise Denied(_("Only a member has settings of his own."))
    member: Member = Member.objects.select_for_update(no_key=True).get(pk=actor.member_id)
    old, new = _apply(member, {key: value for key, value in changes.items() if key in PREFERENCES})
    if new:
        emit(actor, PreferencesChanged(old=old, new=new), kind="member", subject=member, now=now)
    return member


@command
def deactivate_member(
    *, actor: Actor, workspace: Workspace, member_id: int, now: datetime, successor_id: int | None = None
) -> Member:
    """Switch a member off: his sessions, tokens and invitation end at once, his open tickets go to the successor.

    Raises Conflict for the last administrator and for oneself, Invalid for a successor who does not work here.
    """
    lock_administration()
    member = lock_member(actor, member_id)
    if not member.is_active:
        return member
    if member.pk == actor.member_id:
        raise Conflict(_("You cannot switch yourself off."), code="oneself")
    require_other_administrator(member)
    if successor_id is not None and not _can_succeed(successor_id, member):
        words = _("Choose somebody who works here.")
        raise Invalid(words, fields={"successor": [words]})
    member.is_active = False
    member.save(update_fields=["is_active"])
    _end_tokens(member, now=now)
    if member.user is not None:
        end_sessions(sessions_of(member.user, workspace))
    revoke_keys(purpose=KeyHash.Purpose.INVITATION, workspace=workspace, payload={"member": member.pk})
    emit(actor, MemberDeactivated(successor=successor_id), kind="member", subject=member, now=now)
    return member


@command
def activate_member(*, actor: Actor, member_id: int, now: datetime) -> Member:
    """Switch a member on again, with the roles that he had. His tokens stay revoked."""
    member = lock_member(actor, member_id)
    if not member.is_active:
        member.is_active = True
        member.save(update_fields=["is_active"])
        emit(actor, MemberActivated(), kind="member", subject=member, now=now)
    return member


def _end_tokens(member: Member, *, now: datetime) -> None:
    tokens = ApiToken.objects.filter(member=member, revoked_at=None)
    KeyHash.objects.filter(digest__in=list(tokens.values_list("digest", flat=True))).delete()
    tokens.update(revoked_at=now)


def _can_succeed(successor_id: int, member: Member) -> bool:
    return successor_id != member.pk and Member.objects.filter(pk=successor_id, is_active=True).exists()


def _apply(member: Member, changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write what really changes, and return those values before and after as an event keeps them."""
    cleaned = {key: _clean(key, value) for key, value in changes.items()}
    old = {key: getattr(member, key) for key, value in cleaned.items() if getattr(member, key) != value}
    new = {key: cleaned[key] for key in old}
    for key, value in new.items():
        setattr(member, key, value)
    if old:
        member.save(update_fields=list(old))
    return {key: shown(value) for key, value in old.items()}, {
        key: shown(value) for key, value in new.items()
    }


def _clean(key: str, value: Any) -> Any:
    """Return the value of a field as it is stored. Raises Invalid."""
    try:
        return _CLEANERS[key](value)
    except ValueError as error:
        words = _("Write a name.") if key == "name" else _("This value is not possible.")
        raise Invalid(words, fields={key: [words]}) from error


def _name(value: str) -> str:
    name = clean_name(value)
    if not name:
        raise ValueError(value)
    return name


def _title(value: str) -> str:
    return clean_name(value)[:TITLE_LENGTH]


def _signature(value: str) -> str:
    return without_unusable(value.replace("\r\n", "\n")).strip()[:SIGNATURE_LENGTH]


def _one_of(*allowed: Any) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if value not in allowed:
            raise ValueError(value)
        return value

    return check


def _muted(value: Sequence[str]) -> list[str]:
    if any(len(item) > MUTED_LENGTH for item in value):
        raise ValueError(value)
    return sorted(set(value))


_CLEANERS: dict[str, Callable[[Any], Any]] = {
    "name": _name,
    "title": _title,
    "signature": _signature,
    "language": _one_of("", *dict(settings.LANGUAGES)),
    "theme": _one_of(*THEMES),
    "undo_seconds": _one_of(*range(Member.UNDO_SECONDS_LIMIT + 1)),
    "has_shortcuts": _one_of(False, True),
    "muted": _muted,
}
