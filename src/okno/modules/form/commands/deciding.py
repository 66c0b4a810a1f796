"""The end of what waits: its sender presses the link in his mail, or an agent decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.modules.form.commands.submissions import (
    find_submission,
    open_request,
    refuse_settled,
    sent_again,
)
from okno.modules.form.events import RequestLetIn, RequestRefused
from okno.modules.form.models import Form, Submission
from okno.modules.form.queries import types_of
from okno.people.commands import verify_address
from okno.people.models import ContactAddress
from okno.portal.asking.types import chosen_type
from okno.spine.actor import Actor, ActorKind
from okno.spine.unit import command, emit
from okno.team.policy import TICKETS_READ, TICKETS_WRITE
from okno.tickets import policy
from okno.tickets.commands.attachments import forget_files_later
from okno.tickets.models import Ticket


def can_see(actor: Actor, form: Form) -> bool:
    """Tell whether the actor may see what waits at a form: whoever sees the tickets of its desk and team."""
    return policy.reaches_place(actor, TICKETS_READ, desk_id=form.desk_id, team_id=form.team_id)


def can_decide(actor: Actor, form: Form) -> bool:
    """Tell whether the actor may decide on what waits at a form."""
    return policy.reaches_place(actor, TICKETS_WRITE, desk_id=form.desk_id, team_id=form.team_id)


@command
def confirm_request(*, form: Form, submission_id: int, now: datetime) -> Ticket:
    """Let a request in because its sender has pressed the link in his mail, which proves that he reads the address.

    Pressing again finds the same ticket. Raises NotFound, and Conflict if a member has called it spam.
    """
    submission = find_submission(form, submission_id)
    known: Ticket | None = submission.ticket
    if known is not None:
        return known
    if submission.state == Submission.State.SPAM:
        raise Conflict(_("This request was not accepted."), code="decided")
    ticket = _open_held(submission, now=now)
    address = ContactAddress.objects.select_related("contact").get(kind="email", value=submission.address)
    verify_address(contact=address.contact, address=address.value, now=now)
    sender = Actor(kind=ActorKind.CONTACT, id=address.contact_id, name=address.contact.name)
    _settle(sender, submission, ticket, now=now)
    return ticket


@command
def let_in(*, actor: Actor, submission_id: int, now: datetime) -> Ticket:
    """Let a request in by hand, also one that was called spam. Raises NotFound, Denied, Conflict."""
    submission = _for_decision(actor, submission_id)
    refuse_settled(submission)
    ticket = _open_held(submission, now=now)
    _settle(actor, submission, ticket, now=now)
    return ticket


@command
def call_spam(*, actor: Actor, submission_id: int, now: datetime) -> Submission:
    """Keep a request out; it can be let in until it is forgotten. Raises NotFound, Denied, Conflict."""
    submission = _for_decision(actor, submission_id)
    refuse_settled(submission)
    if submission.state != Submission.State.SPAM:
        _write(submission, actor, Submission.State.SPAM, now=now)
        emit(actor, RequestRefused(), kind="submission", subject=submission, now=now)
    return submission


@command
def forget_submissions(*, now: datetime) -> int:
    """Delete what nobody has let in before its time was over, with its files; returns how many."""
    over = Submission.objects.filter(expires_at__lt=now)
    hashes = list(over.values_list("files__sha256", flat=True).exclude(files__sha256=None))
    _total, by_model = over.delete()
    forget_files_later(hashes, now=now)
    return by_model.get(Submission._meta.label, 0)


def _for_decision(actor: Actor, submission_id: int) -> Submission:
    known = Submission.objects.select_related("form").filter(pk=submission_id).first()
    if known is None or not can_see(actor, known.form):
        raise NotFound(_("There is no such request any more."))
    if not can_decide(actor, known.form):
        raise Denied(_("You may see this request but not decide on it."))
    return find_submission(known.form, submission_id)


def _open_held(submission: Submission, *, now: datetime) -> Ticket:
    """Open the ticket. What has been configured away meanwhile costs no request: answers go into its text then."""
    form, sent = submission.form, sent_again(submission)
    try:
        return open_request(form=form, sent=sent, now=now)
    except Invalid:
        usual = chosen_type(types_of(form), None)
        if usual is None:
            raise
    answers = "\n".join(f"{key.removeprefix('custom.')}: {value}" for key, value in sent.values.items())
    text = "\n\n".join(part for part in (sent.text, answers) if part)
    return open_request(form=form, sent=replace(sent, type=usual, values={}, text=text), now=now)


def _settle(actor: Actor, submission: Submission, ticket: Ticket, *, now: datetime) -> None:
    submission.ticket = ticket
    _write(submission, actor, Submission.State.LET_IN, now=now)
    emit(actor, RequestLetIn(ticket=ticket.pk), kind="submission", subject=submission, now=now)


def _write(submission: Submission, actor: Actor, state: Submission.State, *, now: datetime) -> None:
    submission.state = state
    submission.decided_by_id = actor.member_id
    submission.decided_at = now
    submission.save(update_fields=["state", "ticket", "decided_by", "decided_at"])
