"""A real IMAP server on a free port of the loopback: Debian's dovecot, apart from the system's own."""

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
from pathlib import Path
from typing import Self

import pytest

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
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


class ImapServer:
    """Run dovecot with one mailbox; use as a context manager."""

    def __init__(self, *, certificate: tuple[Path, Path] | None = None) -> None:
        if DOVECOT is None:
            pytest.skip("needs dovecot: apt-get install dovecot-imapd")
        self.root = Path(tempfile.mkdtemp(prefix="okno-imap-"))
        self.port = _free_port()
        self.tls_port = _free_port()
        self._user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        account = pwd.getpwnam(self._user)
        group = grp.getgrgid(account.pw_gid).gr_name
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
            group=group,
            password=PASSWORD,
            port=self.port,
            tls_port=self.tls_port if certificate else 0,
            ssl="yes" if certificate else "no",
            certificate=tls,
        )
        (self.root / "dovecot.conf").write_text(config)
        for path in (self.root, *self.root.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> None:
        """Start the server and return when it answers."""
        assert DOVECOT is not None
        run_as = {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}
        self._process = subprocess.Popen(
            [DOVECOT, "-F", "-c", str(self.root / "dovecot.conf")],
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **(run_as if os.geteuid() == 0 else {}),  # type: ignore[call-overload]
        )
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    log = self.root / "log"
                    pytest.fail("dovecot did not start: " + (log.read_text() if log.exists() else ""))
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

    def change_uidvalidity(self) -> None:
        """Give the inbox another UIDVALIDITY, as a server does that was restored from a backup."""
        self.stop()
        for path in self.root.rglob("dovecot*index*"):
            path.unlink()
        for path in self.root.rglob("dovecot-uid*"):
            path.unlink()
        # UIDVALIDITY is the time in seconds, so the next one must be another second.
        time.sleep(1.1)
        self.start()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
