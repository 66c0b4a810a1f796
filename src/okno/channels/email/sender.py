"""The outgoing ledger: claim, hand over, write down what became of each recipient."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _

from okno.channels.base import OutboundFile, OutboundMail, PermanentFailure, RecipientResult, TemporaryFailure
from okno.channels.email.advice import relay_advice
from okno.channels.email.bounce_status import is_permanent, refine_status
from okno.channels.email.compose import compose
from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.lanes import let_earlier_pass
from okno.channels.email.mailboxes import smtp_server
from okno.channels.email.models import Mailbox, OutgoingMail, SuppressedAddress
from okno.channels.email.oauth import OAuthFailure
from okno.channels.email.pace import take_turn
from okno.channels.email.relay import ServerSettings
from okno.channels.email.smtp_out import SmtpSender, Stopped
from okno.channels.email.suppression import is_gone, stopped_recipients, suppress_address
from okno.channels.email.threading import loop_mark, thread_key
from okno.lib.addresses import Address
from okno.lib.blobs import BlobMissing
from okno.lib.clock import current_time
from okno.lib.crypto import SecretUnreadable
from okno.lib.stores import file_store
from okno.spine.work import Ledger, register_ledger
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope

LEASE = timedelta(seconds=120)
# Well within the lease even if the server takes all the time that it is given for the next step.
LEASE_RENEWED_SECONDS = 20
GIVE_UP_AFTER = timedelta(days=3)
_MINUTES = (1, 5, 15, 30, 60, 120, 240)
_KEPT_CONNECTIONS = 4

Results = Mapping[str, Mapping[str, Any]]


class OutcomeHook(Protocol):
    """Be told what became of recipients, in the scope and transaction in which it is written down."""

    def __call__(self, *, mail: OutgoingMail, results: Results, now: datetime) -> None:
        """Take note of settled recipients: `results` is as in `OutgoingMail.results`."""


_hooks: list[OutcomeHook] = []
_thread = threading.local()


def on_outcome(hook: OutcomeHook) -> OutcomeHook:
    """Register who is told of results; the layers above do, this one does not know them."""
    _hooks.append(hook)
    return hook


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 1, 5, 15, 30 minutes, 1, 2, then every 4 hours."""
    return timedelta(minutes=_MINUTES[min(attempts, len(_MINUTES)) - 1])


def send_mail(mail: OutgoingMail) -> None:
    """Send one claimed mail to the recipients that are not settled yet."""
    with scope(mail.workspace_id):
        if not mail.extend(LEASE):
            # Claimed by somebody else while this batch waited behind a slow server.
            return
        mailbox = mail.mailbox
        workspace = Workspace.objects.get(pk=mail.workspace_id)
        if (
            mailbox is not None
            and not mailbox.is_released
            and _is_kept_until_release(mail, mailbox, workspace)
        ):
            return
    # What is written down is read by people of the workspace.
    with translation.override(workspace.language):
        stopped, recipients = _without_suppressed(mail)
        if not recipients:
            _settle(mail, stopped)
            return
        try:
            server = smtp_server(mailbox)
        except SecretUnreadable:
            _wait_for_settings(
                mail, recipients, _("The mailbox's password cannot be read any more: enter it again.")
            )
            return
        if server is None:
            _without_way_out(mail, workspace, recipients)
        elif not let_earlier_pass(mail, recipients) and take_turn(mail):
            _settle(mail, [*stopped, *_hand_over(mail, server, recipients)])


def _without_suppressed(mail: OutgoingMail) -> tuple[list[RecipientResult], list[str]]:
    """Return the refusals for recipients whose address is suppressed, and the others."""
    recipients = mail.unsettled_recipients()
    with scope(mail.workspace_id):
        stopped = stopped_recipients(mail, recipients)
    refusals = [_refused(address, words) for address, words in stopped.items()]
    return refusals, [address for address in recipients if address not in stopped]


def _hand_over(mail: OutgoingMail, server: ServerSettings, recipients: list[str]) -> list[RecipientResult]:
    try:
        data = compose(_outbound(mail))
    except PermanentFailure as failure:
        return [_refused(address, failure.reason) for address in recipients]
    except BlobMissing:
        words = _("A file of this message is no longer in the store.")
        return [_refused(address, words) for address in recipients]
    try:
        results = _sender(server, hello=mail.from_address.rpartition("@")[2]).send(
            data, envelope_from=mail.from_address, recipients=recipients, alive=_Pulse(mail)
        )
    except TemporaryFailure as failure:
        words = relay_advice(failure.reason, failure.code, by_consent=server.tokens is not None)
        _note_mailbox(mail, send_error="" if failure.is_uncertain else words)
        return _put_off(recipients, words)
    except OAuthFailure as failure:
        words = consent_advice(failure)
        _note_mailbox(mail, send_error=words)
        return _put_off(recipients, words)
    except Stopped:
        return _put_off(recipients, "")
    _note_mailbox(mail, send_error="")
    return list(results)


class _Pulse:
    """Keeps the lease of a mail while it is handed over, however long that takes."""

    def __init__(self, mail: OutgoingMail) -> None:
        self._mail = mail
        self._renewed_at = time.monotonic()

    def __call__(self) -> None:
        """Renew the lease if it is time. Raises Stopped if somebody else has taken the mail."""
        if time.monotonic() - self._renewed_at < LEASE_RENEWED_SECONDS:
            return
        self._renewed_at = time.monotonic()
        with scope(self._mail.workspace_id):
            if not self._mail.extend(LEASE):
                raise Stopped


def _is_kept_until_release(mail: OutgoingMail, mailbox: Mailbox, workspace: Workspace) -> bool:
    """Keep a mail if its mailbox still sends nothing. Part of a transaction.

    The mailbox is locked, so that whoever releases it this moment waits, and then finds this mail with the others.
    """
    held = Mailbox.objects.select_for_update(no_key=True, of=("self",)).filter(pk=mailbox.pk)
    if held.filter(is_released=False).first() is None:
        return False
    with translation.override(workspace.language):
        words = _("Kept until the mailbox is released.")
    if mail.keep(awaits_release=True, last_error=words) and mail.purpose != OutgoingMail.Purpose.ACCOUNT:
        recipients = mail.unsettled_recipients()
        kept = {address: {"state": "kept", "code": None, "words": words} for address in recipients}
        _tell(mail, kept, current_time())
    return True


def _settle(mail: OutgoingMail, results: Sequence[RecipientResult]) -> None:
    now = current_time()
    is_late = now - (mail.turn_at or mail.created_at) > GIVE_UP_AFTER
    settled: dict[str, dict[str, Any]] = {}
    waiting: list[RecipientResult] = []
    for result in results:
        if result.state == "retry" and not is_late:
            waiting.append(result)
        else:
            state = "sent" if result.state == "sent" else "failed"
            settled[result.address] = {
                "state": state,
                "code": result.code,
                "words": _words(result),
                **(_refusal(result) if result.state == "failed" else {}),
            }
    values = {"results": {**mail.results, **settled}}
    with scope(mail.workspace_id):
        if waiting:
            is_ours = mail.retry_in(retry_delay(mail.attempts), _words(waiting[0]), **values)
        elif all(result["state"] == "failed" for result in values["results"].values()):
            is_ours = mail.bury(next(iter(settled.values()))["words"] if settled else "", **values)
        else:
            is_ours = mail.finish(**values)
        if is_ours and settled:
            mail.results = values["results"]
            _suppress(settled, now=now)
            _tell(mail, settled, now)


def _refusal(result: RecipientResult) -> dict[str, Any]:
    """Return what a refusal means: its status code, and whether trying again would change nothing."""
    status = refine_status("", _words(result)) if result.code else ""
    return {"status": status, "permanent": result.state == "failed" and is_permanent(status, action="failed")}


def _suppress(settled: Results, *, now: datetime) -> None:
    """Send nothing more to addresses of which the server said that there is nobody. Part of a transaction."""
    for address, result in settled.items():
        if is_gone(result.get("status", "")):
            suppress_address(
                address=address,
                cause=SuppressedAddress.Cause.BOUNCED,
                status=result["status"],
                words=result["words"],
                now=now,
            )


def _tell(mail: OutgoingMail, results: Results, now: datetime) -> None:
    for hook in _hooks:
        hook(mail=mail, results=results, now=now)


def _without_way_out(mail: OutgoingMail, workspace: Workspace, recipients: list[str]) -> None:
    """Keep the mail of a demonstration in the outbox; elsewhere wait for somebody to configure a way out."""
    if workspace.is_demo:
        kept = {address: {"state": "kept", "code": None, "words": ""} for address in recipients}
        with scope(mail.workspace_id):
            if mail.keep(results={**mail.results, **kept}):
                _tell(mail, kept, current_time())
        return
    _wait_for_settings(
        mail, recipients, _("There is no server for sending: set one on the mailbox, or OKNO_SMTP_URL.")
    )


def _wait_for_settings(mail: OutgoingMail, recipients: list[str], words: str) -> None:
    """Try again later, and say on the mailbox what somebody has to set meanwhile."""
    _note_mailbox(mail, send_error=words)
    _settle(mail, _put_off(recipients, words))


def _put_off(recipients: list[str], words: str) -> list[RecipientResult]:
    return [RecipientResult(address=one, state="retry", reason=words) for one in recipients]


def _refused(address: str, reason: str) -> RecipientResult:
    return RecipientResult(address=address, state="failed", reason=reason)


def _words(result: RecipientResult) -> str:
    return (
        f"{result.code} {result.reason}".strip() if result.code and result.state != "sent" else result.reason
    )


def _note_mailbox(mail: OutgoingMail, *, send_error: str) -> None:
    if mail.mailbox_id is None:
        return
    with scope(mail.workspace_id):
        mailbox = Mailbox.objects.filter(pk=mail.mailbox_id)
        if send_error:
            mailbox.update(
                send_error=send_error, send_failing_since=Coalesce("send_failing_since", current_time())
            )
        else:
            mailbox.update(send_error="", send_failing_since=None, sent_at=current_time())


def _outbound(mail: OutgoingMail) -> OutboundMail:
    return OutboundMail(
        message_id=mail.message_id,
        sender=Address(mail.from_address, mail.from_name),
        to=_addresses(mail.to),
        cc=_addresses(mail.cc),
        reply_to=(Address(mail.reply_to, mail.from_name),) if mail.reply_to else (),
        subject=mail.subject,
        text=mail.text,
        html=mail.html or None,
        # The time of writing: a repeated mail is the same to the byte.
        sent_at=mail.created_at,
        in_reply_to=mail.in_reply_to,
        references=tuple(mail.references),
        auto_submitted=_auto_submitted(mail),
        loop_mark=loop_mark(thread_key(), workspace_id=mail.workspace_id),
        headers=tuple((name, value) for name, value in mail.headers),
        files=tuple(_file(mail.workspace_id, stored) for stored in mail.attachments),
    )


def _auto_submitted(mail: OutgoingMail) -> Literal["", "auto-replied", "auto-generated"]:
    if mail.purpose == OutgoingMail.Purpose.RECEIPT:
        return "auto-replied"
    return "auto-generated" if mail.is_automatic else ""


def _addresses(people: list[dict[str, str]]) -> tuple[Address, ...]:
    return tuple(Address(person["address"], person.get("name", "")) for person in people)


def _file(workspace_id: int, stored: dict[str, Any]) -> OutboundFile:
    return OutboundFile(
        filename=stored["filename"],
        content_type=stored["content_type"],
        content=file_store().read(workspace_id, stored["sha256"]),
        content_id=stored.get("content_id", "") if stored.get("inline") else "",
    )


def _sender(server: ServerSettings, *, hello: str) -> SmtpSender:
    """Return this thread's kept connection to a server."""
    kept: dict[tuple[ServerSettings, str], SmtpSender] = _thread.__dict__.setdefault("senders", {})
    key = (server, hello)
    if key not in kept:
        while len(kept) >= _KEPT_CONNECTIONS:
            kept.pop(next(iter(kept))).close()
        kept[key] = SmtpSender(server, hello=hello)
    return kept[key]


def _give_up(mail: OutgoingMail, words: str) -> None:
    """Tell of each recipient who is not settled that he will not get the mail: nobody waits for it for ever."""
    refused = {"state": "failed", "code": None, "words": words}
    unsettled = dict.fromkeys(mail.unsettled_recipients(), refused)
    _tell(mail, unsettled, current_time())


OUTGOING = register_ledger(
    Ledger(model=OutgoingMail, handle=send_mail, lease=LEASE, batch=5, threads=2, buried=_give_up)
)
