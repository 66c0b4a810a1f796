"""Two who write the same name at once: the database lets one in, the other is told so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from okno.lib.errors import DomainError


@contextmanager
def unless_taken(refusal: DomainError) -> Iterator[None]:
    """Write a row that has to be unique; raise `refusal` if another transaction has just written it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise refusal from error
