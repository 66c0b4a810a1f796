"""Passkeys: allauth's flows behind our pages. The browser's part is the island `ok-passkey`.

Every passkey is resident and asks for a finger, a face or a PIN, so it opens the account by itself and is a second
step after a password too. It belongs to the host on which it was made.
"""

from __future__ import annotations

import json
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as base
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth, flows
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from okno.accounts.adapters import PROFILE_PATH


class AddPasskeyView(webauthn.AddWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """Make a passkey on this device."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the browser is asked for."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "options": json.dumps(auth.begin_registration(self.request.user, True))}

    def get_success_url(self) -> str:
        """Show the recovery codes that the first factor brings; else return to the own settings."""
        return reverse("mfa_view_recovery_codes") if self.did_generate_recovery_codes else PROFILE_PATH


class EditPasskeyView(webauthn.EditWebAuthnView):  # type: ignore[misc]
    """Rename a passkey."""

    success_url = PROFILE_PATH


class RemovePasskeyView(webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    """Forget a passkey."""

    success_url = PROFILE_PATH


class LoginPasskeyView(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    """Sign in by nothing but a passkey: GET gives the challenge, POST takes the answer."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, and go on to the page that was wanted."""
        key = form.cleaned_data["credential"]
        login = Login(user=key.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = flows.perform_passwordless_login(self.request, key, login)
        return response


class ConfirmPasskeyView(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Prove by a passkey that it is still the same person."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the browser is asked for."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "options": json.dumps(context["js_data"]["request_options"])}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say what is wrong on the same page."""
        for words in form.errors.get("credential", []):
            get_adapter().add_message(self.request, messages.ERROR, message=words)
        return HttpResponseRedirect(self.request.get_full_path())


class SecondStepView(base.AuthenticateView):  # type: ignore[misc]
    """The second step of a sign-in: a code, or a passkey for whoever has one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the browser is asked for, where there is a passkey to be asked for."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        wanted = context["js_data"]["request_options"]
        if not wanted["publicKey"].get("allowCredentials"):
            return context
        return {**context, "options": json.dumps(wanted)}
