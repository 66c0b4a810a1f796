"""Workspaces, the hosts they answer on, and the base of every row that belongs to one."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

from okno.tenancy.fields import WorkspaceKey
from okno.tenancy.scope import current_workspace_id

_Row = TypeVar("_Row", bound="TenantModel")


class Workspace(models.Model):
    """One company's installation within the installation; nothing crosses it. A global table."""

    name = models.TextField()
    language = models.TextField(default="en")
    timezone = models.TextField(default="UTC")
    accent_hue = models.PositiveSmallIntegerField(default=262)
    logo_sha256 = models.TextField(blank=True, default="")
    """A picture of ours in the file store; empty: none."""
    logo_type = models.TextField(blank=True, default="")
    logo_width = models.PositiveIntegerField(default=0)
    logo_height = models.PositiveIntegerField(default=0)
    """In CSS pixels, as it is shown."""
    languages = models.JSONField(default=list, blank=True)
    """The languages that requesters are offered; empty: all that Okno speaks."""
    modules = models.JSONField(default=list, blank=True)
    second_factor_roles = models.JSONField(default=list, blank=True)
    """The roles whose members must have a second factor."""
    setup_done = models.JSONField(default=list, blank=True)
    """The steps of the setup guide that were finished or skipped."""
    is_demo = models.BooleanField(default=False)
    is_quiet = models.BooleanField(default=False)
    """A restored copy: it sends nothing and fetches nothing until somebody releases it."""
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class WorkspaceHost(models.Model):
    """A host name (lower case, without port) by which requests find their workspace. A global table."""

    host = models.TextField(unique=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="hosts")
    is_primary = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.host


class TenantManager(models.Manager[_Row]):
    """Reads only the rows of the enclosing scope; the first of the two walls."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        return super().get_queryset().filter(workspace_id=current_workspace_id())


class TenantModel(models.Model):
    """A row of one workspace. Its table gets its second wall from the `Walls` migration operation."""

    id = models.BigAutoField(primary_key=True)
    workspace = WorkspaceKey(Workspace, on_delete=models.CASCADE, related_name="+", editable=False)

    objects = TenantManager()

    class Meta:
        abstract = True
