"""Addresses of files, below `/files/`; names are in the namespace `console`."""

from __future__ import annotations

from django.urls import path

from okno.console.ticket import files

urlpatterns = [path("<uuid:key>/<str:name>", files.download, name="file")]
