"""Make the small files that demo messages carry: a picture of a window, a log, a table, a page."""

import struct
import zlib
from dataclasses import dataclass
from random import Random
from typing import Final

_WIDTH: Final = 480
_HEIGHT: Final = 300
# Palette of the picture: canvas, title bar, window, line of text, warning, button.
_PALETTE: Final = bytes.fromhex("f6f5f1 d4d2cb ffffff 8a877f b3261e 1d4ed8")
_CANVAS, _BAR, _WINDOW, _TEXT, _WARNING, _BUTTON = range(6)

_LOG_LINES: Final = (
    "INFO  session opened, user={user}",
    "INFO  handshake complete, cipher=AES-256-GCM",
    "WARN  no reply for {n} s, retrying",
    "WARN  queue length {n}, threshold 50",
    "ERROR timeout while waiting for answer, attempt {n}",
    "ERROR connection reset by peer",
    "INFO  reconnecting to 10.20.{n}.4:1194",
    "DEBUG heartbeat {n}",
)


@dataclass(frozen=True, kw_only=True)
class DemoFile:
    """Hold a file that a demo message carries."""

    name: str
    content_type: str
    content: bytes


def make_file(description: str, rng: Random) -> DemoFile:
    """Return the file that `kind:name` describes; its content differs from ticket to ticket."""
    kind, _, name = description.partition(":")
    match kind:
        case "png":
            return DemoFile(name=f"{name}.png", content_type="image/png", content=_screenshot(rng))
        case "log":
            return DemoFile(name=f"{name}.log", content_type="text/plain", content=_log(rng))
        case "csv":
            return DemoFile(name=f"{name}.csv", content_type="text/csv", content=_table(rng))
        case "pdf":
            return DemoFile(name=f"{name}.pdf", content_type="application/pdf", content=_page(name, rng))
    raise ValueError(f"a story asks for a file of unknown kind {kind!r}")


def _screenshot(rng: Random) -> bytes:
    rows = [bytearray([_CANVAS]) * _WIDTH for _ in range(_HEIGHT)]

    def paint(left: int, top: int, width: int, height: int, colour: int) -> None:
        for row in rows[top : top + height]:
            row[left : left + width] = bytes([colour]) * width

    paint(0, 0, _WIDTH, 24, _BAR)
    paint(100, 80, 280, 150, _WINDOW)
    paint(100, 80, 280, 18, _BAR)
    paint(118, 116, 24, 24, _WARNING)
    for line in range(rng.randint(2, 4)):
        paint(156, 116 + 16 * line, rng.randint(90, 200), 6, _TEXT)
    paint(296, 200, 68, 18, _BUTTON)
    return _png(rows)


def _png(rows: list[bytearray]) -> bytes:
    def chunk(tag: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))

    # Colour type 3 is "palette", filter byte 0 before each row is "none" (PNG 3rd edition, 9.2 and 11.2.1).
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    parts = (chunk(b"IHDR", header), chunk(b"PLTE", _PALETTE), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _log(rng: Random) -> bytes:
    lines, second = [], rng.randint(8 * 3600, 17 * 3600)
    for _ in range(rng.randint(40, 120)):
        second += rng.randint(1, 40)
        clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
        text = rng.choice(_LOG_LINES).format(user=f"u{rng.randint(100, 999)}", n=rng.randint(2, 90))
        lines.append(f"{clock} {text}\n")
    return "".join(lines).encode()


def _table(rng: Random) -> bytes:
    rows = ["code;quantity;price;total\n"]
    for _ in range(rng.randint(12, 40)):
        quantity, price = rng.randint(1, 60), rng.randint(990, 99000)
        rows.append(
            f"{rng.randint(10000, 99999)};{quantity};{price / 100:.2f};{quantity * price / 100:.2f}\n"
        )
    return "".join(rows).encode()


def _page(title: str, rng: Random) -> bytes:
    words = [f"({title}, No. {rng.randint(1000, 9999)}) Tj"]
    words += [f"0 -22 Td (Line {n}: {rng.randint(10000, 99999)}) Tj" for n in range(1, rng.randint(8, 20))]
    content = f"BT /F1 14 Tf 60 780 Td {' '.join(words)} ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    body, offsets = b"%PDF-1.4\n", []
    for number, obj in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, obj)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + trailer
