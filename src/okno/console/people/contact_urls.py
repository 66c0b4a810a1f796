"""Addresses of contacts."""

from __future__ import annotations

from django.urls import path

from okno.console.people import contact, exporting, importing, lists, merging

urlpatterns = [
    path("", lists.contact_list, name="contacts"),
    path("new/", contact.contact_edit, name="contact_new"),
    path("export/", exporting.export_contacts, name="contacts_export"),
    path("imports/", importing.import_list, name="imports"),
    path("imports/<int:import_id>/", importing.import_page, name="import"),
    path("imports/<int:import_id>/columns/", importing.import_columns, name="import_columns"),
    path("imports/<int:import_id>/run/", importing.import_run, name="import_run"),
    path("imports/<int:import_id>/undo/", importing.import_undo, name="import_undo"),
    path("imports/<int:import_id>/resume/", importing.import_resume, name="import_resume"),
    path("imports/<int:import_id>/drop/", importing.import_drop, name="import_drop"),
    path("imports/<int:import_id>/errors/", importing.import_errors, name="import_errors"),
    path("<int:contact_id>/", contact.contact_card, name="contact"),
    path("<int:contact_id>/tickets/", contact.contact_tickets, name="contact_tickets"),
    path("<int:contact_id>/history/", contact.contact_history, name="contact_history"),
    path("<int:contact_id>/allow/", contact.contact_allow, name="contact_allow"),
    path("<int:contact_id>/primary/", contact.contact_primary, name="contact_primary"),
    path("<int:contact_id>/merge/", merging.merge_contact, name="contact_merge"),
    path("merges/<int:merge_id>/undo/", merging.undo, name="merge_undo"),
    path("<int:contact_id>/edit/", contact.contact_edit, name="contact_edit"),
]
