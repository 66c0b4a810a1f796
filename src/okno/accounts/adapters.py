"""How allauth is fitted in: nobody signs up by himself, secrets are sealed, mail goes by our ledger."""

from __future__ import annotations

from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathImage

from okno.accounts.devices import device_words
from okno.accounts.happenings import tell
from okno.accounts.letters import Letter, send_letter
from okno.accounts.models import User
from okno.accounts.sessions import begin_session, current_session_id, end_all_sessions
from okno.lib.clock import current_time
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

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        """Remember the session that begins."""
        assert isinstance(user, User)  # noqa: S101 - AUTH_USER_MODEL
        begin_session(request, user, now=current_time())
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Set a new password, and end every session but the one that asks for it."""
        super().set_password(user, password)
        assert isinstance(user, User)  # noqa: S101 - AUTH_USER_MODEL
        end_all_sessions(user, but=current_session_id(self.request))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner by mail and the audit what happened to an account."""
        assert isinstance(user, User)  # noqa: S101 - AUTH_USER_MODEL
        super().send_notification_mail(template_prefix, user, context, email or user.email)
        tell(user, template_prefix.rpartition("/")[2])

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
        "incorrect_code": _("This is not right. Try again, with the next code or with another key."),
    }

    def get_totp_issuer(self) -> str:
        """Name the workspace in the authenticator app."""
        workspace = getattr(context.request, "workspace", None)
        return f"Okno {workspace.name}" if workspace is not None else "Okno"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Name the account by its address."""
        return str(user.get_username())

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """Name a passkey after the device on which it is made."""
        return device_words(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Name the workspace in the browser's dialog; a passkey belongs to its host."""
        host = str(context.request.get_host()).partition(":")[0]
        workspace = getattr(context.request, "workspace", None)
        return {"id": host, "name": workspace.name if workspace is not None else host}

    def build_totp_svg(self, url: str) -> str:
        """Draw the address as an SVG element that may stand in the page: pictures by `data:` are forbidden there."""
        return str(qrcode.make(url, image_factory=SvgPathImage, box_size=8).to_string(encoding="unicode"))

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return seal(text, place=_SECRET_PLACE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return unseal(encrypted_text, place=_SECRET_PLACE)
