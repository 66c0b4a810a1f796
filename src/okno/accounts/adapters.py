"""How allauth is fitted in: nobody signs up by himself, secrets are sealed, mail goes by our ledger."""

from __future__ import annotations

from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from okno.accounts.letters import Letter, send_letter
from okno.lib.crypto import seal, unseal
from okno.tenancy.scope import scope

# The person's own settings page; which page that is, is known above this layer.
PROFILE_PATH = "/settings/profile/"
_SECRET_PLACE = "mfa"  # noqa: S105 (a place, no secret)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts are made by invitation only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Please try again in a quarter of an hour."),
        "incorrect_password": _("This is not the right password."),
        "enter_current_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Keep strangers from making accounts."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the person's own settings."""
        return PROFILE_PATH

    def send_mail(self, template_prefix: str, email: str, words: dict[str, Any]) -> None:
        """Write one of allauth's notices as a letter of ours."""
        letter = Letter(
            address=email,
            name="",
            subject=" ".join(render_to_string(f"{template_prefix}_subject.txt", words).split()),
            text=render_to_string(f"{template_prefix}_message.txt", words).strip(),
        )
        # allauth sends some notices only after the request's transaction, and so after its scope, has ended.
        with scope(self.request.workspace):
            send_letter(letter)


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors, sealed at rest and named after the workspace."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Wait for the next one and try again."),
    }

    def get_totp_issuer(self) -> str:
        """Name the workspace in the authenticator app."""
        workspace = getattr(context.request, "workspace", None)
        return f"Okno {workspace.name}" if workspace is not None else "Okno"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Name the account by its address."""
        return str(user.get_username())

    def build_totp_svg(self, url: str) -> str:
        """Draw the address as an SVG element that may stand in the page: pictures by `data:` are forbidden there."""
        return str(qrcode.make(url, image_factory=SvgPathImage, box_size=8).to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return seal(text, place=_SECRET_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return unseal(encrypted_text, place=_SECRET_PLACE)
