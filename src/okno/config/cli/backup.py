"""Backups: `backup`, `backup verify`, `restore`, `release`."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from pathlib import Path

from okno.config.cli.parser import Commands, Parser, installation_options, json_option
from okno.config.data_dir import write_private
from okno.config.env import SECRET_KEY_FILE, read_secret_key
from okno.config.errors import CommandError
from okno.config.installation import Installation, checked_environment, locate, migrate, reached, say

PASSPHRASE_VARIABLE = "OKNO_BACKUP_PASSPHRASE"  # noqa: S105 - the name of a variable


def add_commands(commands: Commands) -> None:
    """Add the commands about backups."""
    shared, report = installation_options(), json_option()
    sealing = Parser(add_help=False)
    sealing.add_argument(
        "--encrypt", action="store_true", help=f"ask for a passphrase, or take it from {PASSPHRASE_VARIABLE}"
    )
    backup = commands.add_parser(
        "backup",
        parents=[shared, report, sealing],
        help="write everything into one file, while Okno runs",
        description="Write database, files and keys into one file. Okno may go on running. "
        "“okno backup verify FILE” reads one through instead.",
    )
    backup.add_argument("words", nargs="+", metavar="FILE", help="file to write; or: verify FILE")
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser(
        "restore",
        parents=[shared, report],
        help="put a backup into an empty data folder or database",
        description="Put a backup back. What comes of it sends nothing and fetches nothing until “okno release”.",
    )
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(run=run_restore)
    release = commands.add_parser(
        "release", parents=[shared], help="let a restored desk send and fetch again"
    )
    release.set_defaults(run=run_release)


def run_backup(arguments: argparse.Namespace) -> int:
    """Write a backup, or read one through."""
    words: list[str] = arguments.words
    if words[0] == "verify" and len(words) == 2:
        return _verify(arguments, Path(words[1]))
    if len(words) != 1:
        raise CommandError("Name one file: okno backup FILE, or okno backup verify FILE.", status=2)
    path = Path(words[0]).expanduser().absolute()
    installation = locate(arguments.data)
    from okno.config.backup.making import write_backup  # noqa: PLC0415 - only where it is needed
    from okno.lib.clock import current_time  # noqa: PLC0415

    with reached(installation, migrated=False):
        manifest = write_backup(
            path,
            owner_url=_owner_url(),
            data_dir=installation.data_dir,
            secret_key=checked_environment().secret_key or read_secret_key(installation.data_dir),
            passphrase=_new_passphrase() if arguments.encrypt else None,
            now=current_time(),
            progress=Progress("Backup"),
        )
    _report(arguments, path, manifest.rows, manifest.files, path.stat().st_size)
    for place in manifest.missing:
        say(f"Missing already before the backup: {place}")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Put a backup back, in an order in which an interrupted one is noticed and can be repeated."""
    from okno.config.backup import archive, restoring  # noqa: PLC0415 - only where it is needed

    installation = locate(arguments.data)
    with archive.opened(arguments.file, _known_passphrase(arguments.file)) as reader:
        _adopt_key(installation, reader.key())
        with reached(installation, migrated=False):
            from okno.config.installation import load_application  # noqa: PLC0415

            restoring.assert_empty(_owner_url())
            load_application()
            wanted = restoring.structure_of(reader.manifest, restoring.known_migrations())
            # Files first: rows without their files would look like a whole desk.
            restoring.load_files(reader, data_dir=installation.data_dir, progress=Progress("Restore"))
            restoring.migrate_to(wanted)
            restoring.load_rows(reader, owner_url=_owner_url(), progress=Progress("Restore"))
            migrate()
            restoring.silence(_owner_url())
        manifest = reader.manifest
    _report(arguments, arguments.file, manifest.rows, manifest.files, arguments.file.stat().st_size)
    say(
        "It sends nothing and fetches nothing until you say “okno release”, or an administrator does in the browser."
    )
    return 0


def run_release(arguments: argparse.Namespace) -> int:
    """Let every workspace send and fetch again."""
    with reached(locate(arguments.data)):
        from okno.tenancy.commands import release_all  # noqa: PLC0415 - needs the application

        count = release_all()
    say(f"{count} released." if count else "Nothing was held back.")
    return 0


class Progress:
    """Shows how far it is: a line that is rewritten at a terminal, nothing elsewhere."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._shown = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show a step, at most ten times a second."""
        now = time.monotonic()
        if not sys.stderr.isatty() or (done < total and now - self._shown < 0.1):
            return
        self._shown = now
        end = "\n" if done >= total else ""
        sys.stderr.write(f"\r{self._title}: {done} of {total} {what}{end}")
        sys.stderr.flush()


def _verify(arguments: argparse.Namespace, path: Path) -> int:
    from okno.config.backup import archive, restoring  # noqa: PLC0415 - only where it is needed

    with archive.opened(path, _known_passphrase(path)) as reader:
        manifest = restoring.verify(reader, progress=Progress("Reading"))
    _report(arguments, path, manifest.rows, manifest.files, path.stat().st_size)
    return 0


def _owner_url() -> str:
    url = checked_environment().database_owner_url
    if url is None:
        raise CommandError(
            "Set OKNO_DATABASE_OWNER_URL: only the owner can read and fill all tables.", status=2
        )
    return url


def _adopt_key(installation: Installation, key: str | None) -> None:
    """Put the backup's key where Okno looks for it, before anything reads it."""
    if key is None:
        raise CommandError("The backup has no secret key.")
    path = installation.data_dir / SECRET_KEY_FILE
    named = checked_environment().secret_key
    present = named or (path.read_text().strip() if path.exists() else None)
    if present not in (None, key):
        raise CommandError(
            "There is another secret key here already, with which the backup's passwords cannot be read. "
            + ("OKNO_SECRET_KEY must be the one that it was made with." if named else f"Remove {path} first.")
        )
    if named is None:
        installation.data_dir.mkdir(parents=True, exist_ok=True)
        write_private(path, key)


def _new_passphrase() -> str:
    given = os.environ.get(PASSPHRASE_VARIABLE) or _asked("Passphrase: ", "Once more: ")
    if len(given) < 12:
        raise CommandError("A passphrase has 12 characters at least.", status=2)
    return given


def _known_passphrase(path: Path) -> str | None:
    from okno.config.backup.sealing import is_sealed  # noqa: PLC0415 - only where it is needed

    try:
        with path.open("rb") as file:
            if not is_sealed(file):
                return None
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    return os.environ.get(PASSPHRASE_VARIABLE) or _asked("Passphrase: ")


def _asked(question: str, again: str = "") -> str:
    if not sys.stdin.isatty():
        raise CommandError(f"Set {PASSPHRASE_VARIABLE}: there is nobody to ask.", status=2)
    given = getpass.getpass(question)
    if again and getpass.getpass(again) != given:
        raise CommandError("These were two different ones.", status=2)
    return given


def _report(arguments: argparse.Namespace, path: Path, rows: int, files: int, size: int) -> None:
    import json  # noqa: PLC0415

    if arguments.json:
        print(json.dumps({"file": str(path), "rows": rows, "files": files, "bytes": size}))
    else:
        print(f"{path}: {rows} rows, {files} files, {size / 1_000_000:.1f} MB")
