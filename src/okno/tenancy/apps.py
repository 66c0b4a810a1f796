"""The tenancy app."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "okno.tenancy"
    label = "tenancy"
