"""Files that members send: streamed into the file store as they come, refused as soon as they are too large."""

from __future__ import annotations

import errno
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _

from okno.channels.email.attachments import sniff_type
from okno.console.identity import ConsoleRequest
from okno.lib.blobs import BlobWriter
from okno.lib.errors import DomainError, Invalid
from okno.lib.stores import file_store
from okno.tickets.commands.attachments import FILE_SIZE_LIMIT, keep_upload
from okno.tickets.models import Attachment
from okno.ui.answers import is_picture
from okno.ui.templatetags.okno_ui import file_size

_HEAD_BYTES = 64 * 1024


class NoSpace(DomainError):
    """The disk is full; nothing of the file was kept."""

    code = "no_space"
    status = 507


class TooLarge(Invalid):
    """The file is larger than one may be."""

    code = "too_large"
    status = 413


class StoredUpload(UploadedFile):  # type: ignore[type-arg]
    """A file that is in the store already; `problem` says why it is not."""

    def __init__(
        self, *, name: str, content_type: str, size: int, sha256: str = "", problem: str = ""
    ) -> None:
        super().__init__(None, name, content_type, size)
        self.sha256 = sha256
        self.problem = problem


class StoreUploadHandler(FileUploadHandler):
    """Writes uploads of members into the file store; what strangers send is read past and kept nowhere."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._writer: BlobWriter | None = None
        self._head = b""
        self._problem = ""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file. Raises SkipFile for whoever is not a member."""
        super().new_file(*args, **kwargs)
        request = cast("ConsoleRequest", self.request)
        if getattr(request, "member", None) is None:
            raise SkipFile
        self._head, self._problem = b"", ""
        self._writer = self._guarded_open(request.workspace.pk)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take the next piece; after a problem the rest is read past."""
        writer = self._writer
        if writer is None:
            return None
        if len(self._head) < _HEAD_BYTES:
            self._head += raw_data[: _HEAD_BYTES - len(self._head)]
        if writer.size + len(raw_data) > FILE_SIZE_LIMIT:
            self._give_up(TooLarge.code)
            return None
        try:
            writer.write(raw_data)
        except OSError as error:
            self._give_up(_problem(error))
        return None

    def file_complete(self, file_size: int) -> StoredUpload:
        """Make the file durable and return its name."""
        name = self.file_name or "file"
        content_type = sniff_type(
            self._head, filename=name, declared=self.content_type or "application/octet-stream"
        )
        if self._writer is not None:
            try:
                blob = self._writer.commit()
                self._writer = None
                return StoredUpload(name=name, content_type=content_type, size=blob.size, sha256=blob.sha256)
            except OSError as error:
                self._give_up(_problem(error))
        return StoredUpload(name=name, content_type=content_type, size=file_size, problem=self._problem)

    def upload_interrupted(self) -> None:
        """Forget a file whose sender went away."""
        self._give_up("")

    def _guarded_open(self, workspace_id: int) -> BlobWriter | None:
        try:
            return file_store().writer(workspace_id)
        except OSError as error:
            self._problem = _problem(error)
            return None

    def _give_up(self, problem: str) -> None:
        self._problem = problem
        if self._writer is not None:
            self._writer.discard()
            self._writer = None


def register(
    request: ConsoleRequest, upload: UploadedFile[Any], *, is_inline: bool = False, now: datetime
) -> Attachment:
    """Register a received file as the member's upload. Raises TooLarge, NoSpace, Invalid, Denied."""
    if not isinstance(upload, StoredUpload) or upload.problem or not upload.sha256:
        raise _refusal(getattr(upload, "problem", ""), upload.name or "")
    return keep_upload(
        actor=request.actor,
        filename=upload.name or "file",
        content_type=upload.content_type or "application/octet-stream",
        sha256=upload.sha256,
        size=upload.size or 0,
        is_inline=is_inline and is_picture(upload.content_type or ""),
        now=now,
    )


def keys_in(values: list[str]) -> list[UUID]:
    """Return the upload keys that a form named; what is none is passed over."""
    keys = []
    for value in values:
        try:
            keys.append(UUID(value))
        except ValueError:
            continue
    return keys


def _problem(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpace.code
    raise error


def _refusal(problem: str, name: str) -> DomainError:
    if problem == TooLarge.code:
        words = _("“%(name)s” is too large: a file may have %(limit)s. Put it elsewhere and send the link.")
        return TooLarge(words % {"name": name, "limit": file_size(FILE_SIZE_LIMIT)})
    if problem == NoSpace.code:
        return NoSpace(
            _("There is no room for this file on the server. Nothing was lost; tell an administrator.")
        )
    return Invalid(
        _("The file did not arrive whole. Add it again."), fields={"file": [_("Did not arrive whole.")]}
    )
