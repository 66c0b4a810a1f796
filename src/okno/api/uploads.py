"""Files that come in pieces: a broken connection costs one piece, a crash none that was acknowledged.

The row tells how much is there for sure. A piece is written behind that, synced, and only then counted; what a crash
left behind the counted bytes is cut off before the next piece.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from okno.api.models import Upload
from okno.api.problems import Refused
from okno.channels.email.attachments import sniff_type
from okno.lib.blobs import CHUNK_BYTES, Blob
from okno.lib.errors import Conflict, Denied, Invalid, NotFound
from okno.lib.stores import file_store
from okno.spine.actor import Actor
from okno.tenancy.scope import current_workspace_id
from okno.tickets.commands.attachments import FILE_SIZE_LIMIT, clean_filename, keep_upload
from okno.tickets.models import Attachment

OFFSET = "Upload-Offset"
CHUNK_LIMIT = 4 * 1024 * 1024
UNFINISHED_LIMIT = 50
KEPT = timedelta(days=1)
_HEAD_BYTES = 64 * 1024
_FORGOTTEN_AT_ONCE = 1000


def begin_upload(*, actor: Actor, filename: str, size: int, sha256: str, now: datetime) -> Upload:
    """Make room for a file of a known size. Raises Denied, Refused if it is too large, Conflict beyond the limit."""
    if actor.member_id is None:
        raise Denied(_("You may not add files."))
    if size > FILE_SIZE_LIMIT:
        raise Refused(_("The file is too large."), status=413, code="too_large")
    mine = Upload.objects.filter(member_id=actor.member_id, attachment_key=None, expires_at__gt=now)
    if mine.count() >= UNFINISHED_LIMIT:
        words = _("%(count)d files are on their way already; finish or give up some.") % {
            "count": UNFINISHED_LIMIT
        }
        raise Conflict(words, code="too_many_uploads")
    return Upload.objects.create(
        key=uuid4(),
        member_id=actor.member_id,
        filename=clean_filename(filename),
        size=size,
        sha256=sha256,
        created_at=now,
        expires_at=now + KEPT,
    )


def find_upload(*, actor: Actor, key: UUID, now: datetime, is_locked: bool = False) -> Upload:
    """Return an upload of the actor's own that has not expired. Raises NotFound."""
    rows = Upload.objects.filter(key=key, member_id=actor.member_id or 0, expires_at__gt=now)
    if is_locked:
        rows = rows.select_for_update(no_key=True, of=("self",))
    found: Upload | None = rows.first()
    if found is None:
        raise NotFound(_("There is no such upload; it is forgotten a day after its last piece."))
    return found


def take_piece(*, actor: Actor, key: UUID, offset: int, data: bytes, now: datetime) -> Upload:
    """Write the next piece; with the last one the file is whole. Raises NotFound, Refused, Invalid.

    The same piece sent again after an answer that got lost is refused with the offset to go on from.
    """
    upload = find_upload(actor=actor, key=key, now=now, is_locked=True)
    if offset != upload.received:
        words = _("%(count)d bytes are there; go on behind them.") % {"count": upload.received}
        headers = {OFFSET: str(upload.received)}
        raise Refused(words, status=409, code="wrong_offset", headers=headers)
    if offset + len(data) > upload.size:
        words = _("This is more than the %(count)d bytes that were announced.") % {"count": upload.size}
        raise Invalid(words, code="too_long", fields={"size": [words]})
    if not data:
        return upload
    _append(upload, data)
    upload.received += len(data)
    upload.expires_at = now + KEPT
    if upload.received == upload.size:
        upload.attachment_key = _finish(actor, upload, now=now).key
    upload.save(update_fields=["received", "expires_at", "attachment_key"])
    return upload


def give_up(*, actor: Actor, key: UUID, now: datetime) -> None:
    """Forget an upload and what has come of it; a file that is whole stays one. Raises NotFound."""
    upload = find_upload(actor=actor, key=key, now=now, is_locked=True)
    upload.delete()
    _delete_later(_path(upload))


def attachment_of(upload: Upload) -> Attachment | None:
    """Return the file that an upload has become, or None."""
    if upload.attachment_key is None:
        return None
    return Attachment.objects.filter(key=upload.attachment_key).first()


def forget_expired_uploads(*, now: datetime) -> int:
    """Delete uploads whose time is over, with what has come of them; return how many."""
    expired = list(Upload.objects.filter(expires_at__lte=now).order_by("id")[:_FORGOTTEN_AT_ONCE])
    Upload.objects.filter(pk__in=[upload.pk for upload in expired]).delete()
    for upload in expired:
        _delete_later(_path(upload))
    return len(expired)


def _append(upload: Upload, data: bytes) -> None:
    path = _path(upload)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        if os.fstat(handle).st_size < upload.received:
            raise NotFound(_("What came of this upload is lost; begin again."), code="upload_lost")
        os.ftruncate(handle, upload.received)
        os.lseek(handle, upload.received, os.SEEK_SET)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if upload.received == 0:
        _sync(path.parent)


def _finish(actor: Actor, upload: Upload, *, now: datetime) -> Attachment:
    blob, head = _stored(_path(upload))
    if upload.sha256 and blob.sha256 != upload.sha256:
        words = _("The bytes that came are not those that were announced; give it up and begin again.")
        raise Invalid(words, code="wrong_checksum", fields={"sha256": [words]})
    _delete_later(_path(upload))
    return keep_upload(
        actor=actor,
        filename=upload.filename,
        content_type=sniff_type(head, filename=upload.filename, declared=""),
        sha256=blob.sha256,
        size=blob.size,
        now=now,
    )


def _stored(path: Path) -> tuple[Blob, bytes]:
    """Copy a whole file into the store; return its name there and how it begins."""
    with path.open("rb") as file, file_store().writer(current_workspace_id()) as writer:
        head = file.read(_HEAD_BYTES)
        writer.write(head)
        while chunk := file.read(CHUNK_BYTES):
            writer.write(chunk)
        return writer.commit(), head


def _delete_later(path: Path) -> None:
    """Delete a file once nothing can bring its row back."""
    transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def _path(upload: Upload) -> Path:
    return file_store().temporary_folder(upload.workspace_id) / f"upload-{upload.key.hex}"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
