"""A real IMAP server on a free port of the loopback: Debian's dovecot, or pymap in its own environment."""

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, Self

import pytest

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
PYMAP = Path(__file__).parents[2] / ".build" / "pymap" / "bin" / "pymap"
USER = "support@okno.example"
PASSWORD = "correct-horse"

_CONFIG = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
mail_location = maildir:{root}/mail
auth_mechanisms = plain login
disable_plaintext_auth = no
ssl = {ssl}
{certificate}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class ImapServer(ABC):
    """One server with one empty inbox; use as a context manager."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="okno-imap-"))
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _command(self) -> list[str]: ...

    def _options(self) -> dict[str, Any]:
        return {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> None:
        """Start the server and return when it answers."""
        self._process = subprocess.Popen(
            self._command(),
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._options(),
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    log = self.root / "log"
                    pytest.fail("the IMAP server did not start: " + (log.read_text() if log.exists() else ""))
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop the server and its children."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def client(self) -> imaplib.IMAP4:
        """Return a signed-in client of the test's own."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login(USER, PASSWORD)
        client.select("INBOX")
        return client

    def deliver(self, *mails: bytes, flags: str = "") -> None:
        """Put mails into the inbox."""
        client = self.client()
        for mail in mails:
            kind, answer = client.append("INBOX", flags, "", mail)
            assert kind == "OK", answer
        client.logout()

    def flags(self) -> list[str]:
        """Return the flags of all mails in the inbox."""
        client = self.client()
        _, answers = client.fetch("1:*", "(FLAGS)")
        client.logout()
        return [answer.decode() for answer in answers if isinstance(answer, bytes)]


class Dovecot(ImapServer):
    """Debian's server, which keeps its mail on the disk and speaks TLS if given a certificate."""

    def __init__(self, *, certificate: tuple[Path, Path] | None = None) -> None:
        if DOVECOT is None:
            _absent("dovecot: apt-get install dovecot-imapd")
        super().__init__()
        self.tls_port = _free_port()
        self._user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        account = pwd.getpwnam(self._user)
        (self.root / "run").mkdir()
        (self.root / "mail").mkdir()
        tls = ""
        if certificate:
            for name, path in zip(("certificate.pem", "key.pem"), certificate, strict=True):
                (self.root / name).write_bytes(path.read_bytes())
            tls = f"ssl_cert = <{self.root}/certificate.pem\nssl_key = <{self.root}/key.pem"
        config = _CONFIG.format(
            root=self.root,
            user=self._user,
            group=grp.getgrgid(account.pw_gid).gr_name,
            password=PASSWORD,
            port=self.port,
            tls_port=self.tls_port if certificate else 0,
            ssl="yes" if certificate else "no",
            certificate=tls,
        )
        (self.root / "dovecot.conf").write_text(config)
        for path in (self.root, *self.root.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)

    def _command(self) -> list[str]:
        return [DOVECOT or "", "-F", "-c", str(self.root / "dovecot.conf")]

    def _options(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        return {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}

    def change_uidvalidity(self) -> None:
        """Give the inbox another UIDVALIDITY, as a server does that was restored from a backup."""
        self.stop()
        for path in (*self.root.rglob("dovecot*index*"), *self.root.rglob("dovecot-uid*")):
            path.unlink()
        # UIDVALIDITY is the time in seconds, so the next one must be another second.
        time.sleep(1.1)
        self.start()


class Pymap(ImapServer):
    """A server in Python that needs nothing of the machine; it forgets its mail when it stops."""

    def __init__(self) -> None:
        if not PYMAP.is_file():
            _absent("pymap, which “./okno test” installs")
        super().__init__()

    def _command(self) -> list[str]:
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--no-tls"]
        return [str(PYMAP), *place, "dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]

    def start(self) -> None:
        """Start the server and empty its inbox, which comes with demonstration mail."""
        super().start()
        client = self.client()
        client.store("1:*", "+FLAGS", r"(\Deleted)")
        client.expunge()
        client.logout()


def make_imap_server() -> ImapServer:
    """Return dovecot where it is installed, else pymap."""
    return Dovecot() if DOVECOT else Pymap()


def _absent(what: str) -> None:
    """Skip the test, but never in CI, where everything must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
