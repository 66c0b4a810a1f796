"""What all configuration of tickets has in common: rights, names by language, keys, the order of a list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from okno.lib.addresses import clean_name
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.team.policy import can_manage_settings
from okno.tenancy.scope import current_workspace_id
from okno.tickets.models import CustomField, RequestType, Status, Topic

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
NAME_LENGTH = 80
UP, DOWN = "up", "down"

Row = TypeVar("Row", CustomField, RequestType, Status, Topic)
Keyed = TypeVar("Keyed", CustomField, RequestType, Status)


def require_rights(actor: Actor) -> None:
    """Refuse whoever may not configure. Raises Denied."""
    if not can_manage_settings(actor):
        raise Denied(_("You may not change how tickets are set up."))


def find_row(model: type[Row], row_id: int) -> Row:
    """Return a row of configuration. Raises NotFound."""
    found: Row | None = model.objects.filter(pk=row_id).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return found


def lock_list(model: type[Row]) -> None:
    """Let changes of one list wait for each other.

    What holds for a list as a whole (one usual entry, an order, a tree without circles) cannot be seen from one row.
    """
    with connection.cursor() as cursor:
        name = f"{current_workspace_id()} {model._meta.db_table}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def lock_row(model: type[Row], row_id: int) -> Row:
    """Lock a row of configuration, and its list. Raises NotFound."""
    lock_list(model)
    found: Row | None = model.objects.select_for_update(no_key=True).filter(pk=row_id).first()
    if found is None:
        raise NotFound(_("There is no such entry."))
    return found


def clean_names(
    names: Mapping[str, str], *, field: str = "names", is_needed: bool = True, limit: int = NAME_LENGTH
) -> dict[str, str]:
    """Return one line for each language that has one. Raises Invalid if there has to be one and is none."""
    cleaned = {
        language: clean_name(str(names.get(language, "")))[:limit] for language, _l in settings.LANGUAGES
    }
    given = {language: name for language, name in cleaned.items() if name}
    if is_needed and not given:
        words = _("Write a name in at least one language.")
        raise Invalid(words, fields={field: [words]})
    return given


def key_for(model: type[Keyed], wanted: str, names: Mapping[str, str], *, prefix: str) -> str:
    """Return the key of a new row: the one that is wanted, else one made of the English name.

    It never changes, because filters and programs know the row by it. Raises Invalid, Conflict.
    """
    wanted = wanted.strip()
    if not wanted:
        made = slugify(names.get("en", "")).replace("-", "_")[:40]
        is_good = KEY.fullmatch(made) and not model.objects.filter(key=made).exists()
        return made if is_good else f"{prefix}_{_greatest(model) + 1}"
    if not KEY.fullmatch(wanted):
        words = _("A key has small Latin letters, digits and “_”, and begins with a letter.")
        raise Invalid(words, fields={"key": [words]})
    if model.objects.filter(key=wanted).exists():
        raise key_taken()
    return wanted


def key_taken() -> Conflict:
    """Return the refusal of a key that another row has."""
    words = _("Another entry has this key already.")
    return Conflict(words, code="key_taken", fields={"key": [words]})


def next_position(model: type[Row]) -> int:
    """Return the place behind all others."""
    greatest = model.objects.aggregate(greatest=Max("position"))["greatest"]
    return 0 if greatest is None else int(greatest) + 1


def move_among(rows: list[Row], row: Row, direction: str) -> bool:
    """Let a row change places with its neighbour in a list; False if it has none there. Raises Invalid."""
    one_of(direction, (UP, DOWN), field="to")
    order = [one.pk for one in rows]
    here = order.index(row.pk)
    there = here + (1 if direction == DOWN else -1)
    if not 0 <= there < len(rows):
        return False
    rows[here], rows[there] = rows[there], rows[here]
    for position, one in enumerate(rows):
        if one.position != position:
            one.position = position
            one.save(update_fields=["position"])
    row.position = there
    return True


def one_of(value: Any, values: Any, *, field: str) -> Any:
    """Return a value that has to be one of several. Raises Invalid."""
    if value not in values:
        words = _("Choose one of the list.")
        raise Invalid(words, fields={field: [words]})
    return value


def _greatest(model: type[Keyed]) -> int:
    greatest = model.objects.aggregate(greatest=Max("pk"))["greatest"]
    return int(greatest or 0)
