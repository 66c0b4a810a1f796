"""The grammar of address headers (RFC 5322, section 3.4), forgiving, in one pass."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)"
    r'|"(?P<quoted>(?:[^"\\]|\\.)*)"'
    r"|<@[^<>:]*:(?P<routed>[^<>]*)>?"
    r'|<(?P<angle>(?:[^<>,;"]|"[^"]*")*)>?'
    r"|(?P<sign>[(),:;])"
    r"|(?P<space>\s+)"
    r'|(?P<atom>\\.|[^\s"<>(),:;=\\]+|[">=\\])'
)
_BARE = re.compile(r'(?<![@\w])"?([^\s"<>@]++"?\s?@\s?[^\s"<>@,;]++(?:\s+\.\s*[\w-]++)*+)(?!\s?@)')
# A space within a quoted local part; what has it is no address that mail can be sent to.
_INNER_SPACE = "\x01"
_MAX_COMMENT_DEPTH = 20
_MAX_COMMENT = 1_000


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Hold the address and the name of one mailbox as they are written, encoded words included."""

    spec: str
    name: str


@dataclass(slots=True)
class _Piece:
    """What stands between two separators."""

    phrase: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    """Words behind the address: the next one's name, if its comma was forgotten."""
    comments: list[str] = field(default_factory=list)
    angle: str = ""
    has_angle: bool = False

    @property
    def is_mailto(self) -> bool:
        return len(self.phrase) < 4 and self.words.lower() == "mailto"

    @property
    def words(self) -> str:
        return "".join(self.phrase).strip()


def read_mailboxes(header: str) -> Iterator[Mailbox]:
    """Yield the mailboxes of a header value without line breaks."""
    piece = _Piece()
    # A name with an unquoted comma comes in two pieces, of which only the last has the address.
    before = ""
    depth = 0
    last_end = header.rfind(";")
    for token in _TOKEN.finditer(header):
        sign = token["sign"]
        if sign == "(" or (depth and sign == ")"):
            depth = min(_MAX_COMMENT_DEPTH, depth + 1) if sign == "(" else depth - 1
            _add_comment(piece, token[0], depth)
        elif depth:
            piece.comments[-1] = f"{piece.comments[-1]}{_inner(token)}"[:_MAX_COMMENT]
        elif token["angle"] is not None or token["routed"] is not None:
            if "@" in piece.angle:
                # The comma between two was forgotten.
                yield from _mailbox(piece, before)
                piece, before = _Piece(phrase=piece.after), ""
            piece.angle = (token["angle"] or token["routed"] or "").strip() or piece.angle
            piece.has_angle = True
        elif sign in {",", ";"}:
            found = list(_mailbox(piece, before))
            yield from found
            before = "" if found or sign == ";" or piece.has_angle else _joined(before, piece.words)
            piece = _Piece()
        elif sign == ":" and (token.end() <= last_end or piece.is_mailto):
            # The name of a group.
            piece, before = _Piece(), ""
        elif token[0] not in {'"', ">"}:
            (piece.after if piece.has_angle else piece.phrase).append(_word(token, header))
    yield from _mailbox(piece, before)


def _add_comment(piece: _Piece, sign: str, depth: int) -> None:
    if sign == "(" and depth == 1:
        piece.comments.append("")
    elif depth:
        piece.comments[-1] = f"{piece.comments[-1]}{sign}"[:_MAX_COMMENT]


def _inner(token: re.Match[str]) -> str:
    if token["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", token["quoted"])
    return token[0][1:] if token[0].startswith("\\") and len(token[0]) > 1 else token[0]


def _word(token: re.Match[str], header: str) -> str:
    word = _inner(token)
    is_local_part = token["quoted"] is not None and header.startswith("@", token.end())
    return word.replace(" ", _INNER_SPACE) if is_local_part else word


def _joined(first: str, second: str) -> str:
    return f"{first}, {second}" if first and second else first or second


def _mailbox(piece: _Piece, before: str) -> Iterator[Mailbox]:
    name = piece.words
    spec = piece.angle
    if "@" not in spec:
        at = name.find("@")
        # No local part is longer; seeking it from the start of a hostile header takes minutes.
        bare = _BARE.search(name, max(0, at - 100)) if at >= 0 else None
        if bare is None:
            return
        spec = bare.group(1)
        name = f"{name[: bare.start()]} {name[bare.end() :]}".strip(" \"'")
    elif before and name:
        name = _joined(before, name)
    comments = " ".join(comment.strip() for comment in piece.comments)
    yield Mailbox(_clean(spec), name or comments or "".join(piece.after).strip())


def _clean(spec: str) -> str:
    spec = re.sub(r"\([^()]*\)|\s+", "", spec).strip("'\".")
    if spec.lower().startswith("mailto:"):
        spec = spec[7:].partition("?")[0]
    local, _at, domain = spec.rpartition("@")
    return f"{local.strip(chr(34))}@{domain}"
