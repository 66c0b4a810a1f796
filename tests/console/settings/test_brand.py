"""Name, colour, logo and hosts of the workspace: kept, shown to everybody, refused with words."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from okno.spine.actor import SYSTEM
from okno.spine.versions import roll_back
from okno.tenancy.models import Workspace, WorkspaceHost

PROFILE = {"name": "Acme", "language": "en", "timezone": "UTC", "accent_hue": "262", "accent": ""}


def browser(shop: Any, role: str = "administrator") -> Client:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member(role, role=role).user)
    return client


def workspace(shop: Any) -> Workspace:
    return Workspace.objects.get(pk=shop.workspace.pk)


def picture(name: str = "logo.png", kind: str = "PNG") -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGBA", (600, 200), (200, 30, 30, 255)).save(drawn, kind)
    return SimpleUploadedFile(name, drawn.getvalue(), "image/png")


@pytest.mark.parametrize(("colour", "hue"), [("#1e4aa8", 262), ("#C00000", 29), ("#00a000", 142)])
def test_ones_own_colour_becomes_its_hue(shop: Any, colour: str, hue: int) -> None:
    assert browser(shop).post("/settings/workspace/", {**PROFILE, "accent": colour}).status_code == 302
    assert abs(workspace(shop).accent_hue - hue) <= 2
    css = Client(headers={"host": shop.host}).get("/ui/theme.css").content.decode()
    assert f"--ok-hue:{workspace(shop).accent_hue}" in css


@pytest.mark.parametrize("colour", ["red", "#12345", "#808080", "#ffffff", "url(x)"])
def test_what_is_no_colour_is_refused(shop: Any, colour: str) -> None:
    assert browser(shop).post("/settings/workspace/", {**PROFILE, "accent": colour}).status_code == 422


def test_languages_of_requesters_are_kept_and_all_is_none(shop: Any) -> None:
    client = browser(shop)
    client.post("/settings/workspace/", {**PROFILE, "languages": ["en"]})
    assert workspace(shop).languages == ["en"]
    client.post("/settings/workspace/", {**PROFILE, "languages": ["en", "ru"]})
    assert workspace(shop).languages == []
    assert client.post("/settings/workspace/", {**PROFILE, "languages": ["xx"]}).status_code == 422


def test_the_workspace_comes_back_to_an_earlier_version(shop: Any) -> None:
    before = workspace(shop).name
    browser(shop).post("/settings/workspace/", PROFILE)
    roll_back(actor=SYSTEM, kind_name="workspace", object_id=shop.workspace.pk, number=1, now=shop.now)
    assert workspace(shop).name == before


def test_the_logo_is_drawn_anew_and_seen_by_everybody(shop: Any) -> None:
    client = browser(shop)
    client.post("/settings/workspace/logo/", {"logo": picture()})
    row = workspace(shop)
    assert (row.logo_type, row.logo_width, row.logo_height) == ("image/png", 216, 72)
    stranger = Client(headers={"host": shop.host})
    answer = stranger.get(f"/ui/logo/{row.logo_sha256[:16]}/")
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert "/ui/logo/" in stranger.get("/my/sign-in/").content.decode()
    assert stranger.get("/ui/logo/0000000000000000/").status_code == 404
    client.post("/settings/workspace/logo/", {"remove": "1"})
    assert workspace(shop).logo_sha256 == ""
    assert "/ui/logo/" not in stranger.get("/my/sign-in/").content.decode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("logo.png", b"no picture at all"),
        ("logo.png.html", b"<script>alert(1)</script>"),
        ("big.png", b"\x89PNG" + b"x" * 300_000),
    ],
)
def test_what_is_no_picture_is_refused_with_words(shop: Any, name: str, content: bytes) -> None:
    sent = SimpleUploadedFile(name, content, "image/png")
    answer = browser(shop).post("/settings/workspace/logo/", {"logo": sent}, follow=True)
    assert workspace(shop).logo_sha256 == ""
    assert "picture" in answer.content.decode()


def test_hosts_are_added_led_to_and_removed(shop: Any) -> None:
    client = browser(shop)
    client.post("/settings/hosts/", {"host": "https://Help.Acme.Example:8000/x"})
    row = WorkspaceHost.objects.get(host="help.acme.example")
    assert Client(headers={"host": "help.acme.example"}).get("/my/sign-in/").status_code == 200
    client.post(f"/settings/hosts/{row.pk}/", {"primary": "1"})
    assert list(WorkspaceHost.objects.filter(is_primary=True)) == [row]
    client.post(f"/settings/hosts/{row.pk}/", {"remove": "1"})
    assert WorkspaceHost.objects.filter(pk=row.pk).exists()
    old = WorkspaceHost.objects.get(host=shop.host)
    client.post(f"/settings/hosts/{old.pk}/", {"remove": "1"}, headers={"host": "help.acme.example"})
    assert not WorkspaceHost.objects.filter(pk=old.pk).exists()


@pytest.mark.parametrize("host", ["", "no host", "a..b", "-x.example", "x" * 300])
def test_what_is_no_host_is_refused(shop: Any, host: str) -> None:
    assert browser(shop).post("/settings/hosts/", {"host": host}).status_code == 422


def test_another_workspaces_host_is_not_to_be_had(shop: Any) -> None:
    other = Workspace.objects.create(name="Other", created_at=shop.now)
    theirs = WorkspaceHost.objects.create(host="theirs.example", workspace=other, is_primary=True)
    client = browser(shop)
    assert client.post("/settings/hosts/", {"host": "theirs.example"}).status_code == 422
    assert client.post(f"/settings/hosts/{theirs.pk}/", {"primary": "1"}).status_code == 404


@pytest.mark.parametrize("role", ["support_administrator", "configurator", "supervisor", "agent"])
def test_only_administrators_change_hosts(shop: Any, role: str) -> None:
    client = browser(shop, role)
    assert client.get("/settings/hosts/").status_code == 403
    assert client.post("/settings/hosts/", {"host": "mine.example"}).status_code == 403
    allowed = 302 if role == "configurator" else 403
    assert client.post("/settings/workspace/logo/", {"remove": "1"}).status_code == allowed
