"""What a browser calls itself, in words that a person knows his device by."""

from __future__ import annotations

from django.utils.translation import gettext as _

# The first that is found counts: browsers name those they descend from too.
_BROWSERS = (
    ("YaBrowser/", "Yandex"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_words(agent: str) -> str:
    """Return `Firefox, Windows` for the User-Agent of a browser."""
    browser = _first(_BROWSERS, agent) or _("Unknown browser")
    system = _first(_SYSTEMS, agent)
    return f"{browser}, {system}" if system else browser


def is_hand_held(agent: str) -> bool:
    """Tell whether it is a phone or a tablet."""
    return any(word in agent for word in ("iPhone", "iPad", "Android"))


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in known if mark in agent), "")
