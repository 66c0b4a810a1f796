"""The sample conversation of the ticket page."""

# ruff: noqa: E501 - sentences are easier to compare with the screens on one line

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.html import format_html

from okno.ui.develop.samples import ANNA, DMITRY, IGOR, MARINA, NOAH
from okno.ui.thread import (
    ComposerCell,
    DeliveryCell,
    EventCell,
    FileCell,
    HeldCell,
    MenuLink,
    MessageCell,
    RecipientCell,
    ResendCell,
)

_RU = {
    "question": "Добрый день! После обновления 1С база «Бухгалтерия предприятия» не открывается: окно появляется и сразу "
    "закрывается. Отгрузка завтра в 11:00, без накладных машину не выпустят. Скриншот и журнал во вложении.",
    "quoted": "Пятница, 20 ноября, Анна Ковалёва:\nОбновление поставим вечером.",
    "via": "m.sokolova@zarya-log.example · письмом",
    "rule": "Правило «1С и склад»",
    "set": "назначило команду",
    "team": "Первая линия",
    "answer": "Марина, доброе утро! Откатила платформу на вашем компьютере до 8.3.24. Перезапустите 1С и проверьте, "
    "пожалуйста, открывается ли база.",
    "to": "Марине Соколовой, копия: Игорь Громов",
    "sent": "Доставлено в 9:11",
    "note": "в базе зависло фоновое задание обновления, снимаю с сервера. Клиенту пока не пишем.",
    "failed": "Не доставлено на m.sokolova@zarya-log.exmple: такого ящика нет.",
    "absent": "Автоответ: меня нет до понедельника",
    "held": "Письмо пришло с адреса, которого нет среди участников.",
    "today": "Сегодня, 22 ноября",
    "draft": "<p>Фоновое задание сняли, база открывается. Оставляю заявку открытой до отгрузки, чтобы</p>",
}
_EN = {
    "question": "Good morning! After the update the accounting database does not open: the window appears and closes at "
    "once. We ship tomorrow at 11:00 and no truck leaves without papers. Screenshot and log are attached.",
    "quoted": "Friday, 20 November, Emma Clarke:\nWe install the update tonight.",
    "via": "m.sokolova@zarya-log.example · by mail",
    "rule": "Rule “Accounting”",
    "set": "set the team",
    "team": "First line",
    "answer": "Good morning, Marina! I rolled the platform on your computer back to 8.3.24. Please restart it and see whether "
    "the database opens.",
    "to": "to Marina Sokolova, copy: Igor Gromov",
    "sent": "Delivered at 9:11",
    "note": "a background job of the update hangs in the database, I am stopping it on the server. Not a word to the client yet.",
    "failed": "Not delivered to m.sokolova@zarya-log.exmple: there is no such mailbox.",
    "absent": "Automatic reply: away until Monday",
    "held": "The mail came from an address that is not among the participants.",
    "today": "Today, 22 November",
    "draft": "<p>The job is stopped and the database opens. I leave this open until you have shipped</p>",
}


def words(language: str) -> dict[str, str]:
    """Return the sentences of the conversation."""
    return _RU if language == "ru" else _EN


def messages(language: str, *, now: datetime) -> list[MessageCell]:
    """Return every kind of message that the page can show."""
    said = words(language)
    menu = [MenuLink("Raw", "/_ui/mail/", "mail"), MenuLink("Headers", "/_ui/mail/", "list")]
    files = [
        FileCell("zhurnal-1c.pdf", 290_816, "/_ui/mail/"),
        FileCell("screen.png", 114_688, "/_ui/mail/", is_image=True),
    ]
    resend = ResendCell(1, "/_ui/set/", "m.sokolova@zarya-log.exmple", has_card=True)
    return [
        MessageCell(1, "reply", "in", MARINA, now - timedelta(hours=20), to=said["via"], text=said["question"],
                    quoted=said["quoted"], files=files, menu=menu),
        MessageCell(2, "reply", "out", ANNA, now - timedelta(minutes=70), to=said["to"], html=format_html("<p>{}</p>", said["answer"]),
                    deliveries=[DeliveryCell("sent", said["sent"])], menu=menu),
        MessageCell(3, "note", "internal", DMITRY, now - timedelta(minutes=60), text=said["note"]),
        MessageCell(4, "reply", "in", MARINA, now - timedelta(minutes=50), to=said["via"], frame_url="/_ui/mail/",
                    images_url="/_ui/mail/?images=1"),
        MessageCell(5, "reply", "out", ANNA, now - timedelta(minutes=40), to=said["to"], text=said["answer"],
                    deliveries=[DeliveryCell("failed", said["failed"], original="550 5.1.1 User unknown", resend=resend)]),
        MessageCell(6, "reply", "in", NOAH, now - timedelta(minutes=30), to="noah@elsewhere.example", text=said["answer"],
                    held=HeldCell(said["held"], "/_ui/set/")),
        MessageCell(8, "reply", "in", IGOR, now - timedelta(minutes=20), to=said["via"], text=said["absent"],
                    summary=said["absent"]),
    ]  # fmt: skip


def event_line(language: str, *, now: datetime) -> EventCell:
    """Return one grey line."""
    said = words(language)
    line = format_html("<b>{}</b> {} <b>{}</b>", said["rule"], said["set"], said["team"])
    return EventCell("waypoints", line, now - timedelta(hours=20))


def composer(language: str, *, is_empty: bool) -> ComposerCell:
    """Return the composer, with the draft of the pictures or empty."""
    return ComposerCell(
        action="/_ui/send/",
        draft_url="/_ui/draft/",
        upload_url="/_ui/upload/",
        recipients_url="/_ui/recipients/",
        key="sample-key",
        after=6,
        reply_to=MARINA.name.split()[0],
        to=[RecipientCell("m.sokolova@zarya-log.example", MARINA)],
        cc=[RecipientCell("gromov@zarya-log.example", IGOR)],
        html="" if is_empty else words(language)["draft"],
    )
