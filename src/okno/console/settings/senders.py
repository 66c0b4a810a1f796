"""Blocked senders, those that are let in, and how much of one sender is taken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from okno.channels.email.models import BlockedSender, Mailbox, TrustedSender
from okno.channels.email.senders import block_sender, forget_sender, limit_senders, trust_sender
from okno.conditions.ordering import Keyset, Order
from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid
from okno.team import policy

PAGE_SIZE = 100
TRUSTED_SHOWN = 500
LARGEST_LIMIT = 100_000
_BY_PATTERN = Keyset((Order(column="pattern", nulls="never"),))
_ADDING = {"blocked": block_sender, "trusted": trust_sender}

configurators_only = member_required(allowed=policy.can_manage_settings)


class SenderForm(forms.Form):
    """An address or a domain, and what is to become of its mail."""

    pattern = forms.CharField(
        label=gettext_lazy("Address or domain"),
        help_text=gettext_lazy("For example: someone@example.org, or example.org for all addresses there."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("What becomes of its mail"),
        choices=[
            ("blocked", gettext_lazy("It is spam")),
            ("trusted", gettext_lazy("It is let in, whatever mail servers say and however much it is")),
        ],
    )


class LimitsForm(forms.Form):
    """How many mails of one sender each mailbox takes in an hour."""

    def __init__(self, *args: Any, boxes: list[Mailbox], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for box in boxes:
            self.fields[f"box_{box.pk}"] = forms.IntegerField(
                label=box.address, min_value=0, max_value=LARGEST_LIMIT, initial=box.sender_hour_limit
            )

    def limits(self) -> dict[int, int]:
        """Return the limits by the mailboxes' ids."""
        return {int(name.removeprefix("box_")): value for name, value in self.cleaned_data.items()}


@require_http_methods(["GET", "HEAD", "POST"])
@configurators_only
def sender_list(request: ConsoleRequest) -> HttpResponse:
    """Show the senders of both kinds, and add one."""
    form = SenderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add = _ADDING[form.cleaned_data["standing"]]
            row: Any = add(actor=request.actor, pattern=form.cleaned_data["pattern"], now=current_time())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(sender)s is in the list.") % {"sender": row.pattern})
            return redirect("console:senders")
    return _show(request, form=form)


@require_POST
@configurators_only
def forget(request: ConsoleRequest) -> HttpResponse:
    """Take a sender off the list."""
    pattern = request.POST.get("pattern", "")
    forget_sender(actor=request.actor, pattern=pattern, now=current_time())
    messages.success(request, _("%(sender)s is off the list.") % {"sender": pattern})
    return redirect("console:senders")


@require_POST
@configurators_only
def limits(request: ConsoleRequest) -> HttpResponse:
    """Set how much of one sender is taken."""
    form = LimitsForm(request.POST, boxes=_boxes())
    if not form.is_valid():
        return _show(request, limits=form)
    limit_senders(actor=request.actor, limits=form.limits(), now=current_time())
    messages.success(request, _("Saved."))
    return redirect("console:senders")


def _show(
    request: ConsoleRequest, *, form: SenderForm | None = None, limits: LimitsForm | None = None
) -> HttpResponse:
    rows = BlockedSender.objects.select_related("created_by")
    try:
        page = _BY_PATTERN.page(rows, cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except Invalid:
        return redirect("console:senders")
    is_refused = any(bound is not None and bound.is_bound for bound in (form, limits))
    context = {
        "form": form or SenderForm(),
        "limits": limits or LimitsForm(boxes=_boxes()),
        "blocked": page.rows,
        "trusted": TrustedSender.objects.select_related("created_by").order_by("pattern")[:TRUSTED_SHOWN],
        "next_url": f"?cursor={page.next}" if page.next else "",
        "previous_url": f"?cursor={page.previous}" if page.previous else "",
        "now": current_time(),
    }
    return settings_page(request, "senders.html", context, status=422 if is_refused else 200)


def _boxes() -> list[Mailbox]:
    return list(Mailbox.objects.order_by("address"))
