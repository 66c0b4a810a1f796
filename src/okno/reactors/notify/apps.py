"""The notifications app."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "okno.reactors.notify"
    label = "notify"
