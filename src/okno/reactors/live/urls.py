"""The address of the event stream; the web server routes `/events/` to the asynchronous side."""

from django.urls import path

from okno.reactors.live import views

urlpatterns = [path("events/", views.events, name="events")]
