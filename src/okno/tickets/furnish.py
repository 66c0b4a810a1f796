"""What a new workspace gets of this package: statuses and request types."""

from __future__ import annotations

from datetime import datetime

from okno.team.queries import default_desk
from okno.tenancy.commands import furnishes
from okno.tenancy.models import Workspace
from okno.tickets.models import RequestType, Status, StatusCategory, TicketKind

_STATUSES: list[tuple[str, StatusCategory, str, str, str, str, bool]] = [
    ("new", StatusCategory.NEW, "New", "Новая", "Received", "Принята", True),
    ("open", StatusCategory.OPEN, "Open", "В работе", "In progress", "В работе", True),
    (
        "waiting",
        StatusCategory.WAITING,
        "Waiting for client",
        "Ждём клиента",
        "Your answer is needed",
        "Нужен ваш ответ",
        True,
    ),
    (
        "waiting_other",
        StatusCategory.WAITING,
        "Waiting for others",
        "Ждём других",
        "In progress",
        "В работе",
        False,
    ),
    ("resolved", StatusCategory.RESOLVED, "Resolved", "Решена", "Solved", "Решена", True),
    ("closed", StatusCategory.CLOSED, "Closed", "Закрыта", "Closed", "Закрыта", True),
    ("cancelled", StatusCategory.CANCELLED, "Cancelled", "Отменена", "Cancelled", "Отменена", True),
]

_TYPES: list[tuple[str, TicketKind, str, str, bool]] = [
    ("question", TicketKind.QUESTION, "Question", "Вопрос", False),
    ("incident", TicketKind.INCIDENT, "Something does not work", "Что-то не работает", False),
    ("request", TicketKind.REQUEST, "Request", "Запрос", True),
    ("complaint", TicketKind.COMPLAINT, "Complaint", "Жалоба", False),
    ("suggestion", TicketKind.SUGGESTION, "Suggestion", "Предложение", False),
]


@furnishes()
def furnish_tickets(*, workspace: Workspace, now: datetime) -> None:
    """Make the statuses and request types that every desk starts with."""
    Status.objects.bulk_create(
        Status(
            key=key,
            category=category,
            names={"en": en, "ru": ru},
            public_names={"en": public_en, "ru": public_ru},
            position=position,
            is_default=is_default,
        )
        for position, (key, category, en, ru, public_en, public_ru, is_default) in enumerate(_STATUSES)
    )
    desk = default_desk()
    RequestType.objects.bulk_create(
        RequestType(
            key=key,
            desk=desk,
            kind=kind,
            names={"en": en, "ru": ru},
            position=position,
            is_default=is_default,
        )
        for position, (key, kind, en, ru, is_default) in enumerate(_TYPES)
    )
