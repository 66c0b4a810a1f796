"""Files that come in pieces: begun with their size, sent piece by piece, used like any other file."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, Router
from pydantic import Field

from okno.api.answers.base import Answer
from okno.api.answers.messages import AttachmentAnswer, attachment_answer
from okno.api.callers import ApiRequest
from okno.api.inputs import LARGEST, Given, Name, PathKey, Plain, Whole
from okno.api.limits import CHUNK
from okno.api.models import Upload
from okno.api.problems import Refused
from okno.api.rights import needs
from okno.api.uploads import (
    CHUNK_LIMIT,
    OFFSET,
    attachment_of,
    begin_upload,
    find_upload,
    give_up,
    take_piece,
)
from okno.team.policy import TICKETS_NOTE

router = Router(tags=["uploads"])

Offset = Annotated[
    int, Header(ge=0, le=LARGEST, alias=OFFSET, description="How many bytes are there already.")
]
_OFFSET_TOLD: dict[str, Any] = {
    "headers": {OFFSET: {"description": "How many bytes are there for sure.", "schema": {"type": "string"}}}
}
_PIECE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": f"The next bytes, {CHUNK_LIMIT} at most.",
        "content": {CHUNK: {"schema": {"type": "string", "format": "binary"}}},
    },
    "responses": {200: _OFFSET_TOLD},
}


class NewUploadBody(Given):
    """A file that is to come in pieces."""

    filename: Annotated[Name, Field(min_length=1)]
    size: Annotated[Whole, Field(ge=1, le=LARGEST)] = Field(description="In bytes.")
    sha256: Annotated[
        Plain, Field(json_schema_extra={"pattern": "^([0-9a-f]{64})?$"}, pattern="^([0-9a-f]{64})?$")
    ] = Field("", description="What the bytes must be, as a hexadecimal digest; checked with the last piece.")


class UploadAnswer(Answer):
    """A file on its way."""

    key: UUID
    filename: str
    size: int
    received: int = Field(description="So many bytes are there for sure: where the next piece begins.")
    expires_at: datetime = Field(description="When it is forgotten if no piece comes.")
    attachment: AttachmentAnswer | None = Field(description="The file, once it is whole.")


@router.post("/uploads", response={201: UploadAnswer}, auth=needs(TICKETS_NOTE))
def create_upload(request: ApiRequest, response: HttpResponse, body: NewUploadBody) -> UploadAnswer:
    """Begin a file of up to 50 MiB that comes in pieces; 50 of one member may be unfinished."""
    upload = begin_upload(
        actor=request.actor, filename=body.filename, size=body.size, sha256=body.sha256, now=request.now
    )
    response["Location"] = f"/api/v1/uploads/{upload.key}"
    return _answer(upload, response)


@router.get(
    "/uploads/{key}",
    response=UploadAnswer,
    auth=needs(TICKETS_NOTE),
    openapi_extra={"responses": {200: _OFFSET_TOLD}},
)
def read_upload(request: ApiRequest, response: HttpResponse, key: PathKey) -> UploadAnswer:
    """Return how much of a file is there, to go on after a broken connection."""
    return _answer(find_upload(actor=request.actor, key=key, now=request.now), response)


@router.patch("/uploads/{key}", response=UploadAnswer, auth=needs(TICKETS_NOTE), openapi_extra=_PIECE)
def continue_upload(
    request: ApiRequest, response: HttpResponse, key: PathKey, offset: Offset
) -> UploadAnswer:
    """Send the next bytes; with the last of them the file is whole, and may be attached by its key.

    Bytes that do not begin where the former ended are refused by 409, with the place in `Upload-Offset`.
    """
    if len(request.body) > CHUNK_LIMIT:
        raise Refused(_("The request is too large."), status=413, code="too_large")
    upload = take_piece(actor=request.actor, key=key, offset=offset, data=request.body, now=request.now)
    return _answer(upload, response)


@router.delete("/uploads/{key}", response={204: None}, auth=needs(TICKETS_NOTE))
def delete_upload(request: ApiRequest, key: PathKey) -> None:
    """Give up a file that is on its way, or forget that one has come; the file itself stays."""
    give_up(actor=request.actor, key=key, now=request.now)


def _answer(upload: Upload, response: HttpResponse) -> UploadAnswer:
    response[OFFSET] = str(upload.received)
    whole = attachment_of(upload)
    return UploadAnswer(
        key=upload.key,
        filename=upload.filename,
        size=upload.size,
        received=upload.received,
        expires_at=upload.expires_at,
        attachment=None if whole is None else attachment_answer(whole),
    )
