"""Addresses of the module; all of them vanish when it is off."""

from __future__ import annotations

from django.urls import path

from okno.modules.phone.views import calls

app_name = "phone"
urlpatterns = [
    path("phone/", calls.call, name="call"),
    path("phone/draft/", calls.draft, name="draft"),
    path("phone/caller/", calls.caller, name="caller"),
    path("phone/suggest/", calls.suggest, name="suggest"),
    path("phone/<int:number>/discard/", calls.discard, name="discard"),
]
