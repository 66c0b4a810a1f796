"""Addresses of the console; included at the root."""

from __future__ import annotations

from django.urls import include, path

from okno.console import (
    bulk,
    held,
    home,
    intake,
    leaving,
    notifications,
    outbox,
    palette,
    spam,
    tickets,
)

app_name = "console"
urlpatterns = [
    path("", home.home, name="home"),
    path("", include("okno.console.entrance.urls")),
    path("setup/", include("okno.console.setup.urls")),
    path("palette/", palette.palette, name="palette"),
    path("tickets/", tickets.ticket_list, name="tickets"),
    path("tickets/rows/", tickets.changed_rows, name="rows"),
    path("tickets/suggest/", tickets.suggestions, name="suggest"),
    path("tickets/counts/", tickets.counts, name="counts"),
    path("tickets/display/", tickets.display, name="display"),
    path("tickets/bulk/", bulk.change_tickets, name="bulk"),
    path("tickets/bulk/options/<slug:name>/", bulk.options, name="bulk_options"),
    path("tickets/bulk/undo/", bulk.undo, name="bulk_undo"),
    path("tickets/new/", include("okno.console.ticket.create_urls")),
    path("tickets/<int:number>/", include("okno.console.ticket.urls")),
    path("files/", include("okno.console.ticket.file_urls")),
    path("contacts/", include("okno.console.people.contact_urls")),
    path("organizations/", include("okno.console.people.organization_urls")),
    path("notifications/", notifications.notification_list, name="notifications"),
    path("notifications/count/", notifications.count, name="notifications_count"),
    path("notifications/read/", notifications.mark_read, name="notifications_read"),
    path("notifications/<int:notification_id>/", notifications.follow, name="notification"),
    path("leave/<str:token>/", leaving.leave_notifications, name="leave"),
    path("held/", held.held_list, name="held"),
    path("held/many/", held.decide_many, name="held_many"),
    path("held/<int:held_id>/", held.decide, name="held_decide"),
    path("held/<int:held_id>/undo/", held.undo, name="held_undo"),
    path("held/<int:held_id>/raw/", held.raw, name="held_mail_raw"),
    path("spam/", spam.spam_list, name="spam"),
    path("spam/act/", spam.act, name="spam_act"),
    path("spam/<int:raw_id>/raw/", spam.raw, name="spam_raw"),
    path("intake/", intake.intake, name="intake"),
    path("intake/again/", intake.again, name="read_again"),
    path("intake/again/<uuid:run_id>/", intake.run, name="intake_run"),
    path("intake/<int:raw_id>/", intake.mail, name="mail_in"),
    path("intake/<int:raw_id>/raw/", intake.raw, name="raw_mail"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<int:mail_id>/", outbox.outgoing, name="outgoing"),
    path("outbox/<int:mail_id>/again/", outbox.retry, name="send_again"),
    path("settings/", include("okno.console.settings.urls")),
]
