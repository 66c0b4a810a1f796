"""The forms of the entrance that are ours; the others are allauth's, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import SetPasswordForm as AllauthSetPasswordForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddPasskeyForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm as AllauthAskPasskeyForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as AllauthEditPasskeyForm
from allauth.mfa.webauthn.forms import LoginWebAuthnForm as AllauthLoginPasskeyForm
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm as AllauthConfirmPasskeyForm
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from okno.lib.addresses import InvalidAddress, clean_name, normalise_address

PASSKEY_NAME_LENGTH = 80
PASSWORD_HELP = _("At least 10 characters. A few words in a row are easy to remember and hard to guess.")


class MailAddressField(forms.CharField):
    """One mail address, given back in the form that is stored."""

    def __init__(self, **options: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": options.pop("autocomplete", "email")})
        super().__init__(**{"label": _("Mail address"), "max_length": 254, "widget": widget, **options})

    def clean(self, value: Any) -> str:
        """Return the normal form of an address."""
        text = str(super().clean(value))
        try:
            return normalise_address(text) if text else ""
        except InvalidAddress as error:
            raise forms.ValidationError(_("This is not a mail address."), code="invalid") from error


class NewPasswordField(forms.CharField):
    """A password that is being chosen. Spaces belong to it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        defaults: dict[str, Any] = {
            "label": _("Password"),
            "help_text": PASSWORD_HELP,
            "max_length": 1000,
            "strip": False,
            "widget": widget,
        }
        super().__init__(**{**defaults, **options})


class LoginForm(AllauthLoginForm):  # type: ignore[misc]  # allauth has no types
    """Address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["login"], _("Mail address"), autofocus=True)
        _relabel(self.fields["password"], _("Password"))
        self.fields["password"].help_text = ""


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["password"], _("Password"), autofocus=True)
        self.fields["password"].help_text = ""


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["oldpassword"], _("Current password"))
        _relabel(self.fields["password1"], _("New password"))
        self.fields["password1"].help_text = PASSWORD_HELP
        _relabel(self.fields["password2"], _("New password again"))


class SetPasswordForm(AllauthSetPasswordForm):  # type: ignore[misc]
    """The first password of somebody who has come in by a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["password1"], _("Password"))
        self.fields["password1"].help_text = PASSWORD_HELP
        _relabel(self.fields["password2"], _("Password again"))


class CodeForm(AllauthAuthenticateForm):  # type: ignore[misc]
    """The code of the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["code"], _("Code"), autofocus=True)


class CodeAgainForm(AllauthCodeAgainForm):  # type: ignore[misc]
    """A code once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["code"], _("Code"), autofocus=True)


class ActivateCodeForm(AllauthActivateForm):  # type: ignore[misc]
    """The first code, which proves that the app has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["code"], _("Code from the app"))


class AskPasskeyForm(AllauthAskPasskeyForm):  # type: ignore[misc]
    """The answer of a passkey, as the second step of a sign-in."""

    def clean_credential(self) -> Authenticator:
        """Return whose passkey answered; whatever no browser would send is refused like a wrong one."""
        _require_form(self.cleaned_data["credential"], AuthenticationResponse)
        return super().clean_credential()


class LoginPasskeyForm(AskPasskeyForm, AllauthLoginPasskeyForm):  # type: ignore[misc]
    """The answer of a passkey that opens the account by itself."""


class ConfirmPasskeyForm(AskPasskeyForm, AllauthConfirmPasskeyForm):  # type: ignore[misc]
    """The answer of a passkey that proves that it is still the same person."""


class AddPasskeyForm(AllauthAddPasskeyForm):  # type: ignore[misc]
    """A new passkey: its name, and what the browser made. It always opens the account by itself."""

    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["name"], _("Name of the passkey"))
        self.fields["name"].max_length = PASSKEY_NAME_LENGTH
        self.fields["name"].widget.attrs["maxlength"] = PASSKEY_NAME_LENGTH

    def clean_name(self) -> str:
        """Return the name in one short line."""
        return clean_name(super().clean_name())[:PASSKEY_NAME_LENGTH]

    def clean_credential(self) -> dict[str, Any]:
        """Return what the browser made; whatever none would send is refused."""
        credential: dict[str, Any] = self.cleaned_data["credential"]
        _require_form(credential, RegistrationResponse)
        return credential

    def clean_passwordless(self) -> bool:
        """Insist that the device has checked who holds it."""
        return True


class EditPasskeyForm(AllauthEditPasskeyForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _relabel(self.fields["name"], _("Name of the passkey"), autofocus=True)
        self.fields["name"].widget.attrs["maxlength"] = PASSKEY_NAME_LENGTH

    def clean_name(self) -> str:
        """Return the name in one short line."""
        name = clean_name(self.cleaned_data["name"])[:PASSKEY_NAME_LENGTH]
        if not name:
            raise forms.ValidationError(_("Write a name."), code="required")
        return name


class ResetRequestForm(forms.Form):
    """Whose password is forgotten."""

    email = MailAddressField(autocomplete="username")


class NewPasswordForm(forms.Form):
    """The new password."""

    password = NewPasswordField(label=_("New password"))


def _require_form(credential: Any, kind: type[RegistrationResponse | AuthenticationResponse]) -> None:
    """Raise ValidationError for what has not even the form of a browser's answer."""
    try:
        kind.from_dict(credential)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise get_adapter().validation_error("incorrect_code") from error


def _relabel(field: forms.Field, label: Any, *, autofocus: bool = False) -> None:
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    if autofocus:
        field.widget.attrs["autofocus"] = True
