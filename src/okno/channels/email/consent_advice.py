"""Failures of consents in plain words: what happened, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from okno.channels.email.oauth import OAuthFailure

# Nothing but the same person's consent, given anew, helps.
_HELPED_BY_CONSENT = frozenset(
    {"withdrawn", "password", "inactive", "interaction", "account", "declined", "scope", "code", "identity"}
)


def is_helped_by_consent(failure: OAuthFailure) -> bool:
    """Tell whether connecting again is what to do."""
    return failure.problem in _HELPED_BY_CONSENT


def consent_advice(failure: OAuthFailure) -> str:
    """Return what to do about a consent that gives no access."""
    words = {
        "network": _("The provider's sign-in cannot be reached. We try again by ourselves."),
        "busy": _("The provider's sign-in is out of order for the moment. We try again by ourselves."),
        "withdrawn": _("The consent was withdrawn or has run out. Connect the mailbox again."),
        "password": _("The password of the account was changed. Connect the mailbox again."),
        "inactive": _("The consent was not used for too long. Connect the mailbox again."),
        "interaction": _(
            "The provider wants the owner of the account to sign in again. Connect the mailbox again."
        ),
        "admin": _(
            "An administrator of the organization has to approve Okno first, in the provider's administration."
            " Then connect the mailbox again."
        ),
        "blocked": _(
            "The organization's rules do not let this server in. Its administrator has to allow it"
            " (at Microsoft: Conditional Access)."
        ),
        "account": _(
            "The account is disabled, locked or deleted. Have it enabled, then connect the mailbox again."
        ),
        "client_secret": _(
            "The client secret has expired. Make a new one at the provider and enter it under “Sign-in at providers”."
        ),
        "client": _(
            "The provider does not know this desk by its client id, directory and secret. Check them under"
            " “Sign-in at providers”."
        ),
        "declined": _("The consent was not given. Connect the mailbox again and agree, or ask the owner to."),
        "scope": _(
            "The consent does not include reading and sending mail. Connect the mailbox again and tick everything."
        ),
        "code": _("That took too long, or the page was opened twice. Connect the mailbox again."),
        "identity": _("The provider did not say for sure who consented. Connect the mailbox again."),
        "answer": _(
            "The provider answered something unexpected. Try again; if it stays so, tell us its words."
        ),
    }[failure.problem]
    return f"{words} ({failure.detail})" if failure.detail else words
