"""The frame of the sample pages: the same Shell that the console makes."""

from __future__ import annotations

from okno.ui.cells import PersonCell
from okno.ui.develop.samples import ANNA, EMMA
from okno.ui.shell import NavLink, NavSection, Shell, ShellUrls

_URLS = ShellUrls(
    home="/_ui/list/",
    create="/_ui/settings/",
    palette="/_ui/palette/",
    notifications="/_ui/notifications/",
    notifications_count="/_ui/notifications/count/",
    profile="/_ui/settings/",
    settings="/_ui/settings/",
    sign_out="/_ui/auth/",
)


def sample_shell(language: str) -> Shell:
    """Return the frame in the language of the page."""
    ru = language == "ru"
    menu = [
        NavLink("Заявки" if ru else "Tickets", "/_ui/list/", "inbox", key="i"),
        NavLink("Клиенты" if ru else "Clients", "/_ui/list/?clients=1", "users", key="c"),
        NavLink("Знания" if ru else "Knowledge", "/_ui/", "book-open", key="k"),
    ]
    mine = [
        NavLink("Мои открытые" if ru else "My open", "/_ui/list/?view=mine", "circle-user", 14),
        NavLink("Ждут моего ответа" if ru else "Waiting for me", "/_ui/list/?view=wait", "message-circle", 6),
    ]
    team = [
        NavLink("Без исполнителя" if ru else "Unassigned", "/_ui/list/?view=free", "circle-dashed", 9),
        NavLink("Вся первая линия" if ru else "All first line", "/_ui/list/", "layers", 48, is_current=True),
    ]
    return Shell(
        workspace="Заря-Логистика" if ru else "Zarya Logistics",
        person=person(language),
        email="anna@okno.example",
        urls=_URLS,
        menu=menu,
        sections=[
            NavSection("Мои" if ru else "Mine", mine),
            NavSection("Первая линия" if ru else "First line", team),
        ],
        unread=3,
    )


def person(language: str) -> PersonCell:
    """Return who looks at the page."""
    return ANNA if language == "ru" else EMMA


def settings_menu(language: str) -> list[NavSection]:
    """Return the menu of the sample settings."""
    ru = language == "ru"
    links = [
        NavLink("Сотрудники" if ru else "Members", "/_ui/settings/", "users", is_current=True),
        NavLink("Команды" if ru else "Teams", "/_ui/settings/?teams=1", "layers"),
        NavLink("Почтовые ящики" if ru else "Mailboxes", "/_ui/settings/?mail=1", "mail"),
    ]
    return [NavSection("Поддержка" if ru else "Support", links)]
