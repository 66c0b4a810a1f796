"""Addresses of the guide, below `/setup/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import URLPattern, path

from okno.console.setup import samples, views

urlpatterns: list[URLPattern] = [
    path("", views.index, name="setup"),
    path("language/", views.language, name="setup_language"),
    path("company/", views.company, name="setup_company"),
    path("team/", views.team, name="setup_team"),
    path("mail/", views.mail, name="setup_mail"),
    path("mail/<int:mailbox_id>/release/", views.mail_release, name="setup_release"),
    path("colours/", views.colours, name="setup_colours"),
    path("people/", views.invite, name="setup_invite"),
    path("end/", views.end, name="setup_end"),
    path("dismissal/", views.dismiss, name="setup_dismissal"),
    path("samples/", samples.ask, name="setup_samples"),
    path("samples/state/", samples.state, name="setup_samples_state"),
    path("skip/", views.skip, name="setup_skip"),
]
