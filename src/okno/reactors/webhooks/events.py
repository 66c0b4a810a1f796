"""What happens to webhooks besides changes of their settings, which are `config.changed`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from okno.spine.events import EventType, event_type


@event_type("webhook.deleted")
class WebhookDeleted(EventType):
    """A webhook was deleted."""

    name_was: str

    def describe(self, names: Mapping[str, str]) -> str:
        return _("deleted the webhook “%(name)s”") % {"name": self.name_was}


@event_type("webhook.secret_rotated")
class WebhookSecretRotated(EventType):
    """A webhook got another secret; the earlier one counts for a while."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("gave the webhook a new secret")


@event_type("webhook.switched_off")
class WebhookSwitchedOff(EventType):
    """A webhook was switched off by Okno: for days nothing arrived, or its receiver said that it is gone."""

    reason: str
    """`failing` or `gone`."""

    def describe(self, names: Mapping[str, str]) -> str:
        if self.reason == "gone":
            return _("switched the webhook off: its receiver is gone")
        return _("switched the webhook off: nothing arrived for days")


@event_type("webhook.tested")
class WebhookTested(EventType):
    """Somebody sent a test; no other webhook hears of it."""

    def describe(self, names: Mapping[str, str]) -> str:
        return _("tested the webhook")
