"""Mailboxes: addresses that clients write to, with a test that tells in plain words what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.channels.email.mailboxes import (
    create_mailbox,
    switch_mailbox,
    try_mailbox,
    update_mailbox,
)
from okno.channels.email.models import Mailbox
from okno.channels.email.oauth_clients import ending_clients
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.console.settings.mailbox_connect import connect_part
from okno.console.settings.mailbox_form import MailboxForm, initial_of
from okno.console.settings.mailbox_health import health_cells
from okno.console.settings.streamed import RESULT_MARK, streamed
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.team import policy

configurators_only = member_required(allowed=policy.can_manage_settings)


@require_safe
@configurators_only
def mailbox_list(request: ConsoleRequest) -> HttpResponse:
    """Show the mailboxes and how they are."""
    now = current_time()
    context = {
        "cells": health_cells(now=now),
        "ending": ending_clients(now=now),
        "may_set_up": policy.can_manage_system(request.actor),
    }
    return settings_page(request, "mailboxes.html", context)


@require_http_methods(["GET", "POST"])
@configurators_only
def mailbox_new(request: ConsoleRequest) -> HttpResponse:
    """Add a mailbox."""
    form = MailboxForm(request.POST or None, mailbox=None)
    if request.method == "POST" and form.is_valid():
        try:
            created = create_mailbox(actor=request.actor, settings=form.settings(), now=current_time())
        except DomainError as error:
            add_refusal(form, error)
        else:
            if not created.awaits_window:
                words = _("Mail to %(address)s becomes tickets now.") % {"address": created.address}
                messages.success(request, words)
            return redirect("console:mailbox_start", created.pk)
    return _page(request, form, None, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@configurators_only
def mailbox(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Show and change a mailbox. Stored passwords are never shown; an empty field keeps them."""
    shown = _mailbox(mailbox_id)
    form = MailboxForm(request.POST or None, initial=initial_of(shown), mailbox=shown)
    if request.method == "POST" and form.is_valid():
        try:
            changed = update_mailbox(
                actor=request.actor, mailbox_id=mailbox_id, settings=form.settings(), now=current_time()
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            if changed.awaits_window:
                return redirect("console:mailbox_start", mailbox_id)
            return redirect("console:mailboxes")
    return _page(request, form, shown, status=422 if form.errors else 200)


@require_POST
@configurators_only
def switch(request: ConsoleRequest, mailbox_id: int) -> HttpResponse:
    """Switch a mailbox off or on."""
    is_active = request.POST.get("on") == "1"
    switch_mailbox(actor=request.actor, mailbox_id=mailbox_id, is_active=is_active, now=current_time())
    return redirect("console:mailboxes")


@require_POST
@configurators_only
def connection_test(request: ConsoleRequest, mailbox_id: int | None = None) -> HttpResponseBase:
    """Try the settings that stand in the form, saved or not, and tell what the servers said."""
    shown = _mailbox(mailbox_id) if mailbox_id is not None else None
    form = MailboxForm(request.POST, mailbox=shown)
    is_part = bool(request.htmx)
    if not form.is_valid():
        if is_part:
            return HttpResponse(_result(problem=_("Some fields are not right: save, and they say what.")))
        return _page(request, form, shown, status=422)
    if is_part:
        before, after = "", ""
    else:
        page = _page(request, form, shown, result=RESULT_MARK).content.decode()
        before, _mark, after = page.partition(RESULT_MARK)
    actor, settings = request.actor, form.settings()
    # Made here: the servers are asked outside of the request's scope, in which alone rows can be made.
    draft = shown or Mailbox(address=settings.address)
    return streamed(
        before, lambda: _result_of(lambda: try_mailbox(actor=actor, settings=settings, mailbox=draft)), after
    )


def _result_of(attempt: Callable[[], Any]) -> str:
    try:
        return _result(test=attempt())
    except DomainError as error:
        return _result(
            problem=str(error.message), details=[str(w) for many in error.fields.values() for w in many]
        )


def _result(**words: Any) -> str:
    return render_to_string("console/settings/mailbox_result.html", words)


def _mailbox(mailbox_id: int) -> Mailbox:
    found: Mailbox | None = Mailbox.objects.filter(pk=mailbox_id).first()
    if found is None:
        raise NotFound(_("There is no such mailbox."))
    return found


def _page(
    request: ConsoleRequest, form: MailboxForm, shown: Mailbox | None, *, result: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "shown": shown,
        "has_result_mark": bool(result),
        "connect": connect_part(request.actor, shown, now=current_time()),
    }
    return settings_page(request, "mailbox.html", context, status=status)
