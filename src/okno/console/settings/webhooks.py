"""Webhooks: whom Okno tells what happens, each with its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from okno.conditions.ordering import Keyset, Order
from okno.console.errors import add_refusal
from okno.console.freshness import fresh_proof
from okno.console.identity import ConsoleRequest, member_required
from okno.console.intake import TabCell
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid, NotFound
from okno.reactors.webhooks.again import send_again
from okno.reactors.webhooks.commands import (
    change_webhook,
    create_webhook,
    delete_webhook,
    offered_events,
    rotate_secret,
    send_test,
)
from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from okno.reactors.webhooks.policy import can_act_for, can_manage_webhooks
from okno.reactors.webhooks.queries import STATES, deliveries_of, find_webhook, state_of, webhooks
from okno.team.models import Member
from okno.team.policy import can_manage_system
from okno.team.queries import active_members

LOG_SIZE = 50
_NEWEST = Keyset((Order(column="id", descending=True, nulls="never"),))
STATE_WORDS = {
    "waiting": ("waiting", pgettext_lazy("a delivery", "On its way")),
    "arrived": ("resolved", pgettext_lazy("a delivery", "Arrived")),
    "failed": ("cancelled", pgettext_lazy("a delivery", "Given up")),
    "cancelled": ("closed", pgettext_lazy("a delivery", "Not sent")),
}

configurators_only = member_required(allowed=can_manage_webhooks)


class WebhookForm(forms.Form):
    """Where to, and of what it is told."""

    name = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=100,
        help_text=gettext_lazy("For example: the shop's order system"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=2000,
        help_text=gettext_lazy("Begins with https://. Okno sends each event there by POST."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    owner = forms.TypedChoiceField(
        label=gettext_lazy("In whose name"),
        coerce=int,
        help_text=gettext_lazy("It is told only of what that person may see at the moment of sending."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Events"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing ticked: all events."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)

    def __init__(self, *args: Any, owners: list[Member], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owners = {member.pk: member for member in owners}
        self.fields["owner"].choices = [(member.pk, member.name) for member in owners]  # type: ignore[attr-defined]
        self.fields["events"].choices = [(name, name) for name in offered_events()]  # type: ignore[attr-defined]
        if len(owners) < 2:
            del self.fields["owner"]
        if is_new:
            del self.fields["is_active"]

    def values(self) -> dict[str, Any]:
        """Return the arguments of the command."""
        given = dict(self.cleaned_data)
        if "owner" in given:
            given["owner"] = self._owners[given["owner"]]
        return given


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCell:
    """One line of a log."""

    id: int
    event_type: str
    event_uid: str
    created_at: datetime
    glyph: str
    state: Any
    result: str
    answer: str
    attempts: int
    next_at: datetime | None


@require_http_methods(["GET", "HEAD", "POST"])
@configurators_only
@fresh_proof
def webhook_list(request: ConsoleRequest) -> HttpResponse:
    """Show the webhooks, and make one; its secret is shown in the answer and never again."""
    form = WebhookForm(request.POST or None, owners=_owners(request), is_new=True, initial=_own(request))
    secret = made = None
    if request.method == "POST" and form.is_valid():
        values = {"owner": request.member, **form.values()}
        try:
            made, secret = create_webhook(actor=request.actor, now=current_time(), **values)
        except DomainError as error:
            add_refusal(form, error)
        else:
            form = WebhookForm(owners=_owners(request), is_new=True, initial=_own(request))
    context = {"form": form, "webhooks": list(webhooks()), "made": made, "secret": secret}
    return settings_page(request, "webhooks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@configurators_only
@fresh_proof
def webhook(request: ConsoleRequest, webhook_id: int) -> HttpResponse:
    """Show one webhook with its log, and change it."""
    shown = find_webhook(webhook_id)
    form = _change_form(request, shown)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            change_webhook(actor=request.actor, webhook_id=shown.pk, now=current_time(), **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:webhook", shown.pk)
    return _show(request, shown, form=form)


@require_POST
@configurators_only
@fresh_proof
def rotation(request: ConsoleRequest, webhook_id: int) -> HttpResponse:
    """Make another secret and show it once."""
    secret = rotate_secret(actor=request.actor, webhook_id=webhook_id, now=current_time())
    shown = find_webhook(webhook_id)
    return _show(request, shown, form=_change_form(request, shown, is_fresh=True), secret=secret)


@require_POST
@configurators_only
def trial(request: ConsoleRequest, webhook_id: int) -> HttpResponse:
    """Send a test."""
    send_test(actor=request.actor, webhook_id=webhook_id, now=current_time())
    messages.success(request, _("The test is on its way. The log below shows what became of it."))
    return redirect("console:webhook", webhook_id)


@require_POST
@configurators_only
def again(request: ConsoleRequest, webhook_id: int) -> HttpResponse:
    """Send one delivery again, or all that did not arrive."""
    given = request.POST.get("delivery", "")
    ids = None
    if given != "all":
        if not given.isdecimal() or len(given) > 18:
            raise NotFound(_("There is no such delivery."))
        ids = [int(given)]
    count = send_again(actor=request.actor, webhook_id=webhook_id, delivery_ids=ids, now=current_time())
    words = ngettext("%(count)d is sent again.", "%(count)d are sent again.", count)
    messages.success(request, words % {"count": count})
    return redirect("console:webhook", webhook_id)


@require_POST
@configurators_only
@fresh_proof
def deletion(request: ConsoleRequest, webhook_id: int) -> HttpResponse:
    """Delete a webhook."""
    delete_webhook(actor=request.actor, webhook_id=webhook_id, now=current_time())
    messages.success(request, _("The webhook is deleted."))
    return redirect("console:webhooks")


def _show(
    request: ConsoleRequest, shown: Webhook, *, form: WebhookForm | None, secret: str | None = None
) -> HttpResponse:
    state = request.GET.get("show", "")
    if state and state not in STATES:
        raise Http404
    here = reverse("console:webhook", args=[shown.pk])
    try:
        page = _NEWEST.page(
            deliveries_of(shown, state=state), cursor=request.GET.get("cursor"), size=LOG_SIZE
        )
    except Invalid:
        return redirect(here)

    def url(show: str, cursor: str | None = None) -> str:
        said = {key: value for key, value in (("show", show), ("cursor", cursor)) if value}
        return f"{here}?{urlencode(said)}" if said else here

    has_failed = deliveries_of(shown).filter(state__in=(*STATES["failed"], *STATES["cancelled"])).exists()
    context = {
        "shown": shown,
        "form": form,
        "secret": secret,
        "rows": [_cell(delivery) for delivery in page.rows],
        "tabs": [TabCell(label=_("All"), url=url(""), is_current=not state)]
        + [
            TabCell(label=words, url=url(name), is_current=name == state)
            for name, (_glyph, words) in STATE_WORDS.items()
        ],
        "has_failed": has_failed,
        "next_url": url(state, page.next) if page.next else "",
        "previous_url": url(state, page.previous) if page.previous else "",
        "now": current_time(),
    }
    return settings_page(request, "webhook.html", context, status=422 if form and form.errors else 200)


def _cell(delivery: WebhookDelivery) -> DeliveryCell:
    glyph, state = STATE_WORDS[state_of(delivery)]
    result = delivery.last_error
    if delivery.status is not None:
        result = f"HTTP {delivery.status} · " + _("%(count)d ms") % {"count": delivery.duration or 0}
    is_waiting = delivery.state == WebhookDelivery.State.DUE and delivery.attempts > 0
    return DeliveryCell(
        id=delivery.pk,
        event_type=delivery.event_type,
        event_uid=str(delivery.event_uid),
        created_at=delivery.created_at,
        glyph=glyph,
        state=state,
        result=result,
        answer=delivery.answer,
        attempts=len(delivery.tries),
        next_at=delivery.due_at if is_waiting else None,
    )


def _change_form(request: ConsoleRequest, shown: Webhook, *, is_fresh: bool = False) -> WebhookForm | None:
    """Return the form, or None for whoever may only look at a webhook in another's name."""
    if not can_act_for(request.actor, shown.owner_id):
        return None
    data = None if is_fresh or request.method != "POST" else request.POST
    initial = {
        "name": shown.name,
        "url": shown.url,
        "owner": shown.owner_id,
        "events": shown.events,
        "is_active": shown.is_active,
    }
    return WebhookForm(data, owners=_owners(request, shown.owner), is_new=False, initial=initial)


def _owners(request: ConsoleRequest, present: Member | None = None) -> list[Member]:
    """Return in whose name the member may set up webhooks, the present owner included."""
    members = active_members() if can_manage_system(request.actor) else [request.member]
    known = {member.pk for member in members}
    return members if present is None or present.pk in known else [present, *members]


def _own(request: ConsoleRequest) -> dict[str, Any]:
    return {"owner": request.member.pk}
