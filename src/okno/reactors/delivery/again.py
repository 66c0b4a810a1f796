"""Trying once more to send what was given up."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from okno.channels.email.models import OutgoingMail
from okno.lib.errors import Conflict, Denied, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.policy import can_manage_settings
from okno.tickets.commands.deliveries import record_delivery


@command
def send_again(*, actor: Actor, mail_id: int, now: datetime) -> OutgoingMail:
    """Let the worker send a mail again to the recipients that it failed for, with the same Message-ID.

    Raises Denied, NotFound, and Conflict for a mail that is not given up or whose text is gone.
    """
    if not can_manage_settings(actor):
        raise Denied(_("You may not manage mail."))
    rows = OutgoingMail.objects.select_for_update(no_key=True, of=("self",))
    mail: OutgoingMail | None = rows.filter(pk=mail_id).first()
    if mail is None:
        raise NotFound(_("There is no such mail."))
    if mail.state != OutgoingMail.State.DEAD:
        raise Conflict(_("This mail has not been given up: there is nothing to repeat."), code="not_dead")
    if mail.purpose == OutgoingMail.Purpose.ACCOUNT:
        raise Conflict(_("The text of this letter was not kept. Let it be asked for anew."), code="not_kept")
    failed = [address for address, result in mail.results.items() if result["state"] == "failed"]
    mail.results = {address: result for address, result in mail.results.items() if address not in failed}
    mail.save(update_fields=["results"])
    OutgoingMail.revive([mail.pk])
    record_delivery(mail=mail, results={address: {"state": "sending"} for address in failed}, now=now)
    mail.refresh_from_db()
    return mail
