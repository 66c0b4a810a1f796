"""The spine app."""

from django.apps import AppConfig


class SpineConfig(AppConfig):
    name = "okno.spine"
    label = "spine"
