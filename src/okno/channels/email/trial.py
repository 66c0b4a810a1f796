"""A mail to oneself, to see how mail looks where it is read."""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid

from django.db.models import Q
from django.utils.translation import gettext as _

from okno.channels.email.looks import require_look_rights
from okno.channels.email.models import Mailbox, OutgoingMail
from okno.channels.email.writing import Letter
from okno.lib.errors import Conflict, Denied
from okno.spine.actor import Actor
from okno.spine.unit import command
from okno.team.models import Member


@command
def send_trial(*, actor: Actor, letter: Letter, desk_id: int | None, now: datetime) -> OutgoingMail:
    """Send a letter to the actor's own address, by the desk's mailbox. Raises Denied, and Conflict without one."""
    require_look_rights(actor)
    if actor.member_id is None:
        raise Denied(_("Only a member has an address to send a test to."))
    member = Member.objects.get(pk=actor.member_id)
    fitting = Q(desk_id=desk_id) if desk_id is not None else Q()
    mailbox = Mailbox.objects.filter(fitting, is_active=True).order_by("-is_default", "id").first()
    if mailbox is None:
        raise Conflict(_("There is no mailbox to send from. Connect one first."), code="no_mailbox")
    mail: OutgoingMail = OutgoingMail.objects.create(
        mailbox=mailbox,
        purpose=OutgoingMail.Purpose.TEST,
        message_id=make_msgid(domain=mailbox.address.rpartition("@")[2]),
        from_address=mailbox.address,
        from_name=mailbox.name,
        to=[{"address": member.email, "name": member.name}],
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        attachments=letter.attachments,
        is_automatic=True,
        created_at=now,
    )
    return mail
