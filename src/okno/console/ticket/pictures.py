"""Pictures in what a member writes: in the editor an address of ours, in what is stored a content id of an upload."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from okno.console.addresses import file_url
from okno.lib.sanitize import show_pictures
from okno.spine.actor import Actor
from okno.tickets.models import Attachment
from okno.tickets.queries.files import own_uploads

_OURS = re.compile(
    r'src="(?:https?://[^/"]{1,255})?/files/([0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12})/[^"]*"'
)
_CONTENT_ID = re.compile(r'src="cid:([0-9a-f]{32})@okno"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Illustrated:
    """HTML whose pictures are content ids, and the keys of the uploads that they are."""

    html: str
    keys: list[UUID]


def as_stored(actor: Actor, html: str) -> Illustrated:
    """Return what the editor holds as it is stored; pictures that are no unsent uploads of the actor fall out."""
    known = {file.key: file for file in own_uploads(actor, [UUID(key) for key in _OURS.findall(html)])}

    def replace(match: re.Match[str]) -> str:
        file = known.get(UUID(match.group(1)))
        return f'src="cid:{file.content_id}"' if file and file.content_id else 'src=""'

    return Illustrated(
        html=_OURS.sub(replace, html), keys=[key for key, file in known.items() if file.content_id]
    )


def as_edited(html: str, files: Iterable[Attachment]) -> str:
    """Return stored HTML as the editor and the page show it."""
    by_id = {file.content_id: file for file in files if file.content_id}

    def address(content_id: str) -> str | None:
        file = by_id.get(content_id)
        return file_url(file) if file else None

    return show_pictures(html, inline=address)


def keys_of_pictures(html: str) -> list[UUID]:
    """Return the keys of the uploads that stored HTML shows."""
    return [UUID(hex=key) for key in _CONTENT_ID.findall(html)]
