"""How mail looks: the texts there are, colour, quoting and logo, of all desks or of one."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from okno.channels.email.looks import (
    change_look,
    logo_of,
    look_of,
    own_look,
    set_logo,
)
from okno.channels.email.models import MailText, TextKind
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest
from okno.console.settings.frame import settings_page
from okno.console.settings.mail_forms import LookForm, initial_look
from okno.console.settings.mail_preview import (
    Preview,
    Typed,
    configurators_only,
    inherited_accent,
    preview_of,
)
from okno.console.settings.mail_scope import ALL, Scope, scope_of, scope_tabs
from okno.console.settings.pictures import sent_picture
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid
from okno.lib.logo import store_logo


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCell:
    """One text in one language: where it stands and where it is written."""

    language: str
    state: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """A kind of text in all languages."""

    label: str
    cells: list[TextCell]


@require_http_methods(["GET", "POST"])
@configurators_only
def mail_look(request: ConsoleRequest, scope: str = ALL) -> HttpResponse:
    """Show and change how mail of all desks looks, or of one."""
    shown = scope_of(scope)
    row = own_look(shown.desk_id)
    is_of_all = shown.desk is None
    form = LookForm(
        request.POST or None,
        is_of_all=is_of_all,
        accent=inherited_accent(request.workspace, shown),
        initial=initial_look(row, is_of_all=is_of_all),
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_look(actor=request.actor, desk_id=shown.desk_id, now=current_time(), **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(shown.url("mail_look_of"))
    context = {
        "form": form,
        "scope": shown,
        "tabs": scope_tabs(shown, "mail_look_of"),
        "texts": _text_rows(shown),
        "languages": [name for _code, name in settings.LANGUAGES],
        "own_logo": logo_of(row),
        "logo": look_of(shown.desk_id, request.workspace).logo,
        "preview": _preview(request, shown, row.accent),
        "preview_url": shown.url("mail_look_preview"),
    }
    return settings_page(request, "mail_look.html", context, status=422 if form.errors else 200)


@require_POST
@configurators_only
def look_preview(request: ConsoleRequest, scope: str) -> HttpResponse:
    """Answer a mail in the colour that stands in the form, saved or not."""
    shown = scope_of(scope)
    preview = _preview(request, shown, request.POST.get("accent", ""), view=request.POST.get("view", ""))
    return render(request, "console/settings/mail_preview.html", {"preview": preview})


@require_POST
@configurators_only
def logo(request: ConsoleRequest, scope: str) -> HttpResponse:
    """Take a logo, or take it away."""
    shown = scope_of(scope)
    now = current_time()
    try:
        stored = (
            None
            if "remove" in request.POST
            else store_logo(request.workspace.pk, sent_picture(request, now=now))
        )
        set_logo(actor=request.actor, desk_id=shown.desk_id, logo=stored, now=now)
    except Invalid as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("The logo is gone.") if stored is None else _("Saved."))
    return redirect(shown.url("mail_look_of"))


def _preview(request: ConsoleRequest, shown: Scope, accent: str, *, view: str = "") -> Preview:
    typed = Typed(scope=shown.key, kind=TextKind.RESOLVED, language=request.workspace.language, accent=accent)
    return preview_of(request, typed, view=view)


def _text_rows(shown: Scope) -> list[TextRow]:
    current = MailText.objects.filter(is_current=True)
    written = {(text.desk_id, text.kind, text.language) for text in current}
    return [
        TextRow(
            label=str(kind.label),
            cells=[
                TextCell(
                    language=str(name),
                    state=_state(written, shown.desk_id, kind, language),
                    url=shown.url("mail_text", kind.value, language),
                )
                for language, name in settings.LANGUAGES
            ],
        )
        for kind in TextKind
    ]


def _state(written: set[tuple[int | None, str, str]], desk_id: int | None, kind: str, language: str) -> str:
    if (desk_id, kind, language) in written:
        return _("Own text")
    if desk_id is not None and (None, kind, language) in written:
        return _("As everywhere")
    return _("Built in")
