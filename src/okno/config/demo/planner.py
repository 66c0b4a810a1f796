"""Plan the tickets of the demo desk: the same for the same moment and seed, the newest a few minutes old."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from okno.config.demo.company import CONTACTS, MEMBERS, DemoContact, DemoMember, Language
from okno.config.demo.conversation import Conversation
from okno.config.demo.plan import Category, PlannedTicket, Step
from okno.config.demo.story import (
    PRIORITY_CRITICAL,
    PRIORITY_HIGH,
    PRIORITY_NORMAL,
    Story,
    Turn,
    load_stories,
)
from okno.config.demo.wording import Opening, Voice
from okno.config.demo.workday import DESK_ZONE, add_working, previous_workday

SEED: Final = 2026
TICKET_COUNT: Final = 300
DAYS_BACK: Final = 45
FIRST_TEAM: Final = "l1"
_TRIES: Final = 30
_REFUSED: Final = 0.12

# The morning brings more than the afternoon.
_DAY_HOURS: Final = (9, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17)
_EVENING_HOURS: Final = (7, 8, 19, 20, 21)

# Minutes before now: a desk that is opened at midnight should still show that somebody just wrote.
_FRESH_MINUTES: Final = (4, 9, 17, 26, 41, 58, 75, 96, 130, 170)
_JUST_NOW: Final = timedelta(minutes=2)
# Up to this age an agent has at most taken the ticket, not yet answered.
_JUST_TAKEN: Final = timedelta(minutes=90)

_AGENTS: Final = {member.key: member for member in MEMBERS}
# Who answers in which language, as often as named.
_ROTA: Final[dict[Language, tuple[str, ...]]] = {
    "ru": ("anna", "anna", "anna", "anna", "boris", "boris", "boris", "lead"),
    "en": ("chen", "chen", "chen", "anna", "anna", "boris", "boris"),
}
_DUE_AFTER: Final = {PRIORITY_CRITICAL: 4, PRIORITY_HIGH: 9, PRIORITY_NORMAL: 18, 1: 45}

# How many of a hundred tickets of an age are in which category.
_SHARES: Final[tuple[tuple[timedelta, dict[Category, int]], ...]] = (
    (_JUST_TAKEN, {Category.NEW: 75, Category.OPEN: 25}),
    (timedelta(hours=4), {Category.NEW: 45, Category.OPEN: 45, Category.WAITING: 10}),
    (
        timedelta(days=3),
        {
            Category.NEW: 26,
            Category.OPEN: 42,
            Category.WAITING: 16,
            Category.RESOLVED: 14,
            Category.CANCELLED: 2,
        },
    ),
    (
        timedelta(days=9),
        {
            Category.NEW: 3,
            Category.OPEN: 30,
            Category.WAITING: 20,
            Category.RESOLVED: 32,
            Category.CLOSED: 12,
            Category.CANCELLED: 3,
        },
    ),
    (
        timedelta(days=DAYS_BACK + 3),
        {
            Category.OPEN: 3,
            Category.WAITING: 4,
            Category.RESOLVED: 6,
            Category.CLOSED: 80,
            Category.CANCELLED: 7,
        },
    ),
)
_CLOSABLE_AGE: Final = timedelta(days=6)


def plan_tickets(*, now: datetime, seed: int = SEED, count: int = TICKET_COUNT) -> tuple[PlannedTicket, ...]:
    """Return the tickets, oldest first; nothing in them is later than now."""
    rng = Random(seed)  # noqa: S311 - the same desk each time is the point; nothing secret is drawn here
    moments = _moments(now=now, count=count, rng=rng)
    tellings = _tellings(count=count, rng=rng)
    requesters = _Requesters(rng)
    tickets, said = [], set[str]()
    for opened, (story, telling) in zip(moments, tellings, strict=True):
        planner = _TicketPlanner(story=story, telling=telling, opened=opened, now=now, rng=rng, said=said)
        tickets.append(planner.plan(requesters))
    return tuple(tickets)


class _Requesters:
    """Choose who asks so that everybody does, and nobody always the same."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._asked = dict.fromkeys((contact.key for contact in CONTACTS), 0)

    def next_for(self, story: Story) -> DemoContact:
        fitting = [c for c in CONTACTS if c.language == story.language and _fits(c, story)]
        least = min(self._asked[contact.key] for contact in fitting)
        chosen = self._rng.choice([c for c in fitting if self._asked[c.key] <= least + 1])
        self._asked[chosen.key] += 1
        return chosen

    def colleagues_of(self, requester: DemoContact) -> list[DemoContact]:
        return [
            c
            for c in CONTACTS
            if c.gender
            and c.key != requester.key
            and c.language == requester.language
            and (c.organization == requester.organization)
        ]


class _TicketPlanner:
    """Plan one ticket."""

    def __init__(
        self, *, story: Story, telling: int, opened: datetime, now: datetime, rng: Random, said: set[str]
    ) -> None:
        self._story = story
        self._telling = telling
        self._opened = opened
        self._now = now
        self._rng = rng
        self._said = said

    def plan(self, requesters: _Requesters) -> PlannedTicket:
        story, rng = self._story, self._rng
        requester = requesters.next_for(story)
        agent = _agent_for(story, rng)
        colleagues = requesters.colleagues_of(requester)
        colleague = rng.choice(colleagues)
        voice, words = self._unlike_others(requester, colleague)
        has_copy = requester.gender and story.channel == "email" and rng.random() < 0.2
        return PlannedTicket(
            story=story.key,
            language=story.language,
            subject=voice.say(_nth(story.subjects, self._telling), requester.gender),
            kind=story.kind,
            channel=story.channel,
            priority=PRIORITY_NORMAL if story.channel == "email" else story.priority,
            team=FIRST_TEAM,
            requester=requester.key,
            opened_by=agent.key if story.channel == "phone" else requester.key,
            copied=(colleague.key,) if has_copy else (),
            device=_nth(story.devices, self._telling) if story.devices else "",
            created_at=self._opened,
            due_at=self._due_at(),
            steps=self._converse(voice, words, agent),
        )

    def _unlike_others(self, requester: DemoContact, colleague: DemoContact) -> tuple[Voice, Opening]:
        """Let the requester find words that nobody else has used; several tries are enough for any story."""
        text = _nth(self._story.openings, self._telling)
        for _ in range(_TRIES):
            voice = Voice(
                story=self._story,
                requester=requester,
                colleague=colleague,
                opened=self._opened,
                rng=self._rng,
            )
            words = voice.opening(text)
            if words.text not in self._said:
                break
        self._said.add(words.text)
        return voice, words

    def _converse(self, voice: Voice, words: Opening, agent: DemoMember) -> tuple[Step, ...]:
        story, rng = self._story, self._rng
        conversation = Conversation(story=story, voice=voice, opened=self._opened, agent=agent, rng=rng)
        conversation.open(words)
        self._continue(conversation, self._category())
        return conversation.fitted(until=self._now - _JUST_NOW)

    def _continue(self, conversation: Conversation, category: Category) -> None:
        turns = [turn for turn in self._story.turns if not turn.is_optional or self._rng.random() < 0.6]
        if category is Category.NEW:
            if self._rng.random() < 0.3 and self._story.channel == "email":
                conversation.nudge()
            return
        conversation.take()
        if category is Category.CANCELLED:
            conversation.withdraw()
        elif category is Category.OPEN:
            conversation.tell([] if self._now - self._opened <= _JUST_TAKEN else self._beginning(turns))
        elif category is Category.WAITING:
            conversation.tell(_up_to_an_answer(turns, self._rng))
            conversation.wait_for_client()
            if self._rng.random() < _REFUSED:
                conversation.refuse_answer()
        else:
            conversation.tell(turns)
            conversation.resolve(self._rng.choice(self._story.solutions))
            if category is Category.CLOSED:
                conversation.close()

    def _beginning(self, turns: list[Turn]) -> list[Turn]:
        # An open ticket is the desk's move: it must not stop at an answer that asks the requester something.
        lengths = [n for n in range(len(turns)) if n == 0 or turns[n - 1].role != "agent"]
        return turns[: self._rng.choice(lengths)]

    def _category(self) -> Category:
        age = self._now - self._opened
        shares = next(shares for limit, shares in _SHARES if age <= limit)
        category = self._rng.choices(list(shares), weights=list(shares.values()))[0]
        if category is Category.CLOSED and age < _CLOSABLE_AGE:
            return Category.RESOLVED
        has_answers = any(turn.role == "agent" for turn in self._story.turns)
        # Nobody waits for, or hears from, a program that writes to us.
        if category in (Category.WAITING, Category.CANCELLED) and not has_answers:
            return Category.OPEN
        return category

    def _due_at(self) -> datetime | None:
        if self._rng.random() < 0.4:
            return None
        return add_working(self._opened, timedelta(hours=_DUE_AFTER[self._story.priority]))


def _tellings(*, count: int, rng: Random) -> list[tuple[Story, int]]:
    stories = load_stories()
    rounds = -(-count // len(stories))
    every: list[tuple[Story, int]] = []
    for telling in range(rounds):
        every += [(story, telling) for story in rng.sample(stories, len(stories))]
    return every[-count:]


def _moments(*, now: datetime, count: int, rng: Random) -> list[datetime]:
    fresh = [now - timedelta(minutes=minutes) for minutes in _FRESH_MINUTES[:count]]
    newest_usual = now - timedelta(minutes=max(_FRESH_MINUTES))
    usual = [_usual_moment(newest_usual, rng) for _ in range(count - len(fresh))]
    return sorted([*usual, *fresh])


def _usual_moment(latest: datetime, rng: Random) -> datetime:
    # More of the recent days than of the old ones, as after a desk has become known.
    day = latest - timedelta(days=DAYS_BACK * rng.random() ** 1.35)
    is_out_of_hours = rng.random() < 0.07
    if not is_out_of_hours:
        day = previous_workday(day)
    hour = rng.choice(_EVENING_HOURS if is_out_of_hours else _DAY_HOURS)
    local = day.astimezone(DESK_ZONE)
    moment = local.replace(hour=hour, minute=rng.randint(0, 59), second=rng.randint(0, 59), microsecond=0)
    while moment > latest:
        moment -= timedelta(days=1)
        if not is_out_of_hours:
            moment = previous_workday(moment)
    return moment


def _fits(contact: DemoContact, story: Story) -> bool:
    if story.occupations:
        return contact.occupation in story.occupations
    return bool(contact.gender)


def _agent_for(story: Story, rng: Random) -> DemoMember:
    return _AGENTS[rng.choice(_ROTA[story.language])]


def _up_to_an_answer(turns: list[Turn], rng: Random) -> list[Turn]:
    ends = [position + 1 for position, turn in enumerate(turns) if turn.role == "agent"]
    followed = [end for end in ends if end < len(turns)] or ends
    return turns[: rng.choice(followed)]


def _nth(values: Sequence[str], index: int) -> str:
    return values[index % len(values)]
