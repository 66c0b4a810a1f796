"""Writing a text of mail: with placeholders, a preview while one types, a test to oneself, and a way back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from okno.channels.email.looks import of_desk
from okno.channels.email.models import MailText, TextKind
from okno.channels.email.texts import bring_back, change_text, reset_text
from okno.channels.email.trial import send_trial
from okno.channels.email.wording import PLACEHOLDERS, Wording, built_in, wordings
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest
from okno.console.settings.frame import settings_page
from okno.console.settings.mail_forms import TextForm
from okno.console.settings.mail_preview import Typed, configurators_only, letter_of, preview_of
from okno.console.settings.mail_scope import Scope, scope_of, scope_tabs, text_kind
from okno.lib.clock import current_time
from okno.lib.errors import DomainError

VERSIONS_SHOWN = 20


@require_http_methods(["GET", "POST"])
@configurators_only
def mail_text(request: ConsoleRequest, scope: str, kind: str, language: str) -> HttpResponse:
    """Show and change one text in one language."""
    shown, which = scope_of(scope), text_kind(kind, language)
    present = wordings([which], desk_id=shown.desk_id, language=language)[which]
    form = TextForm(
        request.POST or None, kind=which, initial={"subject": present.subject, "body": present.body}
    )
    if request.method == "POST" and form.is_valid():
        typed = form.wording()
        try:
            change_text(
                actor=request.actor,
                desk_id=shown.desk_id,
                kind=which,
                language=language,
                subject=typed.subject,
                body=typed.body,
                now=current_time(),
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved. The next mail says it like this."))
            return redirect(shown.url("mail_text", which.value, language))
    return _page(request, form, shown, which, language, status=422 if form.errors else 200)


@require_POST
@configurators_only
def preview(request: ConsoleRequest, scope: str, kind: str, language: str) -> HttpResponse:
    """Answer the mail as it would look with what stands in the form: as a part of the page, or without scripts all."""
    shown, which = scope_of(scope), text_kind(kind, language)
    form = TextForm(request.POST, kind=which)
    if not request.htmx:
        return _page(request, form, shown, which, language)
    found = preview_of(request, _typed(shown, which, language, form), view=request.POST.get("view", ""))
    return render(request, "console/settings/mail_preview.html", {"preview": found})


@require_POST
@configurators_only
def trial(request: ConsoleRequest, scope: str, kind: str, language: str) -> HttpResponse:
    """Send what stands in the form, saved or not, to the member's own address."""
    shown, which = scope_of(scope), text_kind(kind, language)
    form = TextForm(request.POST, kind=which)
    context: dict[str, Any] = {}
    if not form.is_valid():
        context = {"problems": [words for many in form.errors.values() for words in many]}
    else:
        try:
            letter = letter_of(request, shown, _typed(shown, which, language, form))
            mail = send_trial(actor=request.actor, letter=letter, desk_id=shown.desk_id, now=current_time())
            context = {"address": request.member.email, "url": reverse("console:outgoing", args=[mail.pk])}
        except DomainError as error:
            words = [str(one) for many in error.fields.values() for one in many]
            context = {"problems": words or [str(error.message)]}
    if request.htmx:
        return render(request, "console/settings/mail_trial.html", context)
    return _page(request, form, shown, which, language, trial=context)


@require_POST
@configurators_only
def reset(request: ConsoleRequest, scope: str, kind: str, language: str) -> HttpResponse:
    """Go back to the text of all desks, and from there to the one built in."""
    shown, which = scope_of(scope), text_kind(kind, language)
    reset_text(actor=request.actor, desk_id=shown.desk_id, kind=which, language=language, now=current_time())
    messages.success(request, _("The text is the default again. The former one stays among the versions."))
    return redirect(shown.url("mail_text", which.value, language))


@require_POST
@configurators_only
def version(request: ConsoleRequest, version_id: int) -> HttpResponse:
    """Use an earlier version again."""
    text = bring_back(actor=request.actor, version_id=version_id, now=current_time())
    messages.success(request, _("The earlier version is used again."))
    key = "all" if text.desk_id is None else str(text.desk_id)
    return redirect("console:mail_text", key, text.kind, text.language)


def _typed(shown: Scope, kind: TextKind, language: str, form: TextForm) -> Typed:
    data = form.data
    return Typed(
        scope=shown.key,
        kind=kind.value,
        language=language,
        subject=data.get("subject", ""),
        body=data.get("body", ""),
    )


def _page(
    request: ConsoleRequest,
    form: TextForm,
    shown: Scope,
    kind: TextKind,
    language: str,
    *,
    trial: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    versions = MailText.objects.filter(of_desk(shown.desk_id), kind=kind, language=language)
    newest = list(versions.select_related("created_by").order_by("-id")[:VERSIONS_SHOWN])
    typed = (
        _typed(shown, kind, language, form)
        if form.is_bound
        else Typed(scope=shown.key, kind=kind.value, language=language)
    )
    context = {
        "form": form,
        "scope": shown,
        "kind": kind,
        "language": language,
        "tabs": scope_tabs(shown, "mail_text", kind.value, language),
        "languages": [
            (name, shown.url("mail_text", kind.value, code), code == language)
            for code, name in settings.LANGUAGES
        ],
        "placeholders": [(name, _meanings()[name]) for name in PLACEHOLDERS[kind]],
        "versions": newest,
        "is_own": any(one.is_current for one in newest),
        "default": _default(shown, kind, language),
        "preview": preview_of(request, typed, view=request.POST.get("view", "")),
        "trial": trial,
        "urls": {
            name: shown.url(f"mail_text_{name}", kind.value, language)
            for name in ("preview", "trial", "reset")
        },
        "back_url": shown.url("mail_look_of"),
        "now": current_time(),
    }
    return settings_page(request, "mail_text.html", context, status=status)


def _default(shown: Scope, kind: TextKind, language: str) -> Wording:
    """Return what is used where this scope has no text of its own."""
    if shown.desk_id is None:
        return built_in(kind, language)
    return wordings([kind], desk_id=None, language=language)[kind]


def _meanings() -> dict[str, str]:
    return {
        "message": _("what was written; a line of its own"),
        "number": _("number of the request"),
        "subject": _("subject of the request"),
        "requester": _("name of the client"),
        "agent": _("name of who writes"),
        "desk": _("name of the desk"),
        "workspace": _("name of the workspace"),
        "link": _("page of the request"),
        "solved": _("page to say that it is solved"),
        "problem": _("page to say that it is still a problem"),
        "solution": _("how it was solved"),
        "event": _("what has happened"),
        "signature": _("who writes: his own signature"),
    }
