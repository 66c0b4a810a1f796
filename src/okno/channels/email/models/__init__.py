"""The rows of the mail channel."""

from okno.channels.email.models.ledgers import OutgoingMail, RawMail
from okno.channels.email.models.look import MailLook, MailText, TextKind
from okno.channels.email.models.lookup import MailboxLookup
from okno.channels.email.models.mailbox import Auth, Mailbox, MailRoute, OAuthClient, Provider, Security
from okno.channels.email.models.standing import (
    AutomaticAnswers,
    BlockedSender,
    SuppressedAddress,
    TrustedSender,
)

__all__ = [
    "Auth",
    "AutomaticAnswers",
    "BlockedSender",
    "MailLook",
    "MailRoute",
    "MailText",
    "Mailbox",
    "MailboxLookup",
    "OAuthClient",
    "OutgoingMail",
    "Provider",
    "RawMail",
    "Security",
    "SuppressedAddress",
    "TextKind",
    "TrustedSender",
]
