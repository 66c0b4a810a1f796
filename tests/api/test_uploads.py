"""Files in pieces: nothing that was acknowledged is lost, nothing is taken that was not announced, nothing runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.api.caller import Caller

CONTENT = bytes(range(256)) * 20
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def begin(api: Caller, content: bytes = CONTENT, *, name: str = "a.bin", **more: Any) -> str:
    made = api.post("/uploads", {"filename": name, "size": len(content), **more})
    assert made.status == 201, made.body
    assert made.headers["Location"] == f"/api/v1/uploads/{made.body['key']}"
    return str(made.body["key"])


def folder(shop: Any) -> Path:
    from okno.lib.stores import file_store

    return file_store().temporary_folder(shop.workspace.pk)


def test_a_file_comes_in_pieces_and_goes_with_a_message(api: Caller, shop: Any) -> None:
    key = begin(api, sha256=hashlib.sha256(CONTENT).hexdigest())

    first = api.piece(key, CONTENT[:3000], offset=0)
    assert (first.status, first.body["received"], first.headers["Upload-Offset"]) == (200, 3000, "3000")
    assert first.body["attachment"] is None
    assert api.get(f"/uploads/{key}").body["received"] == 3000
    last = api.piece(key, CONTENT[3000:], offset=3000)
    file = last.body["attachment"]
    assert (file["filename"], file["size"]) == ("a.bin", len(CONTENT))

    number = shop.ticket().number
    note = {"kind": "note", "body": "x", "attachments": [file["key"]]}
    assert api.post(f"/tickets/{number}/messages", note).status == 201
    assert api.get(f"/attachments/{file['key']}").raw == CONTENT
    assert api.get(f"/uploads/{key}").body["attachment"]["key"] == file["key"]


def test_the_same_piece_twice_is_refused_with_the_place_to_go_on(api: Caller) -> None:
    key = begin(api)
    api.piece(key, CONTENT[:1000], offset=0)

    again = api.piece(key, CONTENT[:1000], offset=0)

    assert (again.status, again.body["code"], again.headers["Upload-Offset"]) == (409, "wrong_offset", "1000")
    assert api.piece(key, CONTENT[2000:], offset=2000).status == 409
    assert api.piece(key, CONTENT[1000:], offset=1000).body["attachment"]["size"] == len(CONTENT)
    assert api.piece(key, b"", offset=len(CONTENT)).status == 200, "an empty piece only asks"


def test_with_a_key_the_same_piece_is_answered_again(api: Caller) -> None:
    upload = begin(api)

    first, second = (api.piece(upload, CONTENT[:1000], offset=0, key="piece-1") for _attempt in range(2))

    assert (first.status, second.status) == (200, 200)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert second.headers["Upload-Offset"] == "1000"
    assert second.body == first.body


@pytest.mark.parametrize("left", [b"", b"half of a piece that was never acknowledged" * 100])
def test_what_a_crash_left_behind_is_cut_off(api: Caller, shop: Any, left: bytes) -> None:
    key = begin(api)
    api.piece(key, CONTENT[:1000], offset=0)
    with next(folder(shop).glob("upload-*")).open("ab") as file:
        file.write(left)

    whole = api.piece(key, CONTENT[1000:], offset=1000)

    assert api.get(f"/attachments/{whole.body['attachment']['key']}").raw == CONTENT


def test_what_was_lost_on_the_disk_is_not_pretended_to_be_there(api: Caller, shop: Any) -> None:
    key = begin(api)
    api.piece(key, CONTENT[:1000], offset=0)
    os.truncate(next(folder(shop).glob("upload-*")), 10)

    refused = api.piece(key, CONTENT[1000:], offset=1000)

    assert (refused.status, refused.body["code"]) == (404, "upload_lost")


def test_bytes_that_were_not_announced_are_refused(api: Caller) -> None:
    key = begin(api)
    assert api.piece(key, CONTENT + b"x", offset=0).body["code"] == "too_long"
    assert api.get(f"/uploads/{key}").body["received"] == 0

    other = begin(api, sha256="0" * 64)
    assert api.piece(other, CONTENT, offset=0).body["code"] == "wrong_checksum"
    assert api.get(f"/uploads/{other}").body == api.get(f"/uploads/{other}").body | {
        "received": 0, "attachment": None,
    }  # fmt: skip


def test_limits(api: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from okno.api import uploads
    from okno.api.routes import uploads as route

    assert api.post("/uploads", {"filename": "a", "size": uploads.FILE_SIZE_LIMIT + 1}).status == 413
    assert api.post("/uploads", {"filename": "a", "size": 0}).status == 422
    monkeypatch.setattr(route, "CHUNK_LIMIT", 100)
    key = begin(api)
    assert api.piece(key, CONTENT, offset=0).status == 413
    assert api.piece(key, b"x", offset=-1).status == 422
    assert api.piece(key, b"x", offset="a").status == 422
    assert api.send("PATCH", f"/uploads/{key}", raw=b"x").status == 415
    monkeypatch.setattr(uploads, "UNFINISHED_LIMIT", 1)
    assert api.post("/uploads", {"filename": "a", "size": 1}).body["code"] == "too_many_uploads"


def test_nobody_elses_upload_is_there(
    api: Caller, caller_for: Callable[..., Caller], token_of: Callable[..., str], shop: Any
) -> None:
    key = begin(api)
    other = caller_for("colleague", role="administrator")

    assert other.get(f"/uploads/{key}").status == 404
    assert other.piece(key, CONTENT, offset=0).status == 404
    assert other.delete(f"/uploads/{key}").status == 404
    assert api.get(f"/uploads/{uuid4()}").status == 404
    # A file that is whole is its uploader's alone until it is sent.
    file = api.piece(key, CONTENT, offset=0).body["attachment"]["key"]
    number = shop.ticket().number
    note = {"kind": "note", "body": "x", "attachments": [file]}
    assert other.get(f"/attachments/{file}").status == 404
    assert other.post(f"/tickets/{number}/messages", note).status == 422


def test_an_upload_is_forgotten_a_day_after_its_last_piece(
    api: Caller, shop: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from okno.api.models import Upload
    from okno.api.uploads import forget_expired_uploads

    key = begin(api)
    api.piece(key, CONTENT[:10], offset=0)
    path = folder(shop) / f"upload-{Upload.objects.get(key=key).key.hex}"
    assert path.exists()
    Upload.objects.update(expires_at=shop.now - timedelta(seconds=1))
    assert api.get(f"/uploads/{key}").status == 404
    kept = begin(api)

    with django_capture_on_commit_callbacks(execute=True):
        assert forget_expired_uploads(now=shop.now) == 1

    assert not path.exists()
    assert api.get(f"/uploads/{kept}").status == 200


def test_giving_up_leaves_no_bytes_and_keeps_a_whole_file(
    api: Caller, shop: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from okno.api.models import Upload

    before = set(folder(shop).glob("upload-*"))
    given_up, whole = begin(api), begin(api)
    api.piece(given_up, CONTENT[:10], offset=0)
    with django_capture_on_commit_callbacks(execute=True):
        file = api.piece(whole, CONTENT, offset=0).body["attachment"]["key"]
        assert [api.delete(f"/uploads/{key}").status for key in (given_up, whole)] == [204, 204]

    assert not Upload.objects.exists()
    assert set(folder(shop).glob("upload-*")) == before
    assert api.get(f"/attachments/{file}").raw == CONTENT


FILES: dict[str, tuple[str, bytes]] = {
    "two endings": ("invoice.pdf.exe", b"MZ" + b"\x00" * 100),
    "hidden ending": ("photo\u202egpj.exe", b"MZ\x90\x00"),
    "path": ("../../../../etc/cron.d/okno", b"* * * * * root true\n"),
    "path of Windows": ("C:\\Windows\\System32\\evil.dll", b"MZ"),
    "name of a device": ("con.txt", b"x"),
    "line in a name": ('a"\r\nSet-Cookie: x=1\r\n.txt', b"x"),
    "dots": ("...", b"x"),
    "script in a picture": (
        "a.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    ),
    "page called a picture": ("a.png", b"<html><script>alert(1)</script></html>"),
    "picture and page": ("a.gif", b"GIF89a/*<script>*/=1;alert(1)//</script>"),
    "picture and archive": ("a.jpg", b"\xff\xd8\xff\xe0" + b"PK\x03\x04" * 20),
    "archive in an archive": ("bomb.zip", b"PK\x03\x04" + b"\x00" * 4096),
    "doctype bomb": ("a.xml", b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'),
    "virus for tests": ("eicar.com", EICAR),
    "page": ("a.html", b"<script>alert(1)</script>"),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("way", ["at once", "in pieces"])
def test_no_file_runs(api: Caller, shop: Any, kind: str, way: str) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    name, content = FILES[kind]
    if way == "at once":
        made = api.upload("/attachments", file=SimpleUploadedFile(name, content, "text/html"))
        assert made.status < 500
        if made.status == 400:
            return  # Django itself does not read such a name.
        file = made.body
    else:
        file = api.piece(begin(api, content, name=name), content, offset=0).body["attachment"]

    assert not set(file["filename"]) & set('/\\\r\n\u202e"<>'), file["filename"]
    assert file["filename"].strip(".")
    got = api.get(f"/attachments/{file['key']}")
    assert got.raw == content
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert not any(part in got.headers for part in ("Set-Cookie", "Refresh"))
    assert list(folder(shop).parent.rglob(name.rsplit("/", 1)[-1].replace("\x00", ""))) == []
