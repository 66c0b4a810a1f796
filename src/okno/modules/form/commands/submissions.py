"""What is sent by a form: a ticket at once, or kept until its sender or an agent lets it in. Nothing is thrown away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from okno.accounts.letters import Letter, send_letter
from okno.channels.email.answering import take_answer
from okno.lib.errors import Conflict, NotFound, Unavailable
from okno.lib.html_text import without_unusable
from okno.modules.form.events import RequestHeld
from okno.modules.form.guard.tokens import confirming_word
from okno.modules.form.models import ConsentText, Form, GivenConsent, Submission, SubmissionFile
from okno.people.commands import clean_name, contact_for_address
from okno.people.models import Contact
from okno.spine.actor import SYSTEM
from okno.spine.unit import command, emit
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id
from okno.tickets.commands.attachments import keeps_files
from okno.tickets.commands.submit import NewFile, NewRequest, submit_request
from okno.tickets.models import RequestType, Ticket
from okno.tickets.models.ticket import Channel

HELD_FOR = timedelta(days=7)
WAITING_LIMIT = 1000
"""So many unproven requests wait in a workspace at most; beyond, a flood would fill the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What stood in a form that was valid. `address` is canonical, files are in the store."""

    key: UUID
    type: RequestType
    name: str
    address: str
    subject: str
    text: str
    language: str
    values: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[NewFile] = ()
    consent_number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of it: a ticket, or a submission that waits."""

    ticket: Ticket | None = None
    submission: Submission | None = None


@command
def take_request(*, form: Form, sent: Sent, reason: Submission.Reason | None, now: datetime) -> Taken:
    """Open the ticket of a request, or hold it for a reason; the same form sent again is the same thing.

    Raises Invalid, Denied, and Unavailable if too much is waiting.
    """
    _one_at_a_time(sent.key)
    before = Submission.objects.filter(key=sent.key).select_related("ticket").first()
    if before is not None:
        return Taken(ticket=before.ticket, submission=None if before.ticket else before)
    known = Ticket.objects.filter(client_key=sent.key).first()
    if known is not None:
        return Taken(ticket=known)
    if reason is not None:
        return Taken(submission=_hold(form, sent, reason, now=now))
    return Taken(ticket=open_request(form=form, sent=sent, now=now))


@command
def open_request(*, form: Form, sent: Sent, now: datetime) -> Ticket:
    """Open the ticket of what was sent, with the consent that its sender gave."""
    contact = _contact(sent, now=now)
    ticket = submit_request(
        contact=contact,
        address=sent.address,
        request=NewRequest(
            type=sent.type,
            subject=sent.subject,
            text=sent.text,
            channel=Channel.FORM,
            values=sent.values,
            files=sent.files,
            client_key=sent.key,
            desk=form.desk,
            team=form.team,
            wants_receipt=True,
        ),
        now=now,
    )
    text = consent_numbered(form, sent.consent_number)
    if text is not None:
        GivenConsent.objects.get_or_create(ticket=ticket, defaults={"text": text, "given_at": now})
    return ticket


def consent_numbered(form: Form, number: int) -> ConsentText | None:
    """Return a version of what senders of a form agree to; None if they were asked for nothing."""
    found: ConsentText | None = ConsentText.objects.filter(form=form, number=number).first()
    return found


@keeps_files
def held_files(hashes: set[str]) -> set[str]:
    """Return which of these hashes are of files of requests that wait."""
    return set(SubmissionFile.objects.filter(sha256__in=hashes).values_list("sha256", flat=True))


def _one_at_a_time(key: UUID) -> None:
    """Let the same form sent twice at once wait for itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"{current_workspace_id()} submission {key}"],
        )


def _contact(sent: Sent, *, now: datetime) -> Contact:
    """Return the contact of a sender; a new one reads the language in which he filled in the form."""
    contact = contact_for_address(address=sent.address, name=sent.name, now=now, source="form")
    if contact.created_at == now and not contact.language:
        contact.language = sent.language
        contact.save(update_fields=["language"])
    return contact


def _hold(form: Form, sent: Sent, reason: Submission.Reason, *, now: datetime) -> Submission:
    if Submission.objects.filter(state=Submission.State.WAITING)[:WAITING_LIMIT].count() >= WAITING_LIMIT:
        raise Unavailable(_("Too much is being sent here right now. Try again later, or write us a mail."))
    is_blocked = reason == Submission.Reason.BLOCKED
    submission = Submission.objects.create(
        form=form,
        key=sent.key,
        state=Submission.State.SPAM if is_blocked else Submission.State.WAITING,
        reason=reason,
        type=sent.type,
        name=clean_name(sent.name),
        address=sent.address,
        subject=" ".join(without_unusable(sent.subject).split()),
        text=without_unusable(sent.text.replace("\r\n", "\n")).strip(),
        values=dict(sent.values),
        language=sent.language,
        consent=consent_numbered(form, sent.consent_number),
        created_at=now,
        expires_at=now + HELD_FOR,
    )
    SubmissionFile.objects.bulk_create(
        [
            SubmissionFile(
                submission=submission,
                filename=file.filename,
                content_type=file.content_type,
                size=file.size,
                sha256=file.sha256,
            )
            for file in sent.files
        ]
    )
    if not is_blocked:
        submission.is_mailed = _ask_sender(form, submission, now=now)
        submission.save(update_fields=["is_mailed"])
    emit(SYSTEM, RequestHeld(reason=reason), kind="submission", subject=submission, now=now)
    return submission


def _ask_sender(form: Form, submission: Submission, *, now: datetime) -> bool:
    """Send the link that lets a request in; False if there is no way. Nothing that a stranger wrote is in the mail."""
    if not take_answer(submission.address, now=now):
        return False
    workspace = Workspace.objects.get(pk=submission.workspace_id)
    path = f"/f/{form.key}/confirm/{confirming_word(submission)}/?lang={submission.language}"
    values = {
        "workspace": workspace.name,
        "link": public_url(workspace, path),
        "days": HELD_FOR.days,
    }
    text = _(
        "Somebody has filled in the form of %(workspace)s and given this address.\n\n"
        "If it was you, open this page and press the button, and we get your request:\n\n%(link)s\n\n"
        "The link is good for %(days)d days. If it was not you, do nothing."
    )
    letter = Letter(
        address=submission.address,
        name="",
        subject=_("Confirm your request to %(workspace)s") % values,
        text=f"{text % values}\n",
    )
    return send_letter(letter)


def find_submission(form: Form, submission_id: int) -> Submission:
    """Lock a submission of a form. Raises NotFound."""
    found: Submission | None = (
        Submission.objects.select_for_update(no_key=True, of=("self",))
        .select_related("form__desk", "form__team", "type", "ticket", "consent")
        .filter(form=form, pk=submission_id)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such request any more."))
    return found


def sent_again(submission: Submission) -> Sent:
    """Return what was sent, out of what was kept of it."""
    files = [
        NewFile(filename=one.filename, content_type=one.content_type, size=one.size, sha256=one.sha256)
        for one in SubmissionFile.objects.filter(submission=submission).order_by("id")
    ]
    return Sent(
        key=submission.key,
        type=submission.type,
        name=submission.name,
        address=submission.address,
        subject=submission.subject,
        text=submission.text,
        language=submission.language,
        values=submission.values,
        files=files,
        consent_number=submission.consent.number if submission.consent else 0,
    )


def refuse_settled(submission: Submission) -> None:
    """Raise Conflict for what is a ticket already."""
    if submission.state == Submission.State.LET_IN:
        raise Conflict(_("This request has been let in already."), code="decided")
