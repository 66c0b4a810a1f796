"""Addresses of the portal; included at the root."""

from __future__ import annotations

from django.urls import path

from okno.portal import question, views

app_name = "portal"
urlpatterns = [
    path("r/<str:token>/", views.ticket_page, name="ticket"),
    path("r/<str:token>/reply/", views.reply, name="reply"),
    path("r/<str:token>/solved/", question.solved, name="solved"),
    path("r/<str:token>/problem/", question.problem, name="problem"),
    path("r/<str:token>/answer/", question.answer, name="answer"),
    path("r/<str:token>/messages/<int:message_id>/body", views.message_body, name="message_body"),
    path("r/<str:token>/files/<uuid:key>/<str:name>", views.file, name="file"),
]
