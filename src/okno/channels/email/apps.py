"""The e-mail channel's app."""

from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "okno.channels.email"
    label = "email"
