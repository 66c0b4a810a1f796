"""Links by which requesters sign in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from okno.lib.crypto import new_token, token_digest
from okno.modules.portal.models import SignInLink
from okno.people.commands import contact_for_address, verify_address
from okno.people.models import ContactAddress
from okno.spine.timers import set_timer
from okno.spine.unit import command

LIFETIME = timedelta(minutes=10)
TIMER = "requester_portal.sign_in"
LONGEST_SECRET = 200


def ask_for_link(*, address: str, browser: str, language: str, now: datetime) -> None:
    """Have a link sent to an address, if it may sign in; `browser` is the secret in the cookie of who asks.

    The worker looks the address up: here the same is done in the same time whether it is known or not.
    """
    digest = token_digest(browser)
    payload = {"address": address, "browser": digest, "language": language}
    set_timer(kind=TIMER, key=digest, due_at=now, payload=payload)


def issue_link(*, address: str, browser: str, now: datetime) -> str:
    """Return the secret of a link for an address, good in the browser with this digest."""
    secret = new_token("my")
    SignInLink.objects.create(
        digest=token_digest(secret),
        browser=browser,
        address=address,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    return secret


def find_link(secret: str, *, now: datetime) -> SignInLink | None:
    """Return the link of a secret while it is good, wherever it is opened."""
    if not 0 < len(secret) <= LONGEST_SECRET:
        return None
    good = Q(used_at__isnull=True, expires_at__gt=now)
    found: SignInLink | None = SignInLink.objects.filter(good, digest=token_digest(secret)).first()
    return found


def is_of_browser(link: SignInLink, browser: str) -> bool:
    """Tell whether a link was asked for in the browser with this secret."""
    return bool(browser) and token_digest(browser) == link.browser


@command
def use_link(*, link: SignInLink, now: datetime) -> ContactAddress | None:
    """Use a link up and return whom it lets in: of two at once one. Following it proves the address."""
    if SignInLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now) != 1:
        return None
    contact = contact_for_address(address=link.address, now=now, source="portal")
    verify_address(contact=contact, address=link.address, now=now)
    return ContactAddress.objects.select_related("contact").get(
        kind=ContactAddress.Kind.EMAIL, value=link.address
    )


def forget_links(*, now: datetime) -> None:
    """Delete links that are good for nothing any more."""
    SignInLink.objects.filter(expires_at__lt=now).delete()
