"""Files that requesters send: written down as they come, but forgotten with the request unless it is taken.

A name is only a label: bytes are kept under their hash, outside of everything that is served or run.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from okno.channels.email.attachments import sniff_type
from okno.lib.blobs import BlobWriter
from okno.lib.errors import Unavailable
from okno.lib.stores import file_store
from okno.tickets.commands.attachments import FILE_SIZE_LIMIT, MESSAGE_SIZE_LIMIT
from okno.tickets.commands.submit import NewFile
from okno.ui.templatetags.okno_ui import file_size

HEAD_BYTES = 64 * 1024
FORM_BYTES = 4 * 1024 * 1024
"""What a request may have besides its files."""
TOO_LARGE, TOO_MANY, NO_SPACE, BROKEN = "too_large", "too_many", "no_space", "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one request may bring: number of files, bytes of one, bytes of all."""

    count: int = 20
    file_size: int = FILE_SIZE_LIMIT
    total_size: int = MESSAGE_SIZE_LIMIT


KNOWN = Limits()
"""Whoever has proven who he is."""
STRANGER = Limits(count=10, file_size=25 * 1024 * 1024, total_size=50 * 1024 * 1024)


class PendingFile(UploadedFile):  # type: ignore[type-arg]
    """A file that has come; `problem` says why it cannot be taken. Nothing keeps it but `keep`."""

    def __init__(
        self,
        *,
        name: str,
        content_type: str,
        size: int,
        limits: Limits,
        writer: BlobWriter | None = None,
        problem: str = "",
    ) -> None:
        super().__init__(None, name, content_type, size)
        self.problem = problem
        self.limits = limits
        self._writer = writer

    def keep(self) -> NewFile:
        """Make the file durable. Raises Unavailable if there is no room."""
        if self._writer is None:
            raise ValueError("a file with a problem is not kept")
        try:
            blob = self._writer.commit()
        except OSError as error:
            raise Unavailable(_("There is no room for the file on the server now."), code=NO_SPACE) from error
        return NewFile(
            filename=self.name or "file",
            content_type=self.content_type or "application/octet-stream",
            size=blob.size,
            sha256=blob.sha256,
        )

    def close(self) -> None:
        """Forget what nothing has kept; Django does this when the request is over."""
        if self._writer is not None:
            self._writer.discard()


class RequesterUploadHandler(FileUploadHandler):
    """Writes files beside the store; what is too much is read past and kept nowhere."""

    def __init__(self, request: Any, limits: Limits) -> None:
        super().__init__(request)
        self._limits = limits
        self._count = self._total = 0
        self._head = b""
        self._problem = ""
        self._writer: BlobWriter | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._head, self._problem, self._writer = b"", "", None
        self._count += 1
        if self._count > self._limits.count:
            self._problem = TOO_MANY
            return
        try:
            self._writer = file_store().writer(self.request.workspace.pk)  # type: ignore[union-attr]
        except OSError as error:
            self._give_up(_problem_of(error))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take the next piece; after a problem the rest is read past."""
        if self._writer is None:
            return None
        self._total += len(raw_data)
        is_too_large = self._writer.size + len(raw_data) > self._limits.file_size
        if is_too_large or self._total > self._limits.total_size:
            self._give_up(TOO_LARGE)
            return None
        if len(self._head) < HEAD_BYTES:
            self._head += raw_data[: HEAD_BYTES - len(self._head)]
        try:
            self._writer.write(raw_data)
        except OSError as error:
            self._give_up(_problem_of(error))
        return None

    def file_complete(self, file_size: int) -> PendingFile:
        """Return the file as it waits for the request to be taken."""
        name = self.file_name or "file"
        writer, self._writer = self._writer, None
        return PendingFile(
            name=name,
            # By its bytes alone: what a browser says of a file is what its sender wants it to say.
            content_type=sniff_type(self._head, filename=name, declared=""),
            size=writer.size if writer else file_size,
            limits=self._limits,
            writer=writer,
            problem=self._problem,
        )

    def upload_interrupted(self) -> None:
        """Forget a file whose sender went away."""
        self._give_up(BROKEN)

    def _give_up(self, problem: str) -> None:
        self._problem = problem
        if self._writer is not None:
            self._writer.discard()
            self._writer = None


def takes_files(limits: Limits, *, has_csrf: bool = True) -> Callable[..., Callable[..., HttpResponseBase]]:
    """Let a view take files of requesters. Without `has_csrf` the view itself proves where its form came from."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        guarded = csrf_protect(view) if has_csrf else view

        @csrf_exempt  # Only so that the handler is there before the proof is read out of the form.
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.upload_handlers = [RequesterUploadHandler(request, limits)]
            return guarded(request, *args, **kwargs)

        return run

    return decorate


def is_readable(request: HttpRequest, limits: Limits) -> bool:
    """Tell whether a sent form is small enough to be read at all; reads it."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > limits.total_size + FORM_BYTES:
        return False
    try:
        return request.POST is not None
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        return False


def problem_words(file: PendingFile) -> str:
    """Say why a file cannot be taken, and what to do."""
    limits = file.limits
    if file.problem == TOO_MANY:
        return _("At most %(count)d files go with one request. Send the others as an answer to our mail.") % {
            "count": limits.count
        }
    if file.problem == TOO_LARGE:
        words = _(
            "“%(name)s” is too large: one file may have %(limit)s, all together %(total)s. "
            "Put it elsewhere and write where it is."
        )
        return words % {
            "name": file.name,
            "limit": file_size(limits.file_size),
            "total": file_size(limits.total_size),
        }
    if file.problem == NO_SPACE:
        return _("There is no room for “%(name)s” on the server now.") % {"name": file.name}
    return _("“%(name)s” did not arrive whole. Add it again.") % {"name": file.name}


def _problem_of(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NO_SPACE
    raise error
