"""The document as people read it: operations by subject, with what is sent, what is answered, and a command to try."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from okno.api.idempotency import HEADER

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One thing that is sent: a parameter, or a field of a body."""

    name: str
    kind: str
    is_required: bool
    words: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation."""

    id: str
    method: str
    path: str
    subject: str
    lead: str
    words: Sequence[str]
    """Paragraphs behind the first one."""
    values: Sequence[Value]
    command: str
    status: str
    answer: str
    """An example of the answer; empty where it has no body."""
    refusals: str

    def has(self, words: Sequence[str]) -> bool:
        """Tell whether all of some words are in what is told of it."""
        told = " ".join([self.method, self.path, self.subject, self.lead, *self.words])
        told = f"{told} {' '.join(f'{value.name} {value.words}' for value in self.values)}".lower()
        return all(word in told for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The operations on one kind of thing."""

    name: str
    operations: Sequence[Operation]


def subjects(document: JsonObject, *, base: str, q: str = "") -> list[Subject]:
    """Return the operations by subject, as far as they have the words of `q`; `base` is how addresses begin."""
    words = q.lower().split()
    found: dict[str, list[Operation]] = {}
    for operation in _operations(document, base):
        if operation.has(words):
            found.setdefault(operation.subject, []).append(operation)
    return [Subject(name=name, operations=operations) for name, operations in found.items()]


def _operations(document: JsonObject, base: str) -> Iterator[Operation]:
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method, raw in methods.items():
            lead, *rest = [" ".join(part.split()) for part in raw.get("description", "").split("\n\n")]
            status = min(raw["responses"])
            yield Operation(
                id=raw["operationId"],
                method=method.upper(),
                path=path,
                subject=raw["tags"][0],
                lead=lead,
                words=rest,
                values=[*_parameters(raw), *_fields(raw, schemas)],
                command=_command(method.upper(), path, raw, base),
                status=status,
                answer=_shown(raw["responses"][status].get("content", {})),
                refusals=", ".join(code for code in raw["responses"] if code >= "400"),
            )


def _parameters(raw: JsonObject) -> Iterator[Value]:
    for one in raw.get("parameters", []):
        if one["name"] == HEADER:
            continue  # The same everywhere: the page tells it once.
        yield Value(
            name=one["name"],
            kind=_kind(one["schema"]),
            is_required=bool(one.get("required")),
            words=one.get("description") or one["schema"].get("description", ""),
            where=one["in"],
        )


def _fields(raw: JsonObject, schemas: JsonObject) -> Iterator[Value]:
    for content in raw.get("requestBody", {}).get("content", {}).values():
        schema = _followed(content["schema"], schemas)
        for name, one in schema.get("properties", {}).items():
            yield Value(
                name=name,
                kind=_kind(one),
                is_required=name in schema.get("required", []),
                words=one.get("description", ""),
                where="body",
            )


def _followed(schema: JsonObject, schemas: JsonObject) -> JsonObject:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: JsonObject = schemas.get(name, schema)
    return found


def _kind(schema: JsonObject) -> str:
    """Say in a word or a few what a value is."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or schema.get("const", "value"))


def _command(method: str, path: str, raw: JsonObject, base: str) -> str:
    """Return a curl command that does it."""
    parts = [f"curl {base}{path}" if method == "GET" else f"curl -X {method} {base}{path}"]
    parts.append('-H "Authorization: Bearer $TOKEN"')
    for kind, content in raw.get("requestBody", {}).get("content", {}).items():
        if kind == "multipart/form-data":
            parts.append("-F file=@printer.log")
        elif "example" in content:
            sent = json.dumps(content["example"], ensure_ascii=False, indent=2)
            parts += [f'-H "Content-Type: {kind}"', f"-d {shlex.quote(sent)}"]
        else:
            parts += [f'-H "Content-Type: {kind}"', '-H "Upload-Offset: 0"', "--data-binary @printer.log"]
    return " \\\n  ".join(parts)


def _shown(contents: JsonObject) -> str:
    for content in contents.values():
        if "example" in content:
            return json.dumps(content["example"], ensure_ascii=False, indent=2)
    return ""
