"""The signed word in a form as it is shown, and the one in the mail that asks its sender to confirm.

The form's word stands for the cookie that other pages prove their origin with: it is bound to the workspace and the
form, names the moment at which it was made, expires, and is the key of the one ticket that it can become.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core import signing

from okno.modules.form.models import Form, Submission
from okno.tenancy.scope import current_workspace_id

LIFETIME = timedelta(hours=24)
"""How long a page may stay open before it is sent."""
_SENDING = "okno.form.sending"
_CONFIRMING = "okno.form.confirming"
_THANKING = "okno.form.thanking"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormToken:
    """What a form says of itself when it comes back."""

    key: UUID
    issued_at: datetime
    bits: int
    """How much work its proof has to show."""
    consent_number: int
    """The version of the consent that stood in it."""

    def is_good(self, now: datetime) -> bool:
        """Tell whether the form may still be sent with it."""
        return now - LIFETIME <= self.issued_at <= now


def issue_token(
    form: Form, *, bits: int, now: datetime, consent_number: int | None = None
) -> tuple[str, FormToken]:
    """Return a fresh token for a form that is about to be shown, with what it says.

    A form that shows an older version of the consent than there is now names that one.
    """
    token = FormToken(
        key=uuid4(),
        issued_at=now.replace(microsecond=0),
        bits=bits,
        consent_number=form.consent_number if consent_number is None else consent_number,
    )
    moment = int(now.timestamp())
    said = [current_workspace_id(), form.pk, token.key.hex, moment, bits, token.consent_number]
    return signing.dumps(said, salt=_SENDING, compress=False), token


def read_token(form: Form, word: str) -> FormToken | None:
    """Return what a token says, however old it is, or None if it is not ours or of another form."""
    said = _load(word, _SENDING)
    if said is None or said[:2] != [current_workspace_id(), form.pk]:
        return None
    issued_at = datetime.fromtimestamp(said[3], tz=UTC)
    return FormToken(key=UUID(said[2]), issued_at=issued_at, bits=said[4], consent_number=said[5])


def confirming_word(submission: Submission) -> str:
    """Return the word in the link by which a sender lets his own submission in; good as long as that is kept."""
    said = [current_workspace_id(), submission.form_id, submission.pk]
    return signing.dumps(said, salt=_CONFIRMING, compress=False)


def read_confirming_word(form: Form, word: str) -> int | None:
    """Return the id of the submission that a link is about, None if it is not ours."""
    said = _load(word, _CONFIRMING)
    if said is None or said[:2] != [current_workspace_id(), form.pk]:
        return None
    return int(said[2])


def thanking_word(form: Form, *, how: str, number: int | None) -> str:
    """Return the word in the address of the page that thanks: what became of it, and the ticket's number."""
    return signing.dumps([current_workspace_id(), form.pk, how, number], salt=_THANKING, compress=False)


def read_thanking_word(form: Form, word: str) -> tuple[str, int | None] | None:
    """Return what a page that thanks has to say, None if the address was made up."""
    said = _load(word, _THANKING)
    if said is None or said[:2] != [current_workspace_id(), form.pk]:
        return None
    return said[2], said[3]


def _load(word: str, salt: str) -> list[Any] | None:
    try:
        said = signing.loads(word, salt=salt)
    except (signing.BadSignature, ValueError):
        return None
    return said if isinstance(said, list) else None
