"""Tags: which there are, what they are for, and changing one everywhere."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.errors import add_refusal
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, Invalid
from okno.team import policy
from okno.tickets.commands.tagging import PURPOSE_LENGTH, describe_tag, replace_tag
from okno.tickets.commands.tags import TAG_LENGTH
from okno.tickets.models import TagWork
from okno.tickets.queries.tags import tag_rows, tag_work

configurators_only = member_required(allowed=policy.can_manage_settings)
COLOURS = [
    ("", gettext_lazy("grey")),
    ("red", gettext_lazy("red")),
    ("orange", gettext_lazy("orange")),
    ("yellow", gettext_lazy("yellow")),
    ("green", gettext_lazy("green")),
    ("teal", gettext_lazy("teal")),
    ("blue", gettext_lazy("blue")),
    ("violet", gettext_lazy("violet")),
    ("pink", gettext_lazy("pink")),
]


class TagForm(forms.Form):
    """What the workspace knows of a tag."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=TAG_LENGTH)
    colour = forms.ChoiceField(label=gettext_lazy("Colour"), choices=COLOURS, required=False)
    purpose = forms.CharField(
        label=pgettext_lazy("of a tag", "What it is for"), max_length=PURPOSE_LENGTH, required=False
    )


@require_http_methods(["GET", "POST"])
@configurators_only
def tags(request: ConsoleRequest) -> HttpResponse:
    """List the tags, and say what one is for."""
    name = request.GET.get("tag", "")
    shown = next((row for row in tag_rows(beginning=name) if row.name == name), None) if name else None
    initial = {"name": shown.name, "colour": shown.colour, "purpose": shown.purpose} if shown else {}
    form = TagForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            describe_tag(actor=request.actor, now=current_time(), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:tags")
    context = {"form": form, "shown": shown, "tags": tag_rows(), "work": tag_work(), "due": TagWork.State.DUE}
    return settings_page(request, "tags.html", context, status=422 if form.errors else 200)


@require_POST
@configurators_only
def tag_replace(request: ConsoleRequest) -> HttpResponse:
    """Have a tag become another one everywhere, or go."""
    new = "" if "remove" in request.POST else request.POST.get("new", "")
    try:
        if not new and "remove" not in request.POST:
            raise Invalid(_("Write another name."))
        replace_tag(actor=request.actor, old=request.POST.get("old", ""), new=new, now=current_time())
    except Invalid as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, _("It is being changed on all tickets; you may leave this page."))
    return redirect("console:tags")


@require_safe
@configurators_only
def tag_progress(request: ConsoleRequest) -> HttpResponse:
    """Answer how far the changes are, to the page itself."""
    context = {"work": tag_work(), "due": TagWork.State.DUE}
    return render(request, "console/settings/tag_progress.html", context)
