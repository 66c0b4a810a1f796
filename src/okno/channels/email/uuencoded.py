"""Files that stand uuencoded within text, as mail carried them before MIME and some programs still do."""

import binascii
import re
from dataclasses import dataclass

_BEGIN = re.compile(rb"^begin(?:-base64)? +[0-7]{3,4} +([^\r\n]{1,300}?)[ \t]*\r?$", re.MULTILINE)
_MAX_BLOCKS = 100


@dataclass(frozen=True, slots=True)
class EncodedFile:
    """Hold one file found in text; its name is in the charset of the text."""

    name: bytes
    content: bytes


def decode_block(data: bytes) -> bytes | None:
    """Return the content of the first block, or None if there is none."""
    _text, files = take_files_out(data)
    return files[0].content if files else None


def take_files_out(data: bytes) -> tuple[bytes, list[EncodedFile]]:
    """Return the text without its blocks and the files of these; a block may lack its end."""
    files: list[EncodedFile] = []
    kept: list[bytes] = []
    position = 0
    for begin in _BEGIN.finditer(data):
        if begin.start() < position or len(files) >= _MAX_BLOCKS:
            continue
        content, end = _read_lines(data, begin.end())
        if content is None:
            continue
        kept.append(data[position : begin.start()])
        files.append(EncodedFile(begin.group(1), content))
        position = end
    return (b"".join([*kept, data[position:]]), files) if files else (data, [])


def _read_lines(data: bytes, start: int) -> tuple[bytes | None, int]:
    """Return what the lines after a beginning say and where they end; None if they are ordinary text."""
    content: list[bytes] = []
    position = data.find(b"\n", start) + 1 or len(data)
    while position < len(data):
        end = data.find(b"\n", position) + 1 or len(data)
        line = data[position:end].rstrip(b"\r\n")
        if line.strip() == b"end":
            return b"".join(content), end
        decoded = _decode_line(line)
        if decoded is None:
            # Damaged or cut: what was read so far is a file if it is more than a line that looks alike.
            return (b"".join(content) if len(content) > 1 or b"".join(content) else None), position
        content.append(decoded)
        position = end
    return (b"".join(content) if any(content) else None), position


def _decode_line(line: bytes) -> bytes | None:
    if not line.strip():
        return b""
    count = (line[0] - 32) & 63
    needed = (count + 2) // 3 * 4
    if not 32 <= line[0] <= 96 or max(line) > 96 or len(line) > needed + 6:
        return None
    # Spaces at the end are lost on the way.
    padded = line[: needed + 1].ljust(needed + 1)
    try:
        return binascii.a2b_uu(padded)[:count]
    except binascii.Error:
        return None
