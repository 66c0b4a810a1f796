"""Raw mail made durable: the bytes first, then the row; only after both is anything acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from okno.channels.base import InboundMail
from okno.channels.email.models import Mailbox, MailRoute, RawMail
from okno.channels.email.threading import without_tag
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.blobs import Blob
from okno.lib.stores import raw_store
from okno.tenancy.scope import scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Say whose mail an address receives."""

    workspace_id: int
    mailbox_id: int


def route_for(address: str) -> Route | None:
    """Return whose mail an address receives, with or without a plus-tag, or None if it is not ours."""
    try:
        normal = normalise_address(address)
    except InvalidAddress:
        return None
    bare = without_tag(normal)
    routes = {route.address: route for route in MailRoute.objects.filter(address__in=[normal, bare])}
    route = routes.get(normal) or routes.get(bare)
    return Route(workspace_id=route.workspace_id, mailbox_id=route.mailbox_id) if route else None


def store_raw(route: Route, raw: BinaryIO, mail: InboundMail, **where: Any) -> RawMail:
    """Keep one raw mail and return its row, due to be read.

    `where` may hold `uidvalidity` and `uid`, or `file_name`. One UID of a mailbox makes one row,
    however often it is given. After this has returned, a loss of power loses nothing.
    """
    blob = raw_store().put_stream(route.workspace_id, raw)
    with scope(route.workspace_id):
        mailbox = Mailbox.objects.get(pk=route.mailbox_id)
        values = _values(mailbox, blob, mail) | where
        if where.get("uid") is None:
            row: RawMail = RawMail.objects.create(**values)
            return row
        return _create_once(mailbox, values)


def _values(mailbox: Mailbox, blob: Blob, mail: InboundMail) -> dict[str, Any]:
    return {
        "mailbox": mailbox,
        "source": mail.source,
        "sha256": blob.sha256,
        "size": blob.size,
        "envelope_from": mail.envelope_from or "",
        "envelope_to": list(mail.envelope_to),
    }


def _create_once(mailbox: Mailbox, values: dict[str, Any]) -> RawMail:
    key = {"mailbox": mailbox, "uidvalidity": values["uidvalidity"], "uid": values["uid"]}
    if _was_fetched_before(mailbox, values):
        values |= {
            "state": RawMail.State.DONE,
            "outcome": RawMail.Outcome.DUPLICATE,
            "reason": "uidvalidity_changed",
            "finished_at": Now(),
        }
    row: RawMail
    try:
        with transaction.atomic():
            row = RawMail.objects.create(**values)
    except IntegrityError:
        # Another fetcher was faster; both have the same bytes.
        row = RawMail.objects.get(**key)
    return row


def _was_fetched_before(mailbox: Mailbox, values: dict[str, Any]) -> bool:
    """Tell whether the same bytes came under an earlier numbering of the mailbox."""
    before = RawMail.objects.filter(mailbox=mailbox, sha256=values["sha256"], uid__isnull=False)
    return before.exclude(uidvalidity=values["uidvalidity"]).exists()
