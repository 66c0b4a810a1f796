"""The sending domain of a mailbox: what SPF, DKIM and DMARC say, and the records to set."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from okno.channels.email.domain_advice import advise, problem_words
from okno.channels.email.lookups import lookup_of
from okno.channels.email.models import Mailbox, MailboxLookup
from okno.channels.email.sending_domain import DomainFacts, ask_domain
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest
from okno.console.settings.first_connection import configurators_only, mailbox_called
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError


class SelectorsForm(forms.Form):
    """Under which names the keys stand."""

    selectors = forms.CharField(
        label=gettext_lazy("DKIM selectors"),
        help_text=gettext_lazy(
            "s=… of the DKIM-Signature in a mail that you have sent. Several with spaces. Empty: the usual ones."
        ),
        required=False,
        max_length=700,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "POST"])
@configurators_only
def sending_domain(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Show what is known of the domain; a form lets a worker look again."""
    shown = mailbox_called(mailbox_id)
    known = lookup_of(shown, MailboxLookup.Kind.DOMAIN)
    if known is None:
        known = ask_domain(actor=request.actor, mailbox_id=mailbox_id, now=current_time())
    said = {"selectors": " ".join(known.question.get("selectors", []))}
    form = SelectorsForm(request.POST if request.method == "POST" else None, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            ask_domain(
                actor=request.actor,
                mailbox_id=mailbox_id,
                selectors=form.cleaned_data["selectors"],
                now=current_time(),
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("console:mailbox_domain", mailbox_id)
    context = {"shown": shown, "form": form, **_domain_part(shown, known)}
    return settings_page(request, "sending_domain.html", context, status=422 if form.errors else 200)


@require_safe
@configurators_only
def findings(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Answer the part of the page that waits for the worker; it asks again by itself."""
    shown = mailbox_called(mailbox_id)
    known = lookup_of(shown, MailboxLookup.Kind.DOMAIN)
    context = {"shown": shown, **_domain_part(shown, known)}
    return render(request, "console/settings/domain_findings.html", context)


def _domain_part(shown: Mailbox, known: MailboxLookup | None) -> dict[str, Any]:
    facts = DomainFacts.from_json(known.answer) if known is not None and known.answer else None
    return {
        "domain": shown.address.rpartition("@")[2],
        "is_pending": known is not None and known.is_pending,
        "facts": facts,
        "findings": advise(facts) if facts else [],
        "problem": problem_words(facts) if facts else "",
        "looked_at": known.answered_at if known is not None else None,
    }
