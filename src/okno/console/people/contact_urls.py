"""Addresses of contacts."""

from __future__ import annotations

from django.urls import path

from okno.console.people import contact, lists, merging

urlpatterns = [
    path("", lists.contact_list, name="contacts"),
    path("new/", contact.contact_edit, name="contact_new"),
    path("<int:contact_id>/", contact.contact_card, name="contact"),
    path("<int:contact_id>/tickets/", contact.contact_tickets, name="contact_tickets"),
    path("<int:contact_id>/history/", contact.contact_history, name="contact_history"),
    path("<int:contact_id>/allow/", contact.contact_allow, name="contact_allow"),
    path("<int:contact_id>/primary/", contact.contact_primary, name="contact_primary"),
    path("<int:contact_id>/merge/", merging.merge_contact, name="contact_merge"),
    path("merges/<int:merge_id>/undo/", merging.undo, name="merge_undo"),
    path("<int:contact_id>/edit/", contact.contact_edit, name="contact_edit"),
]
