"""Changes to accounts: passwords, one-time links, and whose address is proven."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.accounts.happenings import tell
from okno.accounts.keys import find_key, issue_key, revoke_keys, use_key
from okno.accounts.letters import Letter, send_letter
from okno.accounts.models import KeyHash, User
from okno.accounts.sessions import end_all_sessions
from okno.lib.addresses import clean_name
from okno.lib.errors import Conflict, Invalid
from okno.spine.taken import unless_taken
from okno.spine.timers import set_timer
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace

RESET_TIMER = "accounts.password_reset"


def create_user(*, email: str, name: str, password: str) -> User:
    """Create a user who signs in with a password. Raises Invalid with the password's faults, Conflict if he exists.

    `email` is normalised already.
    """
    known = Conflict(_("There is an account with this address already."), code="account_exists")
    if User.objects.filter(email=email).exists():
        raise known
    user = User(email=email, name=clean_name(name))
    check_password_strength(password, user)
    with unless_taken(known):
        return User.objects.create_user(email, password, name=user.name)


def check_password_strength(password: str, user: User) -> None:
    """Raise Invalid, with words at the field, for a password that is too easy."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(
            _("This password is too easy."), code="weak_password", fields={"password": error.messages}
        ) from error


def login_link(*, user: User, workspace: Workspace, now: datetime) -> str:
    """Return the address of a link that signs a user in once, within ten minutes."""
    secret = issue_key(purpose=KeyHash.Purpose.LOGIN_LINK, workspace=workspace, user=user, now=now)
    return public_url(workspace, login_link_path(secret))


def login_link_path(secret: str) -> str:
    """Return the path of a sign-in link. Secrets stand in the query, which no log of ours holds."""
    return f"/accounts/link/?key={secret}"


@transaction.atomic
def use_login_link(secret: str, *, workspace: Workspace, now: datetime) -> User:
    """Return whom a sign-in link stands for, and use it up. Raises NotFound."""
    key = find_key(secret, purpose=KeyHash.Purpose.LOGIN_LINK, workspace=workspace, now=now)
    use_key(key, now=now)
    assert key.user is not None  # noqa: S101 - login_link() always names one
    return key.user


def request_password_reset(*, email: str, language: str, now: datetime) -> None:
    """Have a letter sent to whoever works here under this address.

    The worker looks the address up: here, the same is done in the same time whether it is known or not.
    """
    set_timer(kind=RESET_TIMER, key=email, due_at=now, payload={"email": email, "language": language})


def send_reset_letter(*, user: User, workspace: Workspace, language: str, now: datetime) -> bool:
    """Send the letter with the link that sets a new password; earlier links stop working."""
    revoke_keys(purpose=KeyHash.Purpose.PASSWORD_RESET, workspace=workspace, user=user)
    secret = issue_key(purpose=KeyHash.Purpose.PASSWORD_RESET, workspace=workspace, user=user, now=now)
    url = public_url(workspace, f"/accounts/password/reset/key/?key={secret}")
    with override(language):
        subject = _("A new password for %(workspace)s") % {"workspace": workspace.name}
        text = render_to_string(
            "account/email/password_reset.txt", {"url": url, "workspace": workspace, "user": user}
        )
    letter = Letter(
        address=user.email, name=user.name, subject=subject, text=text.strip(), opens_account=True
    )
    return send_letter(letter)


@transaction.atomic
def reset_password(secret: str, *, password: str, workspace: Workspace, now: datetime) -> User:
    """Set a new password by the link of a reset letter. Raises NotFound for a dead link, Invalid for a weak password.

    Whoever follows the link has proven the address. If nobody had done so before, what was set up until then may be a
    stranger's, who registered first: his second factors go too, and with the password all sessions end.
    """
    key = find_key(secret, purpose=KeyHash.Purpose.PASSWORD_RESET, workspace=workspace, now=now)
    assert key.user is not None  # noqa: S101 - send_reset_letter() always names one
    user = User.objects.select_for_update(no_key=True).get(pk=key.user.pk)
    check_password_strength(password, user)
    use_key(key, now=now)
    if not EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists():
        Authenticator.objects.filter(user=user).delete()
        KeyHash.objects.filter(user=user, purpose=KeyHash.Purpose.LOGIN_LINK, used_at=None).delete()
        prove_address(user)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_all_sessions(user)
    tell(user, "password_reset")
    return user


def prove_address(user: User) -> None:
    """Remember that the user reads the mail that comes to his address."""
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
