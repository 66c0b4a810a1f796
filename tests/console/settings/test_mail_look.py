"""How mail looks and what it says: written, previewed, tried, brought back; refused where it could not be sent."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from okno.channels.email.looks import look_of
from okno.channels.email.models import MailLook, MailText, OutgoingMail
from okno.lib.stores import file_store
from okno.reactors.delivery.receipts import confirm_receipt
from okno.spine.unit import unit_of_work
from okno.team.commands.teams import create_desk
from okno.team.models import Desk, Role
from okno.tenancy.scope import scope
from okno.tickets.commands.attachments import forget_files
from tests.conftest import Shop, make_shop

TEXT = "/settings/mail/all/receipt/en/"
GOOD = {"subject": "Hello [#{number}]", "body": "Number **{number}** of {requester}.\n\n[Look]({link})"}


def browser(shop: Shop, role: str = "administrator") -> Client:
    client = Client(headers={"host": shop.host, "accept": "text/html"})
    client.force_login(shop.member(role, role=role).user)  # type: ignore[attr-defined]
    return client


@pytest.fixture
def boss(shop: Shop) -> Client:
    """Give an administrator's browser."""
    cache.clear()
    return browser(shop)


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 150), **options: Any) -> bytes:
    made = io.BytesIO()
    mode = "RGB" if kind == "JPEG" else "RGBA"
    Image.new(mode, size, "red").save(made, kind, **options)
    return made.getvalue()


def send_logo(client: Client, content: bytes, *, where: str = "all") -> Any:
    file = SimpleUploadedFile("logo.png", content, content_type="image/png")
    return client.post(f"/settings/mail/{where}/logo/", {"logo": file}, follow=True)


def frame_of(html: str) -> str:
    found = re.search(r'<iframe[^>]* src="([^"]+)"', html)
    assert found, html
    return unescape(found.group(1))


def test_the_built_in_text_is_where_one_begins(boss: Client) -> None:
    page = boss.get(TEXT).content.decode()
    assert "We have received your request." in page
    assert "Reset to default" not in page
    assert "Мы получили ваше обращение." in boss.get("/settings/mail/all/receipt/ru/").content.decode()


def test_a_text_is_used_from_the_moment_it_is_saved(shop: Shop, boss: Client) -> None:
    shop.mailbox()
    answer = boss.post(TEXT, GOOD)
    assert answer["Location"] == TEXT
    with unit_of_work():
        confirm_receipt(shop.ticket(), now=shop.now)  # type: ignore[arg-type]
    mail = OutgoingMail.objects.get(purpose="receipt")
    assert mail.subject.startswith("Hello [#")
    assert "<strong>" in mail.html
    assert "We have received" not in mail.text


def test_every_version_is_kept_and_can_be_used_again(shop: Shop, boss: Client) -> None:
    boss.post(TEXT, GOOD)
    boss.post(TEXT, {**GOOD, "body": "Second {number}"})
    boss.post(TEXT, {**GOOD, "body": "Second {number}"})
    first, second = MailText.objects.order_by("id")
    assert (first.is_current, second.is_current) == (False, True)
    page = boss.get(TEXT).content.decode()
    assert "Administrator" in page
    boss.post(f"/settings/mail/versions/{first.pk}/")
    assert MailText.objects.get(is_current=True).body == GOOD["body"]
    boss.post(f"{TEXT}default/")
    assert not MailText.objects.filter(is_current=True).exists()
    assert "We have received your request." in boss.get(TEXT).content.decode()
    assert MailText.objects.count() == 3


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"body": "Number {number} of {nobody}"}, "body", "{nobody}"),
        ({"body": "{number} {message}"}, "body", "{message}"),
        ({"subject": "About {link} [#{number}]"}, "subject", "{link}"),
        ({"subject": "one\r\nBcc: victim@evil.example"}, "subject", "one line"),
        ({"subject": ""}, "subject", "Write a subject"),
        ({"subject": "x" * 201}, "subject", "200"),
        ({"body": ""}, "body", "Write a text"),
        ({"body": "{number}" + "x" * 8001}, "body", "8000"),
        ({"body": "no number"}, "body", "{number}"),
        ({"body": "{number} [x](javascript:alert(1))"}, "body", "https:"),
        ({"body": "{number} [x](https://evil.example/{subject})"}, "body", "https:"),
        ({"body": "{number} [x]({requester})"}, "body", "https:"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_words(
    boss: Client, values: dict[str, str], field: str, words: str
) -> None:
    answer = boss.post(TEXT, {**GOOD, **values})
    assert answer.status_code == 422
    said = " ".join(map(str, answer.context["form"].errors[field]))
    assert words in said
    assert not MailText.objects.exists()


def test_an_answer_carries_the_message_on_a_line_of_its_own(boss: Client) -> None:
    path = "/settings/mail/all/reply/en/"
    for body, words in (("Hello.", "{message}"), ("Hello, {message}", "line of its own")):
        answer = boss.post(path, {"subject": "{subject}", "body": body})
        assert answer.status_code == 422
        assert words in str(answer.context["form"].errors["body"])
    assert boss.post(path, {"subject": "{subject}", "body": "Hello!\n\n{message}"}).status_code == 302


def test_the_question_needs_its_answers(boss: Client) -> None:
    path = "/settings/mail/all/resolved/en/"
    answer = boss.post(path, {"subject": "Solved?", "body": "[Yes]({solved})"})
    assert "{problem}" in str(answer.context["form"].errors["body"])


def test_a_footer_may_be_empty(shop: Shop, boss: Client) -> None:
    assert boss.post("/settings/mail/all/footer/en/", {"body": ""}).status_code == 302
    assert MailText.objects.get().body == ""


def test_the_preview_follows_what_is_typed_and_stores_nothing(boss: Client) -> None:
    typed = {"subject": "Typed {number}", "body": "Typed <b>{number}</b> for {requester}", "view": "light"}
    part = boss.post(f"{TEXT}preview/", typed, headers={"hx-request": "true"}).content.decode()
    assert "Typed 10482" in part
    assert "<html" not in part
    answer = boss.get(frame_of(part))
    document = answer.content.decode()
    assert "Typed &lt;b&gt;10482&lt;/b&gt; for" in document
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert not MailText.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_the_preview_shows_text_dark_and_phone(boss: Client) -> None:
    views: dict[str, str] = {}
    for view in ("text", "dark", "phone", "light", "nonsense"):
        answer = boss.post(f"{TEXT}preview/", {**GOOD, "view": view}, headers={"hx-request": "true"})
        views[view] = answer.content.decode()
    assert "<iframe" not in views["text"]
    assert "Number 10482 of" in views["text"]
    assert "is-phone" in views["phone"]
    assert "@media all" in boss.get(frame_of(views["dark"])).content.decode()
    assert "@media not all" in boss.get(frame_of(views["light"])).content.decode()
    assert "<iframe" in views["nonsense"]


def test_the_preview_says_what_is_wrong(boss: Client) -> None:
    typed = {**GOOD, "body": "{number} {wrong}"}
    part = boss.post(f"{TEXT}preview/", typed, headers={"hx-request": "true"}).content.decode()
    assert "{wrong}" in part
    assert "<iframe" not in part


def test_without_scripts_the_preview_is_the_page(boss: Client) -> None:
    page = boss.post(f"{TEXT}preview/", {**GOOD, "body": "Only here {number}"}).content.decode()
    assert "<html" in page
    assert "Only here {number}" in page
    assert "Only here 10482" in boss.get(frame_of(page)).content.decode()


@pytest.mark.parametrize("token", ["", "x", "eyJ4IjoxfQ:1:2"])
def test_a_preview_that_we_have_not_signed_is_none(boss: Client, token: str) -> None:
    assert boss.get("/settings/mail/preview/", {"d": token}).status_code == 404


def test_a_test_goes_to_ones_own_address_and_stands_in_the_outbox(shop: Shop, boss: Client) -> None:
    shop.mailbox()
    answer = boss.post(f"{TEXT}test/", {**GOOD, "subject": "Try {number}"}, headers={"hx-request": "true"})
    mail = OutgoingMail.objects.get()
    assert f"/outbox/{mail.pk}/" in answer.content.decode()
    assert mail.to == [{"address": f"administrator@{shop.host}", "name": "Administrator"}]
    assert (mail.subject, mail.purpose, mail.is_automatic) == ("Try 10482", "test", True)
    assert "Number 10482" in mail.text
    assert "Try 10482" in boss.get("/outbox/").content.decode()
    assert boss.get(f"/outbox/{mail.pk}/").status_code == 200


def test_a_test_without_a_mailbox_or_with_a_wrong_text_says_why(shop: Shop, boss: Client) -> None:
    answer = boss.post(f"{TEXT}test/", GOOD, headers={"hx-request": "true"})
    assert "no mailbox" in answer.content.decode()
    shop.mailbox()
    wrong = boss.post(f"{TEXT}test/", {**GOOD, "body": "{wrong}"}, headers={"hx-request": "true"})
    assert "{wrong}" in wrong.content.decode()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_small_enough_for_mail(shop: Shop, boss: Client, kind: str) -> None:
    sent = picture(kind)
    page = send_logo(boss, sent).content.decode()
    logo = look_of(None, shop.workspace).logo  # type: ignore[arg-type]
    assert logo is not None
    assert (logo.width, logo.height) == (240, 60)
    stored = file_store().read(shop.workspace.pk, logo.sha256)  # type: ignore[attr-defined]
    assert stored != sent
    with Image.open(io.BytesIO(stored)) as drawn:
        assert drawn.format == ("JPEG" if kind == "JPEG" else "PNG")
        assert drawn.size == (480, 120)
    assert "/settings/mail/all/picture/" in page
    shown = boss.get("/settings/mail/all/picture/")
    assert b"".join(shown.streaming_content) == stored
    boss.post("/settings/mail/all/logo/", {"remove": "1"})
    assert look_of(None, shop.workspace).logo is None  # type: ignore[arg-type]
    assert boss.get("/settings/mail/all/picture/").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no picture"),
        (b"GIF89a" + b"\0" * 50, "no picture"),
        (b"", "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 300, "no picture"),
        (b"\x89PNG" + b"x" * 250_000, "too large"),
        (picture(size=(4001, 1)), "too many pixels"),
        (picture()[:-30], "no picture"),
    ],
    ids=["svg", "gif", "empty", "broken", "large", "wide", "cut"],
)
def test_what_is_no_logo(shop: Shop, boss: Client, content: bytes, words: str) -> None:
    assert words in send_logo(boss, content).content.decode()
    assert not MailLook.objects.exclude(logo_sha256="").exists()


def test_a_logo_needs_a_file(boss: Client) -> None:
    page = boss.post("/settings/mail/all/logo/", follow=True).content.decode()
    assert "Choose a file first" in page
    assert not MailLook.objects.exists()


def test_a_logo_goes_with_the_mail_and_survives_its_copies(shop: Shop, boss: Client) -> None:
    shop.mailbox()
    send_logo(boss, picture())
    logo = look_of(None, shop.workspace).logo  # type: ignore[arg-type]
    assert logo is not None
    boss.post(f"{TEXT}test/", GOOD)
    mail = OutgoingMail.objects.get()
    (attached,) = mail.attachments
    assert attached["content_id"] == logo.content_id
    assert f"cid:{logo.content_id}" in mail.html
    forget_files([logo.sha256], workspace_id=shop.workspace.pk, now=shop.now + timedelta(days=1))  # type: ignore[attr-defined]
    assert file_store().exists(shop.workspace.pk, logo.sha256)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("accent", "words"),
    [("#ffee00", "too pale"), ("red", "six digits"), ("#12345", "six digits"), ("url(x)", "six digits")],
)
def test_colours_that_cannot_be_used(boss: Client, accent: str, words: str) -> None:
    answer = boss.post("/settings/mail/all/", {"accent": accent, "quotes_previous": "yes"})
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["accent"])
    assert not MailLook.objects.exists()
    part = boss.post("/settings/mail/all/preview/", {"accent": accent}, headers={"hx-request": "true"})
    assert words in part.content.decode()


def test_a_colour_is_seen_before_it_is_saved(shop: Shop, boss: Client) -> None:
    part = boss.post("/settings/mail/all/preview/", {"accent": "#AA0000"}, headers={"hx-request": "true"})
    assert "#aa0000" in boss.get(frame_of(part.content.decode())).content.decode()
    boss.post("/settings/mail/all/", {"accent": "#AA0000", "quotes_previous": "no"})
    look = look_of(None, shop.workspace)  # type: ignore[arg-type]
    assert (look.accent, look.quotes_previous) == ("#aa0000", False)


def test_a_desk_has_what_all_have_until_it_says_otherwise(shop: Shop, boss: Client) -> None:
    desk = create_desk(actor=shop.actor("administrator"), name="Accounts", now=shop.now)  # type: ignore[arg-type]
    own = f"/settings/mail/{desk.pk}/receipt/en/"
    boss.post("/settings/mail/all/", {"accent": "#aa0000", "quotes_previous": "no"})
    boss.post(TEXT, {**GOOD, "body": "Of all {number}"})
    assert "Of all {number}" in boss.get(own).content.decode()
    assert "As everywhere" in boss.get(f"/settings/mail/{desk.pk}/").content.decode()
    assert look_of(desk.pk, shop.workspace).accent == "#aa0000"  # type: ignore[arg-type]
    boss.post(own, {**GOOD, "body": "Of accounts {number} {desk}"})
    boss.post(f"/settings/mail/{desk.pk}/", {"accent": "#005500", "quotes_previous": "yes"})
    assert "Of all {number}" in boss.get(TEXT).content.decode()
    look, common = look_of(desk.pk, shop.workspace), look_of(None, shop.workspace)  # type: ignore[arg-type]
    assert (look.accent, look.quotes_previous) == ("#005500", True)
    assert (common.accent, common.quotes_previous) == ("#aa0000", False)
    part = boss.post(f"{own}preview/", {**GOOD, "body": "{number} {desk}"}, headers={"hx-request": "true"})
    assert "10482 Accounts" in boss.get(frame_of(part.content.decode())).content.decode()
    boss.post(f"{own}default/")
    assert "Of all {number}" in boss.get(own).content.decode()


PAGES = (
    "/settings/mail/",
    "/settings/mail/all/",
    "/settings/mail/{desk}/",
    "/settings/mail/all/reply/en/",
    "/settings/mail/{desk}/footer/ru/",
)
ACTS = (
    "/settings/mail/all/preview/",
    "/settings/mail/{desk}/logo/",
    "/settings/mail/all/reply/en/preview/",
    "/settings/mail/all/reply/en/test/",
    "/settings/mail/{desk}/reply/en/default/",
    "/settings/mail/versions/{version}/",
)


@pytest.fixture
def ids(shop: Shop) -> dict[str, int]:
    """Return ids of what there is."""
    cache.clear()
    version = MailText.objects.create(kind="receipt", language="en", subject="{number}", body="{number}")
    return {"desk": Desk.objects.get().pk, "version": version.pk}


@pytest.mark.parametrize("role", Role.values)
def test_rights(shop: Shop, ids: dict[str, int], role: str) -> None:
    client = browser(shop, role)
    may = role in (Role.ADMINISTRATOR, Role.CONFIGURATOR)
    for path in PAGES:
        assert client.get(path.format(**ids)).status_code == (200 if may else 403), path
        assert (client.post(path.format(**ids), GOOD).status_code == 403) == (not may), path
    for path in ACTS:
        assert (client.post(path.format(**ids)).status_code == 403) == (not may), path
        assert client.get(path.format(**ids)).status_code == 405, path
    for path in ("/settings/mail/preview/", "/settings/mail/all/picture/"):
        assert client.get(path).status_code == (404 if may else 403), path


def test_what_does_not_exist(boss: Client) -> None:
    for path in (
        "/settings/mail/999999/", "/settings/mail/nothing/", "/settings/mail/all/nothing/en/",
        "/settings/mail/all/reply/xx/", "/settings/mail/999999/reply/en/", "/settings/mail/99999999999999999999/",
    ):  # fmt: skip
        assert boss.get(path).status_code == 404, path
        assert boss.post(path, GOOD).status_code == 404, path
    assert boss.post("/settings/mail/versions/999999/").status_code == 404


def test_another_workspace_has_its_own(db: None, now: Any) -> None:
    cache.clear()
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):  # type: ignore[arg-type]
        client = browser(ours)
        client.post(TEXT, {**GOOD, "body": "Ours {number}"})
        client.post("/settings/mail/all/", {"accent": "#aa0000", "quotes_previous": "no"})
        send_logo(client, picture())
        version = MailText.objects.get()
        desk = Desk.objects.get()
    with scope(theirs.workspace):  # type: ignore[arg-type]
        client = browser(theirs)
        assert "Ours {number}" not in client.get(TEXT).content.decode()
        assert client.post(f"/settings/mail/versions/{version.pk}/").status_code == 404
        assert client.get(f"/settings/mail/{desk.pk}/").status_code == 404
        assert client.get("/settings/mail/all/picture/").status_code == 404
        assert not MailLook.objects.exists()
        assert look_of(None, theirs.workspace).logo is None  # type: ignore[arg-type]
