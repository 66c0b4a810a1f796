"""Read a mailbox over IMAP: everything once, nothing marked before it is stored."""

import contextlib
import imaplib
import re
import selectors
import socket
import ssl
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Literal, Protocol, Self, cast

from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailboxTaggedResponseError,
)
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from okno.channels.email.imap_listing import newest_first, oldest_first
from okno.channels.email.imap_window import Listed, Window, read_listed
from okno.channels.email.relay import ServerSettings, TokenSource, TokenUnavailable, tls_context
from okno.channels.email.xoauth2 import MECHANISM, Xoauth2

TIMEOUT_SECONDS = 30
CHUNK_BYTES = 1024 * 1024
SPOOL_IN_MEMORY_BYTES = 1024 * 1024
_MAILS_A_REQUEST = 200
# Servers may end an IDLE after 30 minutes (RFC 2177), and some routers sooner.
IDLE_SECONDS = 9 * 60
_POLL_SECONDS = 2

Problem = Literal["unreachable", "timeout", "certificate", "no_tls", "login", "token", "folder", "protocol"]


class ImapFailure(Exception):
    """Say by one word what kind of failure it was, with the server's own words in `detail`."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else problem)
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Position:
    """Say up to where a mailbox has been read."""

    uidvalidity: int | None = None
    last_uid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapReport:
    """Say what a test of the settings found."""

    messages: int
    unseen: int
    supports_idle: bool


class MailStore(Protocol):
    """Keep what is fetched."""

    def known(self, uidvalidity: int, uids: Sequence[int]) -> Collection[int]:
        """Return those of the uids that are stored already."""

    def store(self, raw: BinaryIO, *, size: int, uidvalidity: int, uid: int, is_import: bool) -> None:
        """Make one mail durable; when this has returned the mail may be marked on the server."""


class Stop(Protocol):
    """Tell whether to stop; a threading.Event is one."""

    def is_set(self) -> bool:
        """Return whether to stop as soon as nothing is left half done."""


class ImapMailbox:
    """Hold one connection with one selected folder; not to be shared between threads."""

    def __init__(
        self,
        server: ServerSettings,
        *,
        folder: str = "INBOX",
        tls: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        """Connect, sign in and open the folder; raises ImapFailure, TokenUnavailable."""
        self._folder = folder
        self._capabilities: list[str] = []
        try:
            with _failures():
                self._mailbox = _open(server, tls or tls_context(), timeout)
        except OSError as error:
            raise ImapFailure("unreachable", _words(error)) from error
        try:
            with _failures():
                self._sign_in(server)
                # Some servers tell what they can do only to those who have signed in.
                _, answers = self._mailbox.client.capability()
                self._capabilities = b" ".join(answers).decode("ascii", "replace").upper().split()
                self._select()
        except (ImapFailure, TokenUnavailable):
            self.close()
            raise

    def report(self) -> ImapReport:
        """Return what is in the folder."""
        with _failures():
            status = self._mailbox.folder.status(self._folder, ["MESSAGES", "UNSEEN"])
            return ImapReport(
                messages=status["MESSAGES"], unseen=status["UNSEEN"], supports_idle=self.supports_idle
            )

    @property
    def supports_idle(self) -> bool:
        """Tell whether the server announces new mail by itself."""
        return "IDLE" in self._capabilities

    def fetch_new(
        self, position: Position, store: MailStore, *, stop: Stop, window: Window | None = None
    ) -> Position:
        """Store all mail after the position, mark it as seen and return the new position.

        A mailbox that was never read gives what the window says; one whose UIDVALIDITY has changed is read again
        by it, and the store knows by content what it has. However large the mailbox, only some thousand numbers are
        held at a time. Every mail that was stored stays stored when this raises ImapFailure half-way; the old
        position then remains good.
        """
        window = window or Window()
        with _failures():
            uidvalidity, next_uid = self._select()
            is_known = position.uidvalidity == uidvalidity
            done = position.last_uid if is_known else 0
            if is_known or (position.uidvalidity is not None and window.connected_at is None):
                found = self._new_uids(done + 1, next_uid)
            else:
                found = self._uids_of_window(window, uidvalidity, next_uid)
            for part in found:
                stored = store.known(uidvalidity, [uid for uid, _is_import in part])
                for uid, is_import in part:
                    if stop.is_set():
                        # What a window leaves out must be left out by the next reading too.
                        return Position(uidvalidity, done) if is_known else position
                    if uid not in stored:
                        self._take(uid, uidvalidity, store, is_import=is_import)
                    done = max(done, uid)
        return Position(uidvalidity, max(done, next_uid - 1))

    def list_newest_first(self, next_uid: int, criteria: str = "") -> Iterator[list[int]]:
        """Return the UIDs that fit, in lists from the newest to the oldest, each list ascending."""
        with _failures():
            yield from newest_first(self._search, next_uid, criteria)

    def listed(self, uids: Sequence[int]) -> Iterator[Listed]:
        """Return when the server received mails and whether they were read; those that are gone are left out."""
        for part in _parts(uids, _MAILS_A_REQUEST):
            with _failures():
                answers = self._fetch(part, "(UID FLAGS INTERNALDATE)")
            for answer in answers:
                listed = read_listed(answer) if isinstance(answer, bytes) else None
                if listed is not None:
                    yield listed

    def headers(self, uids: Sequence[int], *, limit: int) -> dict[int, bytes]:
        """Return sender, subject and date of some mails as they stand there, each up to `limit` bytes."""
        with _failures():
            answers = self._fetch(uids, f"(UID BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)]<0.{limit}>)")
        found: dict[int, bytes] = {}
        for answer in answers:
            uid = re.search(rb"\bUID (\d+)", answer[0]) if isinstance(answer, tuple) else None
            if uid is not None:
                found[int(uid.group(1))] = bytes(answer[1])
        return found

    def numbering(self) -> tuple[int, int]:
        """Return the folder's UIDVALIDITY and the next UID that it will give."""
        with _failures():
            return self._select()

    def wait_for_news(self, *, seconds: float, stop: Stop) -> None:
        """Return when the server says that something has changed, when stopped, or after the time."""
        waited = 0.0
        with _failures():
            if not self.supports_idle:
                self._mailbox.client.noop()
                return
            try:
                self._mailbox.idle.start()  # type: ignore[no-untyped-call]
                while waited < seconds and not stop.is_set():
                    if self._has_something_to_say(_POLL_SECONDS):
                        break
                    waited += _POLL_SECONDS
            except MailboxTaggedResponseError:
                # News came before the server said that it was idling.
                pass
            self._mailbox.idle.stop()  # type: ignore[no-untyped-call]

    def _has_something_to_say(self, seconds: float) -> bool:
        """Wait until the server sends anything; leaving the idling reads it, line by whole line.

        The library's own poll reads without waiting and takes half a line, as a slow server sends it, for an error.
        """
        connection = self._mailbox.client.sock
        if isinstance(connection, ssl.SSLSocket) and connection.pending():
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            return bool(selector.select(seconds))

    def close(self) -> None:
        """Sign out and close the connection."""
        with contextlib.suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            self._mailbox.client.logout()
        with contextlib.suppress(OSError):
            self._mailbox.client.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _sign_in(self, server: ServerSettings) -> None:
        if server.tokens is not None:
            self._show_token(server.user, server.tokens)
            return
        is_plain = server.user.isascii() and server.password.isascii()
        sign_in = self._mailbox.login if is_plain else self._mailbox.login_utf8
        try:
            sign_in(server.user, server.password, initial_folder=None)
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise
            raise ImapFailure("login", _words(error)) from error

    def _show_token(self, user: str, tokens: TokenSource) -> None:
        """Sign in with a token; one that is refused may have run out before its time, so a fresh one is tried once."""
        token = tokens.access_token()
        attempt = Xoauth2(user, token)
        try:
            self._mailbox.client.authenticate(MECHANISM, attempt.to_imap)
        except imaplib.IMAP4.error as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise
        else:
            return
        attempt = Xoauth2(user, tokens.access_token(refused=token))
        try:
            self._mailbox.client.authenticate(MECHANISM, attempt.to_imap)
        except imaplib.IMAP4.error as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise
            words = f"{_words(error)} {attempt.reason}".strip()
            raise ImapFailure("token", words) from error

    def _select(self) -> tuple[int, int]:
        try:
            self._mailbox.folder.set(self._folder)
        except MailboxFolderSelectError as error:
            raise ImapFailure("folder", self._folder) from error
        return self._number("UIDVALIDITY"), self._number("UIDNEXT")

    def _number(self, name: str) -> int:
        _, values = self._mailbox.client.response(name)
        value = values[-1] if values else None
        if not isinstance(value, bytes) or not value.isdigit():
            status = self._mailbox.folder.status(self._folder, [name])
            return int(status[name])
        return int(value)

    def _search(self, criteria: str) -> list[int]:
        kind, answers = self._mailbox.client.uid("SEARCH", criteria)
        if kind != "OK":
            raise ImapFailure("protocol", "SEARCH")
        words = b" ".join(answer for answer in answers if isinstance(answer, bytes)).split()
        return sorted({int(word) for word in words if word.isdigit()})

    def _new_uids(self, first: int, next_uid: int) -> Iterator[list[tuple[int, bool]]]:
        for uids in oldest_first(self._search, first, next_uid):
            for part in _parts(uids, _MAILS_A_REQUEST):
                yield [(uid, False) for uid in part]

    def _uids_of_window(
        self, window: Window, uidvalidity: int, next_uid: int
    ) -> Iterator[list[tuple[int, bool]]]:
        for uids in oldest_first(self._search, 1, next_uid, window.criteria()):
            for part in _parts(uids, _MAILS_A_REQUEST):
                taken = []
                for listed in self.listed(part):
                    is_new = window.is_new(listed, uidvalidity=uidvalidity)
                    if is_new or window.is_wanted(listed):
                        # Without a moment of connection nothing tells old from new, and all is treated as new.
                        taken.append((listed.uid, not is_new and window.connected_at is not None))
                yield taken

    def _fetch(self, uids: Sequence[int], items: str) -> list[bytes | tuple[bytes, bytes]]:
        if not uids:
            return []
        kind, answers = self._mailbox.client.uid("FETCH", ",".join(map(str, uids)), items)
        if kind != "OK":
            raise ImapFailure("protocol", "FETCH")
        return cast("list[bytes | tuple[bytes, bytes]]", answers)

    def _take(self, uid: int, uidvalidity: int, store: MailStore, *, is_import: bool) -> None:
        with tempfile.SpooledTemporaryFile(max_size=SPOOL_IN_MEMORY_BYTES) as raw:
            size = self._download(uid, raw)
            if size == 0:
                # Deleted by somebody else since the search.
                return
            raw.seek(0)
            store.store(
                cast("BinaryIO", raw), size=size, uidvalidity=uidvalidity, uid=uid, is_import=is_import
            )
        self._mailbox.client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _download(self, uid: int, raw: "tempfile.SpooledTemporaryFile[bytes]") -> int:
        """Write the whole mail in pieces; a piece shorter than asked for is the last one."""
        size = 0
        while True:
            piece = self._piece(uid, size)
            raw.write(piece)
            size += len(piece)
            if len(piece) < CHUNK_BYTES:
                return size

    def _piece(self, uid: int, offset: int) -> bytes:
        # PEEK: reading must not mark, for the mail is not stored yet.
        kind, answers = self._mailbox.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<{offset}.{CHUNK_BYTES}>)")
        if kind != "OK":
            raise ImapFailure("protocol", "FETCH")
        for answer in answers:
            if not isinstance(answer, tuple):
                continue
            head, piece = answer[0], answer[1]
            announced = re.search(rb"\{(\d+)\}$", head)
            if announced is None or int(announced.group(1)) != len(piece):
                raise ImapFailure("protocol", "the server sent less than it announced")
            return bytes(piece)
        return b""


def try_settings(
    server: ServerSettings, *, folder: str = "INBOX", tls: ssl.SSLContext | None = None
) -> ImapReport:
    """Try the settings and return what is there; raises ImapFailure, TokenUnavailable."""
    with ImapMailbox(server, folder=folder, tls=tls, timeout=10) as mailbox:
        return mailbox.report()


def _open(server: ServerSettings, tls: ssl.SSLContext, timeout: float) -> BaseMailBox:
    if server.security == "tls":
        return MailBox(server.host, server.port, timeout=timeout, ssl_context=tls)
    if server.security == "starttls":
        return MailBoxStartTls(server.host, server.port, timeout=timeout, ssl_context=tls)
    return MailBoxUnencrypted(server.host, server.port, timeout=timeout)


def _parts(uids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), length):
        yield uids[start : start + length]


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300]


@contextlib.contextmanager
def _failures() -> Iterator[None]:
    """Turn what a connection can throw into an ImapFailure; the store's own errors pass through."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ImapFailure("certificate", error.verify_message) from error
    except ssl.SSLError as error:
        raise ImapFailure("no_tls", _words(error)) from error
    except TimeoutError as error:
        raise ImapFailure("timeout") from error
    except (socket.gaierror, ConnectionError) as error:
        raise ImapFailure("unreachable", _words(error)) from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise ImapFailure("protocol", _words(error)) from error
