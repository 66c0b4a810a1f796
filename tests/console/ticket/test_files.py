"""Uploads and downloads: what comes from outside is kept as bytes and never acts."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from okno.lib.stores import file_store
from okno.team.models import RoleGrant
from okno.tenancy.scope import scope
from okno.tickets.commands import attachments
from okno.tickets.models import Attachment, Message
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for
from tests.console.ticket.test_writing import form


def png() -> bytes:
    """Return a small picture."""
    made = BytesIO()
    Image.new("RGB", (4, 4), "red").save(made, "PNG")
    return made.getvalue()


def upload(
    client: Client, ticket: Any, name: str, content: bytes, kind: str = "application/octet-stream"
) -> Any:
    """Send one file."""
    sent = SimpleUploadedFile(name, content, content_type=kind)
    return client.post(
        f"/tickets/{ticket.number}/uploads/", {"file": sent}, headers={"accept": "application/json"}
    )


def body_of(answer: Any) -> bytes:
    """Return a streamed answer whole."""
    return b"".join(answer.streaming_content)


def test_a_file_goes_there_and_back(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    said = upload(client, ticket, "Отчёт за год.txt", "слова".encode()).json()
    assert (said["name"], said["size"], said["is_image"]) == ("Отчёт за год.txt", 10, False)
    answer = client.get(said["url"])
    assert body_of(answer) == "слова".encode()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_picture_is_shown_and_a_lie_is_not(shop: Shop, browser: Browser) -> None:
    ticket, client = shop.ticket(), browser()
    shown = client.get(upload(client, ticket, "photo.png", png(), "image/png").json()["url"])
    assert shown["Content-Type"] == "image/png"
    assert not shown["Content-Disposition"].startswith("attachment")
    body_of(shown)
    lies = [
        ("photo.png", b"<script>alert(1)</script>", "image/png"),
        ("page.html", b"<!doctype html><script>alert(1)</script>", "text/html"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"),
        ("x.pdf", b"%PDF-1.7", "application/pdf"),
    ]
    for name, content, kind in lies:
        answer = client.get(upload(client, ticket, name, content, kind).json()["url"])
        body_of(answer)
        assert answer["Content-Type"] == "application/octet-stream", name
        assert answer["Content-Disposition"].startswith("attachment"), name


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "\u200b.htaccess", "a\x00b.php", "." * 300]
)
def test_a_hostile_name_is_only_a_label(shop: Shop, browser: Browser, name: str) -> None:
    said = upload(browser(), shop.ticket(), name, b"x").json()
    kept = Attachment.objects.get(key=said["id"])
    assert "/" not in kept.filename
    assert "\\" not in kept.filename
    assert kept.filename.isprintable()
    stored = file_store().path(kept.workspace_id, kept.sha256)
    assert stored.name == kept.sha256
    assert stored.is_file()


def test_a_file_that_is_too_large_is_refused_and_not_kept(
    shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okno.console.ticket.uploads.FILE_SIZE_LIMIT", 1000)
    assert attachments.FILE_SIZE_LIMIT == 50 * 1024 * 1024
    answer = upload(browser(), shop.ticket(), "film.mp4", b"x" * 1001)
    assert answer.status_code == 413
    assert "too large" in answer.json()["detail"]
    assert not Attachment.objects.filter(filename="film.mp4").exists()
    folder = file_store().temporary_folder(shop.workspace.pk)
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_said_so(shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Any, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("okno.lib.blobs.BlobWriter.write", full)
    answer = upload(browser(), shop.ticket(), "film.mp4", b"x")
    assert answer.status_code == 507
    assert "no room" in answer.json()["detail"]
    assert not Attachment.objects.filter(filename="film.mp4").exists()


def test_no_file_is_no_failure(shop: Shop, browser: Browser) -> None:
    ticket = shop.ticket()
    assert browser().post(f"/tickets/{ticket.number}/uploads/").status_code == 422


def test_whoever_is_no_member_leaves_no_file(shop: Shop) -> None:
    ticket = shop.ticket()
    stranger = Client(headers={"host": shop.host})
    answer = upload(stranger, ticket, "film.mp4", b"x")
    assert answer.status_code == 401
    root: Path = file_store().root / str(shop.workspace.pk)
    assert not root.exists() or not [path for path in root.rglob("*") if path.is_file()]


def test_an_upload_is_its_senders_until_it_is_sent(shop: Shop, browser: Browser) -> None:
    shop.mailbox()
    ticket, client = shop.ticket(), browser()
    said = upload(client, ticket, "list.txt", b"x").json()
    other = browser("other", role="agent")
    assert other.get(said["url"]).status_code == 404
    client.post(f"/tickets/{ticket.number}/messages/", form(attachment=said["id"]))
    assert Message.objects.get(ticket=ticket, direction="out").attachments.get().filename == "list.txt"
    answer = other.get(said["url"])
    assert answer.status_code == 200
    body_of(answer)


def test_nobody_sends_the_upload_of_another(shop: Shop, browser: Browser) -> None:
    shop.mailbox()
    ticket = shop.ticket()
    said = upload(browser(), ticket, "list.txt", b"x").json()
    client = browser("other", role="agent")
    picture = f'<p>Look <img src="{said["url"]}"></p>'
    assert client.post(f"/tickets/{ticket.number}/messages/", form(attachment=said["id"])).status_code == 422
    client.post(f"/tickets/{ticket.number}/messages/", form(html=picture))
    assert Message.objects.get(ticket=ticket, direction="out").html == "<p>Look <img></p>"


def test_the_right_to_a_file_is_asked_at_each_download(shop: Shop, browser: Browser) -> None:
    shop.mailbox()
    ticket, client = shop.ticket(), browser()
    said = upload(client, ticket, "list.txt", b"x").json()
    client.post(f"/tickets/{ticket.number}/messages/", form(attachment=said["id"]))
    body_of(client.get(said["url"]))
    RoleGrant.objects.filter(member=shop.members["agent"]).delete()
    assert client.get(said["url"]).status_code == 404


def test_a_file_of_another_workspace_is_not_found(db: None, now: Any) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):
        ours.mailbox()
        ticket, client = ours.ticket(), browser_for(ours)
    said = upload(client, ticket, "list.txt", b"x").json()
    client.post(f"/tickets/{ticket.number}/messages/", form(attachment=said["id"]))
    with scope(theirs.workspace):
        foreign = browser_for(theirs)
    assert foreign.get(said["url"]).status_code == 404


def test_a_pasted_picture_travels_in_the_text(shop: Shop, browser: Browser) -> None:
    shop.mailbox()
    ticket, client = shop.ticket(), browser()
    said = upload(client, ticket, "screen.png", png(), "image/png").json()
    client.post(
        f"/tickets/{ticket.number}/messages/", form(html=f'<p>Look: <img src="{said["url"]}" alt="x"></p>')
    )
    message = Message.objects.get(ticket=ticket, direction="out")
    file = message.attachments.get()
    assert file.is_inline
    assert f'src="cid:{file.content_id}"' in message.html
    assert f'src="{said["url"]}"' in client.get(f"/tickets/{ticket.number}/").content.decode()
