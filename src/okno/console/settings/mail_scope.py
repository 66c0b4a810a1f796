"""Whose mail a page is about: that of all desks, or of one; and what all these pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from okno.channels.email.models import TextKind
from okno.lib.errors import NotFound
from okno.team.models import Desk
from okno.team.queries import active_desks

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """All desks, or one; `key` stands for it in addresses."""

    key: str
    desk: Desk | None

    @property
    def desk_id(self) -> int | None:
        """Return the desk's id, None for all."""
        return None if self.desk is None else self.desk.pk

    @property
    def label(self) -> str:
        """Return its name."""
        return _("All desks") if self.desk is None else self.desk.name

    def url(self, name: str, *more: Any) -> str:
        """Return the address of one of its pages."""
        return reverse(f"console:{name}", args=[self.key, *more])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One scope to choose."""

    label: str
    url: str
    is_current: bool


def scope_of(key: str) -> Scope:
    """Return the scope that an address names. Raises NotFound."""
    if key == ALL:
        return Scope(key=ALL, desk=None)
    desk = (
        Desk.objects.filter(pk=int(key)).first()
        if key.isascii() and key.isdigit() and len(key) < 19
        else None
    )
    if desk is None:
        raise NotFound(_("There is no such desk."))
    return Scope(key=key, desk=desk)


def scope_tabs(current: Scope, name: str, *more: Any) -> Sequence[Tab]:
    """Return the scopes to choose from, or none where there is one desk: then all is what it has."""
    desks = active_desks()
    if len(desks) < 2 and current.desk is None:
        return []
    scopes = [Scope(key=ALL, desk=None), *(Scope(key=str(desk.pk), desk=desk) for desk in desks)]
    return [
        Tab(label=scope.label, url=scope.url(name, *more), is_current=scope.key == current.key)
        for scope in scopes
    ]


def text_kind(kind: str, language: str) -> TextKind:
    """Return the kind of a text that an address names, together with a language that there is. Raises NotFound."""
    if kind not in TextKind.values or language not in dict(settings.LANGUAGES):
        raise NotFound(_("There is no such text."))
    return TextKind(kind)
