"""Django's handle of the portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The requesters' interface; it has no rows of its own."""

    name = "okno.portal"
    label = "portal"
