"""The rules: each looks at one file and says at which lines it is broken, and why it is a rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

Found = Iterator[tuple[int, str]]
Rule = Callable[[Path, str], Found]

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
# Packages in which the moment is an argument; elsewhere it is read once, at the edge.
DOMAIN = ("people", "team", "tickets", "spine", "tenancy", "conditions", "channels", "reactors")
SESSION_SET = re.compile(r"^\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b)(SESSION\s+)?[\w.]+\s*(=|TO)\s", re.IGNORECASE)
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style\b|\sstyle=\"|\son[a-z]+=\"",
    re.IGNORECASE,
)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")


def problems_of(path: Path, root: Path) -> list[str]:
    """Return what is wrong in one file, a line each."""
    try:
        text = (root / path).read_text()
    except UnicodeDecodeError:
        return []
    return [f"{path}:{line}: {words}" for rule in RULES for line, words in rule(path, text)]


def is_named_well(path: Path, _text: str) -> Found:
    """A name says what a file holds."""
    if path.suffix in (".py", ".ts", ".html") and path.stem.lower() in VAGUE_NAMES:
        yield 1, f"“{path.stem}” says nothing about what is in it"


def is_finished(path: Path, text: str) -> Found:
    """What is left to do stands in an issue."""
    if path.parts[0] in ("tools", "tests") or path.suffix not in (".py", ".ts", ".html", ".css"):
        return
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield number, "say it in an issue, or do it"


def has_nothing_inline(path: Path, text: str) -> Found:
    """The content policy lets no inline script or style run; mail is no page of ours."""
    if path.suffix != ".html" or "mail" in path.parts:
        return
    for number, line in enumerate(text.splitlines(), 1):
        if INLINE.search(line):
            yield number, "inline script, style or handler, which the content policy forbids"


def sets_locally(path: Path, text: str) -> Found:
    """A session setting outlives the request in a pooled connection and shows one workspace to the next."""
    if path.suffix == ".py" and path.parts[0] == "src":
        for line, statement in _beginnings(ast.parse(text)):
            if SESSION_SET.match(statement):
                yield line, "SET without LOCAL outlives the transaction"


def asks_by_the_orm(path: Path, text: str) -> Found:
    """Raw queries by the ORM pass by the manager, and with it the first wall."""
    if path.suffix == ".py" and path.parts[0] == "src":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                if name in ("raw", "extra") and _is_manager(node.func.value):
                    yield node.lineno, f".{name}() passes by the workspace's filter"


def is_told_the_time(path: Path, text: str) -> Found:
    """`now` is passed in, so that one command has one moment and a test can choose it."""
    if path.suffix != ".py" or path.parts[:2] != ("src", "okno") or path.parts[2:3][0] not in DOMAIN:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = ast.unparse(node.func)
            if called in ("timezone.now", "datetime.now", "datetime.utcnow", "datetime.datetime.now"):
                yield node.lineno, f"{called}(): let the caller say when"


def _beginnings(tree: ast.AST) -> Found:
    """Yield the texts of a program, of composed ones only the first piece."""
    inner = {
        id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values[1:]
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.lineno, node.value


def _is_manager(value: ast.expr) -> bool:
    return isinstance(value, ast.Attribute) and value.attr in ("objects", "_default_manager")


RULES: tuple[Rule, ...] = (
    is_named_well,
    is_finished,
    has_nothing_inline,
    sets_locally,
    asks_by_the_orm,
    is_told_the_time,
)
