"""The addresses of the entrance. Of allauth only what is offered: no sign-up, no second address, no mailed codes."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from okno.accounts import passkeys, views
from okno.accounts.adapters import PROFILE_PATH

# The names are allauth's own, by which it finds them.
urlpatterns: list[URLPattern] = [
    path("login/", views.LoginView.as_view(), name="account_login"),
    path("link/", views.login_by_link, name="account_login_link"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/key/", views.password_reset_by_key, name="account_reset_password_by_key"),
    path("2fa/", RedirectView.as_view(url=PROFILE_PATH), name="mfa_index"),
    path("2fa/authenticate/", passkeys.SecondStepView.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/passkeys/", RedirectView.as_view(url=PROFILE_PATH), name="mfa_list_webauthn"),
    path("2fa/passkeys/login/", passkeys.LoginPasskeyView.as_view(), name="mfa_login_webauthn"),
    path("2fa/passkeys/add/", passkeys.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "2fa/passkeys/reauthenticate/",
        passkeys.ConfirmPasskeyView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("2fa/passkeys/<int:pk>/edit/", passkeys.EditPasskeyView.as_view(), name="mfa_edit_webauthn"),
    path("2fa/passkeys/<int:pk>/remove/", passkeys.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path("2fa/totp/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        recovery_codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
