"""Addresses of one ticket, below `/tickets/<number>/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import path

from okno.console.ticket import log, messages, outside, page, properties, spam, writing

urlpatterns = [
    path("", page.ticket_page, name="ticket"),
    path("earlier/", page.earlier, name="ticket_earlier"),
    path("fresh/", page.fresh, name="ticket_fresh"),
    path("events/", page.toggle_events, name="ticket_events"),
    path("log/", log.ticket_log, name="ticket_log"),
    path("log/csv/", log.ticket_log_csv, name="ticket_log_csv"),
    path("next/", page.neighbour, {"way": "next"}, name="ticket_next"),
    path("previous/", page.neighbour, {"way": "previous"}, name="ticket_previous"),
    path("messages/", writing.send, name="ticket_messages"),
    path("messages/<int:message_id>/cancel/", writing.cancel, name="message_cancel"),
    path("messages/<int:message_id>/body", messages.body, name="message_body"),
    path("messages/<int:message_id>/raw", messages.raw, name="message_raw"),
    path("messages/<int:message_id>/headers", messages.headers, name="message_headers"),
    path("deliveries/<int:delivery_id>/again/", writing.send_again, name="delivery_again"),
    path("draft/", writing.draft, name="ticket_draft"),
    path("uploads/", writing.upload, name="ticket_uploads"),
    path("recipients/", writing.recipients, name="ticket_recipients"),
    path("take/", properties.take, name="ticket_take"),
    path("properties/<str:name>/", properties.change, name="ticket_property"),
    path("people/", properties.add_person, name="ticket_people"),
    path("people/suggestions/", properties.suggest_people, name="ticket_people_suggestions"),
    path("people/<int:participant_id>/", properties.remove_person, name="ticket_person"),
    path("outside/", outside.ask, name="ticket_ask_outside"),
    path("outside/<int:side_thread_id>/", outside.talk, name="ticket_outside"),
    path("outside/<int:side_thread_id>/close/", outside.close, name="ticket_outside_close"),
    path("spam/", spam.mark, name="ticket_spam"),
    path("not-spam/", spam.unmark, name="ticket_not_spam"),
    path("held/<int:held_id>/", properties.decide, name="ticket_held"),
    path("held/<int:held_id>/raw", messages.held_raw, name="held_raw"),
    path("held/<int:held_id>/headers", messages.held_headers, name="held_headers"),
]
