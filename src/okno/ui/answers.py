"""Answers that carry what came from outside: files and foreign HTML, each with a policy that lets nothing in it act.

Raster pictures are shown, every other file is saved and never rendered by us. Foreign HTML is a document of its own for
a sandboxed frame; it was sanitised when it came, and even so may load nothing but pictures of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.translation import gettext as _

from okno.lib.blobs import BlobMissing, BlobStore
from okno.lib.errors import NotFound
from okno.lib.sanitize import PictureUrl, show_pictures
from okno.lib.stores import file_store
from okno.ui.linkify import linked

# What browsers only paint, by these and the older names that mail gives. SVG is not among them: it runs scripts.
PICTURE_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"}
    | {"image/jpg", "image/pjpeg", "image/x-png", "image/x-ms-bmp"}
)
PREVIEW_BYTES = 8 * 1024 * 1024
FILE_POLICY = "sandbox; default-src 'none'"
_DARK_RULES = "@media (prefers-color-scheme: dark)"
_FRAME_POLICY = (
    "default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "form-action 'none'; base-uri 'none'"
)
# Mail is written for white paper; at night the page around the frame gives it one.
_SHEET = """
:root{font:%(font)s system-ui,sans-serif;overflow-wrap:anywhere;color-scheme:light}
body{margin:0;color:#1d1f24}
body>:first-child{margin-top:0}
body>:last-child{margin-bottom:0}
p{margin:.5em 0}
img{max-width:100%%;height:auto}
table{max-width:100%%}
pre,.text{white-space:pre-wrap}
blockquote{margin:.5em 0;padding-left:.75em;border-left:2px solid #8886}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as it is answered. `content_type` is by our own sniffing."""

    sha256: str
    filename: str
    content_type: str
    size: int


def is_picture(content_type: str) -> bool:
    """Tell whether a browser may show a file of this type by itself."""
    return content_type in PICTURE_TYPES


def file_answer(
    request: HttpRequest,
    file: StoredFile,
    *,
    workspace_id: int,
    store: BlobStore | None = None,
    as_attachment: bool = False,
) -> HttpResponseBase:
    """Answer a stored file: pictures to be looked at, everything else to be saved. Raises NotFound if it is lost."""
    tag = f'"{file.sha256[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    try:
        content = (store or file_store()).open(workspace_id, file.sha256)
    except BlobMissing as error:
        raise NotFound(_("This file is no longer in the store.")) from error
    is_shown = is_picture(file.content_type) and not as_attachment
    response = FileResponse(
        content,
        as_attachment=not is_shown,
        filename=file.filename,
        content_type=file.content_type if is_shown else "application/octet-stream",
    )
    response["Content-Length"] = str(file.size)
    response["Content-Security-Policy"] = FILE_POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["ETag"] = tag
    # Kept, but asked for again: the right to it may be gone.
    response["Cache-Control"] = "private, no-cache"
    return response


def foreign_html_answer(
    html: str, *, picture_url: PictureUrl, with_remote: bool = False, is_large: bool = False
) -> HttpResponse:
    """Answer sanitised foreign HTML as the document of a sandboxed frame.

    `picture_url` gives our address of an inline picture. With `with_remote`, because the reader asked for it, pictures
    are loaded from elsewhere too, over TLS only and without saying from where. `is_large` is the type of the portal.
    """
    shown = show_pictures(html, inline=picture_url, remote=_remote if with_remote else None)
    return _frame(shown, with_remote=with_remote, is_large=is_large)


def foreign_text_answer(text: str, *, is_large: bool = False) -> HttpResponse:
    """Answer the whole of a long plain text as a document of its own."""
    return _frame(f'<div class="text">{linked(text)}</div>', is_large=is_large)


def own_mail_answer(html: str, *, picture_url: str, is_dark: bool) -> HttpResponse:
    """Answer a mail of ours as the document of a sandboxed frame, as a program with light or dark paper shows it.

    The rules for dark programs are switched on or off here: the frame does not follow the reader's own theme.
    """
    shown = re.sub(r'src="cid:[^"]*"', f'src="{picture_url}"', html)
    shown = shown.replace(_DARK_RULES, "@media all" if is_dark else "@media not all")
    paper = "<style>:root{color-scheme:%s;background:%s}body:not(.paper){margin:14px!important}</style>" % (
        ("dark", "#14161a") if is_dark else ("light", "#ffffff")
    )
    return _framed(shown.replace("</head>", f"{paper}</head>"), pictures="'self'")


def _remote(address: str) -> str | None:
    if address.startswith("//"):
        return f"https:{address}"
    return address if address.lower().startswith("https://") else None


def _frame(body: str, *, with_remote: bool = False, is_large: bool = False) -> HttpResponse:
    sheet = _SHEET % {"font": "16px/24px" if is_large else "14px/22px"}
    html = (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(_("Message"))}</title>'
        f'<style>{sheet}</style></head><body dir="auto">{body}</body></html>'
    )
    return _framed(html, pictures="'self' https:" if with_remote else "'self'")


def _framed(html: str, *, pictures: str) -> HttpResponse:
    response = HttpResponse(html)
    response["Content-Security-Policy"] = _FRAME_POLICY.format(pictures=pictures)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
