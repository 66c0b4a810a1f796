"""Commands on mailboxes: add, change, switch, test."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.utils.translation import gettext as _

from okno.channels.base import TemporaryFailure
from okno.channels.email.advice import imap_advice, relay_advice
from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.consent_state import move_consent
from okno.channels.email.events import MailboxChanged, MailboxCreated, MailboxSwitched
from okno.channels.email.imap_in import ImapFailure, ImapReport, try_settings
from okno.channels.email.models import Auth, Mailbox, MailRoute, Security
from okno.channels.email.oauth import OAuthFailure
from okno.channels.email.pace import MINUTE_LIMITS, let_go
from okno.channels.email.relay import LOOPBACK, ServerSettings, parse_smtp_url
from okno.channels.email.smtp_out import SmtpSender
from okno.channels.email.tokens import MailboxTokens
from okno.lib.addresses import InvalidAddress, normalise_address
from okno.lib.crypto import seal, unseal
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.spine.actor import Actor
from okno.spine.unit import command, emit
from okno.team.models import Desk, Team
from okno.team.policy import can_manage_settings
from okno.tenancy.scope import current_workspace_id

Direction = Literal["imap", "smtp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxSettings:
    """Hold what a person may set on a mailbox; a password of None leaves the stored one as it is."""

    address: str
    name: str = ""
    desk_id: int | None = None
    team_id: int | None = None
    is_default: bool = False
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = Security.TLS
    imap_user: str = ""
    imap_password: str | None = None
    imap_folder: str = "INBOX"
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: str = Security.TLS
    smtp_user: str = ""
    smtp_password: str | None = None
    trusted_authserv: str = ""
    minute_limit: int | None = None
    """How many mails may leave in a minute; None: any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxTest:
    """Say what a test of the settings found; an empty problem means that this direction works."""

    imap: ImapReport | None = None
    imap_problem: str = ""
    smtp_works: bool = False
    smtp_problem: str = ""


_READING = [
    "uidvalidity",
    "last_uid",
    "first_uidvalidity",
    "first_uid",
    "awaits_window",
    "connected_at",
    "import_since",
    "import_takes_seen",
]
_FAILURES = ["fetch_error", "fetch_failing_since", "send_error", "send_failing_since"]
_PASSWORDS = {"imap_password", "smtp_password"}
_PLAIN_FIELDS = [
    field.name for field in fields(MailboxSettings) if field.name not in _PASSWORDS | {"address", "desk_id"}
]


@command
def create_mailbox(*, actor: Actor, settings: MailboxSettings, now: datetime) -> Mailbox:
    """Add a mailbox; mail to its address is taken from now on. Raises Denied, Invalid, Conflict."""
    require_mailbox_right(actor)
    address = _checked(settings)
    # Nothing is sent before a person has seen what came, and nothing fetched before it is said what is wanted.
    mailbox = Mailbox(address=address, is_released=False, awaits_window=bool(settings.imap_host))
    _apply(mailbox, settings, address=address)
    mailbox.is_default = settings.is_default or not Mailbox.objects.filter(is_default=True).exists()
    _take_address(address)
    if mailbox.is_default:
        Mailbox.objects.filter(is_default=True).update(is_default=False)
    mailbox.save(force_insert=True)
    MailRoute.objects.filter(address=address).update(mailbox_id=mailbox.pk)
    emit(actor, MailboxCreated(address=address), kind="mailbox", subject=mailbox, now=now)
    return mailbox


@command
def update_mailbox(*, actor: Actor, mailbox_id: int, settings: MailboxSettings, now: datetime) -> Mailbox:
    """Change a mailbox; of another server only what it received since the last fetch is taken.

    Raises Denied, NotFound, Invalid, Conflict.
    """
    require_mailbox_right(actor)
    mailbox = locked_mailbox(mailbox_id)
    settings = _with_consented_servers(settings, mailbox)
    address = _checked(settings)
    _refuse_password_elsewhere(mailbox, settings)
    before = {name: getattr(mailbox, name) for name in _stored_fields()}
    if address != mailbox.address:
        _take_address(address)
        MailRoute.objects.filter(address=mailbox.address, mailbox_id=mailbox.pk).delete()
        MailRoute.objects.filter(address=address).update(mailbox_id=mailbox.pk)
    _apply(mailbox, settings, address=address)
    mailbox.is_default = settings.is_default or before["is_default"]
    changed = [name for name in _stored_fields() if getattr(mailbox, name) != before[name]]
    if not changed:
        return mailbox
    if not {"imap_host", "imap_user", "imap_folder"}.isdisjoint(changed):
        _read_anew(mailbox, had_server=bool(before["imap_host"]))
    if mailbox.is_default and not before["is_default"]:
        Mailbox.objects.filter(is_default=True).update(is_default=False)
    if "minute_limit" in changed:
        let_go(mailbox)
    mailbox.fetch_error = mailbox.send_error = ""
    mailbox.fetch_failing_since = mailbox.send_failing_since = None
    mailbox.save(update_fields=[*changed, *_READING, *_FAILURES])
    visible = sorted(name.replace("_secret", "_password") for name in changed)
    emit(actor, MailboxChanged(fields=visible), kind="mailbox", subject=mailbox, now=now)
    return mailbox


@command
def switch_mailbox(*, actor: Actor, mailbox_id: int, is_active: bool, now: datetime) -> Mailbox:
    """Switch a mailbox on or off: while off, its mail is refused and not fetched. Raises Denied, NotFound."""
    require_mailbox_right(actor)
    mailbox = locked_mailbox(mailbox_id)
    if mailbox.is_active == is_active:
        return mailbox
    if is_active:
        _take_address(mailbox.address)
        MailRoute.objects.filter(address=mailbox.address).update(mailbox_id=mailbox.pk)
    else:
        MailRoute.objects.filter(address=mailbox.address, mailbox_id=mailbox.pk).delete()
    mailbox.is_active = is_active
    mailbox.save(update_fields=["is_active"])
    emit(actor, MailboxSwitched(is_active=is_active), kind="mailbox", subject=mailbox, now=now)
    return mailbox


def try_mailbox(*, actor: Actor, settings: MailboxSettings, mailbox: Mailbox | None = None) -> MailboxTest:
    """Try to sign in to the servers of settings that need not be saved. Talks to the outside: no transaction.

    `mailbox` gives the stored passwords where the settings have none.
    """
    require_mailbox_right(actor)
    _checked(settings)
    draft = Mailbox(address=settings.address) if mailbox is None else mailbox
    settings = _with_consented_servers(settings, draft)
    _refuse_password_elsewhere(draft, settings)
    imap = smtp = None
    if settings.imap_host:
        imap = _typed_server("imap", settings, draft)
    if settings.smtp_host:
        smtp = _typed_server("smtp", settings, draft)
    report, imap_problem = _try_imap(imap, settings.imap_folder)
    works, smtp_problem = _try_smtp(smtp)
    return MailboxTest(imap=report, imap_problem=imap_problem, smtp_works=works, smtp_problem=smtp_problem)


def imap_server(mailbox: Mailbox) -> ServerSettings | None:
    """Return where a mailbox is read from, or None if it only receives by SMTP."""
    return _stored_server(mailbox, "imap")


def smtp_server(mailbox: Mailbox | None) -> ServerSettings | None:
    """Return the way out of a mailbox: its own, else the installation's, else None."""
    own = _stored_server(mailbox, "smtp") if mailbox is not None else None
    url = settings.ENVIRONMENT.smtp_url
    return own or (parse_smtp_url(url) if url else None)


def _stored_server(mailbox: Mailbox, direction: Direction) -> ServerSettings | None:
    host = getattr(mailbox, f"{direction}_host")
    if not host:
        return None
    return ServerSettings(
        host=host,
        port=getattr(mailbox, f"{direction}_port"),
        security=getattr(mailbox, f"{direction}_security"),
        user=getattr(mailbox, f"{direction}_user"),
        password=_password(mailbox, direction),
        tokens=_tokens(mailbox),
    )


def _tokens(mailbox: Mailbox) -> MailboxTokens | None:
    if mailbox.auth != Auth.OAUTH:
        return None
    return MailboxTokens(mailbox.workspace_id, mailbox.pk, mailbox.oauth_granted_at)


def _with_consented_servers(typed: MailboxSettings, mailbox: Mailbox) -> MailboxSettings:
    """Return settings with the servers of the provider, whatever was typed: to others no token may be shown."""
    if mailbox.auth != Auth.OAUTH:
        return typed
    names = ("host", "port", "security", "user")
    kept = {f"{way}_{name}": getattr(mailbox, f"{way}_{name}") for way in ("imap", "smtp") for name in names}
    return replace(typed, **kept, imap_password=None, smtp_password=None)


def _typed_server(direction: Direction, typed: MailboxSettings, mailbox: Mailbox) -> ServerSettings:
    password = getattr(typed, f"{direction}_password")
    return ServerSettings(
        host=getattr(typed, f"{direction}_host"),
        port=getattr(typed, f"{direction}_port"),
        security=getattr(typed, f"{direction}_security"),
        user=getattr(typed, f"{direction}_user"),
        password=_password(mailbox, direction) if password is None else password,
        tokens=_tokens(mailbox),
    )


def _refuse_password_elsewhere(mailbox: Mailbox, typed: MailboxSettings) -> None:
    """Refuse to show a stored password to a server that it was not typed for. Raises Invalid.

    Whoever may change a mailbox may not know its password, and a server of his would be told it.
    """
    for direction in ("imap", "smtp"):
        if getattr(typed, f"{direction}_password") is not None or not getattr(mailbox, f"{direction}_secret"):
            continue
        kept = [f"{direction}_{name}" for name in ("host", "port", "security", "user")]
        if getattr(typed, f"{direction}_host") and any(
            getattr(typed, name) != getattr(mailbox, name) for name in kept
        ):
            words = _("Enter the password again: the server or its user is another one.")
            raise Invalid(words, fields={f"{direction}_password": [words]})


def _password(mailbox: Mailbox, direction: Direction) -> str:
    sealed = getattr(mailbox, f"{direction}_secret")
    return unseal(sealed, place=_place(mailbox, direction)) if sealed else ""


def _place(mailbox: Mailbox, direction: Direction) -> str:
    return f"{mailbox.workspace_id}|mailbox|{direction}|{mailbox.address}"


def _try_imap(server: ServerSettings | None, folder: str) -> tuple[ImapReport | None, str]:
    if server is None:
        return None, ""
    try:
        return try_settings(server, folder=folder), ""
    except ImapFailure as failure:
        return None, imap_advice(failure)
    except OAuthFailure as failure:
        return None, consent_advice(failure)


def _try_smtp(server: ServerSettings | None) -> tuple[bool, str]:
    if server is None:
        return False, ""
    try:
        with SmtpSender(server) as sender:
            sender.check()
    except TemporaryFailure as failure:
        return False, relay_advice(failure.reason, failure.code, by_consent=server.tokens is not None)
    except OAuthFailure as failure:
        return False, consent_advice(failure)
    return True, ""


def require_mailbox_right(actor: Actor) -> None:
    """Raise Denied for who may not change mailboxes."""
    if not can_manage_settings(actor):
        raise Denied(_("You may not change mailboxes."))


def locked_mailbox(mailbox_id: int) -> Mailbox:
    """Return a mailbox that nobody else changes until the transaction ends. Raises NotFound."""
    rows = Mailbox.objects.select_for_update(no_key=True, of=("self",))
    mailbox: Mailbox | None = rows.filter(pk=mailbox_id).first()
    if mailbox is None:
        raise NotFound(_("There is no such mailbox."))
    return mailbox


def _read_anew(mailbox: Mailbox, *, had_server: bool) -> None:
    """Forget how far another place was read. What came since that was read last is new; what is older stays there."""
    mailbox.uidvalidity, mailbox.last_uid = None, 0
    mailbox.first_uidvalidity = mailbox.first_uid = None
    if not mailbox.imap_host or not had_server:
        mailbox.awaits_window = bool(mailbox.imap_host)
    elif not mailbox.awaits_window:
        mailbox.connected_at = mailbox.fetched_at or mailbox.connected_at or mailbox.created_at
        mailbox.import_since, mailbox.import_takes_seen = mailbox.connected_at, False


def _checked(typed: MailboxSettings) -> str:
    """Return the normal address of sound settings; raises Invalid with words per field."""
    wrong: dict[str, list[str]] = {}
    address = ""
    try:
        address = normalise_address(typed.address)
    except InvalidAddress:
        wrong["address"] = [_("This is not a mail address.")]
    if "+" in address.partition("@")[0]:
        wrong["address"] = [_("The part after “+” is needed for answers; name the address without it.")]
    for direction in ("imap", "smtp"):
        wrong |= _wrong_server(direction, typed)
    if typed.minute_limit is not None and typed.minute_limit not in MINUTE_LIMITS:
        wrong["minute_limit"] = [_("A limit is a number from 1 to 10,000. Empty: there is none.")]
    if wrong:
        raise Invalid(_("The mailbox cannot be saved like this."), fields=wrong)
    return address


def _wrong_server(direction: str, typed: MailboxSettings) -> dict[str, list[str]]:
    host: str = getattr(typed, f"{direction}_host")
    if not host:
        return {}
    wrong: dict[str, list[str]] = {}
    if not host.isprintable() or any(character.isspace() or character in "/@" for character in host):
        wrong[f"{direction}_host"] = [_("This is not the name of a server.")]
    if not 1 <= getattr(typed, f"{direction}_port") <= 65535:
        wrong[f"{direction}_port"] = [_("A port is a number from 1 to 65535.")]
    security = getattr(typed, f"{direction}_security")
    if security not in Security.values or (security == Security.NONE and host not in LOOPBACK):
        wrong[f"{direction}_security"] = [
            _("Without encryption only a server on the same machine can be used.")
        ]
    return wrong


def _take_address(address: str) -> None:
    """Reserve an address in all workspaces: mail to it can go to one mailbox only."""
    is_new = MailRoute.objects.get_or_create(
        address=address, defaults={"workspace_id": current_workspace_id(), "mailbox_id": 0}
    )[1]
    if not is_new:
        raise Conflict(
            _("The address %(address)s is in use already.") % {"address": address},
            code="address_taken",
            fields={"address": [_("This address is in use already.")]},
        )


def _apply(mailbox: Mailbox, typed: MailboxSettings, *, address: str) -> None:
    passwords: dict[Direction, str] = {
        "imap": _password(mailbox, "imap") if typed.imap_password is None else typed.imap_password,
        "smtp": _password(mailbox, "smtp") if typed.smtp_password is None else typed.smtp_password,
    }
    is_moved = mailbox.address != address
    move_consent(mailbox, address)
    mailbox.address = address
    for name in _PLAIN_FIELDS:
        if name not in {"team_id", "is_default"}:
            value: Any = getattr(typed, name)
            setattr(mailbox, name, value.strip() if isinstance(value, str) else value)
    for direction, password in passwords.items():
        if is_moved or getattr(typed, f"{direction}_password") is not None:
            setattr(
                mailbox,
                f"{direction}_secret",
                seal(password, place=_place(mailbox, direction)) if password else "",
            )
    mailbox.team = _team(typed.team_id)
    mailbox.desk = _desk(typed.desk_id, mailbox.team)


def _team(team_id: int | None) -> Team | None:
    if team_id is None:
        return None
    team: Team | None = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise Invalid(_("There is no such team."), fields={"team": [_("There is no such team.")]})
    return team


def _desk(desk_id: int | None, team: Team | None) -> Desk:
    if desk_id is None and team is not None:
        desk_id = team.desk_id
    desks = Desk.objects.order_by("position", "id")
    desk: Desk | None = desks.filter(pk=desk_id).first() if desk_id is not None else desks.first()
    if desk is None:
        raise Invalid(_("There is no such desk."), fields={"desk": [_("There is no such desk.")]})
    return desk


def _stored_fields() -> list[str]:
    return ["address", "desk_id", "imap_secret", "smtp_secret", "oauth_secret", *_PLAIN_FIELDS]
