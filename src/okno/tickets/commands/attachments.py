"""Files: uploaded by members before they send, or come with mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from okno.channels.email.models import MailLook
from okno.lib.errors import Denied, Invalid
from okno.lib.stores import file_store
from okno.spine.actor import Actor
from okno.spine.timers import set_timer
from okno.spine.unit import command
from okno.team.policy import TICKETS_NOTE, is_granted
from okno.tenancy.models import Workspace
from okno.tickets.models import Attachment, Draft

FILE_SIZE_LIMIT = 50 * 1024 * 1024
MESSAGE_SIZE_LIMIT = 100 * 1024 * 1024
FILENAME_LENGTH = 200
UNUSED_UPLOADS_KEPT = timedelta(days=2)
FORGOTTEN_AT_ONCE = 1000
FORGET_TIMER = "tickets.forget_files"
# A file that was stored so recently may belong to a message that is being written this moment.
SETTLED_AFTER = timedelta(minutes=10)

FileKeeper = Callable[[set[str]], set[str]]
# Layers above have files of their own in the store: each says which of some hashes it has.
_KEEPERS: list[FileKeeper] = []


@command
def keep_upload(
    *,
    actor: Actor,
    filename: str,
    content_type: str,
    sha256: str,
    size: int,
    is_inline: bool = False,
    now: datetime,
) -> Attachment:
    """Register a file that is already in the store, for a message that its uploader will send. Raises Denied."""
    if actor.member_id is None or not is_granted(actor, TICKETS_NOTE):
        raise Denied(_("You may not add files."))
    key = uuid4()
    return Attachment.objects.create(
        uploaded_by_id=actor.member_id,
        filename=clean_filename(filename),
        content_type=content_type,
        sha256=sha256,
        size=size,
        is_inline=is_inline,
        content_id=f"{key.hex}@okno" if is_inline else "",
        key=key,
        created_at=now,
    )


def forget_unused_uploads(*, workspace_id: int, now: datetime) -> int:
    """Delete uploads that no message and no draft has used in two days, with their files; returns how many."""
    before = now - UNUSED_UPLOADS_KEPT
    drafted = {key for keys in Draft.objects.values_list("attachment_keys", flat=True) for key in keys}
    unused = [
        attachment
        for attachment in Attachment.objects.filter(message__isnull=True, created_at__lt=before)[
            :FORGOTTEN_AT_ONCE
        ]
        if str(attachment.key) not in drafted
    ]
    Attachment.objects.filter(pk__in=[attachment.pk for attachment in unused]).delete()
    for sha256 in _unused({attachment.sha256 for attachment in unused}):
        file_store().forget(workspace_id, sha256, older_than=before)
    file_store().sweep(workspace_id, older_than=before)
    return len(unused)


def forget_files_later(hashes: Sequence[str], *, now: datetime) -> None:
    """Let the bytes of deleted files go too, once the deletion has surely committed. Part of a command."""
    if hashes:
        payload = {"sha256": sorted(set(hashes))}
        set_timer(kind=FORGET_TIMER, key=uuid4().hex, due_at=now + 2 * SETTLED_AFTER, payload=payload)


def forget_files(hashes: Sequence[str], *, workspace_id: int, now: datetime) -> None:
    """Delete the bytes of those files that nothing has any more."""
    for sha256 in _unused(hashes):
        file_store().forget(workspace_id, sha256, older_than=now - SETTLED_AFTER)


def keeps_files(keeper: FileKeeper) -> FileKeeper:
    """Register a function that returns which of these hashes are of files that its own rows still have."""
    _KEEPERS.append(keeper)
    return keeper


def _unused(hashes: Iterable[str]) -> set[str]:
    """Return the hashes that no attachment has. A logo of ours comes back with every answer and stays all the same."""
    wanted = set(hashes)
    used = set(Attachment.objects.filter(sha256__in=wanted).values_list("sha256", flat=True))
    logos = set(MailLook.objects.filter(logo_sha256__in=wanted).values_list("logo_sha256", flat=True))
    logos |= set(Workspace.objects.filter(logo_sha256__in=wanted).values_list("logo_sha256", flat=True))
    return wanted - used - logos - {kept for keeper in _KEEPERS for kept in keeper(wanted)}


def uploaded_attachments(actor: Actor, keys: Sequence[UUID]) -> list[Attachment]:
    """Return the actor's uploads of these keys that no message has yet. Raises Invalid for others."""
    if not keys:
        return []
    found = list(
        Attachment.objects.select_for_update(no_key=True, of=("self",)).filter(
            key__in=keys, uploaded_by_id=actor.member_id, message__isnull=True
        )
    )
    if len(found) != len(set(keys)):
        raise Invalid(_("A file is missing; add it again."), fields={"attachments": [_("Unknown file.")]})
    if sum(attachment.size for attachment in found) > MESSAGE_SIZE_LIMIT:
        raise Invalid(
            _("The files are too large for one message."), fields={"attachments": [_("Too large.")]}
        )
    return found


def clean_filename(filename: str) -> str:
    """Return a file's name as it is shown: no path, nothing invisible, never empty."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(
        character for character in last if character.isprintable() and character not in '<>:"|?*'
    )
    return visible.strip(" .")[:FILENAME_LENGTH] or "file"
