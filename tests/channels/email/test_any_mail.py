"""Whatever comes, it is read or refused for a stated reason, and what is read can be stored."""

import base64
import quopri
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okno.channels.base import ParsedMessage
from okno.channels.email.parse import ParseFailed, parse_message
from okno.channels.email.words import decode_inner_words
from okno.lib.addresses import Address, clean_name, format_address, normalise_address, parse_addresses
from tests.channels.email.corpus import corpus

TYPES = [
    "text/plain; charset=koi8-r",
    "text/plain; charset=utf-8; format=flowed",
    "text/html",
    "text/calendar; method=REQUEST",
    "application/ms-tnef",
    "application/octet-stream; name=winmail.dat",
    "application/pkcs7-mime; smime-type=signed-data",
    "message/rfc822",
    "message/delivery-status",
    "image/png; name*0*=utf-8''%D0; name*1*=%98.png",
    "multipart/mixed",
    "nonsense",
]
KINDS = ["mixed", "alternative", "related", "signed", "report", "digest", "encrypted"]
ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "8bit": bytes,
    "base64": base64.encodebytes,
    "quoted-printable": quopri.encodestring,
    "x-uuencode": bytes,
}
contents = st.one_of(
    st.binary(max_size=120),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        [
            b"begin 644 a.txt\n#0V%T\n`\nend\n",
            b"\x78\x9f\x3e\x22\1\0" + bytes(20),
            b"<p>x</p>",
            b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:1\nEND:VEVENT\nEND:VCALENDAR",
            "-- \nПодпись".encode("koi8-r"),
        ]
    ),
)


@st.composite
def leaves(draw: st.DrawFn) -> bytes:
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    head = f"Content-Type: {draw(st.sampled_from(TYPES))}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    if draw(st.booleans()):
        head += f'Content-Disposition: {draw(st.sampled_from(["attachment", "inline"]))}; filename="a.b"\r\n'
    return head.encode() + b"\r\n" + ENCODINGS[encoding](draw(contents))


def trees() -> st.SearchStrategy[bytes]:
    def wrap(children: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
        return st.tuples(
            st.sampled_from(KINDS),
            st.sampled_from(["a", "b", "=_x y"]),
            st.lists(children, max_size=4),
            st.booleans(),
        ).map(_joined)

    return st.recursive(leaves(), wrap, max_leaves=8)


def _joined(drawn: tuple[str, str, list[bytes], bool]) -> bytes:
    kind, boundary, parts, is_closed = drawn
    mark = b"\r\n--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + part for part in parts) + (mark + b"--\r\n" if is_closed else b"")
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body


def stored(parsed: ParsedMessage) -> list[str]:
    """Return every text of a message that the database will see."""
    texts = [parsed.message_id, parsed.subject, parsed.text, parsed.html or "", parsed.reply_text]
    texts += [parsed.signature or "", parsed.quoted_text, parsed.reply_html or "", parsed.quoted_html or ""]
    texts += [*parsed.in_reply_to, *parsed.references, *(text for pair in parsed.headers for text in pair)]
    for file in parsed.attachments:
        texts += [file.filename, file.content_type, file.content_id]
        assert file.filename
    for address in (*parsed.senders, *parsed.to, *parsed.cc, *parsed.reply_to):
        texts += [address.address, address.name]
    for one in parsed.invitations:
        texts += [one.method, one.summary, one.place, one.organizer, *one.attendees]
    return texts


def check(raw: bytes) -> None:
    try:
        parsed = parse_message(raw)
    except ParseFailed:
        return
    for text in stored(parsed):
        assert "\0" not in text
        text.encode()
    assert parse_message(raw) == parsed


@given(trees())
@settings(max_examples=200, deadline=None)
def test_any_tree_is_read(tree: bytes) -> None:
    check(b"From: a@example.org\r\nMIME-Version: 1.0\r\n" + tree)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_any_damage_to_good_mail_is_survived(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(corpus())).raw)
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(raw)))
        length = data.draw(st.integers(0, 20))
        raw[start : start + length] = data.draw(st.binary(max_size=20))
    check(bytes(raw))


@given(st.text(alphabet='ab@.,;:<>()"\\ =?_-\t\nЯ\x00', max_size=80))
@settings(max_examples=400, deadline=None)
def test_any_address_header_gives_addresses_that_can_be_used(header: str) -> None:
    for address in parse_addresses(header, decode=decode_inner_words):
        assert normalise_address(address.address) == address.address
        assert not set("\r\n<>\0") & set(address.name)
    check(b"From: " + header.encode() + b"\r\n\r\nx")


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z]{1,9}@[a-z]{1,9}\.org", fullmatch=True), st.text(max_size=12)),
        max_size=5,
    )
)
@settings(max_examples=200, deadline=None)
def test_addresses_that_we_write_are_read_again(people: list[tuple[str, str]]) -> None:
    addresses = {spec: Address(spec, clean_name(name)) for spec, name in people}
    written = ", ".join(map(format_address, addresses.values()))
    assert parse_addresses(written) == tuple(addresses.values())


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read(raw: bytes) -> None:
    check(raw)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_cut_mail_is_read(size: int) -> None:
    for case in corpus()[::20]:
        check(case.raw[: max(0, len(case.raw) - size)])
