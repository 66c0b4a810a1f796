"""Addresses of the module; all of them vanish when it is off."""

from __future__ import annotations

from django.urls import path

from okno.modules.portal.views import asking, profile, setup, signing_in, tickets

app_name = "my"
urlpatterns = [
    path("my/", tickets.ticket_list, name="requests"),
    path("my/sign-in/", signing_in.sign_in, name="sign_in"),
    path("my/sign-in/sent/", signing_in.sent, name="link_sent"),
    path("my/link/", signing_in.link, name="link"),
    path("my/sign-out/", signing_in.sign_out, name="sign_out"),
    path("my/language/", signing_in.language, name="language"),
    path("my/new/", asking.ask, name="ask"),
    path("my/requests/<int:number>/", tickets.ticket_page, name="request"),
    path("my/requests/<int:number>/reply/", tickets.reply, name="reply"),
    path("my/requests/<int:number>/answer/", tickets.answer, name="answer"),
    path("my/requests/<int:number>/problem/", tickets.problem, name="problem"),
    path(
        "my/requests/<int:number>/messages/<int:message_id>/body", tickets.message_body, name="message_body"
    ),
    path("my/requests/<int:number>/files/<uuid:key>/<str:name>", tickets.file, name="file"),
    path("my/profile/", profile.profile, name="profile"),
    path("my/profile/export/", profile.export, name="export"),
    path("my/profile/sign-out/", profile.sign_out_everywhere, name="sign_out_everywhere"),
    path("settings/portal/", setup.setup, name="setup"),
]
