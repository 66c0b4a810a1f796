"""What mails say: the texts built in, what a workspace or a desk has put in their place, and their placeholders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from okno.channels.email import markup
from okno.channels.email.models import MailText, TextKind
from okno.lib.errors import Invalid, Words
from okno.lib.html_text import without_unusable

SUBJECT_LENGTH = 200
BODY_LENGTH = 8000
BUILT_IN = Path(__file__).parent / "built_in"
FALLBACK_LANGUAGE = "en"

PLACEHOLDERS: dict[str, tuple[str, ...]] = {
    TextKind.REPLY: ("message", "number", "subject", "requester", "agent", "desk", "workspace"),
    TextKind.RECEIPT: ("number", "subject", "requester", "link", "desk", "workspace"),
    TextKind.RESOLVED: (
        "number", "subject", "requester", "solution", "solved", "problem", "link", "desk", "workspace",
    ),
    TextKind.SIDE: ("message", "number", "subject", "agent", "desk", "workspace"),
    TextKind.STAFF: ("event", "number", "subject", "requester", "message", "link", "desk", "workspace"),
    TextKind.SIGNATURE: ("signature", "agent", "desk", "workspace"),
    TextKind.FOOTER: ("number", "desk", "workspace"),
}  # fmt: skip
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    TextKind.REPLY: (("message",),),
    TextKind.RECEIPT: (("number",),),
    TextKind.RESOLVED: (("solved", "link"), ("problem", "link")),
    TextKind.SIDE: (("message",),),
    TextKind.STAFF: (("link",),),
}
"""Of each group of placeholders at least one has to stand in the body."""
BLOCKS = {TextKind.REPLY: "message", TextKind.SIDE: "message"}
"""The placeholder that is whole paragraphs, by kind."""
WITHOUT_SUBJECT = frozenset({TextKind.SIGNATURE, TextKind.FOOTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A text in one language; a signature and a footer have no subject."""

    subject: str = ""
    body: str

    def placeholders(self) -> list[str]:
        """Return the names of its placeholders."""
        return markup.placeholders_in(f"{self.subject}\n{self.body}")


@cache
def built_in(kind: str, language: str) -> Wording:
    """Return the text that comes with Okno, in English where the language has none."""
    path = BUILT_IN / language / f"{kind}.txt"
    if not path.is_file():
        path = BUILT_IN / FALLBACK_LANGUAGE / f"{kind}.txt"
    text = path.read_text(encoding="utf-8").strip()
    if kind in WITHOUT_SUBJECT:
        return Wording(body=text)
    subject, _gap, body = text.partition("\n\n")
    return Wording(subject=subject, body=body)


@cache
def attribution(language: str) -> str:
    """Return the line above a quotation: one by which mail programs, and we, know that it begins."""
    path = BUILT_IN / language / "quoted.txt"
    if not path.is_file():
        path = BUILT_IN / FALLBACK_LANGUAGE / "quoted.txt"
    return path.read_text(encoding="utf-8").strip()


def wordings(kinds: Iterable[str], *, desk_id: int | None, language: str) -> dict[str, Wording]:
    """Return the texts of a desk in a language: its own, else the workspace's, else those built in."""
    wanted = list(kinds)
    rows = MailText.objects.filter(kind__in=wanted, language=language, is_current=True)
    found: dict[str, MailText] = {}
    for row in rows:
        is_of_all = row.desk_id is None
        if row.desk_id == desk_id or (is_of_all and row.kind not in found):
            found[row.kind] = row
    return {
        kind: Wording(subject=found[kind].subject, body=found[kind].body)
        if kind in found
        else built_in(kind, language)
        for kind in wanted
    }


def checked_wording(kind: str, *, subject: str, body: str) -> Wording:
    """Return a text as it is stored. Raises Invalid that names every problem, by field."""
    wording = Wording(
        subject="" if kind in WITHOUT_SUBJECT else without_unusable(subject).strip(),
        body=without_unusable(body.replace("\r\n", "\n")).strip(),
    )
    wrong: dict[str, list[Words]] = {
        "subject": list(_wrong_subject(kind, wording.subject)),
        "body": list(_wrong_body(kind, wording.body)),
    }
    wrong = {field: words for field, words in wrong.items() if words}
    if wrong:
        raise Invalid(_("The text cannot be used like this."), fields=wrong)
    return wording


def _wrong_subject(kind: str, subject: str) -> Iterator[str]:
    if kind in WITHOUT_SUBJECT:
        return
    if not subject:
        yield _("Write a subject.")
    elif not subject.isprintable():
        yield _("A subject is one line.")
    elif len(subject) > SUBJECT_LENGTH:
        yield _("At most %(limit)d characters.") % {"limit": SUBJECT_LENGTH}
    block = BLOCKS.get(TextKind(kind), "")
    allowed = [
        name for name in PLACEHOLDERS[kind] if name not in markup.LINKS and name not in {block, "solution"}
    ]
    yield from _unknown(markup.placeholders_in(subject), allowed)


def _wrong_body(kind: str, body: str) -> Iterator[str]:
    if not body and kind not in WITHOUT_SUBJECT:
        yield _("Write a text.")
        return
    if len(body) > BODY_LENGTH:
        yield _("At most %(limit)d characters.") % {"limit": BODY_LENGTH}
        return
    names = markup.placeholders_in(body)
    yield from _unknown(names, PLACEHOLDERS[kind])
    for group in NEEDED.get(TextKind(kind), ()):
        if not set(group) & set(names):
            yield _("Something is missing: %(names)s.") % {"names": _spelled(group[:1])}
    block = BLOCKS.get(TextKind(kind), "")
    if block in names and not markup.lonely(body, block):
        yield _("%(name)s needs a line of its own, with an empty line before and after.") % {
            "name": _spelled([block])
        }
    yield from _wrong_links(body)


def _wrong_links(body: str) -> Iterator[str]:
    for href in markup.links_in(body):
        if not markup.is_fixed_address(href) and markup.placeholder_address(href) not in markup.LINKS:
            yield _(
                "A link leads to an address that begins with https:, http:, mailto: or tel:, "
                "or to one of the links among the placeholders: not to “%(href)s”."
            ) % {"href": href[:100]}


def _unknown(names: Sequence[str], allowed: Sequence[str]) -> Iterator[str]:
    for name in names:
        if name not in allowed:
            yield _("There is no %(name)s here. Possible: %(names)s.") % {
                "name": _spelled([name]),
                "names": _spelled(allowed),
            }


def _spelled(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
