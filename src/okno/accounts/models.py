"""Who signs in. All tables here are global: one person may work in several workspaces with one password."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from okno.lib.addresses import normalise_address
from okno.tenancy.models import Workspace


class UserManager(BaseUserManager["User"]):
    """Creates users by address."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """Create a user; without a password he can sign in only by a link."""
        user = self.model(email=normalise_address(email), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalise_address(username or ""))


class User(AbstractBaseUser):
    """A person who can sign in, known by his (lower-case) mail address."""

    email = models.TextField(unique=True)
    name = models.TextField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Return the name, for libraries that ask for it."""
        return self.name or self.email


class KeyHash(models.Model):
    """The SHA-256 of a bearer secret, and what it opens. The secret itself is shown once and never stored."""

    class Purpose(models.TextChoices):
        """What a secret is for."""

        API_TOKEN = "api_token"  # noqa: S105 (a purpose, no secret)
        LOGIN_LINK = "login_link"
        INVITATION = "invitation"
        FIRST_ADMIN = "first_admin"
        PASSWORD_RESET = "password_reset"  # noqa: S105 (a purpose, no secret)

    digest = models.TextField(primary_key=True)
    purpose = models.TextField(choices=Purpose.choices)
    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)


class Session(models.Model):
    """Where a user is signed in. The session itself is Django's; this is what its owner knows it again by."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    session_key = models.TextField(unique=True)
    address = models.TextField()
    agent = models.TextField(blank=True, default="")
    method = models.TextField(blank=True, default="")
    """How he came in: the steps, joined by a plus."""
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"session {self.pk} of {self.user_id}"
