"""The command line, from its parser."""

# ruff: noqa: SLF001 - argparse tells what it knows only in its private attributes
from __future__ import annotations

import argparse
from collections.abc import Iterator

from okno.config.cli import build_parser
from tools.docs.pages import table


def lines() -> Iterator[str]:
    """Return the page."""
    yield "# Commands"
    yield ""
    yield "In a clone `./okno COMMAND`, installed as a package `okno COMMAND`; each has `--help`."
    yield "Status 0: done; 1: not done, with the reason in one line; 2: not understood."
    for name, words, parser in _leaves(build_parser()):
        yield ""
        yield f"## {name}"
        yield ""
        if words:
            yield f"{_sentence(words)}"
        if parser.description:
            yield _sentence(parser.description)
        rows = [
            _described(action) for action in parser._actions if not isinstance(action, argparse._HelpAction)
        ]
        if rows:
            yield ""
            yield from table(["Word", "Meaning"], rows)


def _leaves(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Yield every command that can be run: its name, its help, its parser."""
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, sub in action.choices.items():
            if any(isinstance(inner, argparse._SubParsersAction) for inner in sub._actions):
                yield from _leaves(sub)
            else:
                yield sub.prog, helps.get(name, ""), sub


def _described(action: argparse.Action) -> tuple[str, str]:
    is_option = bool(action.option_strings)
    value = action.metavar or (action.dest.upper() if is_option else action.dest)
    if action.choices and not action.metavar:
        value = "|".join(map(str, action.choices))
    written = [action.option_strings[-1]] if is_option else []
    if action.nargs != 0:
        written.append(str(value))
    needed = " (required)" if is_option and action.required else ""
    return f"`{' '.join(written)}`", f"{action.help or ''}{needed}"


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}".rstrip(".") + "."
