"""What the portal offers, who is signed in to it, and the links by which people sign in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from okno.people.models import Contact, ContactAddress
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel
from okno.tickets.models.config import localised


class PortalSetup(TenantModel):
    """How the portal of a workspace is set up; there is one."""

    class Admits(models.TextChoices):
        """Who may sign in."""

        KNOWN = "known", _("Only contacts that we know")
        ANYBODY = "anybody", _("Everybody who reads mail at the address that he gives")

    admits = models.TextField(choices=Admits.choices, default=Admits.ANYBODY)
    welcomes = models.JSONField(default=dict)
    """What stands above the requests, by language."""
    shares_organization = models.BooleanField(default=False)
    """Whether everybody sees the requests of his whole organization, not only those with the right to."""
    takes_requests = models.BooleanField(default=True)
    """Whether new requests can be written here."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace"], name="requester_portal_setup_one")
        ]

    @property
    def welcome(self) -> str:
        """Return the welcome in the reader's language."""
        return localised(self.welcomes)


class SignInLink(TenantModel):
    """A link that was sent to an address and signs in once, in the browser that asked for it."""

    digest = models.TextField()
    """SHA-256 of the secret in the link."""
    browser = models.TextField()
    """SHA-256 of the secret in that browser's cookie."""
    address = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="requester_portal_link_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "expires_at"], name="requester_portal_link_old")
        ]


class PortalSession(TenantModel):
    """A requester who is signed in somewhere."""

    digest = models.TextField()
    """SHA-256 of the secret in the cookie."""
    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    address = TenantForeignKey(ContactAddress, on_delete=models.CASCADE, related_name="+")
    """By which he has signed in."""
    created_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="requester_portal_session_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "contact"], name="requester_portal_session_of"),
            models.Index(fields=["workspace", "expires_at"], name="requester_portal_session_old"),
        ]
