"""Tells those who run the desk of mailboxes that cannot be opened any more, or soon not: by the bell alone.

Not by mail: it may be the very mailbox that mail would leave by.
"""

from __future__ import annotations

from okno.channels.email.events import MailboxConsentEnds, MailboxConsentLost, OAuthClientEnds
from okno.reactors.notify.models import Notification, NotificationKind
from okno.spine.models import Event
from okno.spine.reactors import deferred_reactor
from okno.team.policy import can_manage_settings
from okno.team.queries import active_members, actors_for

BELL_ONLY = frozenset({NotificationKind.MAILBOX, NotificationKind.WEBHOOK})


@deferred_reactor("notify.mailboxes", MailboxConsentLost, MailboxConsentEnds, OAuthClientEnds)
def notify_of_mailbox(event: Event) -> None:
    """Write the lines of the bell of everybody who can do something about it."""
    members = active_members()
    actors = actors_for(members)
    Notification.objects.bulk_create(
        [
            Notification(
                member=member,
                mailbox_id=event.subject_id if event.subject_kind == "mailbox" else None,
                kind=NotificationKind.MAILBOX,
                event_uid=event.uid,
                created_at=event.created_at,
            )
            for member in members
            if can_manage_settings(actors[member.pk])
            and f"{NotificationKind.MAILBOX}:bell" not in member.muted
        ],
        ignore_conflicts=True,
    )
