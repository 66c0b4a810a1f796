"""Every address of the URLconf, and how it is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# What a name in an address means, where the same name means different things.
_MEANINGS = {
    ("api/v1/tickets/<number>/messages/<id>", "id"): "message_id",
    ("api/v1/tickets/<number>/participants/<id>", "id"): "participant_id",
    ("api/v1/uploads/<key>", "key"): "upload_key",
    ("api/v1/tags/replacements/<id>", "id"): "tag_work_id",
    ("api/v1/statuses/<id>", "id"): "status_id",
    ("tickets/<int:number>/messages/<int:message_id>/cancel/", "message_id"): "reply_id",
    ("settings/versions/<slug:kind>/<int:object_id>/", "kind"): "config_kind",
    ("settings/versions/<slug:kind>/<int:object_id>/<int:number>/", "kind"): "config_kind",
    ("settings/versions/<slug:kind>/<int:object_id>/<int:number>/", "number"): "config_version",
}
# Below the API's lists `id` is one of the list.
_LISTED = re.compile(r"api/v1/(\w+?)s/<id>")
_WORDS = {
    "tickets/bulk/options/<slug:name>/": "team",
    "tickets/<int:number>/properties/<str:name>/": "priority",
}
# Found by every path; the API's own answer to what is not there.
NOWHERE = "api/^(?P<rest>.*)$"


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """One pattern of the URLconf."""

    pattern: str

    @property
    def names(self) -> list[str]:
        """Return the names of its parts that vary."""
        return PARAMETER.findall(self.pattern)

    @property
    def is_api(self) -> bool:
        """Tell whether programs call it."""
        return self.pattern.startswith("api/")

    def path(self, ids: Mapping[str, str]) -> str:
        """Return the address with the names filled in."""

        def fill(found: re.Match[str]) -> str:
            name = found[1]
            if name == "name":
                return _WORDS.get(self.pattern, ids["file_name"])
            listed = _LISTED.match(self.pattern) if name == "id" else None
            meaning = f"{listed[1]}_id" if listed else name
            return ids[_MEANINGS.get((self.pattern, name), meaning)]

        return "/" + PARAMETER.sub(fill, self.pattern)


def routes() -> list[Route]:
    """Return every route but the API's answer to what is not there."""
    return sorted({Route(pattern) for pattern in _walk(get_resolver(), "") if pattern != NOWHERE})


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield pattern
        else:
            yield from _walk(entry, pattern)
