"""How mailboxes are: receiving, sending, what waits, and what to do; the same for the page and for `okno check`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _

from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.consent_state import ends_soon
from okno.channels.email.models import Auth, Mailbox, OutgoingMail, RawMail
from okno.channels.email.oauth import read_code

# A fetcher notes every look, two a minute; without one for so long nobody fetches.
SILENT_AFTER = timedelta(minutes=15)
WARN_BEFORE_END = timedelta(days=2)

Receiving = Literal["ok", "failing", "silent", "new", "waiting", "smtp", "off"]
Sending = Literal["ok", "failing", "new", "held", "nowhere", "off"]
ConsentState = Literal["none", "ok", "ends", "lost"]
_ILL = {"failing", "silent", "nowhere"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """How one mailbox is."""

    mailbox: Mailbox
    receiving: Receiving
    sending: Sending
    consent: ConsentState
    last_mail_at: datetime | None
    """When its newest mail came."""
    unread: int
    """Mails that are stored and wait to be read by us."""
    quarantined: int
    outgoing: int
    """Mails that wait to leave."""

    @property
    def is_well(self) -> bool:
        """Tell whether nobody has to do anything."""
        return (
            self.receiving not in _ILL
            and self.sending not in _ILL
            and self.consent in ("none", "ok")
            and not self.quarantined
        )

    @property
    def advice(self) -> list[str]:
        """Return what to do, the most urgent first."""
        box = self.mailbox
        words = []
        lost = read_code(box.oauth_error)
        if lost is not None and self.consent == "lost":
            words.append(consent_advice(lost))
        if self.consent == "ends":
            words.append(_("The consent ends soon. Connect the mailbox again before that."))
        words += self._receiving_advice()
        if self.sending == "failing" and box.send_error not in words:
            words.append(box.send_error)
        if self.sending == "nowhere":
            words.append(_("There is no server for sending. Name one, or answers cannot leave."))
        if self.sending == "held":
            words.append(_("Nothing leaves by this mailbox until it is released."))
        if self.quarantined:
            words.append(_("Some mail could not be read. Look at it in the intake journal."))
        return words

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        box = self.mailbox
        return {
            "address": box.address,
            "desk": box.desk.name,
            "receiving": self.receiving,
            "receiving_failing_since": _iso(box.fetch_failing_since),
            "fetched_at": _iso(box.fetched_at),
            "last_mail_at": _iso(self.last_mail_at),
            "waiting_to_be_read": self.unread,
            "quarantined": self.quarantined,
            "sending": self.sending,
            "sending_failing_since": _iso(box.send_failing_since),
            "sent_at": _iso(box.sent_at),
            "waiting_in_outbox": self.outgoing,
            "consent": self.consent,
            "advice": self.advice,
        }

    def _receiving_advice(self) -> list[str]:
        box = self.mailbox
        match self.receiving:
            case "failing" if self.consent != "lost":
                return [box.fetch_error]
            case "silent":
                return [_("Nobody fetches it: is “okno worker” running?")]
            case "waiting":
                return [_("Say which mail is to be taken, and fetching begins.")]
            case _:
                return []


def mailbox_health(*, now: datetime) -> list[MailboxHealth]:
    """Return how all mailboxes of the workspace are, in four queries however many they are."""
    newest = RawMail.objects.filter(mailbox=OuterRef("pk")).order_by("-id").values("created_at")[:1]
    boxes = Mailbox.objects.select_related("desk", "team").annotate(last_mail_at=Subquery(newest))
    unread = _counts(RawMail.objects.filter(state=RawMail.State.DUE))
    quarantined = _counts(RawMail.objects.filter(outcome=RawMail.Outcome.QUARANTINED))
    outgoing = _counts(OutgoingMail.objects.filter(state=OutgoingMail.State.DUE))
    return [
        MailboxHealth(
            mailbox=box,
            receiving=_receiving(box, now),
            sending=_sending(box),
            consent=_consent(box, now),
            last_mail_at=box.last_mail_at,
            unread=unread.get(box.pk, 0),
            quarantined=quarantined.get(box.pk, 0),
            outgoing=outgoing.get(box.pk, 0),
        )
        for box in boxes.order_by("-is_active", "-is_default", "address")
    ]


def _counts(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values_list("mailbox_id").annotate(number=Count("id")))


def _receiving(box: Mailbox, now: datetime) -> Receiving:
    if not box.is_active:
        return "off"
    if not box.imap_host:
        return "smtp"
    if box.awaits_window:
        return "waiting"
    if box.fetch_error:
        return "failing"
    if box.fetched_at is None:
        return "new"
    return "silent" if box.fetched_at < now - SILENT_AFTER else "ok"


def _sending(box: Mailbox) -> Sending:
    if not box.is_active:
        return "off"
    if not box.is_released:
        return "held"
    if not box.smtp_host and not settings.ENVIRONMENT.smtp_url:
        return "nowhere"
    if box.send_error:
        return "failing"
    return "ok" if box.sent_at is not None else "new"


def _consent(box: Mailbox, now: datetime) -> ConsentState:
    if box.auth != Auth.OAUTH:
        return "none"
    if box.oauth_error:
        return "lost"
    return "ends" if ends_soon(box, now=now, within=WARN_BEFORE_END) else "ok"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
