"""A form field for each thing that a request type asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from okno.tickets.commands.submit import CUSTOM, DEVICE_LENGTH, asked_fields
from okno.tickets.models import CustomField, Priority, RequestType, Topic

TEXT_LENGTH = 1000
TRUE, FALSE = "yes", "no"


def fields_of(request_type: RequestType) -> Iterator[tuple[str, forms.Field]]:
    """Yield what a type asks besides subject, text and files, by its key; what is out of use is not asked.

    Two queries at most, however much is asked.
    """
    asked = asked_fields(request_type)
    keys = [key.removeprefix(CUSTOM) for key in asked if key.startswith(CUSTOM)]
    custom = (
        {f"{CUSTOM}{one.key}": one for one in CustomField.objects.filter(key__in=keys, is_active=True)}
        if keys
        else {}
    )
    for key, is_required in asked.items():
        if key == "topic":
            yield key, _topic(is_required=is_required)
        elif key == "device":
            yield key, _device(is_required=is_required)
        elif key == "priority":
            yield key, _priority(is_required=is_required)
        elif key in custom:
            yield key, _custom(custom[key], is_required=is_required)


def as_value(cleaned: Any) -> Any:
    """Return a cleaned answer as `submit_request` takes it: plain JSON, None for no answer."""
    if cleaned in ("", None):
        return None
    return cleaned.isoformat() if hasattr(cleaned, "isoformat") else cleaned


def _topic(*, is_required: bool) -> forms.Field:
    topics = list(Topic.objects.filter(is_active=True).order_by("position", "id"))
    names = {one.pk: one.name for one in topics}
    whole = sorted(
        ((one.pk, _with_those_above(one, names)) for one in topics), key=lambda pair: pair[1].casefold()
    )
    return _choice(_("Topic"), [pair for pair in whole if pair[1]], coerce=int, is_required=is_required)


def _with_those_above(topic: Topic, names: dict[int, str]) -> str:
    """Return `1C › Start`; empty if one of those above is out of use."""
    above = [int(ref) for ref in topic.path.strip("/").split("/") if ref and int(ref) != topic.pk]
    if any(ref not in names for ref in above):
        return ""
    return " › ".join([*(names[ref] for ref in above), topic.name])


def _device(*, is_required: bool) -> forms.Field:
    return forms.CharField(
        label=_("Device"),
        max_length=DEVICE_LENGTH,
        required=is_required,
        help_text=_("Its name or number, as the label on it says."),
    )


def _priority(*, is_required: bool) -> forms.Field:
    return _choice(_("How urgent is it?"), Priority.choices, coerce=int, is_required=is_required)


def _custom(field: CustomField, *, is_required: bool) -> forms.Field:
    kinds = CustomField.Kind
    common: dict[str, Any] = {"label": field.name or field.key, "required": is_required}
    match field.kind:
        case kinds.NUMBER:
            return forms.FloatField(**common, widget=forms.NumberInput(attrs={"step": "any"}))
        case kinds.DATE:
            return forms.DateField(
                **common, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )
        case kinds.BOOLEAN:
            answers = [(TRUE, pgettext("answer", "Yes")), (FALSE, pgettext("answer", "No"))]
            return _choice(common["label"], answers, coerce=_is_true, is_required=is_required)
        case kinds.CHOICE:
            pairs = [(one, one) for one in field.choices]
            return _choice(common["label"], pairs, coerce=str, is_required=is_required)
        case _:
            return forms.CharField(**common, max_length=TEXT_LENGTH)


def _is_true(value: str) -> bool:
    return value == TRUE


def _choice(label: Any, pairs: Any, *, coerce: Any, is_required: bool) -> forms.Field:
    return forms.TypedChoiceField(
        label=label,
        choices=[("", pgettext("choice", "choose…") if is_required else "—"), *pairs],
        coerce=coerce,
        empty_value=None,
        required=is_required,
    )
