"""A mail as it will look, while it is still being written: in a frame that is an address of its own.

The frame's address carries what was typed, signed: so nothing is stored for a preview, nobody can be led to a page of
ours with words that we have not checked, and the frame has its own policy.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from okno.channels.email.compose import inline_css
from okno.channels.email.looks import Look, checked_accent, look_of
from okno.channels.email.models import TextKind
from okno.channels.email.wording import Wording, checked_wording
from okno.channels.email.writing import Letter
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.mail_samples import sample_letter
from okno.console.settings.mail_scope import Scope, scope_of
from okno.lib.colour import accent_of_hue
from okno.lib.errors import Invalid, NotFound
from okno.lib.stores import file_store
from okno.team import policy
from okno.tenancy.models import Workspace
from okno.ui.answers import StoredFile, file_answer, own_mail_answer

_SALT = "okno.mail-preview"
_LIFETIME = 60 * 60 * 12
VIEWS = ("light", "dark", "phone", "text")
configurators_only = member_required(allowed=policy.can_manage_settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What of a mail is still in a form: a text, or the colour, or neither."""

    scope: str
    kind: str
    language: str
    subject: str = ""
    body: str | None = None
    accent: str | None = None

    @property
    def draft(self) -> Wording | None:
        """Return the text that was typed, if one was."""
        return None if self.body is None else Wording(subject=self.subject, body=self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the page shows beside the form."""

    letter: Letter | None = None
    frame_url: str = ""
    view: str = "light"
    problems: tuple[str, ...] = ()


def preview_of(request: ConsoleRequest, typed: Typed, *, view: str) -> Preview:
    """Return a mail as it would look with what was typed, or what is wrong with it."""
    view = view if view in VIEWS else "light"
    scope = scope_of(typed.scope)
    try:
        letter = letter_of(request, scope, typed)
    except Invalid as error:
        words = [str(words) for many in error.fields.values() for words in many]
        return Preview(view=view, problems=tuple(words or [str(error.message)]))
    token = signing.dumps({**asdict(typed), "view": view}, salt=_SALT, compress=True)
    frame = f"{reverse('console:mail_preview')}?{urlencode({'d': token})}"
    return Preview(letter=letter, frame_url=frame, view=view)


def letter_of(request: ConsoleRequest, scope: Scope, typed: Typed) -> Letter:
    """Return the sample mail with what was typed. Raises Invalid if that cannot be sent."""
    draft = typed.draft
    if draft is not None:
        draft = checked_wording(typed.kind, subject=draft.subject, body=draft.body)
    return sample_letter(
        TextKind(typed.kind),
        workspace=request.workspace,
        desk_id=scope.desk_id,
        language=typed.language,
        member=request.member,
        look=_look(request.workspace, scope, typed),
        draft=draft,
    )


@require_safe
@configurators_only
def document(request: ConsoleRequest) -> HttpResponse:
    """Answer a sample mail as the document of a sandboxed frame."""
    try:
        given: dict[str, Any] = signing.loads(request.GET.get("d", ""), salt=_SALT, max_age=_LIFETIME)
        view = given.pop("view")
        typed = Typed(**given)
    except (signing.BadSignature, TypeError, KeyError) as error:
        # Not ours, too old, or made before an upgrade.
        raise NotFound(_("There is no such preview.")) from error
    scope = scope_of(typed.scope)
    letter = letter_of(request, scope, typed)
    picture = scope.url("mail_picture")
    return own_mail_answer(inline_css(letter.html), picture_url=picture, is_dark=view == "dark")


@require_safe
@configurators_only
def picture(request: ConsoleRequest, scope: str) -> HttpResponseBase:
    """Answer the logo of a desk, or of all."""
    logo = look_of(scope_of(scope).desk_id, request.workspace).logo
    if logo is None:
        raise NotFound(_("There is no logo."))
    content = file_store().read(request.workspace.pk, logo.sha256)
    stored = StoredFile(
        sha256=logo.sha256, filename="logo", content_type=logo.content_type, size=len(content)
    )
    return file_answer(request, stored, workspace_id=request.workspace.pk)


def _look(workspace: Workspace, scope: Scope, typed: Typed) -> Look:
    stored = look_of(scope.desk_id, workspace)
    if typed.accent is None:
        return stored
    accent = checked_accent(typed.accent)
    if accent:
        return replace(stored, accent=accent)
    return replace(stored, accent=inherited_accent(workspace, scope))


def inherited_accent(workspace: Workspace, scope: Scope) -> str:
    """Return the colour that is used where the scope sets none."""
    return accent_of_hue(workspace.accent_hue) if scope.desk_id is None else look_of(None, workspace).accent
