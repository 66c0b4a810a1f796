"""Mail and HTML from files: `mail parse` and `html clean` need no desk, `mail ingest` takes mail into one."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from okno.config.cli.desk import named_workspace, refusals_as_lines, report
from okno.config.cli.parser import Commands, Parser, installation_options, json_option
from okno.config.installation import locate, reached

if TYPE_CHECKING:  # Slow to import, and needed by no other command.
    from okno.channels.base import ParsedAttachment, ParsedMessage
    from okno.channels.email.parser_child import ParserPool
    from okno.lib.addresses import Address

Record = dict[str, Any]
UNREADABLE = "unreadable"


def add_commands(commands: Commands) -> None:
    """Add the commands about mail and HTML in files."""
    mail = commands.add_parser("mail", help="mail from files")
    mails = mail.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    ingest = mails.add_parser(
        "ingest",
        parents=[installation_options(), json_option()],
        help="take mail in from files, folders, mbox, or - for input",
    )
    ingest.add_argument("paths", nargs="+", metavar="PATH")
    ingest.add_argument("--workspace", metavar="HOST", help="host of the workspace, if there are several")
    ingest.set_defaults(run=run_ingest)
    parse = mails.add_parser(
        "parse",
        parents=[json_option()],
        help="show how mail in files is read; needs no desk",
        description="Read each file as intake would and show what it says, a JSON object a line with --json. "
        "Status 1 only if a file cannot be opened.",
    )
    _add_files(parse)
    parse.set_defaults(run=run_parse)
    html = commands.add_parser("html", help="HTML from files")
    htmls = html.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    clean = htmls.add_parser(
        "clean",
        parents=[json_option()],
        help="show foreign HTML as an agent would be shown it; needs no desk",
        description="Make the HTML in each file harmless. Status 1 only if a file cannot be opened.",
    )
    _add_files(clean)
    clean.set_defaults(run=run_clean)


def _add_files(parser: Parser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="file, or - to read names from input, one a line"
    )


def run_ingest(arguments: argparse.Namespace) -> int:
    """Take mail in, a line each; a file that cannot be read ends the command with status 1."""
    with reached(locate(arguments.data)), refusals_as_lines():
        from okno.reactors.intake import ingest  # noqa: PLC0415 - needs the application

        has_failed = False
        for taken in ingest.ingest(workspace=named_workspace(arguments), paths=arguments.paths):
            has_failed |= taken.outcome == ingest.UNREADABLE
            where = f" #{taken.ticket}" if taken.ticket else ""
            why = f" ({taken.reason})" if taken.reason else ""
            report(arguments, asdict(taken), f"{taken.file}: {taken.outcome}{where}{why}")
    return 1 if has_failed else 0


def run_parse(arguments: argparse.Namespace) -> int:
    """Show how each mail is read; one that kills its parser is told as such, and the next one is read."""
    from okno.channels.email.parser_child import ParserPool  # noqa: PLC0415 - slow, and of no other command

    with ParserPool() as pool:
        return _answer_each(arguments, lambda file: _read_mail(pool, file), _mail_in_words)


def run_clean(arguments: argparse.Namespace) -> int:
    """Show each HTML file made harmless; one that is refused is shown as nothing."""
    return _answer_each(arguments, _clean_html, lambda record: str(record["html"]))


def _answer_each(
    arguments: argparse.Namespace, read: Callable[[str], Record], in_words: Callable[[Record], str]
) -> int:
    """Print an answer for each file as soon as it is known, so that another program may converse with us."""
    status = 0
    for file in _names(arguments.files):
        try:
            # What the child is to read is opened here first: an error of ours is told from one of the mail.
            with Path(file).open("rb"):
                pass
            record = read(file)
        except OSError as error:
            sys.stderr.write(f"okno: {file}: {error.strerror}\n")
            record = _failed(file, UNREADABLE) if read is not _clean_html else {"file": file, "html": ""}
            status = 1
        words = json.dumps(record, ensure_ascii=True) if arguments.json else in_words(record)
        print(words, flush=True)
    return status


def _names(given: Sequence[str]) -> Iterator[str]:
    for name in given:
        if name != "-":
            yield name
            continue
        for line in iter(sys.stdin.buffer.readline, b""):
            if stripped := line.rstrip(b"\r\n"):
                yield os.fsdecode(stripped)


def _clean_html(file: str) -> Record:
    from okno.channels.email.charsets import decode_html  # noqa: PLC0415 - slow, and of no other command
    from okno.lib.html_text import HtmlTooDeep  # noqa: PLC0415
    from okno.lib.sanitize import sanitize_html  # noqa: PLC0415

    try:
        return {"file": file, "html": sanitize_html(decode_html(Path(file).read_bytes()))}
    except HtmlTooDeep:
        return {"file": file, "html": ""}


def _read_mail(pool: ParserPool, file: str) -> Record:
    from okno.channels.email.parse import ParseFailed  # noqa: PLC0415 - as above

    try:
        return mail_record(file, pool.parse(Path(file)))
    except ParseFailed as failure:
        return _failed(file, failure.reason)


def _failed(file: str, reason: str) -> Record:
    from okno.channels.base import ParsedMessage  # noqa: PLC0415 - as above

    return {**mail_record(file, ParsedMessage(problems=(reason,))), "may_answer": False}


def mail_record(file: str, message: ParsedMessage) -> Record:
    """Return a message as `okno mail parse --json` prints it; scripts rely on these names."""
    from okno.channels.email.loops import may_answer  # noqa: PLC0415 - as above

    return {
        "file": file,
        "message_id": message.message_id or None,
        "subject": message.subject,
        "from": _person(message.sender) if message.sender else None,
        "to": [_person(address) for address in message.to],
        "cc": [_person(address) for address in message.cc],
        "reply_to": [_person(address) for address in message.reply_to],
        "date": message.sent_at.isoformat() if message.sent_at else None,
        "in_reply_to": message.in_reply_to[0] if message.in_reply_to else None,
        "references": list(message.references),
        "text": message.text,
        "html": message.html,
        "reply_text": message.reply_text,
        "signature": message.signature,
        "attachments": [_file(file) for file in message.attachments],
        "auto_reply": message.is_automatic,
        "bounces": [
            {
                "recipient": bounce.recipient,
                "status": bounce.status,
                "action": bounce.action,
                "reason": bounce.reason,
                "permanent": bounce.permanent,
            }
            for bounce in message.bounces
        ],
        "complaint": message.is_complaint,
        "may_answer": may_answer(message, own_addresses=frozenset()),
        "problems": list(message.problems),
    }


def _person(address: Address) -> Record:
    return {"name": address.name, "address": address.written or address.address}


def _file(file: ParsedAttachment) -> Record:
    return {
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
        "inline": file.is_inline,
        "content_id": file.content_id or None,
    }


def _mail_in_words(record: Record) -> str:
    people = {name: _people(record[name]) for name in ("to", "cc", "reply_to")}
    lines = [
        ("file", record["file"]),
        ("subject", record["subject"]),
        ("from", _people([record["from"]] if record["from"] else [])),
        *people.items(),
        ("date", record["date"] or ""),
        ("message-id", record["message_id"] or ""),
        *(
            ("attachment", "{filename} ({content_type}, {size} bytes)".format(**file))
            for file in record["attachments"]
        ),
        *(
            ("bounce", "{recipient}: {action} {status} {reason}".format(**bounce))
            for bounce in record["bounces"]
        ),
        ("automatic", "yes" if record["auto_reply"] else ""),
        ("complaint", "yes" if record["complaint"] else ""),
        ("problems", ", ".join(record["problems"])),
    ]
    shown = [f"{name + ':':<12}{value}" for name, value in lines if value]
    return "\n".join([*shown, "", record["text"], ""])


def _people(people: list[Record]) -> str:
    return ", ".join(f"{one['name']} <{one['address']}>" if one["name"] else one["address"] for one in people)
