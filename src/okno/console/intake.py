"""The journal of mail that came in: what became of each, why, as it came, and reading again, one or many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from okno.channels.email.models import Mailbox, RawMail
from okno.conditions.ordering import Keyset, Order
from okno.console.identity import ConsoleRequest, holds, member_required
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.blobs import BlobMissing
from okno.lib.clock import current_time
from okno.lib.errors import Invalid, NotFound
from okno.lib.stores import raw_store
from okno.reactors.intake.again import progress_of, read_again, rereadable
from okno.team.policy import SETTINGS_READ, SETTINGS_WRITE, is_granted_everywhere

PAGE_SIZE = 50
WAITING_SHOWN = 20
# Words are looked for in so many of the newest mails; addresses, identifiers and numbers in all.
WORDS_REACH = 2000
# How much of a raw mail is read to show its header; an honest header has a tenth of it.
HEADER_BYTES = 64 * 1024
_NEWEST = Keyset((Order(column="id", descending=True, nulls="never"),))
Outcome = RawMail.Outcome
# Nothing in a mail may act, whatever a browser makes of it.
_FILE_POLICY = "sandbox; default-src 'none'"

readers_only = member_required(allowed=holds(SETTINGS_READ, everywhere=True))
writers_only = member_required(allowed=holds(SETTINGS_WRITE, everywhere=True))

SHOWN: dict[str, tuple[Any, Q]] = {
    "": (pgettext_lazy("mails", "All"), Q()),
    "pending": (gettext_lazy("Being read"), Q(outcome=Outcome.PENDING)),
    "quarantined": (gettext_lazy("Could not be read"), Q(outcome=Outcome.QUARANTINED)),
    "held": (gettext_lazy("Held"), Q(outcome=Outcome.HELD)),
    "opened": (gettext_lazy("Opened a ticket"), Q(outcome=Outcome.OPENED)),
    "replied": (gettext_lazy("Joined a ticket"), Q(outcome=Outcome.REPLIED)),
    "bounced": (gettext_lazy("Delivery reports"), Q(outcome=Outcome.BOUNCED)),
    "auto_reply": (gettext_lazy("Automatic answers"), Q(outcome=Outcome.AUTO_REPLY)),
    "complaint": (gettext_lazy("Complaints"), Q(outcome=Outcome.COMPLAINT)),
    "spam": (gettext_lazy("Spam"), Q(outcome=Outcome.SPAM)),
    "duplicate": (gettext_lazy("Doubles"), Q(outcome=Outcome.DUPLICATE)),
    "ignored": (gettext_lazy("Our own"), Q(outcome=Outcome.IGNORED)),
}
PERIODS: dict[str, tuple[Any, timedelta | None]] = {
    "": (gettext_lazy("Any time"), None),
    "day": (gettext_lazy("Last 24 hours"), timedelta(days=1)),
    "week": (gettext_lazy("Last 7 days"), timedelta(days=7)),
    "month": (gettext_lazy("Last 30 days"), timedelta(days=30)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TabCell:
    """One tab of a journal."""

    label: Any
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the journal is asked for, as its address says it."""

    show: str = ""
    mailbox: str = ""
    period: str = ""
    words: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything is asked for at all."""
        return bool(self.show or self.mailbox or self.period or self.words)

    def query(self, **changes: str) -> str:
        """Return the query string, with changes, without what is empty."""
        said = {"show": self.show, "mailbox": self.mailbox, "period": self.period, "q": self.words} | changes
        return urlencode({key: value for key, value in said.items() if value})

    def mails(self, *, now: datetime) -> QuerySet[RawMail]:
        """Return the mails that are asked for."""
        found = RawMail.objects.filter(SHOWN[self.show][1])
        if self.mailbox:
            found = found.filter(mailbox_id=int(self.mailbox))
        since = PERIODS[self.period][1]
        if since is not None:
            found = found.filter(created_at__gte=now - since)
        return found.filter(_words_q(found, self.words)) if self.words else found


@require_safe
@readers_only
def intake(request: ConsoleRequest) -> HttpResponse:
    """Show what came in, newest first; above it what waits for somebody to look at."""
    wanted = _wanted(request.GET)
    rows = wanted.mails(now=current_time()).select_related("mailbox")
    try:
        page = _NEWEST.page(rows, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except Invalid:
        return redirect("console:intake")
    is_first = not wanted.is_narrowed and "cursor" not in request.GET
    waiting = RawMail.objects.select_related("mailbox").filter(outcome=Outcome.QUARANTINED).order_by("-id")
    can_change = is_granted_everywhere(request.actor, SETTINGS_WRITE)
    context = {
        "rows": page.rows,
        "choosable": _made_nothing(page.rows) if can_change else set(),
        "wanted": wanted,
        "tabs": [
            TabCell(label=label, url=_url(wanted.query(show=key)), is_current=key == wanted.show)
            for key, (label, _q) in SHOWN.items()
        ],
        "mailboxes": [
            ("", _("All mailboxes")),
            *Mailbox.objects.order_by("address").values_list("pk", "address"),
        ],
        "mailbox": int(wanted.mailbox) if wanted.mailbox else "",
        "periods": [(key, label) for key, (label, _since) in PERIODS.items()],
        "words_reach": WORDS_REACH if wanted.words and not _is_exact(wanted.words) else 0,
        "query": wanted.query(),
        "next_url": _url(wanted.query(cursor=page.next)) if page.next else "",
        "previous_url": _url(wanted.query(cursor=page.previous)) if page.previous else "",
        "waiting": waiting[:WAITING_SHOWN] if is_first else [],
        "can_change": can_change,
    }
    return render(request, "console/mail/intake.html", context)


@require_safe
@readers_only
def mail(request: ConsoleRequest, raw_id: int) -> HttpResponse:
    """Show one mail: how it came, what became of it and why, and its header."""
    row = _row(raw_id)
    context = {
        "row": row,
        "header": _header_of(row),
        "can_read_again": _made_nothing([row]) and is_granted_everywhere(request.actor, SETTINGS_WRITE),
    }
    return render(request, "console/mail/raw.html", context)


@require_safe
@readers_only
def raw(request: ConsoleRequest, raw_id: int) -> HttpResponseBase:
    """Give a mail as it came, to be saved and never shown."""
    row = _row(raw_id)
    try:
        content = raw_store().open(row.workspace_id, row.sha256)
    except BlobMissing as error:
        raise NotFound(_("The mail is no longer in the store.")) from error
    response = FileResponse(
        content, as_attachment=True, filename=f"mail-{row.pk}.eml", content_type="application/octet-stream"
    )
    response["Content-Security-Policy"] = _FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@writers_only
def again(request: ConsoleRequest) -> HttpResponse:
    """Let the chosen mails be read again, or, with `all`, everything that the journal's filters show."""
    if "all" in request.POST:
        mails = _wanted(request.POST).mails(now=current_time())
    else:
        ids = [int(value) for value in request.POST.getlist("mail") if value.isdecimal() and len(value) < 19]
        mails = RawMail.objects.filter(pk__in=ids)
    return redirect("console:intake_run", read_again(actor=request.actor, mails=mails))


@require_safe
@readers_only
def run(request: ConsoleRequest, run_id: UUID) -> HttpResponse:
    """Show how far the reading again has come; asks by itself until it is done."""
    progress = progress_of(run_id)
    if progress is None:
        raise Http404
    context = {
        "run_id": run_id,
        "progress": progress,
        "done": progress.total - progress.pending,
        "outcomes": [(Outcome(key).label, count) for key, count in sorted(progress.by_outcome.items())],
        "mails": RawMail.objects.select_related("mailbox").filter(run=run_id).order_by("-id")[:PAGE_SIZE],
    }
    return render(request, "console/mail/progress.html" if request.htmx else "console/mail/run.html", context)


def _wanted(said: Any) -> Wanted:
    """Return what an address or form asks for; what it cannot mean is not found."""
    wanted = Wanted(
        show=said.get("show", ""),
        mailbox=said.get("mailbox", ""),
        period=said.get("period", ""),
        words=" ".join(said.get("q", "").replace("\x00", "").split())[:200],
    )
    is_mailbox = not wanted.mailbox or (wanted.mailbox.isdecimal() and len(wanted.mailbox) < 19)
    if wanted.show not in SHOWN or wanted.period not in PERIODS or not is_mailbox:
        raise Http404
    return wanted


def _is_exact(words: str) -> bool:
    return words.startswith("<") or words.isdecimal() or _address(words) is not None


def _words_q(found: QuerySet[RawMail], words: str) -> Q:
    if words.startswith("<"):
        return Q(message_id=words)
    if words.isdecimal() and len(words) < 19:
        return Q(ticket_number=int(words))
    address = _address(words)
    if address is not None:
        return Q(sender=address) | Q(envelope_from=address)
    newest = found.order_by("-id").values("id")[:WORDS_REACH]
    return Q(pk__in=newest) & (
        Q(subject__icontains=words) | Q(sender__icontains=words) | Q(file_name__icontains=words)
    )


def _address(words: str) -> str | None:
    try:
        return normalise_address(words)
    except InvalidAddress:
        return None


def _url(query: str) -> str:
    here = reverse("console:intake")
    return f"{here}?{query}" if query else here


def _row(raw_id: int) -> RawMail:
    row: RawMail | None = RawMail.objects.select_related("mailbox").filter(pk=raw_id).first()
    if row is None:
        raise Http404
    return row


def _made_nothing(rows: Sequence[RawMail]) -> set[int]:
    """Return the ids of those that may be read again."""
    ids = [row.pk for row in rows]
    return set(RawMail.objects.filter(rereadable(), pk__in=ids).values_list("pk", flat=True))


def _header_of(row: RawMail) -> str | None:
    """Return the header as it came, bytes that are no text replaced; None if the file is gone."""
    try:
        with raw_store().open(row.workspace_id, row.sha256) as content:
            start = content.read(HEADER_BYTES)
    except BlobMissing:
        return None
    lines = start.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return lines.partition(b"\n\n")[0].decode("utf-8", "replace").replace("\x00", "�")
