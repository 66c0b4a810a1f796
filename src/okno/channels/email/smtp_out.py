"""Send composed mail over SMTP, with a result for each recipient."""

import contextlib
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from okno.channels.base import RecipientResult, TemporaryFailure
from okno.channels.email.relay import ServerSettings, TokenSource, TokenUnavailable, tls_context
from okno.channels.email.xoauth2 import MECHANISM, Xoauth2

_IDLE_SECONDS = 20
_PIECE_BYTES = 64 * 1024
# They say that we are not signed in: our settings are wrong, not the mail.
_AUTHENTICATION_CODES = frozenset({530, 534, 535, 538})
_LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)


Alive = Callable[[], None]


class Stopped(Exception):
    """Whoever sends wants it no longer; the server has not got the mail."""


def _nobody_asks() -> None:
    """Do nothing: nobody wants to know that it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Hold how many seconds each step may take."""

    connect: float = 10
    command: float = 30
    data: float = 60


class SmtpSender:
    """Send mail after mail over one kept connection; not to be shared between threads."""

    def __init__(
        self,
        server: ServerSettings,
        *,
        hello: str = "localhost",
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._hello = hello
        self._timeouts = timeouts or Timeouts()
        self._tls = tls
        self._client: smtplib.SMTP | None = None
        self._used_at = 0.0

    def send(
        self,
        data: bytes,
        *,
        envelope_from: str,
        recipients: Sequence[str],
        alive: Alive = _nobody_asks,
    ) -> tuple[RecipientResult, ...]:
        """Hand one mail to the server and return what it said for each recipient, in their order.

        `alive` is called after each step; none takes longer than its timeout. It may raise Stopped.
        Raises TokenUnavailable if we could not sign in, TemporaryFailure if nothing was decided. The latter is marked
        uncertain where the server had everything and gave no answer: it may have taken the mail, and the next attempt
        repeats it under the same id.
        """
        client, is_kept = self._connection()
        try:
            with self._closing_when_broken():
                return self._transaction(client, data, envelope_from, recipients, alive)
        except TemporaryFailure as failure:
            if not is_kept or failure.is_uncertain or failure.code is not None:
                raise
        # A kept connection that the server has closed meanwhile says nothing about the mail.
        client, _ = self._connection()
        with self._closing_when_broken():
            return self._transaction(client, data, envelope_from, recipients, alive)

    def check(self) -> None:
        """Connect and sign in, or raise TemporaryFailure with the reason, or TokenUnavailable."""
        client, _ = self._connection()
        with self._closing_when_broken():
            client.noop()

    def close(self) -> None:
        """Say goodbye and close the connection."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _connection(self) -> tuple[smtplib.SMTP, bool]:
        if self._client is not None and time.monotonic() - self._used_at < _IDLE_SECONDS:
            return self._client, True
        self.close()
        self._client = self._connect()
        return self._client, False

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        with self._closing_when_broken():
            client = self._open()
            self._client = client
            if server.security == "starttls":
                client.starttls(context=self._tls or tls_context())
            if server.tokens is not None:
                _show_token(client, server.user, server.tokens)
            elif server.user:
                client.login(server.user, server.password)
            if client.sock is not None:
                client.sock.settimeout(self._timeouts.command)
        return client

    def _open(self) -> smtplib.SMTP:
        server, seconds = self._server, self._timeouts.connect
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host,
                server.port,
                local_hostname=self._hello,
                timeout=seconds,
                context=self._tls or tls_context(),
            )
        return smtplib.SMTP(server.host, server.port, local_hostname=self._hello, timeout=seconds)

    def _transaction(
        self,
        client: smtplib.SMTP,
        data: bytes,
        envelope_from: str,
        recipients: Sequence[str],
        alive: Alive,
    ) -> tuple[RecipientResult, ...]:
        alive()
        client.ehlo_or_helo_if_needed()
        options = [f"size={len(data)}"] if client.has_extn("size") else []
        results: dict[str, RecipientResult] = {}
        code, words = client.mail(envelope_from, options)
        if code != 250:
            return self._refused_all(client, recipients, code, words)
        for recipient in dict.fromkeys(recipients):
            code, words = client.rcpt(recipient)
            if code not in {250, 251, 252}:
                results[recipient] = _result(recipient, code, words)
            alive()
        accepted = [recipient for recipient in dict.fromkeys(recipients) if recipient not in results]
        if not accepted:
            client.rset()
        else:
            code, words = self._hand_over(client, data, alive)
            results |= {recipient: _result(recipient, code, words) for recipient in accepted}
        self._used_at = time.monotonic()
        if code == 421:
            self.close()
        return tuple(results[recipient] for recipient in recipients)

    def _refused_all(
        self, client: smtplib.SMTP, recipients: Sequence[str], code: int, words: bytes
    ) -> tuple[RecipientResult, ...]:
        if code == 421:
            self.close()
        else:
            client.rset()
        return tuple(_result(recipient, code, words) for recipient in recipients)

    def _hand_over(self, client: smtplib.SMTP, data: bytes, alive: Alive) -> tuple[int, bytes]:
        code, words = client.docmd("DATA")
        if code != 354:
            client.rset()
            return code, words
        if client.sock is not None:
            client.sock.settimeout(self._timeouts.data)
        stuffed = _LINE_START_DOT.sub(b"..", data)
        whole = stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"
        # The time-out holds for each call, so a big mail over a slow line goes in pieces.
        for start in range(0, len(whole), _PIECE_BYTES):
            client.send(whole[start : start + _PIECE_BYTES])
            alive()
        try:
            client.send(b".\r\n")
            code, words = client.getreply()
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise TemporaryFailure(
                "the server took the mail and did not answer", is_uncertain=True
            ) from error
        if client.sock is not None:
            client.sock.settimeout(self._timeouts.command)
        return code, words

    @contextlib.contextmanager
    def _closing_when_broken(self) -> Iterator[None]:
        """Turn every failure of the connection into a TemporaryFailure and drop the connection."""
        try:
            yield
        except (TemporaryFailure, TokenUnavailable, Stopped):
            self._drop()
            raise
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise TemporaryFailure(_words(error.smtp_error), code=error.smtp_code) from error
        except ssl.SSLCertVerificationError as error:
            self._drop()
            raise TemporaryFailure(f"certificate: {error.verify_message}") from error
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise TemporaryFailure(str(error) or type(error).__name__) from error

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _show_token(client: smtplib.SMTP, user: str, tokens: TokenSource) -> None:
    """Sign in with a token; one that is refused may have run out before its time, so a fresh one is tried once."""
    client.ehlo_or_helo_if_needed()
    token = tokens.access_token()
    try:
        client.auth(MECHANISM, Xoauth2(user, token).to_smtp)
    except smtplib.SMTPAuthenticationError:
        attempt = Xoauth2(user, tokens.access_token(refused=token))
    else:
        return
    try:
        client.auth(MECHANISM, attempt.to_smtp)
    except smtplib.SMTPAuthenticationError as error:
        words = f"{_words(error.smtp_error)} {attempt.reason}".strip()
        raise TemporaryFailure(words, code=error.smtp_code) from error


def _words(raw: bytes | str) -> str:
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    return " ".join(text.split())[:500]


def _result(recipient: str, code: int, words: bytes) -> RecipientResult:
    if 200 <= code < 300:
        return RecipientResult(address=recipient, state="sent", code=code)
    is_final = 500 <= code < 600 and code not in _AUTHENTICATION_CODES
    return RecipientResult(
        address=recipient, state="failed" if is_final else "retry", code=code, reason=_words(words)
    )
