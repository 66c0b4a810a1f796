"""Setting webhooks up: make, change, delete, a new secret, a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.lib.html_text import without_unusable
from okno.lib.http_client import AddressRefused, check_address
from okno.reactors.webhooks.events import WebhookDeleted, WebhookSecretRotated, WebhookTested
from okno.reactors.webhooks.models import Webhook, WebhookDelivery
from okno.reactors.webhooks.policy import can_act_for, can_manage_webhooks
from okno.reactors.webhooks.signing import new_secret, sealed
from okno.spine.actor import Actor
from okno.spine.events import known_types
from okno.spine.unit import collect, command, emit, insert
from okno.spine.versions import VersionedKind, keep_version, versioned
from okno.team.models import Member

NAME_LENGTH = 100
URL_LENGTH = 2000
MOST_WEBHOOKS = 50
OVERLAP = timedelta(hours=24)


def offered_events() -> list[str]:
    """Return the names of the events that a webhook may ask for."""
    return sorted(name for name in known_types() if name != WebhookTested.name)


@command
def create_webhook(
    *, actor: Actor, name: str, url: str, events: Iterable[str], owner: Member, now: datetime
) -> tuple[Webhook, str]:
    """Make a webhook and return it with its secret, which is never shown again. Raises Denied, Invalid, Conflict."""
    _refuse_stranger(actor, owner.pk)
    if Webhook.objects.filter(deleted_at__isnull=True).count() >= MOST_WEBHOOKS:
        raise Conflict(_("There are %(count)d webhooks; that is the most.") % {"count": MOST_WEBHOOKS})
    webhook = Webhook(created_at=now, scopes=_bounds(actor))
    _set(webhook, name=name, url=url, events=events, owner=owner, is_active=True)
    insert(webhook)
    secret = new_secret()
    webhook.secret = sealed(webhook, secret)
    webhook.save(update_fields=["secret"])
    keep_version(actor=actor, kind=WEBHOOK, row=webhook, now=now)
    return webhook, secret


@command
def change_webhook(*, actor: Actor, webhook_id: int, now: datetime, **values: Any) -> Webhook:
    """Change `name`, `url`, `events`, `owner` or `is_active`; what is absent stays.

    Raises NotFound, Denied, Invalid. One that is switched off sends nothing later of what happens meanwhile.
    """
    webhook = lock_webhook(actor, webhook_id)
    owner = values.get("owner")
    if owner is not None and owner.pk != webhook.owner_id:
        _refuse_stranger(actor, owner.pk)
    before = _values(webhook)
    was_active = webhook.is_active
    _set(webhook, **values)
    if _values(webhook) == before:
        return webhook
    webhook.scopes = _bounds(actor)
    if webhook.is_active != was_active:
        webhook.failures, webhook.failing_since = 0, None
    webhook.save()
    if was_active and not webhook.is_active:
        cancel_waiting(webhook)
    keep_version(actor=actor, kind=WEBHOOK, row=webhook, now=now, before=before)
    return webhook


@command
def delete_webhook(*, actor: Actor, webhook_id: int, now: datetime) -> None:
    """Delete a webhook; its log goes with the next housekeeping. Raises NotFound, Denied."""
    webhook = lock_webhook(actor, webhook_id)
    webhook.is_active, webhook.deleted_at = False, now
    webhook.secret = webhook.earlier_secret = ""
    webhook.save(update_fields=["is_active", "deleted_at", "secret", "earlier_secret"])
    cancel_waiting(webhook)
    emit(actor, WebhookDeleted(name_was=webhook.name), kind=WEBHOOK.name, subject=webhook, now=now)


@command
def rotate_secret(*, actor: Actor, webhook_id: int, now: datetime) -> str:
    """Give a webhook another secret and return it; for `OVERLAP` the earlier one signs too. Raises NotFound, Denied."""
    webhook = lock_webhook(actor, webhook_id)
    secret = new_secret()
    webhook.earlier_secret, webhook.earlier_until = webhook.secret, now + OVERLAP
    webhook.secret = sealed(webhook, secret)
    webhook.save(update_fields=["secret", "earlier_secret", "earlier_until"])
    emit(actor, WebhookSecretRotated(), kind=WEBHOOK.name, subject=webhook, now=now)
    return secret


@command
def send_test(*, actor: Actor, webhook_id: int, now: datetime) -> WebhookDelivery:
    """Send an event that says nothing to this webhook only. Raises NotFound, Denied, Conflict if it is off."""
    webhook = lock_webhook(actor, webhook_id)
    if not webhook.is_active:
        raise Conflict(_("This webhook is switched off."), code="switched_off")
    happened = emit(actor, WebhookTested(), kind=WEBHOOK.name, subject=webhook, now=now)
    delivery = WebhookDelivery(webhook=webhook, event_uid=happened.uid, event_type=happened.event.name)
    collect(delivery)
    return delivery


def lock_webhook(actor: Actor, webhook_id: int) -> Webhook:
    """Return a webhook, locked, that the actor may change. Raises NotFound, Denied."""
    if not can_manage_webhooks(actor):
        raise Denied(_("You may not manage webhooks."))
    rows = Webhook.objects.select_for_update(no_key=True).filter(deleted_at__isnull=True)
    webhook: Webhook | None = rows.filter(pk=webhook_id).first()
    if webhook is None:
        raise NotFound(_("There is no such webhook."))
    _refuse_stranger(actor, webhook.owner_id)
    return webhook


def cancel_waiting(webhook: Webhook) -> None:
    """End what waits to be sent; it stands in the log and can be sent again."""
    waiting = WebhookDelivery.objects.filter(webhook=webhook, state=WebhookDelivery.State.DUE)
    waiting.update(state=WebhookDelivery.State.CANCELLED, lease_until=None)


def _set(webhook: Webhook, **values: Any) -> None:
    """Give a webhook these values, each as it must be. Raises Invalid."""
    for name, value in values.items():
        setattr(webhook, name, _CLEAN[name](value))


def _clean_name(given: str) -> str:
    name = " ".join(without_unusable(given).split())[:NAME_LENGTH]
    if not name:
        raise Invalid(_("A webhook needs a name."), fields={"name": [_("Write what it is for.")]})
    return name


def _clean_url(given: str) -> str:
    url = given.strip()
    try:
        if len(url) > URL_LENGTH or "#" in url:
            raise AddressRefused("too long, or with a fragment")
        check_address(url)
    except AddressRefused as error:
        words = _("Write an https:// address of the public internet, without a user name.")
        raise Invalid(words, code="bad_url", fields={"url": [words]}) from error
    return url


def _clean_events(given: Iterable[str]) -> list[str]:
    chosen = sorted(set(given))
    unknown = set(chosen) - set(offered_events())
    if unknown:
        words = _("There is no event “%(name)s”.") % {"name": min(unknown)[:NAME_LENGTH]}
        raise Invalid(words, code="unknown_event", fields={"events": [words]})
    return chosen


def _clean_owner(given: Member) -> Member:
    if not given.is_active:
        words = _("%(name)s is not active.") % {"name": given.name}
        raise Invalid(words, code="inactive_member", fields={"owner": [words]})
    return given


_CLEAN: dict[str, Any] = {
    "name": _clean_name,
    "url": _clean_url,
    "events": _clean_events,
    "owner": _clean_owner,
    "is_active": bool,
}


def _refuse_stranger(actor: Actor, owner_id: int) -> None:
    if not can_act_for(actor, owner_id):
        raise Denied(_("You may not manage webhooks in this member's name."))


def _bounds(actor: Actor) -> list[str] | None:
    """Return what bounds a webhook that this actor sets up: a token makes nothing that is wider than itself."""
    return None if actor.token_scopes is None else sorted(actor.token_scopes)


def _values(webhook: Webhook) -> dict[str, Any]:
    return {
        "name": webhook.name,
        "url": webhook.url,
        "events": list(webhook.events),
        "owner": webhook.owner_id,
        "is_active": webhook.is_active,
    }


def _find(webhook_id: int) -> Webhook:
    webhook: Webhook | None = Webhook.objects.filter(pk=webhook_id, deleted_at__isnull=True).first()
    if webhook is None:
        raise NotFound(_("There is no such webhook."))
    return webhook


def _restore(*, actor: Actor, row: Webhook, values: dict[str, Any], now: datetime) -> None:
    owner = Member.objects.filter(pk=values["owner"], is_active=True).first()
    if owner is None:
        raise Conflict(_("Its owner of then does not work here any more."), code="inactive_member")
    change_webhook(actor=actor, webhook_id=row.pk, now=now, **{**values, "owner": owner})


WEBHOOK = versioned(
    VersionedKind(
        name="webhook",
        label=gettext_lazy("Webhook"),
        find=_find,
        read=_values,
        restore=_restore,
        may_change=can_manage_webhooks,
        labels={
            "name": gettext_lazy("Name"),
            "url": gettext_lazy("Address"),
            "events": gettext_lazy("Events"),
            "owner": gettext_lazy("In whose name"),
            "is_active": gettext_lazy("On"),
        },
        url_name="console:webhook",
    )
)
