"""What a held mail is told about, on its ticket and among all that wait."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from okno.people.models import ContactAddress
from okno.spine.actor import Actor
from okno.team.policy import can_manage_people
from okno.tickets.models import HeldMessage


def held_reason(held: HeldMessage) -> str:
    """Say in plain words why a mail is held."""
    reasons = {
        "other_address": _(
            "This mail answers the ticket, but comes from an address that does not take part in it."
        ),
        "failed_dmarc": _(
            "This mail names a known sender, but the mail server could not confirm that he sent it."
        ),
        "unasked": _(
            "A machine sent this to the ticket's address, or it answers none of its messages. If accepted, the "
            "client can read it: beware of codes and of links that confirm something."
        ),
        "rate": _("This address has written more mails in one hour than are taken from one sender."),
        "loop": _(
            "Its address writes here faster than a person can: two machines may be answering each other."
        ),
    }
    return reasons.get(held.reason, _("It is not proven that this mail belongs here."))


def decided_words(held: HeldMessage) -> str:
    """Say what follows from the decision on a mail."""
    words = {
        HeldMessage.Decision.ACCEPTED: _("Accepted. The message joins the conversation in a moment."),
        HeldMessage.Decision.NEW_TICKET: _("A new ticket is being made of this mail."),
        HeldMessage.Decision.SPAM: _("Marked as spam."),
    }
    return words[HeldMessage.Decision(held.decision)]


def belonging_to(waiting: Collection[HeldMessage], actor: Actor) -> dict[int, str]:
    """Return for each mail whose address nobody has the requester whose other one it may be (one query at most)."""
    asked = [
        held
        for held in waiting
        if held.reason == "other_address" and held.from_address and held.ticket and held.ticket.requester
    ]
    if not asked or not can_manage_people(actor):
        return {}
    addresses = {held.from_address for held in asked}
    known = set(ContactAddress.objects.filter(value__in=addresses).values_list("value", flat=True))
    return {
        held.pk: held.ticket.requester.name
        for held in asked
        if held.from_address not in known and held.ticket and held.ticket.requester
    }
