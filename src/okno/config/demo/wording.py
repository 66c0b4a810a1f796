"""Put a story's words into one person's mouth: slots, gender, greeting, signature, quotation, HTML."""

import html
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
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

_GREETINGS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": ("Добрый день!", "Здравствуйте!", "Коллеги, добрый день.", "Здравствуйте, коллеги!", "Приветствую.", ""),
    "en": ("Hello,", "Hi there,", "Hi team,", "Good morning,", "Dear support,", ""),
}
_CLOSINGS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": ("Спасибо!", "Заранее спасибо.", "Жду ответа.", "Буду признател<ен|ьна> за ответ.", "Очень надеюсь на вас.", "", ""),
    "en": ("Thanks!", "Many thanks.", "Thank you in advance.", "Could you have a look?", "Cheers,", "", ""),
}
_AGENT_GREETINGS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": ("{first}, добрый день!", "Здравствуйте, {first}!", "{first}, здравствуйте.", "Добрый день, {first}."),
    "en": ("Hi {first},", "Hello {first},", "Good afternoon {first},", "{first}, thanks for writing."),
}
_AGENT_TAILS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": ("", "", "", "Если что-то останется непонятным, просто ответьте на это письмо.", "Остаёмся на связи.", "Хорошего дня!"),
    "en": ("", "", "", "Just reply to this mail if anything is unclear.", "We're here if you need us.", "Have a good day!"),
}  # fmt: skip
_THANKS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": (
        "Всё работает, спасибо!", "Спасибо, проверил<а>: порядок.", "Да, теперь хорошо. Можно закрывать.",
        "Супер, очень быстро!", "Подтверждаю, проблема ушла. Спасибо вам и коллегам.", "Работает. Благодарю!",
        "Проверили вдвоём, всё в порядке.", "Огромное спасибо, выручили.",
    ),
    "en": (
        "Works, thank you!", "Checked, all good. You can close this.", "Perfect, that was quick.",
        "Confirmed, it's gone. Thanks to everybody involved.", "All fine now, much appreciated.",
        "Lovely, thank you. Case closed from my side.", "Tested it twice and it holds.", "You saved my day!",
    ),
}  # fmt: skip
_NUDGES: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": (
        "Подскажите, пожалуйста, есть ли новости?", "Добавлю: у соседа по кабинету то же самое.",
        "Забыл<а> написать: я на месте до пяти.", "Вопрос ещё актуален, жду.", "Дополняю: вчера такого не было.",
        "Если нужно подключиться, я за компьютером.",
    ),
    "en": (
        "Any news on this?", "One more thing: my neighbour has the same.", "Forgot to say: I'm in until five.",
        "Still an issue on our side.", "To add: it was fine yesterday.", "I'm at my desk if you need to connect.",
    ),
}  # fmt: skip
_WITHDRAWALS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": (
        "Уже не нужно, разобрал<ся|ась> сам<а>. Извините за беспокойство.", "Отменяю заявку: планы поменялись.",
        "Коллега написал вам о том же раньше меня, мою заявку можно убрать.", "Вопрос решился, снимаю.",
    ),
    "en": (
        "Never mind, I sorted it out myself. Sorry for the noise.", "Please cancel this, plans have changed.",
        "A colleague wrote to you about the same before me, mine can go.", "It resolved itself, please drop this.",
    ),
}  # fmt: skip
_MOBILE: Final[Mapping[Language, str]] = {"ru": "Отправлено с телефона", "en": "Sent from my phone"}
_REGARDS: Final[Mapping[Language, tuple[str, ...]]] = {
    "ru": ("С уважением,", "С уважением", "Всего доброго,", "--"),
    "en": ("Kind regards,", "Best,", "Regards,", "--"),
}


class Voice:
    """Fill the words of one ticket: every text of it sees the same room, date and colleague."""

    def __init__(self, *, story: Story, requester: DemoContact, colleague: DemoContact, opened: datetime, rng: Random) -> None:
        """Draw the ticket's slots once."""
        self.language: Language = story.language
        self.requester = requester
        self._rng = rng
        self._slots = self._draw(story=story, colleague=colleague, opened=opened.astimezone(DESK_ZONE))

    def say(self, text: str, gender: Gender) -> str:
        """Return the text with its slots filled and its endings in the speaker's gender."""
        return agree(text.format_map(self._slots), gender)

    def opening(self, text: str, *, is_mail: bool) -> tuple[str, str]:
        """Return the request and, apart from it, the signature under it."""
        body = self.say(text, self.requester.gender)
        if not is_mail or not self.requester.gender:
            return body, ""
        greeting, closing = self._pick(_GREETINGS), self._pick(_CLOSINGS)
        words = agree("\n\n".join(part for part in (greeting, body, closing) if part), self.requester.gender)
        return words, self._signature()

    def answer(self, text: str, *, member: DemoMember, is_first: bool) -> str:
        """Return an agent's public answer; the first one greets by name."""
        body = self.say(text, member.gender)
        greeting = self._pick(_AGENT_GREETINGS).format_map(self._slots) if is_first and self.requester.gender else ""
        tail = self._pick(_AGENT_TAILS) if len(body) > 60 else ""
        return "\n\n".join(part for part in (greeting, body, tail) if part)

    def thanks(self) -> str:
        """Return a requester's last happy word."""
        return agree(self._pick(_THANKS), self.requester.gender)

    def nudge(self) -> str:
        """Return what a requester adds while waiting."""
        return agree(self._pick(_NUDGES), self.requester.gender)

    def withdrawal(self) -> str:
        """Return how a requester takes the request back."""
        return agree(self._pick(_WITHDRAWALS), self.requester.gender)

    def _pick(self, choices: Mapping[Language, tuple[str, ...]]) -> str:
        return self._rng.choice(choices[self.language])

    def _signature(self) -> str:
        person, style = self.requester, self._rng.random()
        if style < 0.25:
            return ""
        if style < 0.4:
            return _MOBILE[self.language]
        if style < 0.6:
            return person.first_name
        company = _ORGANIZATION_NAMES.get(person.organization or "", "")
        phone = person.phones[0] if person.phones else ""
        lines = (self._pick(_REGARDS), person.name, person.position, company, phone)
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
    lead = f"{local:%d.%m.%Y %H:%M}, {sender} пишет:" if language == "ru" else f"On {local:%d/%m/%Y %H:%M}, {sender} wrote:"
    return "\n".join([lead, *(f"> {line}".rstrip() for line in text.splitlines())])


def as_html(text: str) -> str:
    """Return the plain text as the simple HTML that a mail program would send."""
    paragraphs = (html.escape(part, quote=False).replace("\n", "<br>") for part in text.split("\n\n"))
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
