"""The cursor over all events: nothing is passed over, nothing comes twice, nobody hears what he may not know."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.http import StreamingHttpResponse
from django.test import AsyncRequestFactory

from okno.reactors.live.follower import Cursor, News, here, news_after
from okno.reactors.live.views import events
from okno.tenancy.scope import scope
from okno.tickets.commands.assign import take_ticket
from tests.conftest import Shop, make_shop


def open_ticket(shop: Shop, subject: str = "Live") -> object:
    with scope(shop.workspace):  # type: ignore[arg-type]
        return shop.ticket(subject)


def visible_news(after: Cursor, *, until: int) -> tuple[list[News], Cursor]:
    """Return the news once there are so many: other tests' open transactions hold the horizon back."""
    news: list[News] = []
    pause = threading.Event()
    for _attempt in range(400):
        found, after = news_after(after)
        news += found
        if len(news) >= until:
            break
        pause.wait(0.05)
    return news, after


def test_news_come_in_order_and_once(open_shop: Shop) -> None:
    start = here()
    open_ticket(open_shop)
    news, cursor = visible_news(start, until=3)
    assert [one.type for one in news] == ["contact.created", "ticket.created", "ticket.message_added"]
    assert news_after(cursor) == ([], cursor)


def test_a_transaction_that_commits_late_is_not_passed_over(open_shop: Shop) -> None:
    """The classic loss of `id > last`: an older transaction becomes visible after a younger one was read."""
    start = here()
    begun, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                with scope(open_shop.workspace):  # type: ignore[arg-type]
                    open_shop.ticket("Slow", by="slow")
                begun.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(10)
    open_ticket(open_shop, "Fast")
    early, cursor = news_after(start)
    may_commit.set()
    thread.join()
    late, _cursor = visible_news(cursor, until=6 - len(early))
    created = [one for one in (*early, *late) if one.type == "ticket.created"]
    assert len(created) == 2


def test_a_cursor_is_read_back_or_refused() -> None:
    assert Cursor.parse(str(Cursor(5, 7))) == Cursor(5, 7)
    for nonsense in ("", "5", "5:", ":7", "a:b", "-1:2", "1:2:3", "9" * 50 + ":1"):
        assert Cursor.parse(nonsense) is None


def request_of(shop: Shop, member: object | None, *, after: str = "") -> object:
    request = AsyncRequestFactory(SERVER_NAME=shop.host).get("/events/", {"after": after} if after else {})
    request.scope["headers"] = [(b"host", shop.host.encode())]
    request.META["HTTP_HOST"] = shop.host
    request.session = SessionStore()
    if member is not None:
        user = member.user  # type: ignore[attr-defined]
        request.session[SESSION_KEY] = str(user.pk)
        request.session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    return request


async def told(stream: AsyncIterator[bytes], *, until: str) -> list[dict[str, object]]:
    """Collect what a stream says until an event type was told."""
    heard: list[dict[str, object]] = []
    async for chunk in stream:
        for line in chunk.decode().splitlines():
            if line.startswith("data: ["):
                heard += json.loads(line.removeprefix("data: "))
        if any(one["type"] == until for one in heard):
            return heard
    return heard


def test_a_member_hears_what_he_may_see_and_nothing_of_another_workspace(
    open_shop: Shop, now: object
) -> None:
    other = make_shop(now)  # type: ignore[arg-type]
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        agent = open_shop.member("agent")
    after = str(here())
    open_ticket(other, "Foreign")
    mine = open_ticket(open_shop)

    async def listen() -> list[dict[str, object]]:
        response = await events(request_of(open_shop, agent, after=after))  # type: ignore[arg-type]
        assert isinstance(response, StreamingHttpResponse)
        stream = response.streaming_content
        return await asyncio.wait_for(told(stream, until="ticket.message_added"), 10)  # type: ignore[arg-type]

    heard = asyncio.run(listen())
    assert {one["ticket"] for one in heard if one["ticket"]} == {mine.pk}  # type: ignore[attr-defined]
    assert all(one["number"] == mine.number for one in heard if one["ticket"])  # type: ignore[attr-defined]


def test_what_happens_while_listening_arrives(open_shop: Shop) -> None:
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        agent = open_shop.member("agent")
        actor = open_shop.actor("agent")
    ticket = open_ticket(open_shop)

    async def listen() -> list[dict[str, object]]:
        response = await events(request_of(open_shop, agent))  # type: ignore[arg-type]
        stream = response.streaming_content  # type: ignore[union-attr]
        await anext(stream)  # type: ignore[arg-type]

        def act() -> None:
            try:
                with scope(open_shop.workspace):  # type: ignore[arg-type]
                    take_ticket(actor=actor, ticket_id=ticket.pk, now=open_shop.now)  # type: ignore[arg-type, attr-defined]
            finally:
                connection.close()

        await asyncio.to_thread(act)
        return await asyncio.wait_for(told(stream, until="ticket.assigned"), 10)  # type: ignore[arg-type]

    assert "ticket.assigned" in {one["type"] for one in asyncio.run(listen())}


@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_others_are_refused(open_shop: Shop, now: object, who: str) -> None:
    member = None
    if who == "stranger":
        other = make_shop(now)  # type: ignore[arg-type]
        with scope(other.workspace):  # type: ignore[arg-type]
            member = other.member("agent")

    async def ask() -> int:
        return (await events(request_of(open_shop, member))).status_code  # type: ignore[arg-type]

    assert asyncio.run(ask()) == 401
