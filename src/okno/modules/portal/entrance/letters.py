"""The worker's part of signing in: who gets a link, and the letter that it comes in."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.accounts.letters import Letter, send_letter
from okno.lib.clock import current_time
from okno.modules.portal.entrance.links import TIMER, issue_link
from okno.modules.portal.models import PortalSetup
from okno.modules.portal.setup import portal_setup
from okno.people.models import ContactAddress
from okno.spine.models import Timer
from okno.spine.work import on_timer
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace
from okno.tenancy.modules import is_on


@on_timer(TIMER)
def send_link(timer: Timer) -> None:
    """Send the link if the address may sign in; nothing tells the asker which it was."""
    workspace = Workspace.objects.get(pk=timer.workspace_id)
    address = timer.payload["address"]
    known = (
        ContactAddress.objects.select_related("contact")
        .filter(kind=ContactAddress.Kind.EMAIL, value=address)
        .first()
    )
    if not is_on(workspace, "portal"):
        return
    if known is None and portal_setup().admits == PortalSetup.Admits.KNOWN:
        return
    secret = issue_link(address=address, browser=timer.payload["browser"], now=current_time())
    language = (known.contact.language if known else "") or timer.payload["language"]
    with override(language if language in dict(settings.LANGUAGES) else workspace.language):
        words = {"url": public_url(workspace, f"/my/link/?key={secret}"), "workspace": workspace}
        letter = Letter(
            address=address,
            name=known.contact.name if known else "",
            subject=_("Your link to %(workspace)s") % {"workspace": workspace.name},
            text=render_to_string("my/letter.txt", words).strip(),
        )
    send_letter(letter)
