"""A mail made of its text, values and look: HTML in a frame that mail programs draw alike, and plain text as good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import override

from okno.channels.email.looks import Look, look_of
from okno.channels.email.markup import Block, Value, Values, render, render_line
from okno.channels.email.models import TextKind
from okno.channels.email.wording import Wording, wordings
from okno.lib.colour import readable_on, text_on
from okno.lib.logo import Logo
from okno.team.models import Desk
from okno.tenancy.models import Workspace

PERSONAL = frozenset({TextKind.REPLY, TextKind.SIDE})
"""Written by a person: drawn as a letter, with a signature; the others as a card."""
NIGHT = "#1e2128"
"""The card's paper in programs that are dark."""
SIGNATURE_MARK = "-- "
"""By this line mail programs know where a signature begins (RFC 3676, section 4.3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What of a mail is read, and the pictures that its HTML shows."""

    subject: str
    text: str
    html: str
    attachments: list[dict[str, Any]] = field(default_factory=list)


def write_letter(
    kind: TextKind,
    values: Mapping[str, Value],
    *,
    workspace: Workspace,
    desk_id: int | None,
    language: str,
    mark: str = "",
    quoted: Block | None = None,
    drafts: Mapping[str, Wording] | None = None,
    look: Look | None = None,
) -> Letter:
    """Return a mail of a kind to somebody who reads a language.

    `mark` brings an answer home, `quoted` is what is answered to. `drafts` and `look` take the place of what is stored,
    for a preview.
    """
    kinds = [kind, TextKind.FOOTER, *([TextKind.SIGNATURE] if kind in PERSONAL else [])]
    texts = {**wordings(kinds, desk_id=desk_id, language=language), **(drafts or {})}
    known: Values = {**values, "workspace": workspace.name, **_desk_value(texts, desk_id)}
    look = look or look_of(desk_id, workspace)
    subject = render_line(texts[kind].subject, known)
    body = render(texts[kind].body, known)
    footer = render(texts[TextKind.FOOTER].body, known)
    signature = render(texts[TextKind.SIGNATURE].body, known) if kind in PERSONAL else None
    signed = f"{SIGNATURE_MARK}\n{signature.text}" if signature and signature.text else ""
    text = "\n\n".join(
        part for part in (body.text, signed, footer.text, mark, quoted.text if quoted else "") if part
    )
    context = {
        "subject": subject,
        "body": mark_safe(body.html),  # noqa: S308 - of the renderer, which escapes what it puts in
        "signature": mark_safe(signature.html) if signature and signed else "",  # noqa: S308
        "footer": mark_safe(footer.html),  # noqa: S308
        "quoted": mark_safe(quoted.html) if quoted else "",  # noqa: S308
        "mark": mark,
        "logo": look.logo,
        "logo_words": workspace.name,
        "colours": _colours(look.accent),
    }
    with override(language):
        html = render_to_string(f"mail/{'letter' if kind in PERSONAL else 'card'}.html", context)
    return Letter(
        subject=subject,
        text=f"{text}\n",
        html=html,
        attachments=[_picture(look.logo)] if look.logo else [],
    )


def _desk_value(texts: Mapping[str, Wording], desk_id: int | None) -> dict[str, str]:
    """Return the desk's name where a text says it."""
    if desk_id is None or not any("desk" in wording.placeholders() for wording in texts.values()):
        return {}
    name = Desk.objects.filter(pk=desk_id).values_list("name", flat=True).first()
    return {"desk": name or ""}


def _colours(accent: str) -> dict[str, str]:
    by_night = readable_on(accent, NIGHT)
    return {
        "accent": accent,
        "on_accent": text_on(accent),
        "accent_by_night": by_night,
        "on_accent_by_night": text_on(by_night),
        "night": NIGHT,
    }


def _picture(logo: Logo) -> dict[str, Any]:
    return {
        "sha256": logo.sha256,
        "filename": "logo.png" if logo.content_type == "image/png" else "logo.jpg",
        "content_type": logo.content_type,
        "content_id": logo.content_id,
        "inline": True,
    }
