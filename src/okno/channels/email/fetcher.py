"""Mailboxes are read over IMAP by one fetcher each, whoever holds the mailbox's lease."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO

import structlog
from django.db import DatabaseError, connection
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils import translation

from okno.channels.base import InboundMail
from okno.channels.email.advice import imap_advice
from okno.channels.email.consent_advice import consent_advice
from okno.channels.email.imap_in import ImapFailure, ImapMailbox, Position
from okno.channels.email.imap_window import Window
from okno.channels.email.mailboxes import imap_server
from okno.channels.email.models import Mailbox, RawMail
from okno.channels.email.oauth import OAuthFailure
from okno.channels.email.relay import ServerSettings
from okno.channels.email.store import Route, store_raw
from okno.lib.crypto import SecretUnreadable
from okno.tenancy.models import Workspace
from okno.tenancy.queries import all_workspaces
from okno.tenancy.scope import scope

LEASE = timedelta(seconds=90)
LOOK_AROUND_SECONDS = 5.0
# Shorter than the lease, which is renewed after each wait.
WAIT_SECONDS = 30.0
POLL_SECONDS = 30.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 2.0, 300.0
READABLE = Q(is_active=True, awaits_window=False) & ~Q(imap_host="")

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Another fetcher has the mailbox."""


def serve(stop: threading.Event) -> None:
    """Keep one thread for each mailbox whose lease can be had, until `stop` is set."""
    owner = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
    running: dict[Route, threading.Thread] = {}
    while not stop.is_set():
        running = {route: thread for route, thread in running.items() if thread.is_alive()}
        try:
            for route in readable_mailboxes():
                if route not in running and take_lease(route, owner):
                    fetcher = MailboxFetcher(route, owner)
                    thread = threading.Thread(
                        target=fetcher.run, args=(stop,), name=f"imap-{route.mailbox_id}", daemon=True
                    )
                    thread.start()
                    running[route] = thread
        except DatabaseError as error:
            log.warning("database_away", service="fetcher", error=type(error).__name__)
        connection.close()
        stop.wait(LOOK_AROUND_SECONDS)
    for thread in running.values():
        thread.join(5)


def readable_mailboxes() -> list[Route]:
    """Return the mailboxes of all workspaces that are to be read over IMAP."""
    routes = []
    for workspace in [one for one in all_workspaces() if not one.is_quiet]:
        with scope(workspace):
            ids = Mailbox.objects.filter(READABLE).values_list("id", flat=True)
            routes += [Route(workspace_id=workspace.pk, mailbox_id=mailbox_id) for mailbox_id in ids]
    return routes


def window_of(mailbox: Mailbox) -> Window:
    """Return which mail of a mailbox is taken; one from before there were windows is new since it was made."""
    return Window(
        since=mailbox.import_since,
        takes_seen=mailbox.import_takes_seen,
        connected_at=mailbox.connected_at or mailbox.created_at,
        first_uidvalidity=mailbox.first_uidvalidity,
        first_uid=mailbox.first_uid,
    )


def take_lease(route: Route, owner: str) -> bool:
    """Take or renew the right to read a mailbox, by the database's clock; False if somebody else has it."""
    with scope(route.workspace_id):
        free = Q(fetch_until__isnull=True) | Q(fetch_until__lt=Now()) | Q(fetch_owner=owner)
        mailbox = Mailbox.objects.filter(free, READABLE, pk=route.mailbox_id)
        return mailbox.update(fetch_owner=owner, fetch_until=Now() + LEASE) == 1


def give_lease_back(route: Route, owner: str) -> None:
    """Let another fetcher begin at once."""
    with scope(route.workspace_id):
        Mailbox.objects.filter(pk=route.mailbox_id, fetch_owner=owner).update(fetch_until=None)


@dataclass(slots=True)
class MailboxFetcher:
    """Read one mailbox for as long as its lease can be renewed. It is the store of what it fetches."""

    route: Route
    owner: str
    server: ServerSettings | None = field(default=None)

    def run(self, stop: threading.Event) -> None:
        """Read and wait by turns; after failures come back ever later, with the reason on the mailbox."""
        pause = FIRST_PAUSE_SECONDS
        while not stop.is_set():
            try:
                self._read(stop)
            except LeaseLost:
                break
            except (ImapFailure, OAuthFailure, SecretUnreadable, OSError) as failure:
                self._note_failure(failure)
            except DatabaseError as error:
                log.warning("database_away", service="fetcher", error=type(error).__name__)
            else:
                break
            finally:
                connection.close()
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            if not self._may_go_on():
                break
        self._leave()

    def _read(self, stop: threading.Event) -> None:
        """Read until stopped or until the settings change."""
        mailbox = self._mailbox()
        self.server = imap_server(mailbox)
        if self.server is None:
            return
        with ImapMailbox(self.server, folder=mailbox.imap_folder) as connected:
            while not stop.is_set():
                self._fetch(connected, stop)
                connection.close()
                if connected.supports_idle:
                    connected.wait_for_news(seconds=WAIT_SECONDS, stop=stop)
                else:
                    stop.wait(POLL_SECONDS)
                self._renew()
                if self._has_other_settings():
                    return

    def _fetch(self, connected: ImapMailbox, stop: threading.Event) -> None:
        mailbox = self._mailbox()
        position = Position(mailbox.uidvalidity, mailbox.last_uid)
        reached = connected.fetch_new(position, self, stop=stop, window=window_of(mailbox))
        with scope(self.route.workspace_id):
            Mailbox.objects.filter(pk=self.route.mailbox_id, fetch_owner=self.owner).update(
                uidvalidity=reached.uidvalidity,
                last_uid=reached.last_uid,
                fetched_at=Now(),
                fetch_error="",
                fetch_failing_since=None,
            )

    def known(self, uidvalidity: int, uids: Sequence[int]) -> Collection[int]:
        """Return those of the uids that are stored already."""
        with scope(self.route.workspace_id):
            rows = RawMail.objects.filter(mailbox_id=self.route.mailbox_id, uidvalidity=uidvalidity)
            stored = rows.filter(uid__in=list(uids)).values_list("uid", flat=True)
            return {uid for uid in stored if uid is not None}

    def store(self, raw: BinaryIO, *, size: int, uidvalidity: int, uid: int, is_import: bool) -> None:
        """Keep one mail; raises LeaseLost if the mailbox is another fetcher's by now."""
        del size
        self._renew()
        where = {"uidvalidity": uidvalidity, "uid": uid, "is_import": is_import}
        store_raw(self.route, raw, InboundMail(source="imap"), **where)

    def _mailbox(self) -> Mailbox:
        with scope(self.route.workspace_id):
            mailbox: Mailbox | None = Mailbox.objects.filter(READABLE, pk=self.route.mailbox_id).first()
        if mailbox is None:
            raise LeaseLost
        return mailbox

    def _has_other_settings(self) -> bool:
        return imap_server(self._mailbox()) != self.server

    def _renew(self) -> None:
        if not take_lease(self.route, self.owner):
            raise LeaseLost

    def _may_go_on(self) -> bool:
        try:
            return take_lease(self.route, self.owner)
        except DatabaseError:
            # The lease runs out by itself; whoever looks around next takes it.
            return False
        finally:
            connection.close()

    def _note_failure(self, failure: Exception) -> None:
        log.warning("mailbox_not_read", mailbox=self.route.mailbox_id, workspace=self.route.workspace_id)
        workspace = Workspace.objects.get(pk=self.route.workspace_id)
        with translation.override(workspace.language):
            words = _words(failure)
        with scope(self.route.workspace_id):
            Mailbox.objects.filter(pk=self.route.mailbox_id, fetch_owner=self.owner).update(
                fetch_error=words[:1000], fetch_failing_since=Coalesce("fetch_failing_since", Now())
            )

    def _leave(self) -> None:
        try:
            give_lease_back(self.route, self.owner)
        except DatabaseError:
            log.warning("lease_not_given_back", mailbox=self.route.mailbox_id)
        finally:
            connection.close()


def _words(failure: Exception) -> str:
    if isinstance(failure, ImapFailure):
        return imap_advice(failure)
    return consent_advice(failure) if isinstance(failure, OAuthFailure) else str(failure)
