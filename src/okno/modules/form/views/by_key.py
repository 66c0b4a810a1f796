"""Opening a page of a form: which form, in which language, framed by whom. None of these pages sets a cookie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from okno.modules.form.models import Form
from okno.modules.form.queries import form_called
from okno.tenancy.models import Workspace
from okno.tenancy.queries import requester_languages
from okno.ui.context import THEMES

P = ParamSpec("P")
LIGHT = THEMES["light"]
FRAME_THEMES = {**THEMES, "system": ""}
"""The colours that a site may ask for, and what the page then says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a form is shown."""

    form: Form
    workspace: Workspace
    language: str
    is_embedded: bool
    theme: str = ""
    """Which colours the site around a frame asks for: `light`, which is usual, `dark`, or `system` for the reader's."""

    def url(self, name: str, *args: Any) -> str:
        """Return the address of another page of the form, in the same frame, language and colours."""
        prefix = "embedded_" if self.is_embedded else ""
        query = urlencode({"lang": self.language} | ({"theme": self.theme} if self.theme else {}))
        return f"{reverse(f'form:{prefix}{name}', args=[self.form.key, *args])}?{query}"

    @property
    def again_url(self) -> str:
        """Return the address of the empty form."""
        return self.url("send")

    def context(self, **values: Any) -> dict[str, Any]:
        """Return what all templates of the form get."""
        colours = {"data_theme": FRAME_THEMES.get(self.theme, LIGHT)} if self.is_embedded else {}
        return {
            "place": self,
            "shown": self.form,
            "layout": "form/embedded.html" if self.is_embedded else "form/layout.html",
            "sites": self.form.sites,
            "languages": requester_languages(self.workspace),
            **colours,
            **values,
        }


View = Callable[Concatenate[HttpRequest, Place, P], HttpResponse]


def by_key(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Give a view the form of its address, in the language that was chosen; there is no such form: a friendly 404."""

    @wraps(view)
    def run(
        request: HttpRequest, form_key: str, *args: Any, is_embedded: bool = False, **kwargs: Any
    ) -> HttpResponseBase:
        workspace: Workspace = request.workspace  # type: ignore[attr-defined]
        language = _language(request, workspace)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            form = form_called(form_key)
            if form is None:
                response = render(request, "form/gone.html", status=404)
            else:
                place = Place(
                    form=form,
                    workspace=workspace,
                    language=language,
                    is_embedded=is_embedded,
                    theme=theme if (theme := request.GET.get("theme", "")) in FRAME_THEMES else "",
                )
                response = view(request, place, *args, **kwargs)
                _let_be_framed(response, place)
        response.headers.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex"
        return response

    return run


def _language(request: HttpRequest, workspace: Workspace) -> str:
    offered = [code for code, _label in requester_languages(workspace)]
    browser = (translation.get_language() or "").split("-")[0]
    for wanted in (request.GET.get("lang", ""), browser, workspace.language):
        if wanted in offered:
            return wanted
    return offered[0] if offered else workspace.language


def _let_be_framed(response: HttpResponse, place: Place) -> None:
    """Let the sites that the form names show it in a frame; everything else of the strict policy stays."""
    if place.is_embedded and place.form.sites:
        response.frame_ancestors = place.form.sites  # type: ignore[attr-defined]
        response.xframe_options_exempt = True
