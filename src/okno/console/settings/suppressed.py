"""Addresses that get no mail, and letting mail go there again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from okno.channels.email.models import SuppressedAddress
from okno.channels.email.suppression import allow_address, why_suppressed
from okno.conditions.ordering import Keyset, Order
from okno.console.identity import ConsoleRequest, member_required
from okno.console.settings.frame import settings_page
from okno.lib.clock import current_time
from okno.lib.errors import Invalid
from okno.team import policy

PAGE_SIZE = 100
_NEWEST = Keyset((Order(column="id", descending=True, nulls="never"),))

configurators_only = member_required(allowed=policy.can_manage_settings)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedCell:
    """One address, why it gets no mail, and what its server said."""

    row: SuppressedAddress
    why: str


@require_safe
@configurators_only
def suppressed_list(request: ConsoleRequest) -> HttpResponse:
    """Show the addresses, newest first."""
    try:
        page = _NEWEST.page(SuppressedAddress.objects.all(), cursor=request.GET.get("cursor"), size=PAGE_SIZE)
    except Invalid:
        return redirect("console:suppressed")
    context = {
        "cells": [SuppressedCell(row=row, why=why_suppressed(row)) for row in page.rows],
        "next_url": f"?cursor={page.next}" if page.next else "",
        "previous_url": f"?cursor={page.previous}" if page.previous else "",
        "now": current_time(),
    }
    return settings_page(request, "suppressed.html", context)


@require_POST
@configurators_only
def allow(request: ConsoleRequest) -> HttpResponse:
    """Let mail go to an address again."""
    address = request.POST.get("address", "")
    if allow_address(actor=request.actor, address=address, now=current_time()):
        messages.success(request, _("Mail goes to %(address)s again.") % {"address": address})
    return redirect("console:suppressed")
