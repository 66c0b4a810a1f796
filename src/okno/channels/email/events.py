"""What happens to mailboxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from okno.spine.events import EventType, event_type


@event_type("mailbox.created")
class MailboxCreated(EventType):
    """A mailbox was added."""

    address: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("added the mailbox %(address)s") % {"address": self.address}


@event_type("mailbox.changed")
class MailboxChanged(EventType):
    """Settings of a mailbox changed; their values are secrets or long and stay out."""

    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("changed the mailbox")


@event_type("mailbox.started")
class MailboxStarted(EventType):
    """It was said from when on the mail of a new mailbox is taken, and fetching began."""

    window: str
    takes_seen: bool = False

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("started fetching the mailbox")


@event_type("mailbox.released")
class MailboxReleased(EventType):
    """Mail may leave by a mailbox; what had waited was sent, or discarded."""

    sent: int = 0
    discarded: int = 0

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("released the mailbox: mail leaves by it")


@event_type("mailbox.held")
class MailboxHeld(EventType):
    """Nothing leaves by a mailbox until it is released."""

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("put the mailbox into safe mode: nothing leaves by it")


@event_type("mailbox.switched")
class MailboxSwitched(EventType):
    """A mailbox was switched on or off."""

    is_active: bool

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("switched the mailbox on") if self.is_active else _("switched the mailbox off")


@event_type("sender.changed")
class SenderChanged(EventType):
    """A sender was blocked or is let in, or is a sender like any other again (`unknown`)."""

    pattern: str
    standing: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        words = {
            "blocked": _("blocked %(pattern)s"),
            "trusted": _("lets %(pattern)s in"),
            "unknown": _("took %(pattern)s off the list of senders"),
        }
        return words.get(self.standing, self.standing) % {"pattern": self.pattern}

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        """Leave out whom it is about."""
        return {**payload, "pattern": ""}


@event_type("mailbox.connected")
class MailboxConnected(EventType):
    """The owner of an account at a provider let the mailbox be opened."""

    account: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("connected the mailbox by consent of %(account)s") % {"account": self.account}


@event_type("mailbox.disconnected")
class MailboxDisconnected(EventType):
    """A consent was forgotten: a password is used again."""

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("forgot the consent for the mailbox")


@event_type("mailbox.consent_lost")
class MailboxConsentLost(EventType):
    """A consent gives no access any more; `problem` is one of `oauth.Problem`."""

    address: str
    problem: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("can open the mailbox no longer")


@event_type("mailbox.consent_works")
class MailboxConsentWorks(EventType):
    """A consent that had failed gives access again."""

    address: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("can open the mailbox again")


@event_type("mailbox.consent_ends")
class MailboxConsentEnds(EventType):
    """A consent will end by itself soon."""

    address: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("noticed that the consent for the mailbox ends soon")


@event_type("oauth_client.changed")
class OAuthClientChanged(EventType):
    """By what name the desk is known to a provider was changed."""

    provider: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("changed how the desk signs in at %(provider)s") % {"provider": self.provider}


@event_type("oauth_client.ends")
class OAuthClientEnds(EventType):
    """The secret of a client runs out soon, or has."""

    provider: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("noticed that the client secret for %(provider)s runs out") % {"provider": self.provider}


@event_type("mail_look.changed")
class MailLookChanged(EventType):
    """Logo, colour or quoting of outgoing mail changed, of a desk or of all."""

    desk: int | None
    fields: list[str]

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("changed how mail looks")


@event_type("mail_text.changed")
class MailTextChanged(EventType):
    """A text of outgoing mail changed, or went back to the one built in; its words stand in its version."""

    desk: int | None
    text: str
    language: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        return _("changed a text of mail")


@event_type("address.suppression_changed")
class SuppressionChanged(EventType):
    """Nothing is sent to an address any more, because of `cause`; or mail goes there again (empty)."""

    address: str
    cause: str

    def describe(self, names: Mapping[str, str]) -> str:
        """Say it in words."""
        words = {
            "bounced": _("suppressed %(address)s: mail to it cannot be delivered"),
            "complaint": _("suppressed %(address)s: its owner called our mail spam"),
            "": _("lets mail go to %(address)s again"),
        }
        return words.get(self.cause, self.cause) % {"address": self.address}

    @classmethod
    def shred(cls, payload: dict[str, Any]) -> dict[str, Any]:
        """Leave out whom it is about."""
        return {**payload, "address": ""}
