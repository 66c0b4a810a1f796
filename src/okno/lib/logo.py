"""Logos: drawn anew, so that nothing but the picture is left of a file, in the size in which they are shown."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from okno.lib.errors import Invalid
from okno.lib.stores import file_store

LOGO_BYTES = 200 * 1024
LOGO_FORMATS = ("PNG", "JPEG", "WEBP")
LOGO_SIDE = 4000
"""The largest side that is decoded at all."""
LOGO_WIDTH, LOGO_HEIGHT = 240, 72
"""The largest size that is shown, in CSS pixels; twice as many are kept, for dense screens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture of ours in the file store, and the size at which it is shown."""

    sha256: str
    content_type: str
    width: int
    height: int

    @property
    def content_id(self) -> str:
        """Return the id by which a mail's HTML shows it."""
        return f"logo.{self.sha256[:32]}@okno"


def store_logo(workspace_id: int, content: bytes) -> Logo:
    """Draw a picture anew, so that nothing but the picture is left of the file, and store it. Raises Invalid."""
    if len(content) > LOGO_BYTES:
        raise _refused(_("The picture is too large: it may have 200 KB."))
    try:
        with Image.open(io.BytesIO(content), formats=LOGO_FORMATS) as opened:
            if max(opened.size) > LOGO_SIDE:
                raise _refused(_("The picture has too many pixels: 4000 on each side are enough."))
            is_photo = opened.format == "JPEG"
            drawn = opened.convert("RGB" if is_photo else "RGBA")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused(
            _("This is no picture that mail programs show. Choose a PNG, JPEG or WebP.")
        ) from error
    drawn.thumbnail((2 * LOGO_WIDTH, 2 * LOGO_HEIGHT))
    stored = io.BytesIO()
    # Outlook shows no WebP.
    drawn.save(stored, "JPEG" if is_photo else "PNG", optimize=True, **({"quality": 88} if is_photo else {}))
    blob = file_store().put(workspace_id, stored.getvalue())
    scale = min(1.0, LOGO_WIDTH / drawn.width, LOGO_HEIGHT / drawn.height)
    return Logo(
        sha256=blob.sha256,
        content_type="image/jpeg" if is_photo else "image/png",
        width=max(1, round(drawn.width * scale)),
        height=max(1, round(drawn.height * scale)),
    )


def _refused(words: str) -> Invalid:
    return Invalid(words, fields={"logo": [words]})
