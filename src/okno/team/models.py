"""Who works: desks, teams, members, and what each may do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from okno.accounts.models import User
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


class Desk(TenantModel):
    """A department's service point. The first one stays out of sight until there is a second."""

    name = models.TextField()
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="team_desk_name_key")
        ]

    def __str__(self) -> str:
        return self.name


class Team(TenantModel):
    """A group of members with a support line; tickets wait for it."""

    desk = TenantForeignKey(Desk, on_delete=models.PROTECT, related_name="teams")
    name = models.TextField()
    line = models.PositiveSmallIntegerField(default=1)
    position = models.IntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="team_team_name_key")
        ]

    def __str__(self) -> str:
        return self.name


class Member(TenantModel):
    """A person who works in a workspace. What he is told of, and how he likes it, is here too."""

    UNDO_SECONDS_LIMIT = 30

    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="memberships")
    name = models.TextField()
    email = models.TextField()
    title = models.TextField(blank=True, default="")
    language = models.TextField(blank=True, default="")
    theme = models.TextField(blank=True, default="")
    signature = models.TextField(blank=True, default="")
    undo_seconds = models.PositiveSmallIntegerField(default=10)
    has_shortcuts = models.BooleanField(default=True)
    muted = models.JSONField(default=list, blank=True)
    """Notifications that are switched off, as `event:way` (`assigned:mail`)."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    teams = models.ManyToManyField(Team, through="TeamMembership", related_name="members")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "email"], name="team_member_email_key"),
            models.UniqueConstraint(
                fields=["workspace", "user"], name="team_member_user_key", condition=Q(user__isnull=False)
            ),
            models.CheckConstraint(condition=Q(undo_seconds__lte=30), name="team_member_undo_limit"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(TenantModel):
    """A member in a team."""

    team = TenantForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "team", "member"], name="team_membership_key")
        ]


class Role(models.TextChoices):
    """The roles of PRODUCT.md; what each may do is in `policy.py`."""

    ADMINISTRATOR = "administrator", _("Administrator")
    SUPPORT_ADMINISTRATOR = "support_administrator", _("Support administrator")
    CONFIGURATOR = "configurator", _("Configurator")
    SUPERVISOR = "supervisor", _("Supervisor")
    AGENT = "agent", pgettext_lazy("role", "Agent")
    LIGHT_AGENT = "light_agent", _("Light agent")


class GrantScope(models.TextChoices):
    """Where a role holds."""

    WORKSPACE = "workspace", _("Whole workspace")
    DESK = "desk", _("Desk")
    TEAM = "team", _("Team")
    OWN = "own", _("Own tickets")


class RoleGrant(TenantModel):
    """A role of a member, and where it holds."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="grants")
    role = models.TextField(choices=Role.choices)
    scope = models.TextField(choices=GrantScope.choices, default=GrantScope.WORKSPACE)
    desk = TenantForeignKey(Desk, null=True, on_delete=models.CASCADE, related_name="+")
    team = TenantForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "member", "role", "scope", "desk", "team"],
                name="team_grant_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(scope__in=["workspace", "own"], desk__isnull=True, team__isnull=True)
                | Q(scope="desk", desk__isnull=False, team__isnull=True)
                | Q(scope="team", desk__isnull=True, team__isnull=False),
                name="team_grant_scope",
            ),
        ]


class ApiToken(TenantModel):
    """A program's way in, in the name of a member and within scopes. Its secret is a `KeyHash`."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    name = models.TextField()
    digest = models.TextField()
    scopes = models.JSONField(default=list)
    networks = models.JSONField(default=list, blank=True)
    """The addresses (CIDR) that it may be used from; empty: any."""
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "digest"], name="team_apitoken_digest_key")
        ]
