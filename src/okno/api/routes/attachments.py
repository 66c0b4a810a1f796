"""Files: sent before the message that they belong to, and fetched by their random keys."""

from __future__ import annotations

from typing import Annotated, BinaryIO, cast

from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Router
from ninja.files import UploadedFile

from okno.api.answers.messages import AttachmentAnswer, attachment_answer
from okno.api.callers import ApiRequest
from okno.api.inputs import PathKey
from okno.api.problems import Refused
from okno.api.rights import needs
from okno.channels.email.attachments import sniff_type
from okno.lib.errors import NotFound
from okno.lib.stores import file_store
from okno.spine.actor import Actor
from okno.team.policy import TICKETS_NOTE, TICKETS_READ
from okno.tickets import policy
from okno.tickets.commands.attachments import FILE_SIZE_LIMIT, keep_upload
from okno.tickets.models import Attachment, Ticket
from okno.ui.answers import StoredFile, file_answer

router = Router(tags=["attachments"])

_HEAD_BYTES = 64 * 1024
_CONTENT = {
    "responses": {
        200: {
            "description": "The file, to be saved.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
        304: {"description": "Not Modified"},
    }
}


@router.post("/attachments", response={201: AttachmentAnswer}, auth=needs(TICKETS_NOTE))
def upload_attachment(
    request: ApiRequest, response: HttpResponse, file: Annotated[UploadedFile, File()]
) -> AttachmentAnswer:
    """Send a file for a message of yours; unused ones are deleted after two days."""
    if (file.size or 0) > FILE_SIZE_LIMIT:
        raise Refused(_("The file is too large."), status=413, code="too_large")
    kept = _keep(request, file)
    response["Location"] = f"/api/v1/attachments/{kept.key}"
    return attachment_answer(kept)


@router.get("/attachments/{key}", openapi_extra=_CONTENT, auth=needs(TICKETS_READ))
def download_attachment(request: ApiRequest, key: PathKey) -> HttpResponseBase:
    """Return a file of a ticket that one may see, or of one's own upload."""
    found: Attachment | None = Attachment.objects.filter(_readable_by(request.actor), key=key).first()
    if found is None:
        raise NotFound(_("There is no such file."))
    stored = StoredFile(
        sha256=found.sha256, filename=found.filename, content_type=found.content_type, size=found.size
    )
    return file_answer(request, stored, workspace_id=request.caller.workspace.pk, as_attachment=True)


def _readable_by(actor: Actor) -> Q:
    visible = Ticket.objects.filter(policy.visible_to(actor)).values("pk")
    own = Q(ticket__isnull=True, uploaded_by_id=actor.member_id)
    return own | Q(ticket_id__in=visible)


def _keep(request: ApiRequest, file: UploadedFile) -> Attachment:
    name = file.name or "file"
    head = file.read(_HEAD_BYTES)
    file.seek(0)
    blob = file_store().put_stream(request.caller.workspace.pk, cast("BinaryIO", file))
    return keep_upload(
        actor=request.actor,
        filename=name,
        content_type=sniff_type(
            head, filename=name, declared=file.content_type or "application/octet-stream"
        ),
        sha256=blob.sha256,
        size=blob.size,
        now=request.now,
    )
