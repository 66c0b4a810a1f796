"""The rows of the mail channel."""

from okno.channels.email.models.ledgers import OutgoingMail, RawMail
from okno.channels.email.models.mailbox import Auth, Mailbox, MailRoute, OAuthClient, Provider, Security
from okno.channels.email.models.standing import AutomaticAnswers, BlockedSender, SuppressedAddress, TrustedSender

__all__ = [
    "Auth",
    "AutomaticAnswers",
    "BlockedSender",
    "MailRoute",
    "Mailbox",
    "OAuthClient",
    "OutgoingMail",
    "Provider",
    "RawMail",
    "Security",
    "SuppressedAddress",
    "TrustedSender",
]
