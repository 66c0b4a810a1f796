"""What of the audit is asked for: by whom, about what, when."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okno.console.audit.subjects import GROUPS, SYSTEM_KINDS, everybody, kind_label, setting_kinds
from okno.spine.actor import Actor, ActorKind
from okno.team.models import ApiToken, Member
from okno.team.policy import can_manage_system
from okno.tickets.models import Ticket

_REFERENCE = re.compile(r"[a-z_]{1,40}:\d{1,18}")
_NOBODY = Q(pk__in=())
TOKENS_OFFERED = 200


class AuditForm(forms.Form):
    """The filters above the audit; all of them may be left open."""

    who = forms.ChoiceField(label=gettext_lazy("Who"), required=False)
    what = forms.ChoiceField(label=gettext_lazy("About what"), required=False)
    ticket = forms.IntegerField(
        label=gettext_lazy("Ticket number"),
        required=False,
        min_value=1,
        max_value=10**12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    since = forms.DateField(
        label=gettext_lazy("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    about = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        self.fields["who"].choices = _who_choices(actor)  # type: ignore[attr-defined]
        self.fields["what"].choices = _what_choices(actor)  # type: ignore[attr-defined]

    def clean_about(self) -> str:
        """Return the one subject that is asked for, as `kind:id`."""
        about = str(self.cleaned_data["about"])
        if about and not _REFERENCE.fullmatch(about):
            raise forms.ValidationError(_("There is no such subject."), code="invalid")
        return about

    def clean(self) -> dict[str, Any]:
        """Refuse a time that ends before it begins."""
        given = super().clean() or {}
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("This is before the first day."))
        return given

    @property
    def about_label(self) -> str:
        """Return the kind of the one subject that is asked for, empty if none is."""
        about = str(getattr(self, "cleaned_data", {}).get("about", ""))
        return kind_label(about.partition(":")[0]) if about else ""

    def words(self) -> dict[str, str]:
        """Return what was asked for, as the address says it."""
        return {
            name: str(self.data[name])[:200] for name in self.fields if self.data.get(name) not in (None, "")
        }

    def query(self, **more: str | None) -> str:
        """Return the query of the address with these filters and more."""
        said = self.words() | {key: value for key, value in more.items() if value}
        return f"?{urlencode(said)}" if said else ""

    def condition(self) -> Q:
        """Return the Q of the events that fit and that the actor may know of; none of them while a filter is wrong."""
        if not self.is_valid():
            return _NOBODY
        given = self.cleaned_data
        found = permitted(self.actor)
        found &= _who(given["who"]) & _what(given["what"])
        if given["about"]:
            kind, _colon, ref = given["about"].partition(":")
            found &= Q(subject_kind=kind, subject_id=int(ref))
        if given["ticket"] is not None:
            ids = Ticket.objects.filter(number=given["ticket"]).values_list("pk", flat=True)
            found &= Q(subject_kind="ticket", subject_id__in=list(ids))
        if given["since"]:
            found &= Q(created_at__gte=_midnight(given["since"]))
        if given["until"]:
            found &= Q(created_at__lt=_midnight(given["until"] + timedelta(days=1)))
        return found


def permitted(actor: Actor) -> Q:
    """Return the Q of the events that a reader of the audit may know of."""
    return Q() if can_manage_system(actor) else ~Q(subject_kind__in=SYSTEM_KINDS)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _who(who: str) -> Q:
    kind, _colon, ref = who.partition(":")
    if kind == "token":
        return Q(token_id=int(ref)) if ref else Q(token_id__isnull=False)
    if kind == ActorKind.MEMBER:
        return Q(actor_kind=kind, actor_id=int(ref))
    return Q(actor_kind=kind) if kind else Q()


def _what(what: str) -> Q:
    key, _colon, kind = what.partition(":")
    if kind:
        return Q(subject_kind=kind)
    group = next((group for group in GROUPS if group.key == key), None)
    if group is None:
        return Q()
    if group.kinds:
        return Q(subject_kind__in=group.kinds)
    return ~Q(subject_kind__in=[kind for other in GROUPS for kind in other.kinds])


def _who_choices(actor: Actor) -> list[Any]:
    members = Member.objects.order_by("-is_active", "name", "id").values_list("pk", "name")
    choices: list[Any] = [
        ("", _("Anybody")),
        *everybody(),
        (_("Members"), [(f"member:{pk}", name) for pk, name in members]),
    ]
    if can_manage_system(actor):
        tokens = ApiToken.objects.order_by("-pk").values_list("pk", "name", "member__name")[:TOKENS_OFFERED]
        choices.append((_("Tokens"), [(f"token:{pk}", f"{name} ({of})") for pk, name, of in tokens]))
    return choices


def _what_choices(actor: Actor) -> list[Any]:
    is_hidden = () if can_manage_system(actor) else SYSTEM_KINDS
    groups = [(group.key, group.label) for group in GROUPS if group.kinds != is_hidden]
    kinds = [(f"kind:{kind}", label) for kind, label in setting_kinds() if kind not in is_hidden]
    return [("", _("Anything")), *groups, (_("One kind"), kinds)]
