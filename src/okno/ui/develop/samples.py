"""Invented people and requests that fill the sheet of components, in both languages."""

# ruff: noqa: E501 - sentences are easier to compare with the screens on one line

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from okno.ui.cells import ClockCell, PersonCell, PresenceCell, TicketRow

ANNA = PersonCell(1, "Анна Ковалёва")
DMITRY = PersonCell(2, "Дмитрий Поляков")
RUSLAN = PersonCell(3, "Руслан Сафин")
IGOR = PersonCell(4, "Игорь Громов")
OLGA = PersonCell(5, "Ольга Демидова")
MARINA = PersonCell(6, "Марина Соколова")
EMMA = PersonCell(7, "Emma Clarke")
NOAH = PersonCell(8, "Noah Weber")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    channel: str
    subject: str
    words: str
    requester: str
    status: str
    status_name: str
    priority: int
    age_minutes: int
    left_minutes: int | None = None
    assignee: PersonCell | None = None
    is_unread: bool = False
    tag: str = ""
    state: str = "running"
    presence: PresenceCell | None = None


_RU = [
    _Line(10482, "email", "1С не открывает базу после обновления", "Перезагрузила, ничего не изменилось, а у нас отгрузка",
          "Марина Соколова", "open", "В работе", 4, 185, -24, ANNA, True, "1С", presence=PresenceCell(DMITRY, True)),
    _Line(10479, "telegram", "МФУ на складе № 3 жуёт бумагу, стоит отгрузка", "Вот фото, застряло под крышкой",
          "Тимур Галиев", "open", "В работе", 3, 48, 18, ANNA, True),
    _Line(10491, "portal", "Нужен доступ к папке «Договоры 2026»", "Согласовано с Кириллом Андреевичем",
          "Полина Шмидт", "new", "Новая", 2, 12, 41, None, True, presence=PresenceCell(OLGA)),
    _Line(10488, "phone", "Не слышно собеседника в IP-телефонии", "Проверили гарнитуру на другом ПК, работает",
          "Ирина Мельниченко", "open", "В работе", 3, 62, 96, ANNA),
    _Line(10475, "email", "Не приходят письма от поставщика из Казани", "Они прислали подтверждение ещё в среду",
          "Светлана Орлова", "open", "В работе", 3, 130, 125, ANNA, True, "почта"),
    _Line(10466, "form", "Перенос рабочего места в кабинет 412", "Мебель привезут в четверг к обеду",
          "Константин Верещагин", "waiting", "Ждём клиента", 2, 1500, 60, ANNA, state="paused"),
    _Line(10490, "email", "Высокопроизводительная рабочая станция для сметчика", "Коммерческое предложение во вложении",
          "Александр Преображенский", "new", "Новая", 1, 25, 312, None, True, "закупка"),
    _Line(10487, "chat", "Как подключить вторую подпись в Диадоке?", "Спасибо, дошла до шага с сертификатом",
          "Гульнара Хайруллина", "open", "В работе", 2, 70, 200, DMITRY, presence=PresenceCell(DMITRY)),
    _Line(10485, "monitoring", "Свободно менее 8 % на диске D: сервера srv-file-02", "Осталось 41 ГБ из 512",
          "Мониторинг", "open", "В работе", 3, 80, 168, RUSLAN, tag="авто"),
    _Line(10483, "phone", "Забыл пароль от учётной записи после отпуска", "Пароль сброшен, попросите войти",
          "Виталий Щербаков", "resolved", "Решена", 3, 130, 14, OLGA, state="met"),
    _Line(10463, "api", "Сбой обмена с ТМС: 14 рейсов без статуса", "Очередь разобрана, статусы пришли",
          "Интеграция ТМС", "resolved", "Решена", 3, 1600, 112, RUSLAN, state="met", tag="авто"),
    _Line(10449, "portal", "Оформить пропуск подрядчику на выходные", "Уточните, пожалуйста, марку машины",
          "Надежда Константинопольская-Преображенская", "waiting", "Ждём клиента", 1, 4400, 60, ANNA, state="paused"),
    _Line(10440, "email", "Закрытая заявка для проверки вида", "Всё хорошо, спасибо", "Роман Тихомиров", "closed", "Закрыта",
          1, 9000, None, IGOR),
    _Line(10439, "email", "Отменённая заявка для проверки вида", "Больше не нужно", "Дарья Остапенко", "cancelled",
          "Отменена", 2, 30000, None, None),
]  # fmt: skip

_EN = [
    _Line(10482, "email", "The accounting database does not open after the update", "I restarted, nothing changed, and",
          "Marina Sokolova", "open", "In progress", 4, 185, -24, EMMA, True, "finance", presence=PresenceCell(NOAH, True)),
    _Line(10479, "telegram", "Warehouse printer chews paper, shipping stands still", "Here is a photo, it is stuck below",
          "Timur Galiev", "open", "In progress", 3, 48, 18, EMMA, True),
    _Line(10491, "portal", "Access to the folder “Contracts 2026”", "Agreed with Kirill", "Polina Schmidt", "new", "New", 2,
          12, 41, None, True, presence=PresenceCell(NOAH)),
    _Line(10488, "phone", "I cannot hear the other side on the desk phone", "We tried the headset on another computer",
          "Irina Melnichenko", "open", "In progress", 3, 62, 96, EMMA),
    _Line(10466, "form", "Move of my workplace to room 412", "Furniture comes on Thursday", "Konstantin Vereshchagin",
          "waiting", "Waiting", 2, 1500, 60, EMMA, state="paused"),
    _Line(10483, "phone", "Forgot the password over the holidays", "Reset, please sign in", "Vitaly Shcherbakov", "resolved",
          "Resolved", 3, 130, 14, NOAH, state="met"),
    _Line(10440, "email", "A closed one", "All is well, thank you", "Roman Tikhomirov", "closed", "Closed", 1, 9000, None, NOAH),
]  # fmt: skip


def ticket_rows(language: str, *, now: datetime) -> list[TicketRow]:
    """Return the rows of the sample list."""
    return [_row(line, now=now) for line in (_RU if language == "ru" else _EN)]


def _row(line: _Line, *, now: datetime) -> TicketRow:
    clock = None
    if line.left_minutes is not None:
        share = max(0.0, min(1.0, line.left_minutes / 180))
        clock = ClockCell(seconds_left=line.left_minutes * 60, share=share, state=line.state)
    return TicketRow(
        id=line.number,
        number=line.number,
        url=f"/_ui/ticket/?number={line.number}",
        subject=line.subject,
        words=line.words,
        channel=line.channel,
        requester=line.requester,
        status=line.status,
        status_name=line.status_name,
        priority=line.priority,
        updated_at=now - timedelta(minutes=line.age_minutes),
        assignee=line.assignee,
        is_unread=line.is_unread,
        tags=[line.tag] if line.tag else [],
        clock=clock,
        presence=[line.presence] if line.presence else [],
    )
