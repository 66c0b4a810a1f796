"""The settings of an installation, from the typed environment."""

from __future__ import annotations

import types
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from okno.config.env import Environment
from tools.docs.pages import table


def lines() -> Iterator[str]:
    """Return the page."""
    yield "# Settings of an installation"
    yield ""
    yield "Read from the environment when a command starts. Nonsense is refused with the name of the variable."
    yield "Everything else is set in the browser."
    yield ""
    rows = [
        (f"`OKNO_{name.upper()}`", field.description or "", _kind(field), _default(field))
        for name, field in Environment.model_fields.items()
    ]
    yield from table(["Variable", "Meaning", "Values", "Default"], rows)
    yield ""
    yield "The launcher `./okno` also reads `OKNO_PYTHON`: the Python to use, where `python3` is not the right one."


def _kind(field: FieldInfo) -> str:
    limits = {type(one).__name__: one for one in field.metadata}
    if {"Ge", "Le"} <= set(limits):
        return f"{limits['Ge'].ge} to {limits['Le'].le}"
    return _words(field.annotation)


def _words(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) in {types.UnionType, tuple}:
        return _words(get_args(annotation)[0])
    words = {bool: "`true`, `false`", int: "number", str: "text", Path: "folder", IPv4Network: "networks"}
    return words[annotation]


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "`data` in a clone, else `~/.local/share/okno`"
    if field.default in (None, ()):
        return "–"
    match field.default:
        case bool(value):
            return f"`{str(value).lower()}`"
        case tuple(values):
            return f"`{','.join(values)}`"
        case value:
            return f"`{value}`"
