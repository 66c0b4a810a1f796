"""Addresses of organizations."""

from __future__ import annotations

from django.urls import path

from okno.console.people import exporting, lists, merging, organization

urlpatterns = [
    path("", lists.organization_list, name="organizations"),
    path("export/", exporting.export_organizations, name="organizations_export"),
    path("new/", organization.organization_edit, name="organization_new"),
    path("<int:organization_id>/", organization.organization_card, name="organization"),
    path("<int:organization_id>/tickets/", organization.organization_tickets, name="organization_tickets"),
    path("<int:organization_id>/history/", organization.organization_history, name="organization_history"),
    path("<int:organization_id>/attach/", organization.organization_attach, name="organization_attach"),
    path("<int:organization_id>/merge/", merging.merge_organization, name="organization_merge"),
    path("<int:organization_id>/edit/", organization.organization_edit, name="organization_edit"),
]
