"""Which tickets a program asks for, by typed words or a condition tree, of those that it may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from okno.conditions import tree, words
from okno.conditions.fields import FieldView
from okno.conditions.sql import to_q
from okno.conditions.viewer import Viewer
from okno.spine.actor import Actor
from okno.tickets import policy
from okno.tickets.models import Ticket
from okno.tickets.queries.list import words_q


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, by whom; both `words` and `condition` (JSON data of a tree) narrow."""

    actor: Actor
    fields: FieldView
    viewer: Viewer
    words: str = ""
    condition: object = None
    language: str = "en"


def asked_tickets(asked: Asked) -> QuerySet[Ticket]:
    """Return the tickets asked for, of those that lists show the actor. Raises Invalid for what means nothing here.

    Words that are no tokens are looked for in the subject, or are a number, as in the console's list.
    """
    found = Ticket.objects.filter(policy.listed_to(asked.actor))
    if asked.condition is not None:
        condition = tree.load(asked.condition, asked.fields)
        found = found.filter(to_q(condition, asked.fields, asked.viewer))
    if asked.words:
        parsed = words.parse(asked.words, asked.fields, asked.language).accepted()
        found = found.filter(to_q(parsed.condition, asked.fields, asked.viewer))
        if parsed.text:
            found = found.filter(words_q(found, parsed.text))
    return found
