"""Making and changing forms."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from okno.lib.errors import Denied, Invalid
from okno.lib.html_text import without_unusable
from okno.modules.form.models import ConsentText, Form, OfferedType
from okno.modules.form.snapshot import consents_of, find_form, snapshot
from okno.spine.actor import SYSTEM, Actor
from okno.spine.unit import command
from okno.spine.versions import VersionedKind, keep_version, versioned
from okno.team.models import Desk, Team
from okno.team.policy import can_manage_settings
from okno.team.queries import default_desk
from okno.tenancy.models import Workspace
from okno.tickets.models import RequestType

NAME_LENGTH = 120
TEXT_LENGTH = 5000
SITES_LIMIT = 20
KEY_BYTES = 9
FIRST_NAMES = {"en": "Write to us", "ru": "Напишите нам"}


def prepare_forms(*, workspace: Workspace, now: datetime) -> None:
    """Give a workspace its first form, if it has none."""
    if Form.objects.exists():
        return
    create_form(actor=SYSTEM, values={"names": FIRST_NAMES, "desk": default_desk().pk}, now=now)


@command
def create_form(*, actor: Actor, values: Mapping[str, Any], now: datetime) -> Form:
    """Make a form. Raises Denied, and Invalid that names the fields."""
    _require_rights(actor)
    form = Form(key=secrets.token_urlsafe(KEY_BYTES), created_at=now)
    _write(form, values, now=now)
    keep_version(actor=actor, kind=FORM, row=form, now=now)
    return form


@command
def change_form(*, actor: Actor, form_id: int, values: Mapping[str, Any], now: datetime) -> Form:
    """Change a form; what `values` does not name stays. Raises NotFound, Denied, Invalid.

    Other words of the consent are a new version of it: nobody has agreed to those yet.
    """
    form = find_form(form_id)
    _require_rights(actor)
    before = snapshot(form)
    _write(form, {**before, **values}, now=now)
    keep_version(actor=actor, kind=FORM, row=form, now=now, before=before)
    return form


def _restore(*, actor: Actor, row: Form, values: Mapping[str, Any], now: datetime) -> None:
    change_form(actor=actor, form_id=row.pk, values=values, now=now)


FORM = versioned(
    VersionedKind(
        name="form",
        label=gettext_lazy("Web form"),
        find=find_form,
        read=snapshot,
        restore=_restore,
        may_change=can_manage_settings,
        labels={
            "names": pgettext_lazy("of a thing", "Name"),
            "desk": gettext_lazy("Desk"),
            "team": gettext_lazy("Team"),
            "types": gettext_lazy("Request types"),
            "intros": gettext_lazy("Words above the fields"),
            "thanks": gettext_lazy("Thanks"),
            "consents": gettext_lazy("Consent"),
            "sites": gettext_lazy("Sites"),
            "is_active": gettext_lazy("In use"),
        },
        url_name="form:edit",
    )
)


def _require_rights(actor: Actor) -> None:
    if not can_manage_settings(actor):
        raise Denied(_("You may not change forms."))


def _write(form: Form, values: Mapping[str, Any], *, now: datetime) -> None:
    """Check the values and save the form with all that belongs to it."""
    form.names = _texts(values.get("names", {}), limit=NAME_LENGTH, is_line=True)
    if not form.names:
        words = _("Write a name in at least one language.")
        raise Invalid(words, fields={"names": [words]})
    form.desk = _desk(values.get("desk"))
    form.team = _team(values.get("team"), form.desk)
    form.intros = _texts(values.get("intros", {}), limit=TEXT_LENGTH)
    form.thanks = _texts(values.get("thanks", {}), limit=TEXT_LENGTH)
    form.sites = clean_sites(values.get("sites", ()))
    form.is_active = bool(values.get("is_active", True))
    types = _types(values.get("types", ()), form.desk)
    form.save()
    OfferedType.objects.filter(form=form).exclude(type__in=types).delete()
    OfferedType.objects.bulk_create(
        [OfferedType(form=form, type=one) for one in types], ignore_conflicts=True
    )
    _write_consent(form, _texts(values.get("consents", {}), limit=TEXT_LENGTH), now=now)


def _write_consent(form: Form, texts: dict[str, str], *, now: datetime) -> None:
    if texts == consents_of(form):
        return
    number = 0
    if texts:
        last = ConsentText.objects.filter(form=form).order_by("-number").first()
        number = last.number + 1 if last else 1
        ConsentText.objects.create(form=form, number=number, texts=texts, created_at=now)
    form.consent_number = number
    form.save(update_fields=["consent_number"])


def clean_sites(sites: Iterable[str]) -> list[str]:
    """Return origins as browsers spell them, each once. Raises Invalid for what is none."""
    origins = [_origin(site.strip()) for site in sites if site.strip()]
    unique = list(dict.fromkeys(origins))
    if len(unique) > SITES_LIMIT:
        words = _("At most %(limit)d sites.") % {"limit": SITES_LIMIT}
        raise Invalid(words, fields={"sites": [words]})
    return unique


def _origin(site: str) -> str:
    try:
        parts = urlsplit(site if "://" in site else f"https://{site}")
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        host, port, parts = "", None, urlsplit("")
    is_plain = all(character.isalnum() or character in "-." for character in host)
    if parts.scheme not in ("http", "https") or not host or not is_plain or "@" in parts.netloc:
        words = _("“%(site)s” is not the address of a site, as https://www.example.org.") % {
            "site": site[:100]
        }
        raise Invalid(words, fields={"sites": [words]})
    is_usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + ("" if is_usual else f":{port}")


def _texts(given: Mapping[str, str], *, limit: int, is_line: bool = False) -> dict[str, str]:
    """Return the texts of the languages that there are, without empty ones."""
    known = dict(settings.LANGUAGES)
    cleaned = {
        language: without_unusable(text.replace("\r\n", "\n")).strip()[:limit]
        for language, text in given.items()
        if language in known
    }
    if is_line:
        cleaned = {language: " ".join(text.split()) for language, text in cleaned.items()}
    return {language: text for language, text in cleaned.items() if text}


def _desk(desk_id: int | None) -> Desk:
    found: Desk | None = Desk.objects.filter(pk=desk_id or 0, is_active=True).first()
    if found is None:
        words = _("There is no such desk.")
        raise Invalid(words, fields={"desk": [words]})
    return found


def _team(team_id: int | None, desk: Desk) -> Team | None:
    if team_id is None:
        return None
    found: Team | None = Team.objects.filter(pk=team_id, desk=desk, is_active=True).first()
    if found is None:
        words = _("The team is none of this desk.")
        raise Invalid(words, fields={"team": [words]})
    return found


def _types(ids: Iterable[int], desk: Desk) -> list[RequestType]:
    wanted = set(ids)
    found = list(RequestType.objects.filter(pk__in=wanted, desk=desk))
    if len(found) != len(wanted):
        words = _("A form offers the request types of its own desk.")
        raise Invalid(words, fields={"types": [words]})
    return found
