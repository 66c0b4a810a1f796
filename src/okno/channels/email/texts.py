"""Changing the texts of outgoing mail: every version is kept, the built-in one is one step away."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from okno.channels.email.events import MailTextChanged
from okno.channels.email.looks import find_desk, of_desk, require_look_rights
from okno.channels.email.models import MailText, TextKind
from okno.channels.email.wording import checked_wording
from okno.lib.errors import Conflict, NotFound
from okno.spine.actor import Actor
from okno.spine.taken import unless_taken
from okno.spine.unit import command, emit


@command
def change_text(
    *, actor: Actor, desk_id: int | None, kind: str, language: str, subject: str, body: str, now: datetime
) -> MailText:
    """Put a text in the place of the present one. Raises Denied, NotFound, and Invalid for what cannot be sent."""
    require_look_rights(actor)
    wording = checked_wording(kind, subject=subject, body=body)
    present = _present(desk_id, kind, language)
    if present is not None and (present.subject, present.body) == (wording.subject, wording.body):
        return present
    if present is not None:
        MailText.objects.filter(pk=present.pk).update(is_current=False)
    written = MailText(
        desk_id=desk_id,
        kind=kind,
        language=language,
        subject=wording.subject,
        body=wording.body,
        created_by_id=actor.member_id,
        created_at=now,
    )
    with unless_taken(Conflict(_("Somebody else has just changed this text. Look at it first."))):
        written.save(force_insert=True)
    _tell(actor, written, now=now)
    return written


@command
def reset_text(*, actor: Actor, desk_id: int | None, kind: str, language: str, now: datetime) -> None:
    """Let a desk's text be the workspace's again, and the workspace's the built-in one. Raises Denied, NotFound."""
    require_look_rights(actor)
    present = _present(desk_id, kind, language)
    if present is not None:
        MailText.objects.filter(pk=present.pk).update(is_current=False)
        _tell(actor, present, now=now)


@command
def bring_back(*, actor: Actor, version_id: int, now: datetime) -> MailText:
    """Use an earlier version of a text again, as a new one. Raises Denied, NotFound, Invalid."""
    require_look_rights(actor)
    version: MailText | None = MailText.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound(_("There is no such version."))
    return change_text(
        actor=actor,
        desk_id=version.desk_id,
        kind=version.kind,
        language=version.language,
        subject=version.subject,
        body=version.body,
        now=now,
    )


def _present(desk_id: int | None, kind: str, language: str) -> MailText | None:
    find_desk(desk_id)
    if kind not in TextKind.values or language not in dict(settings.LANGUAGES):
        raise NotFound(_("There is no such text."))
    rows = MailText.objects.select_for_update(no_key=True, of=("self",))
    found: MailText | None = rows.filter(
        of_desk(desk_id), kind=kind, language=language, is_current=True
    ).first()
    return found


def _tell(actor: Actor, text: MailText, *, now: datetime) -> None:
    event = MailTextChanged(desk=text.desk_id, text=text.kind, language=text.language)
    emit(actor, event, kind="mail_text", subject=text, now=now)
