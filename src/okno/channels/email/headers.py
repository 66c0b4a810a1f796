"""The header of a mail: decoded values, and what was odd about them."""

import re
from email.message import Message

from okno.channels.email.loops import KEPT_HEADERS as MACHINE_HEADERS
from okno.channels.email.spam import SPAM_HEADERS
from okno.channels.email.words import decode_inner_words, decode_words, raw_text
from okno.lib.addresses import Address, parse_addresses

MAX_REFERENCES = 100
MAX_HEADER_LENGTH = 100_000
_MAX_KEPT = 200

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")
_SENDER_HEADERS = ("from", "sender", "return-path", "reply-to", "x-envelope-from", "envelope-from")
_KEPT = (
    MACHINE_HEADERS
    | SPAM_HEADERS
    | {"delivered-to", "envelope-to", "importance", "user-agent", "x-original-to", "x-priority"}
)


class Headers:
    """Give decoded header values and remember what was odd about them."""

    def __init__(self, message: Message) -> None:
        """Read all headers; of what came twice, the first counts where only one may be."""
        self._values: dict[str, list[str]] = {}
        self._order: list[tuple[str, str]] = []
        for name, value in message.raw_items():
            text = str(value)[:MAX_HEADER_LENGTH]
            self._order.append((name.lower(), text))
            self._values.setdefault(name.lower(), []).append(text)
        self._problems: list[str] = [
            problem
            for name, problem in (("from", "several_from"), ("subject", "several_subjects"))
            if len(self._values.get(name, [])) > 1
        ]

    def first(self, name: str) -> str:
        """Return the first value that is not empty, as it is written."""
        return next((value for value in self._values.get(name, []) if value.strip()), "")

    def all(self, name: str) -> list[str]:
        """Return all values from the top, as they are written."""
        return self._values.get(name, [])

    def text(self, name: str) -> str:
        """Return a header as text."""
        return decode_words(self.first(name))

    def addresses(self, name: str) -> tuple[Address, ...]:
        """Return the addresses of all headers of a name, each once."""
        found: dict[str, Address] = {}
        for value in self._values.get(name, []):
            for address in parse_addresses(raw_text(value), decode=decode_inner_words):
                found.setdefault(address.address, address)
        return tuple(found.values())

    def senders(self) -> tuple[Address, ...]:
        """Return the authors, or whoever else the mail says that it comes from."""
        for name in _SENDER_HEADERS:
            if found := self.addresses(name):
                if name != "from":
                    self._problems.append("no_from")
                return found
        self._problems.append("no_from")
        return ()

    def message_id(self) -> str:
        """Return the Message-ID with its angle brackets, or an empty text."""
        value = raw_text(self.first("message-id"))
        if match := _MESSAGE_ID.search(value):
            return match.group(0)
        bare = re.sub(r"[\s<>]", "", value)[:990]
        self._problems.append("odd_message_id" if bare else "no_message_id")
        return f"<{bare}>" if bare else ""

    def ids(self, name: str) -> tuple[str, ...]:
        """Return the message ids that a header names, each once, of very many the last."""
        text = raw_text(" ".join(self._values.get(name, [])))
        # An id may be folded, or stand without its brackets.
        found = _MESSAGE_ID.findall(re.sub(r"<[^<>]{1,990}>", lambda m: re.sub(r"\s", "", m[0]), text))
        words = text.split()
        if not found and all(re.fullmatch(r"[^<>,;()\"]{1,900}@[^<>,;()\"@]{1,90}", word) for word in words):
            found = [f"<{word}>" for word in words[:MAX_REFERENCES]]
        return tuple(dict.fromkeys(found))[-MAX_REFERENCES:]

    def kept(self) -> tuple[tuple[str, str], ...]:
        """Return the headers that later decisions need."""
        chosen = ((name, decode_words(value)[:2000]) for name, value in self._order if name in _KEPT)
        return tuple(chosen)[:_MAX_KEPT]

    def problems(self) -> list[str]:
        """Return what was odd, each word once."""
        return list(dict.fromkeys(self._problems))
