"""Every command that writes tells of it: what emits no event would be missing in the audit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import okno

ROOT = Path(okno.__file__).parent
WRITES = {
    "save",
    "create",
    "bulk_create",
    "update",
    "bulk_update",
    "delete",
    "update_or_create",
    "get_or_create",
}
TELLS = {"emit", "announce", "keep_version"}
# What is nobody's business but the writer's own, or is told by the event that it follows from.
SILENT = {
    "okno.reactors.notify.": "the bell's lines follow from events",
    "okno.reactors.delivery.": "outgoing mail follows from events, and has its journal",
    "okno.reactors.intake.": "incoming mail has its journal; what becomes of it on a ticket is told there",
    "okno.reactors.webhooks.again.": "what webhooks tell has a log of its own",
    "okno.reactors.samples.removal.": "that sample data goes was told when it was asked for",
    "okno.tickets.commands.drafts.": "words that were not sent yet, and what one has read, are one's own",
    "okno.tickets.commands.attachments.": "a file without a message is a part of a draft",
    "okno.tickets.commands.side.admit_outsider": "the decision on the held mail tells it",
    "okno.people.commands.imports.": "a table is only looked at; who is brought in is told of each",
    "okno.people.commands.merge.go_on_merging": "the worker goes on with what was told when it began",
    "okno.team.commands.setup.finish_step": "how far the guide was read changes nothing",
    "okno.channels.email.trial.": "a trial mail to oneself changes nothing",
    "okno.channels.email.sending_domain.": "what was found by asking the DNS is kept, not set",
    "okno.channels.email.first_connection.ask_preview": "a look into a mailbox changes nothing",
    "okno.modules.form.commands.deciding.forget_submissions": "what nobody confirmed is forgotten in time",
    "okno.modules.portal.entrance.links.use_link": "a requester's way in, not a change",
}


@dataclass
class Function:
    """A function of ours: whether it writes or tells by itself, and whom it calls."""

    module: str
    name: str
    is_command: bool
    writes: bool = False
    tells: bool = False
    calls: set[tuple[str, str]] = field(default_factory=set)


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        if "migrations" in parts:
            continue
        name = ".".join(parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text())


def functions() -> dict[tuple[str, str], Function]:
    found: dict[tuple[str, str], Function] = {}
    for module, tree in modules():
        known = _imports(tree)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                known[node.name] = (module, node.name)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[module, node.name] = _read(module, node, known)
    return found


def _imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    known = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("okno"):
            for alias in node.names:
                known[alias.asname or alias.name] = (node.module, alias.name)
    return known


def _read(module: str, node: ast.FunctionDef, known: dict[str, tuple[str, str]]) -> Function:
    marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
    made = Function(module, node.name, "command" in marks)
    for call in ast.walk(node):
        # A function that is handed on is as good as called.
        if isinstance(call, ast.Name) and call.id in known:
            made.calls.add(known[call.id])
            made.tells |= call.id in TELLS
        if not isinstance(call, ast.Call):
            continue
        match call.func:
            case ast.Attribute(attr=attr) if attr in WRITES:
                made.writes = True
            case ast.Attribute(value=ast.Name(id=owner), attr=attr) if owner in known:
                inner, name = known[owner]
                made.calls.add((f"{inner}.{name}", attr))
    return made


def _reach(start: Function, every: dict[tuple[str, str], Function]) -> tuple[bool, bool]:
    """Return whether a function, or one that it calls, writes; and tells."""
    seen, waiting, writes, tells = set(), [start], False, False
    while waiting:
        one = waiting.pop()
        writes, tells = writes or one.writes, tells or one.tells
        for key in one.calls - seen:
            seen.add(key)
            if key in every:
                waiting.append(every[key])
    return writes, tells


def test_every_command_that_writes_emits_an_event() -> None:
    every = functions()
    commands = [one for one in every.values() if one.is_command]
    assert len(commands) > 50
    mute = []
    for command in commands:
        writes, tells = _reach(command, every)
        name = f"{command.module}.{command.name}"
        if writes and not tells and not name.startswith(tuple(SILENT)):
            mute.append(name)
    assert sorted(mute) == []


def test_every_exception_is_still_one() -> None:
    every = functions()
    silent = {
        f"{one.module}.{one.name}"
        for one in every.values()
        if one.is_command and _reach(one, every) == (True, False)
    }
    for prefix in SILENT:
        assert any(name.startswith(prefix) for name in silent), prefix
