"""Questions about mailboxes that take a server outside to answer: asked by people, answered by workers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Now

from okno.channels.email.models import Mailbox, MailboxLookup
from okno.spine.work import GiveUp, Ledger, register_ledger
from okno.tenancy.scope import scope

# Longer than any answerer takes: each bounds itself.
LEASE = timedelta(seconds=90)

Answer = dict[str, Any]
Answerer = Callable[[Mailbox, Answer], Answer]

_answerers: dict[str, Answerer] = {}


def answers(kind: MailboxLookup.Kind) -> Callable[[Answerer], Answerer]:
    """Register who answers a kind of question; called outside any transaction, it bounds its own time.

    What it returns is stored as JSON and kept free of a language: it is read in that of whoever looks.
    """

    def register(answerer: Answerer) -> Answerer:
        _answerers[kind] = answerer
        return answerer

    return register


def ask(
    mailbox: Mailbox, kind: MailboxLookup.Kind, *, question: Answer | None = None, forgets: bool = False
) -> MailboxLookup:
    """Let a worker answer a question, again if it was asked before; the old answer stays unless it is to be forgotten.

    Part of a command.
    """
    row, is_new = MailboxLookup.objects.get_or_create(
        mailbox=mailbox, kind=kind, defaults={"question": question or {}}
    )
    if not is_new:
        values: dict[str, Any] = {} if question is None else {"question": question}
        if forgets:
            values |= {"answer": {}, "answered_at": None}
        # One more attempt outdates a worker that is answering the old question this moment.
        attempts = F("attempts") + 1 if row.is_pending else 0
        MailboxLookup.objects.filter(pk=row.pk).update(
            state=MailboxLookup.State.DUE,
            attempts=attempts,
            due_at=Now(),
            lease_until=None,
            finished_at=None,
            **values,
        )
        row.refresh_from_db()
    LOOKUPS.nudge.set()
    return row


def lookup_of(mailbox: Mailbox, kind: MailboxLookup.Kind) -> MailboxLookup | None:
    """Return what is known of a question, or None if it was never asked."""
    row: MailboxLookup | None = MailboxLookup.objects.filter(mailbox=mailbox, kind=kind).first()
    return row


def _answer(row: MailboxLookup) -> None:
    answerer = _answerers.get(row.kind)
    if answerer is None:
        raise GiveUp(f"nobody answers {row.kind} in this version")
    with scope(row.workspace_id):
        mailbox = row.mailbox
    answer = answerer(mailbox, row.question)
    with scope(row.workspace_id):
        row.finish(answer=answer, answered_at=Now())


LOOKUPS = register_ledger(Ledger(model=MailboxLookup, handle=_answer, lease=LEASE, batch=1, threads=2))
