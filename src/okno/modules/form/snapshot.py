"""A form with all that can be set of it, as its versions keep it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from okno.lib.errors import NotFound
from okno.modules.form.models import ConsentText, Form


def find_form(form_id: int) -> Form:
    """Return a form. Raises NotFound."""
    found: Form | None = Form.objects.select_related("desk", "team").filter(pk=form_id).first()
    if found is None:
        raise NotFound(_("There is no such form."))
    return found


def snapshot(form: Form) -> dict[str, Any]:
    """Return all that can be set of a form, as `change_form` takes it."""
    return {
        "names": dict(form.names),
        "desk": form.desk_id,
        "team": form.team_id,
        "types": sorted(form.offered.values_list("type_id", flat=True)),
        "intros": dict(form.intros),
        "thanks": dict(form.thanks),
        "consents": consents_of(form),
        "sites": list(form.sites),
        "is_active": form.is_active,
    }


def consents_of(form: Form) -> dict[str, str]:
    """Return what senders agree to now, by language; empty if nothing is asked."""
    text = current_consent(form)
    return dict(text.texts) if text else {}


def current_consent(form: Form) -> ConsentText | None:
    """Return the version of the consent that is asked for now."""
    if not form.consent_number:
        return None
    found: ConsentText | None = ConsentText.objects.filter(form=form, number=form.consent_number).first()
    return found
