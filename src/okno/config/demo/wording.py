"""Put a story's words into one person's mouth: slots, gender, greeting, signature, quotation, HTML."""

import html
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from random import Random
from typing import Final

from okno.config.demo.company import (
    ORGANIZATIONS,
    SUPPORT_ADDRESS,
    WORKSPACE_NAME,
    DemoContact,
    DemoMember,
    Gender,
    Language,
)
from okno.config.demo.story import Story
from okno.config.demo.workday import DESK_ZONE

_BY_GENDER: Final = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_ORGANIZATION_NAMES: Final = {organization.key: organization.name for organization in ORGANIZATIONS}

_MONTHS_RU: Final = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_WEEKDAYS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": ("понедельника", "вторника", "среды", "четверга", "пятницы"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
}

_PHRASES: Final[Mapping[str, Mapping[str, list[str]]]] = tomllib.loads(
    resources.files(__package__).joinpath("stories", "phrases.toml").read_text(encoding="utf-8")
)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Hold a request in its requester's words and, apart from it, the signature under it."""

    text: str
    signature: str = ""


class Voice:
    """Fill the words of one ticket: every text of it sees the same room, date and colleague."""

    def __init__(
        self, *, story: Story, requester: DemoContact, colleague: DemoContact, opened: datetime, rng: Random
    ) -> None:
        """Draw the ticket's slots once."""
        self.language: Language = story.language
        self.requester = requester
        self._channel = story.channel
        self._is_fault = story.kind in ("incident", "problem")
        self._rng = rng
        self._slots = self._draw(story=story, colleague=colleague, opened=opened.astimezone(DESK_ZONE))

    def say(self, text: str, gender: Gender) -> str:
        """Return the text with its slots filled and its endings in the speaker's gender."""
        return agree(text.format_map(self._slots), gender)

    def opening(self, text: str) -> Opening:
        """Return the request: a mail with greeting and signature, or what somebody noted on the phone."""
        body = self.say(text, self.requester.gender)
        if self._channel == "phone":
            call_back = self._pick("call_back").format_map(self._slots)
            return Opening(text=f"{body}\n\n{call_back}")
        if self._channel == "api" or not self.requester.gender:
            return Opening(text=body)
        greeting, closing = self._pick("greetings"), self._pick("closings")
        words = "\n\n".join(part for part in (greeting, body, closing) if part)
        return Opening(text=words, signature=self._signature())

    def answer(self, text: str, *, member: DemoMember, at: datetime, is_first: bool) -> str:
        """Return an agent's public answer; the first greets by name, a promised hour is two hours away."""
        soon = min(max(at.astimezone(DESK_ZONE).hour + 2, 10), 18)
        body = self.say(text.replace("{soon}", str(soon)), member.gender)
        has_greeting = is_first and self.requester.gender
        greeting = self._pick("agent_greetings").format_map(self._slots) if has_greeting else ""
        tail = self._pick("agent_tails") if len(body) > 60 else ""
        return "\n\n".join(part for part in (greeting, body, tail) if part)

    def thanks(self) -> str:
        """Return a requester's last happy word."""
        return self._pick_by_fault("thanks_for_a_repair", "thanks")

    def nudge(self) -> str:
        """Return what a requester adds while waiting."""
        return self._pick_by_fault("worsenings", "nudges")

    def withdrawal(self) -> str:
        """Return how a requester takes the request back."""
        return self._pick("withdrawals")

    def _pick(self, occasion: str) -> str:
        return agree(self._rng.choice(_PHRASES[self.language][occasion]), self.requester.gender)

    def _pick_by_fault(self, after_a_fault: str, otherwise: str) -> str:
        return self._pick(after_a_fault if self._is_fault and self._rng.random() < 0.6 else otherwise)

    def _signature(self) -> str:
        person, style = self.requester, self._rng.random()
        if style < 0.25:
            return ""
        if style < 0.4:
            return self._pick("from_mobile")
        if style < 0.6:
            return person.first_name
        company = _ORGANIZATION_NAMES.get(person.organization or "", "")
        phone = person.phones[0] if person.phones else ""
        lines = (self._pick("regards"), person.name, person.position, company, phone)
        return "\n".join(line for line in lines if line)

    def _draw(self, *, story: Story, colleague: DemoContact, opened: datetime) -> Mapping[str, str]:
        rng, requester = self._rng, self.requester
        slots = {
            "first": requester.first_name,
            "name": requester.name,
            "org": _ORGANIZATION_NAMES.get(requester.organization or "", "—"),
            "site": _ORGANIZATION_NAMES.get(requester.organization or "", "main"),
            "colleague": colleague.name,
            "room": str(rng.randint(101, 438)),
            "pc": f"WS-{rng.randint(100, 499):04d}",
            "hour": str(rng.randint(10, 17)),
            "min": f"{rng.randint(0, 59):02d}",
            "ext": str(rng.randint(200, 489)),
            "doc": str(rng.randint(1200, 9800)),
            "kop": str(rng.randint(2, 89)),
            "weekday": rng.choice(_WEEKDAYS[story.language]),
            "date": spoken_date(opened.date() + timedelta(days=rng.randint(2, 12)), story.language),
            "past": spoken_date(opened.date() - timedelta(days=rng.randint(1, 9)), story.language),
        }
        for name, values in story.slots.items():
            slots[name] = rng.choice(values)
            slots[f"{name}_cap"] = slots[name][:1].upper() + slots[name][1:]
        return slots


def agree(text: str, gender: Gender) -> str:
    """Return the text with every `<а>` and `<ил|ила>` in the gender."""

    def ending(match: re.Match[str]) -> str:
        first, second = match.groups()
        if second is None:
            return first if gender == "f" else ""
        return second if gender == "f" else first

    return _BY_GENDER.sub(ending, text)


def spoken_date(day: date, language: Language) -> str:
    """Return the day as people write it in a sentence."""
    return f"{day.day} {_MONTHS_RU[day.month - 1]}" if language == "ru" else f"{day.day} {day:%B}"


def quote(text: str, *, sent: datetime, language: Language) -> str:
    """Return the earlier answer as a mail program quotes it below a reply."""
    local = sent.astimezone(DESK_ZONE)
    sender = f"{WORKSPACE_NAME} <{SUPPORT_ADDRESS}>"
    lead = f"{local:%d.%m.%Y %H:%M}, {sender} пишет:"
    if language == "en":
        lead = f"On {local:%d/%m/%Y %H:%M}, {sender} wrote:"
    return "\n".join([lead, *(f"> {line}".rstrip() for line in text.splitlines())])


def as_html(text: str) -> str:
    """Return the plain text as the simple HTML that a mail program would send."""
    paragraphs = (html.escape(part, quote=False).replace("\n", "<br>") for part in text.split("\n\n"))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
