"""The settings of forms: the list, one form with its preview, and the words to put into a site."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError
from okno.modules.form.commands.config import change_form, create_form
from okno.modules.form.models import ConsentText, Form
from okno.modules.form.queries import forms_with_counts
from okno.modules.form.snapshot import find_form, snapshot
from okno.modules.form.views.forms import SendForm
from okno.modules.form.views.setup import SetupForm, initial_of
from okno.portal.asking.types import chosen_type, offered_types, type_cells
from okno.team import policy
from okno.tenancy.hosts import public_url
from okno.tickets.models.config import localised

configurators_only = member_required(allowed=policy.can_manage_settings)


@require_safe
@configurators_only
def form_list(request: ConsoleRequest) -> HttpResponse:
    """Show the forms with their addresses."""
    host = public_url(request.workspace, "")
    rows = [(form, f"{host}{reverse('form:send', args=[form.key])}") for form in forms_with_counts()]
    return settings_page(request, "forms/list.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@configurators_only
def form_new(request: ConsoleRequest) -> HttpResponse:
    """Make a form."""
    form = SetupForm(request.POST or None, languages=_languages())
    if request.method == "POST" and form.is_valid():
        try:
            made = create_form(actor=request.actor, values=form.values(), now=current_time())
        except DomainError as error:
            form.add_refusal(error)
        else:
            messages.success(
                request, _("The form is there. Its address and the words for your site are below.")
            )
            return redirect("form:edit", made.pk)
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@configurators_only
def form_edit(request: ConsoleRequest, form_id: int) -> HttpResponse:
    """Show and change a form."""
    shown = find_form(form_id)
    form = SetupForm(request.POST or None, languages=_languages(), initial=initial_of(snapshot(shown)))
    if request.method == "POST" and form.is_valid():
        try:
            change_form(actor=request.actor, form_id=form_id, values=form.values(), now=current_time())
        except DomainError as error:
            form.add_refusal(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("form:edit", form_id)
    return _page(request, form, shown)


@require_POST
@configurators_only
def preview(request: ConsoleRequest) -> HttpResponse:
    """Answer the form as what is typed would make it; nothing is saved."""
    form = SetupForm(request.POST, languages=_languages())
    form.is_valid()
    return render(request, "console/settings/forms/preview.html", _preview(_as_typed(form)))


def _page(request: ConsoleRequest, form: SetupForm, shown: Form | None) -> HttpResponse:
    address = _address(request, shown) if shown else ""
    values = _as_typed(form) if form.is_bound else snapshot(shown) if shown else _as_typed(form)
    context = {
        "form": form,
        "shown": shown,
        "address": address,
        "snippet": f'<script src="{address}okno.js" async></script>' if shown else "",
        "frame": f'<iframe src="{address}embed/" title="{_("Form")}" width="100%" height="760"></iframe>'
        if shown
        else "",
        "preview_url": reverse("form:preview"),
        **_preview(values),
    }
    return settings_page(request, "forms/edit.html", context, status=422 if form.errors else 200)


def _as_typed(form: SetupForm) -> dict[str, Any]:
    """Return the values of a form that need not be valid, for its preview."""
    cleaned: dict[str, Any] = getattr(form, "cleaned_data", {})
    said = {
        key: {code: cleaned.get(f"{prefix}_{code}", "") for code, _label in form.languages}
        for key, prefix in (("names", "name"), ("intros", "intro"), ("consents", "consent"))
    }
    return {**said, "desk": cleaned.get("desk") or form.only_desk, "types": cleaned.get("types") or []}


def _preview(values: dict[str, Any]) -> dict[str, Any]:
    """Return the context of `forms/preview.html`."""
    offered = offered_types(desk_id=values["desk"])
    chosen_ids = set(values["types"])
    types = [one for one in offered if one.pk in chosen_ids] if chosen_ids else offered
    chosen = chosen_type(types, None)
    consents = {code: text for code, text in values["consents"].items() if text}
    consent = ConsentText(texts=consents) if consents else None
    sample = SendForm(request_type=chosen, consent_text=consent, auto_id="preview_%s") if chosen else None
    return {
        "preview": sample,
        "preview_name": localised({code: text for code, text in values["names"].items() if text}),
        "preview_intro": localised({code: text for code, text in values["intros"].items() if text}),
        "preview_types": type_cells(types, chosen) if chosen else [],
        "preview_language": get_language(),
    }


def _address(request: ConsoleRequest, form: Form) -> str:
    return public_url(request.workspace, reverse("form:send", args=[form.key]))


def _languages() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)
