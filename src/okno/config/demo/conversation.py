"""Let one ticket happen: from its opening to the category it is to end in, step by step in working hours."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from okno.config.demo.company import MEMBERS, DemoMember
from okno.config.demo.files import DemoFile, make_file
from okno.config.demo.plan import (
    Assigned,
    Category,
    PlannedMessage,
    PriorityChanged,
    Sorted,
    StatusChanged,
    Step,
    TeamChanged,
)
from okno.config.demo.story import PRIORITY_NORMAL, Story, Turn
from okno.config.demo.wording import Opening, Voice, as_html, quote
from okno.config.demo.workday import add_working, next_opening

SECOND_LINE: Final = "l2"
LEAD: Final = "lead"
_BY_KEY: Final = {member.key: member for member in MEMBERS}
_SECOND_LINE_MEMBERS: Final = tuple(member for member in MEMBERS if SECOND_LINE in member.teams)
_GIVEN_BY_LEAD: Final = 0.15
_AUTO_CLOSE_AFTER: Final = timedelta(days=3)


class Conversation:
    """Collect the steps of one ticket while the clock moves on."""

    def __init__(
        self, *, story: Story, voice: Voice, opened: datetime, agent: DemoMember, rng: Random
    ) -> None:
        """Start before anything was said."""
        self.steps: list[Step] = []
        self._story = story
        self._voice = voice
        self._clock = opened
        self._agent = agent
        self._rng = rng
        self._last_answer: PlannedMessage | None = None

    def open(self, words: Opening) -> None:
        """Let the requester ask."""
        files = tuple(make_file(name, self._rng) for name in self._story.files if self._rng.random() < 0.8)
        self._client_says(words.text, signature=words.signature, files=files)

    def nudge(self) -> None:
        """Let the requester add a word before anybody answered."""
        self._wait(40, 300)
        self._client_says(self._voice.nudge())

    def take(self) -> None:
        """Let an agent take the ticket, or get it from the lead, and sort it."""
        self._wait(3, 70)
        actor = self._agent.key
        giver = LEAD if self._rng.random() < _GIVEN_BY_LEAD else actor
        self.steps.append(Assigned(at=self._clock, actor=giver, member=actor))
        self.steps.append(StatusChanged(at=self._clock, actor=giver, category=Category.OPEN))
        if self._story.channel == "email" and self._story.priority != PRIORITY_NORMAL:
            self._wait(1, 4)
            self.steps.append(PriorityChanged(at=self._clock, actor=actor, priority=self._story.priority))
        self.steps.append(Sorted(at=self._clock, actor=actor, topic=self._story.topic, tags=self._story.tags))

    def tell(self, turns: list[Turn]) -> None:
        """Go through the turns in order."""
        for position, turn in enumerate(turns):
            following = turns[position + 1].role if position + 1 < len(turns) else None
            self._tell_one(turn, is_question=following == "client")

    def wait_for_client(self) -> None:
        """Put the ball in the requester's court."""
        self._set(Category.WAITING, actor=self._agent.key)

    def refuse_answer(self) -> None:
        """Let the requester's mail server refuse the last answer."""
        self.steps = [
            replace(step, is_refused=True) if step is self._last_answer else step for step in self.steps
        ]

    def withdraw(self) -> None:
        """Let the requester take the request back and the agent cancel it."""
        self._wait(20, 400)
        self._client_says(self._voice.withdrawal())
        self._wait(5, 90)
        self._set(Category.CANCELLED, actor=self._agent.key)

    def resolve(self, solution: str) -> None:
        """Let the agent solve it, now and then after a thankful word."""
        if self._rng.random() < 0.45 and self._last_answer and self._voice.requester.gender:
            self._wait(10, 500)
            self._client_says(self._voice.thanks())
        self._wait(2, 40)
        words = self._voice.say(solution, self._agent.gender)
        self._set(Category.RESOLVED, actor=self._agent.key, solution=words)

    def close(self) -> None:
        """Let the desk close it some days after it was solved."""
        self._clock += _AUTO_CLOSE_AFTER
        self._set(Category.CLOSED, actor=None)

    def fitted(self, *, until: datetime) -> tuple[Step, ...]:
        """Return the steps, drawn together where they would reach beyond the given moment."""
        start, end = self.steps[0].at, self.steps[-1].at
        if end <= until:
            return tuple(self.steps)
        scale = (until - start) / (end - start)
        return tuple(replace(step, at=start + (step.at - start) * scale) for step in self.steps)

    def _tell_one(self, turn: Turn, *, is_question: bool) -> None:
        if turn.role == "escalate":
            self._escalate()
            return
        text = self._rng.choice(turn.texts)
        if turn.role == "client":
            self._wait(15, 420)
            self._client_says(self._voice.say(text, self._voice.requester.gender))
            if self._category() is Category.WAITING:
                self._set(Category.OPEN, actor=self._voice.requester.key)
        elif turn.role == "agent":
            self._wait(8, 180)
            self._agent_answers(text)
            if is_question and self._rng.random() < 0.6:
                self.wait_for_client()
        else:
            self._wait(5, 90)
            self._note(text, self._agent if turn.role == "note" else self._second())

    def _escalate(self) -> None:
        self._wait(5, 60)
        actor, second = self._agent.key, self._second()
        self.steps.append(TeamChanged(at=self._clock, actor=actor, team=SECOND_LINE))
        self._wait(4, 60)
        self.steps.append(Assigned(at=self._clock, actor=second.key, member=second.key))
        self._agent = second

    def _second(self) -> DemoMember:
        if SECOND_LINE in self._agent.teams:
            return self._agent
        return self._rng.choice(_SECOND_LINE_MEMBERS)

    def _client_says(self, text: str, *, signature: str = "", files: tuple[DemoFile, ...] = ()) -> None:
        is_follow_up = bool(self.steps)
        channel = self._story.channel if not is_follow_up or self._story.channel == "api" else "email"
        quoted = ""
        if self._last_answer and self._rng.random() < 0.6:
            quoted = quote(self._last_answer.text, sent=self._last_answer.at, language=self._story.language)
        whole = "\n\n".join(part for part in (text, signature) if part)
        is_html = channel == "email" and self._rng.random() < 0.4
        self.steps.append(
            PlannedMessage(
                at=self._clock,
                author=self._voice.requester.key,
                direction="in",
                channel=channel,
                text=text,
                html=as_html(whole) if is_html else "",
                quoted=quoted,
                signature=signature,
                files=files,
            )
        )

    def _agent_answers(self, text: str) -> None:
        words = self._voice.answer(
            text, member=self._agent, at=self._clock, is_first=self._last_answer is None
        )
        self._last_answer = PlannedMessage(
            at=self._clock,
            author=self._agent.key,
            direction="out",
            channel="console",
            text=words,
            html=as_html(words),
        )
        self.steps.append(self._last_answer)

    def _note(self, text: str, author: DemoMember) -> None:
        words = self._voice.say(text, author.gender)
        self.steps.append(
            PlannedMessage(
                at=self._clock,
                author=author.key,
                direction="internal",
                channel="console",
                text=words,
                html=as_html(words),
            )
        )

    def _set(self, category: Category, *, actor: str | None, solution: str = "") -> None:
        self.steps.append(StatusChanged(at=self._clock, actor=actor, category=category, solution=solution))

    def _category(self) -> Category:
        changes = [step.category for step in self.steps if isinstance(step, StatusChanged)]
        return changes[-1] if changes else Category.NEW

    def _wait(self, least_minutes: int, most_minutes: int) -> None:
        seconds = self._rng.randint(least_minutes * 60, most_minutes * 60)
        self._clock = add_working(next_opening(self._clock), timedelta(seconds=seconds))
