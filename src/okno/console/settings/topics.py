"""The tree of topics."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.console.settings.named import initial_texts, refuse, take_texts, text_fields
from okno.lib.clock import current_time
from okno.lib.errors import DomainError, NotFound
from okno.team import policy
from okno.tickets.commands.topics import change_topic, create_topic, move_topic
from okno.tickets.models import Topic
from okno.tickets.queries.topics import TopicRow, topic_tree

configurators_only = member_required(allowed=policy.can_manage_settings)


class TopicForm(forms.Form):
    """A topic."""

    parent = forms.TypedChoiceField(label=gettext_lazy("Below"), coerce=int, required=False, empty_value=None)
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"),
        help_text=gettext_lazy(
            "Out of use it can be chosen no more, with all below it; its tickets keep it."
        ),
        required=False,
    )

    def __init__(self, *args: Any, tree: list[TopicRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", _("the top")),
            *((row.topic.pk, row.whole_name) for row in tree),
        ]
        self.fields |= text_fields("name", pgettext_lazy("of a thing", "Name"))
        names = [name for name in self.fields if name.startswith("name_")]
        self.order_fields([*names, "parent", "is_active"])

    def values(self) -> dict[str, Any]:
        """Return the values as the command takes them."""
        given = dict(self.cleaned_data)
        return {**given, "names": take_texts(given, "name")}


@require_safe
@configurators_only
def topic_list(request: ConsoleRequest) -> HttpResponse:
    """Show the tree."""
    return settings_page(request, "topics.html", {"rows": topic_tree()})


@require_http_methods(["GET", "POST"])
@configurators_only
def topic_new(request: ConsoleRequest) -> HttpResponse:
    """Add a topic."""
    form = TopicForm(
        request.POST or None,
        initial={"is_active": True, "parent": request.GET.get("below")},
        tree=topic_tree(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            create_topic(actor=request.actor, values=form.values(), now=current_time())
        except DomainError as error:
            refuse(form, error)
        else:
            return redirect("console:topics")
    return settings_page(request, "topic.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@configurators_only
def topic(request: ConsoleRequest, topic_id: int) -> HttpResponse:
    """Show and change a topic."""
    shown: Topic | None = Topic.objects.filter(pk=topic_id).first()
    if shown is None:
        raise NotFound(_("There is no such topic."))
    tree = [row for row in topic_tree() if not row.topic.path.startswith(shown.path)]
    initial = {
        "parent": shown.parent_id,
        "is_active": shown.is_active,
        **initial_texts("name", shown.names),
    }
    form = TopicForm(request.POST or None, initial=initial, tree=tree)
    if request.method == "POST" and form.is_valid():
        try:
            change_topic(actor=request.actor, topic_id=topic_id, values=form.values(), now=current_time())
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("console:topics")
    context = {"form": form, "shown": shown}
    return settings_page(request, "topic.html", context, status=422 if form.errors else 200)


@require_POST
@configurators_only
def topic_move(request: ConsoleRequest, topic_id: int) -> HttpResponse:
    """Move a topic up or down among its sisters."""
    move_topic(
        actor=request.actor,
        topic_id=topic_id,
        direction=request.POST.get("to", ""),
        now=current_time(),
    )
    return redirect("console:topics")
