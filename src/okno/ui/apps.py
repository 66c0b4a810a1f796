"""The design system: layouts, components, icons, styles and islands."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Brings the components and their template tags."""

    name = "okno.ui"
    label = "ui"
