"""Load the demo desk into the database: in batches, once, and on after an interruption."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from okno.accounts.models import User
from okno.config.data_dir import write_private
from okno.config.demo.attention import bell, read_marks
from okno.config.demo.company import (
    MEMBERS,
    SUPPORT_ADDRESS,
    WORKSPACE_NAME,
    WORKSPACE_TIMEZONE,
)
from okno.config.demo.directory import Directory, read_directory, write_directory
from okno.config.demo.plan import PlannedTicket
from okno.config.demo.planner import TICKET_COUNT, plan_tickets
from okno.config.demo.replay import Replay
from okno.lib.blobs import BlobStore
from okno.reactors.notify.models import Notification
from okno.spine.models import Event
from okno.tenancy.commands import create_workspace
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope
from okno.tickets.commands.open import next_numbers
from okno.tickets.models import Attachment, Delivery, Message, Participant, ReadMark, Ticket, TicketTag

PASSWORD_FILE: Final = "demo-password"  # noqa: S105 - the name of a file
BATCH: Final = 60
_HOST: Final = "localhost"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class DemoSignIns:
    """Tell who can sign in to the demo desk; they share one password."""

    emails: tuple[str, ...]
    password: str
    support_address: str


def load_demo(*, now: datetime, progress: Progress | None = None) -> DemoSignIns | None:
    """Make the demo desk unless it is there and return its sign-ins; None beside a workspace of one's own.

    `progress` is called with how many tickets are loaded, of how many.
    """
    workspace = Workspace.objects.filter(is_demo=True).first()
    if workspace is None:
        if Workspace.objects.exists():
            return None
        workspace = _make_workspace(now=now)
    _load_tickets(workspace, progress or _keep_quiet)
    return read_sign_ins()


def read_sign_ins() -> DemoSignIns:
    """Return the sign-ins; a password that was lost is replaced for all of them."""
    path = _password_path()
    if not path.exists():
        User.objects.filter(email__in=[member.email for member in MEMBERS]).update(password=_new_password())
    return DemoSignIns(
        emails=tuple(member.email for member in MEMBERS),
        password=path.read_text().strip(),
        support_address=SUPPORT_ADDRESS,
    )


@transaction.atomic
def _make_workspace(*, now: datetime) -> Workspace:
    workspace = create_workspace(
        name=WORKSPACE_NAME, host=_HOST, now=now, language="ru", timezone=WORKSPACE_TIMEZONE, is_demo=True
    )
    _password_path().unlink(missing_ok=True)
    with scope(workspace):
        write_directory(now=now, password_hash=_new_password())
    return workspace


def _load_tickets(workspace: Workspace, progress: Progress) -> None:
    with scope(workspace):
        loaded = Ticket.objects.all()[:TICKET_COUNT].count()
        if loaded == TICKET_COUNT:
            return
        directory = read_directory()
    # The plan depends on its moment only, so an interrupted load goes on where it was.
    plans = plan_tickets(now=workspace.created_at)
    for start in range(loaded, TICKET_COUNT, BATCH):
        batch = plans[start : start + BATCH]
        with scope(workspace):
            write_tickets(workspace, batch, directory)
        progress(start + len(batch), TICKET_COUNT)


def write_tickets(workspace: Workspace, plans: Sequence[PlannedTicket], directory: Directory) -> None:
    """Write planned tickets with all that belongs to them, in the open scope of their workspace."""
    replays = write_replays(workspace, plans, directory)
    now = workspace.created_at
    ReadMark.objects.bulk_create(
        mark for replay in replays for mark in read_marks(replay, directory, now=now)
    )
    Notification.objects.bulk_create(line for replay in replays for line in bell(replay, directory, now=now))


def write_replays(
    workspace: Workspace, plans: Sequence[PlannedTicket], directory: Directory
) -> Sequence[Replay]:
    """Write planned tickets with everything but what members have read and were told."""
    numbers = next_numbers(len(plans))
    replays = [Replay(plan, directory, number=number) for plan, number in zip(plans, numbers, strict=True)]
    Ticket.objects.bulk_create(replay.ticket for replay in replays)
    Message.objects.bulk_create(message for replay in replays for message in replay.messages)
    Delivery.objects.bulk_create(delivery for replay in replays for delivery in replay.deliveries)
    Participant.objects.bulk_create(row for replay in replays for row in replay.participants)
    TicketTag.objects.bulk_create(row for replay in replays for row in replay.tags)
    _write_files(workspace, replays)
    told = sorted(
        ((pending, replay.ticket) for replay in replays for pending in replay.pending),
        key=lambda pair: pair[0].at,
    )
    Event.objects.bulk_create(pending.row(ticket) for pending, ticket in told)
    return replays


def _write_files(workspace: Workspace, replays: Sequence[Replay]) -> None:
    store = BlobStore(settings.DATA_DIR / "files")
    rows = []
    for replay in replays:
        for attachment, file in replay.attachments:
            attachment.sha256 = store.put(workspace.pk, file.content).sha256
            rows.append(attachment)
    Attachment.objects.bulk_create(rows)


def _new_password() -> str:
    """Choose the password, keep it where only the operator reads it, and return its hash."""
    password = secrets.token_urlsafe(9)
    write_private(_password_path(), f"{password}\n")
    return make_password(password)


def _password_path() -> Path:
    folder: Path = settings.DATA_DIR
    return folder / PASSWORD_FILE


def _keep_quiet(done: int, total: int) -> None:
    """Report nothing."""
