"""Ending a kind of mail by the link in it. Looking ends nothing; the button does, and a mail program's one click."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from okno.lib.clock import current_time
from okno.reactors.notify.leaving import leave, open_leaving_link


# Whoever holds the link may end the mail and do nothing else; a mail program that posts it has no cookie of ours.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave_notifications(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether mail of a kind shall end, and end it."""
    link = open_leaving_link(token)
    if link is None:
        response = render(request, "console/notifications/no_link.html", status=404)
    else:
        language = link.member.language or translation.get_language()
        with translation.override(language):
            request.LANGUAGE_CODE = language
            if request.method == "POST":
                leave(link=link, now=current_time())
            is_over = request.method == "POST" or link.key in link.member.muted
            context = {"kind": link.kind.label, "address": link.member.email, "is_over": is_over}
            response = render(request, "console/notifications/leave.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
