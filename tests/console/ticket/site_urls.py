"""Every address but the event stream, which needs the asynchronous side of a whole installation."""

from __future__ import annotations

from okno.config import urls
from okno.config.urls import handler403, handler404, handler500

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    pattern
    for pattern in urls.urlpatterns
    if getattr(getattr(pattern, "urlconf_module", None), "__name__", "") != "okno.reactors.live.urls"
]
