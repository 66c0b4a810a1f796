"""The part of a mailbox's page that is about consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.consent_state import ends_soon
from okno.channels.email.health import WARN_BEFORE_END
from okno.channels.email.models import Auth, Mailbox, Provider
from okno.channels.email.oauth import read_code
from okno.channels.email.oauth_clients import clients
from okno.console.settings.oauth_forms import ConnectForm
from okno.spine.actor import Actor
from okno.team.policy import can_manage_system


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectPart:
    """What `mailbox_connect.html` shows."""

    form: ConnectForm
    providers: list[Provider]
    """By which a mailbox can be connected; empty until somebody has entered a client."""
    may_set_up: bool
    is_connected: bool = False
    provider: str = ""
    again: str = ""
    problem: str = ""
    ends_at: datetime | None = None


def connect_part(actor: Actor, mailbox: Mailbox | None, *, now: datetime) -> ConnectPart:
    """Return the part for a mailbox, or for a new one."""
    providers, may_set_up = list(clients()), can_manage_system(actor)
    if mailbox is None:
        return ConnectPart(form=ConnectForm(), providers=providers, may_set_up=may_set_up)
    form = ConnectForm.for_mailbox(mailbox)
    if mailbox.auth != Auth.OAUTH:
        return ConnectPart(form=form, providers=providers, may_set_up=may_set_up)
    lost = read_code(mailbox.oauth_error)
    is_ending = ends_soon(mailbox, now=now, within=WARN_BEFORE_END)
    return ConnectPart(
        form=form,
        providers=providers,
        may_set_up=may_set_up,
        is_connected=True,
        provider=str(Provider(mailbox.oauth_provider).label),
        again=mailbox.oauth_provider,
        problem=consent_advice(lost) if lost is not None else "",
        ends_at=mailbox.oauth_expires_at if is_ending else None,
    )
