"""The event stream of a browser: server-sent events with a cursor as their id."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from okno.accounts.models import User
from okno.reactors.live.follower import BATCH, FOLLOWER, Cursor, News, here, news_after
from okno.team.factors import lacks_factor
from okno.team.queries import actor_for, member_of
from okno.tenancy.queries import workspace_for_host
from okno.tenancy.scope import scope
from okno.tickets import policy

PING_SECONDS = 15
# Rights are asked again after this long, so that whoever lost them stops hearing soon.
RIGHTS_SECONDS = 60
QUEUE_LIMIT = 1000
# How many batches of news are read for a browser that comes back; after that it loads its page anew.
GAP_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class _Audience:
    """Who listens: his workspace and what he may know."""

    workspace_id: int
    member_id: int
    hears: Callable[[str, Any], bool]

    def tell(self, news: News) -> bool:
        """Tell whether this news is for him."""
        return news.workspace_id == self.workspace_id and self.hears(news.subject_kind, news.snapshot)


async def events(request: HttpRequest) -> HttpResponseBase:
    """Stream what happens to the signed-in member of the host's workspace; 401 for everybody else."""
    audience = await _in_thread(_audience, request)
    if audience is None:
        return HttpResponse(status=401)
    after = Cursor.parse(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    response = StreamingHttpResponse(_stream(request, audience, after), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(request: HttpRequest, audience: _Audience, after: Cursor | None) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[list[News]] = asyncio.Queue(maxsize=QUEUE_LIMIT)

    def hear(news: list[News]) -> None:
        loop.call_soon_threadsafe(_put, queue, news)

    FOLLOWER.listen(hear)
    try:
        # Listening began before: what happens while the gap is read comes twice, and is dropped by its cursor.
        missed, last, is_whole = await _in_thread(_gap, after, audience.workspace_id)
        yield f"retry: 2000\nid: {last}\ndata: \n\n".encode()
        if not is_whole:
            yield _message(last, [{"id": str(last), "type": "reload", "ticket": None, "number": None}])
        elif missed:
            yield _told(audience, missed)
        rights_until = loop.time() + RIGHTS_SECONDS
        while True:
            if loop.time() > rights_until:
                renewed = await _in_thread(_renewed, request)
                if renewed is None:
                    return
                audience, rights_until = renewed, loop.time() + RIGHTS_SECONDS
            try:
                news = await asyncio.wait_for(queue.get(), PING_SECONDS)
            except TimeoutError:
                yield b": ping\n\n"
                continue
            fresh = [one for one in news if one.cursor > last]
            if fresh:
                last = fresh[-1].cursor
                yield _told(audience, fresh)
    finally:
        FOLLOWER.leave(hear)


def _put(queue: asyncio.Queue[list[News]], news: list[News]) -> None:
    if queue.full():
        # The browser does not read: dropping the oldest makes it catch up by its cursor when it reconnects.
        queue.get_nowait()
    queue.put_nowait(news)


def _told(audience: _Audience, news: list[News]) -> bytes:
    """Return the message with the news that this audience may know; an empty one moves the cursor only."""
    told = [
        {
            "id": str(one.cursor),
            "type": one.type,
            "ticket": one.subject_id if one.subject_kind == "ticket" else None,
            "number": one.snapshot.get("number"),
        }
        for one in news
        if audience.tell(one)
    ]
    return _message(news[-1].cursor, told)


def _message(cursor: Cursor, told: list[dict[str, Any]]) -> bytes:
    return f"id: {cursor}\ndata: {json.dumps(told) if told else ''}\n\n".encode()


def _gap(after: Cursor | None, workspace_id: int) -> tuple[list[News], Cursor, bool]:
    """Return the news since a cursor, where they end, and whether they are all there are."""
    now = here()
    if after is None or after > now:
        return [], now, True
    missed: list[News] = []
    last = after
    # A batch may hold nothing but other workspaces' news, so only an empty one is the end.
    for _round in range(GAP_ROUNDS):
        news, reached = news_after(last, workspace_id=workspace_id)
        if reached == last:
            return missed, last, True
        missed, last = missed + news, reached
        if len(missed) >= BATCH:
            break
    return [], now, False


def _audience(request: HttpRequest) -> _Audience | None:
    workspace = workspace_for_host(request.get_host())
    user = get_user(request)
    if workspace is None or not isinstance(user, User):
        return None
    with scope(workspace):
        member = member_of(user)
        if member is None:
            return None
        actor = actor_for(member)
        if lacks_factor(workspace, user, actor):
            return None
        return _Audience(workspace.pk, member.pk, policy.hears(actor))


def _renewed(request: HttpRequest) -> _Audience | None:
    """Ask again, of the session as it is stored by now: it may have been ended."""
    request.session = type(request.session)(request.session.session_key)
    return _audience(request)


async def _in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Run database work in a thread of its own and give its connection back to the pool."""

    def run() -> Any:
        try:
            return function(*args)
        finally:
            connection.close()

    return await sync_to_async(run, thread_sensitive=False)()
