"""The first connection of a mailbox: what lies in it, which of it is taken, and when mail may leave by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.channels.email.advice import imap_advice
from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.first_connection import (
    EVERYTHING,
    ONLY_NEW,
    WINDOWS,
    ask_preview,
    failure_of,
    hold_mailbox,
    preview_of,
    start_mailbox,
    waiting_mail,
)
from okno.channels.email.imap_in import ImapFailure
from okno.channels.email.imap_preview import Count, Preview
from okno.channels.email.models import Mailbox, MailboxLookup, OutgoingMail
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import Invalid, NotFound
from okno.reactors.delivery.release import release_mailbox
from okno.team import policy

configurators_only = member_required(allowed=policy.can_manage_settings)

_LABELS = {
    ONLY_NEW: gettext_lazy("Only what comes from now on"),
    "day": gettext_lazy("The last 24 hours"),
    "week": gettext_lazy("The last 7 days"),
    "month": gettext_lazy("The last 30 days"),
    EVERYTHING: gettext_lazy("Everything"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowCell:
    """One choice of what is taken."""

    value: str
    label: Any
    count: Count | None
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """One of the newest mails."""

    subject: str
    sender: str
    received_at: datetime | None
    is_seen: bool


@require_http_methods(["GET", "POST"])
@configurators_only
def first_connection(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Show what lies in a mailbox and begin to fetch it; later, whether mail leaves by it."""
    shown = mailbox_called(mailbox_id)
    if request.method == "POST":
        _start(request, shown)
        return redirect("console:mailbox_start", mailbox_id)
    context = {"shown": shown, **safe_mode_part(shown)}
    if shown.awaits_window:
        context |= _preview_part(shown, preview_of(shown, now=current_time()))
    return settings_page(request, "first_connection.html", context)


@require_safe
@configurators_only
def preview(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Answer the part of the page that waits for the worker's look; it asks again by itself."""
    shown = mailbox_called(mailbox_id)
    if not shown.awaits_window:
        # Somebody else has started it: the whole page is another one.
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    context = _preview_part(shown, preview_of(shown, now=current_time()))
    return render(request, "console/settings/first_preview.html", {"shown": shown, **context})


@require_POST
@configurators_only
def preview_again(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Let the worker look once more."""
    ask_preview(actor=request.actor, mailbox_id=mailbox_id)
    return redirect("console:mailbox_start", mailbox_id)


@require_POST
@configurators_only
def release(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Let mail leave by a mailbox, with what has waited or without."""
    waiting = request.POST.get("waiting", "send")
    if waiting not in ("send", "discard"):
        raise Invalid(_("There is no such choice."))
    released = release_mailbox(
        actor=request.actor,
        mailbox_id=mailbox_id,
        waiting="send" if waiting == "send" else "discard",
        now=current_time(),
    )
    messages.success(request, _("Mail leaves by %(address)s now.") % {"address": released.address})
    return redirect("console:mailbox_start", mailbox_id)


@require_POST
@configurators_only
def hold(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Keep everything that would leave by a mailbox."""
    held = hold_mailbox(actor=request.actor, mailbox_id=mailbox_id, now=current_time())
    messages.success(request, _("Nothing leaves by %(address)s any more.") % {"address": held.address})
    return redirect("console:mailbox_start", mailbox_id)


def mailbox_called(mailbox_id: int) -> Mailbox:
    """Return a mailbox of this workspace; raises NotFound."""
    found: Mailbox | None = Mailbox.objects.filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound(_("There is no such mailbox."))
    return found


def safe_mode_part(shown: Mailbox) -> dict[str, Any]:
    """Return how many mails wait for the release, in words, by what they are."""
    if shown.is_released:
        return {"waiting": 0, "waiting_words": []}
    kept = waiting_mail(shown)
    words = [f"{OutgoingMail.Purpose(purpose).label}: {count}" for purpose, count in kept.items()]
    return {"waiting": sum(kept.values()), "waiting_words": words}


def _start(request: ConsoleRequest, shown: Mailbox) -> None:
    now = current_time()
    start_mailbox(
        actor=request.actor,
        mailbox_id=shown.pk,
        window=request.POST.get("window", ONLY_NEW),
        takes_seen=request.POST.get("takes_seen") == "1",
        now=now,
    )
    if request.POST.get("release") == "1":
        release_mailbox(actor=request.actor, mailbox_id=shown.pk, now=now)
    messages.success(request, _("Mail to %(address)s becomes tickets now.") % {"address": shown.address})


def _preview_part(shown: Mailbox, known: MailboxLookup) -> dict[str, Any]:
    seen = Preview.from_json(known.answer) if "counts" in known.answer else None
    return {
        "is_pending": known.is_pending,
        "problem": _problem(known),
        "choices": [
            WindowCell(
                value=name,
                label=_LABELS[name],
                count=seen.counts.get(name) if seen else None,
                is_chosen=name == ONLY_NEW,
            )
            for name in WINDOWS
        ],
        "newest": [_mail(mail) for mail in seen.newest] if seen else [],
        "total": _total(seen.counts[EVERYTHING]) if seen else "",
        "looked_at": known.answered_at,
    }


def _problem(known: MailboxLookup) -> str:
    """Return in words why there is no preview."""
    if known.state == MailboxLookup.State.DEAD:
        return _(
            "The mailbox could not be looked into. Look again; if it stays so, the worker's log says why."
        )
    if "problem" not in known.answer:
        return ""
    failure = failure_of(known.answer)
    if failure is None:
        return _("The stored password cannot be read any more: enter it again.")
    return imap_advice(failure) if isinstance(failure, ImapFailure) else consent_advice(failure)


def _mail(mail: Any) -> ShownCell:
    return ShownCell(
        subject=mail.subject or _("(no subject)"),
        sender=mail.name or mail.address or _("(no sender)"),
        received_at=datetime.fromisoformat(mail.received_at) if mail.received_at else None,
        is_seen=mail.is_seen,
    )


def _total(count: Count) -> str:
    return ngettext(
        "%(count)s mail lies in the mailbox.", "%(count)s mails lie in the mailbox.", count.messages
    ) % {"count": count.messages}
