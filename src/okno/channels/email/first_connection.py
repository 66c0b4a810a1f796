"""A mailbox that has just been connected: what it holds is looked at before it is taken, and nothing is sent.

Two doors, opened one after the other by a person: `awaits_window` (nothing is fetched until it is said what is wanted)
and `is_released` (nothing leaves by the mailbox until somebody has seen what came of it).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from okno.channels.email import imap_preview
from okno.channels.email.events import MailboxHeld, MailboxStarted
from okno.channels.email.imap_in import ImapFailure
from okno.channels.email.imap_preview import Preview
from okno.channels.email.lookups import answers, ask, lookup_of
from okno.channels.email.mailboxes import imap_server, locked_mailbox, require_mailbox_right
from okno.channels.email.models import Mailbox, MailboxLookup, OutgoingMail
from okno.channels.email.oauth import OAuthFailure
from okno.lib.clock import current_time
from okno.lib.crypto import SecretUnreadable
from okno.lib.errors import Conflict, Invalid
from okno.spine.actor import Actor
from okno.spine.unit import command, emit

ONLY_NEW, EVERYTHING = "new", "all"
WINDOWS = (ONLY_NEW, *imap_preview.WINDOWS, EVERYTHING)
# The numbering of an older preview says little about what is new: much has come since.
FRESH_FOR = timedelta(minutes=15)

_PREVIEW = MailboxLookup.Kind.PREVIEW
_CONSENT, _SECRET = "consent", "secret"


@command
def ask_preview(*, actor: Actor, mailbox_id: int) -> MailboxLookup:
    """Let a worker look into a mailbox that is not fetched yet. Raises Denied, NotFound, Conflict."""
    require_mailbox_right(actor)
    mailbox = locked_mailbox(mailbox_id)
    if not mailbox.awaits_window:
        raise Conflict(_("This mailbox is being fetched already."), code="started")
    return ask(mailbox, _PREVIEW, forgets=True)


def preview_of(mailbox: Mailbox, *, now: datetime) -> MailboxLookup:
    """Return what is known of a mailbox's content, asking for it if nobody has of late. Part of a request's scope."""
    known = lookup_of(mailbox, _PREVIEW)
    if known is not None and (known.is_pending or _is_fresh(known, now)):
        return known
    return ask(mailbox, _PREVIEW, forgets=True)


@command
def start_mailbox(
    *, actor: Actor, mailbox_id: int, window: str, takes_seen: bool = False, now: datetime
) -> Mailbox:
    """Begin to fetch: all that is new from now on, and of what lies there what the window says.

    `window` is one of WINDOWS. Raises Denied, NotFound, Invalid, Conflict.
    """
    require_mailbox_right(actor)
    if window not in WINDOWS:
        raise Invalid(_("There is no such choice."), fields={"window": [_("There is no such choice.")]})
    mailbox = locked_mailbox(mailbox_id)
    if not mailbox.awaits_window:
        raise Conflict(_("This mailbox is being fetched already."), code="started")
    known = lookup_of(mailbox, _PREVIEW)
    if known is not None and _is_fresh(known, now) and "uidvalidity" in known.answer:
        mailbox.first_uidvalidity = known.answer["uidvalidity"]
        mailbox.first_uid = known.answer["next_uid"]
    mailbox.awaits_window = False
    mailbox.connected_at = now
    mailbox.import_since = _beginning(window, now)
    mailbox.import_takes_seen = takes_seen and window != ONLY_NEW
    mailbox.save(
        update_fields=[
            "awaits_window",
            "connected_at",
            "import_since",
            "import_takes_seen",
            "first_uidvalidity",
            "first_uid",
        ]
    )
    # Subjects and senders were shown for the choice and are not kept.
    MailboxLookup.objects.filter(mailbox=mailbox, kind=_PREVIEW).delete()
    event = MailboxStarted(window=window, takes_seen=mailbox.import_takes_seen)
    emit(actor, event, kind="mailbox", subject=mailbox, now=now)
    return mailbox


@command
def hold_mailbox(*, actor: Actor, mailbox_id: int, now: datetime) -> Mailbox:
    """Let nothing leave by a mailbox until it is released again. Raises Denied, NotFound."""
    require_mailbox_right(actor)
    mailbox = locked_mailbox(mailbox_id)
    if not mailbox.is_released:
        return mailbox
    mailbox.is_released = False
    mailbox.save(update_fields=["is_released"])
    emit(actor, MailboxHeld(), kind="mailbox", subject=mailbox, now=now)
    return mailbox


def failure_of(answer: dict[str, Any]) -> ImapFailure | OAuthFailure | None:
    """Return why there is no preview, of an answer with a `problem`; None: the stored password cannot be read."""
    if answer["problem"] == _SECRET:
        return None
    if answer["problem"] == _CONSENT:
        return OAuthFailure(answer["consent"], answer["detail"])
    return ImapFailure(answer["problem"], answer.get("detail", ""))


def waiting_mail(mailbox: Mailbox) -> dict[str, int]:
    """Return how many mails of each purpose wait for the release of a mailbox."""
    rows = OutgoingMail.objects.filter(mailbox=mailbox, awaits_release=True).values("purpose")
    return {row["purpose"]: row["number"] for row in rows.annotate(number=Count("pk")).order_by("purpose")}


@answers(_PREVIEW)
def _look(mailbox: Mailbox, _question: dict[str, Any]) -> dict[str, Any]:
    try:
        server = imap_server(mailbox)
        if server is None:
            return {"problem": "unreachable"}
        seen: Preview = imap_preview.preview(server, folder=mailbox.imap_folder, now=current_time())
    except ImapFailure as failure:
        return {"problem": failure.problem, "detail": failure.detail}
    except OAuthFailure as failure:
        return {"problem": _CONSENT, "consent": failure.problem, "detail": failure.detail}
    except SecretUnreadable:
        return {"problem": _SECRET}
    return seen.as_json()


def _beginning(window: str, now: datetime) -> datetime | None:
    if window == ONLY_NEW:
        return now
    return None if window == EVERYTHING else now - imap_preview.WINDOWS[window]


def _is_fresh(known: MailboxLookup, now: datetime) -> bool:
    return known.answered_at is not None and now - known.answered_at < FRESH_FOR
