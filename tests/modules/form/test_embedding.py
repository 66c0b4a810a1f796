"""A form in a frame: only on the sites that it names, without a cookie, and never with an open door for scripts."""

from __future__ import annotations

from typing import Any

import pytest

from okno.lib.errors import Invalid
from okno.modules.form.commands.config import change_form
from okno.modules.form.models import Form
from okno.spine.actor import SYSTEM
from okno.tickets.models import Ticket
from tests.modules.form.sender import Sender

SITE = "https://www.client.example"


def framed(sender: Sender, *sites: str) -> str:
    """Let sites frame the form and return the address for their frames."""
    change_form(actor=SYSTEM, form_id=sender.form.pk, values={"sites": list(sites)}, now=sender.now)
    return f"/f/{sender.form.key}/embed/"


def ancestors(answer: Any) -> str:
    policy = answer["Content-Security-Policy"]
    return next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))


def test_only_named_sites_may_frame_it_and_only_there(sender: Sender) -> None:
    path = framed(sender, SITE, "http://localhost:8080")
    answer = sender.client.get(path)
    assert ancestors(answer) == f"frame-ancestors {SITE} http://localhost:8080"
    assert "X-Frame-Options" not in answer
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    for other in (f"/f/{sender.form.key}/", "/accounts/login/", f"/f/{sender.form.key}/thanks/x/"):
        page = sender.client.get(other)
        assert ancestors(page) == "frame-ancestors 'none'", other
        assert page["X-Frame-Options"] == "DENY"


def test_without_sites_nobody_frames_it(sender: Sender) -> None:
    answer = sender.client.get(framed(sender))
    assert ancestors(answer) == "frame-ancestors 'none'"
    assert answer["X-Frame-Options"] == "DENY"


def test_a_framed_form_is_sent_without_any_cookie(sender: Sender) -> None:
    sender.path = framed(sender, SITE)
    answer = sender.send(headers={"origin": SITE, "sec-fetch-site": "cross-site"})
    assert Ticket.objects.count() == 1
    assert "/embed/thanks/" in answer["Location"]
    thanks = sender.client.get(answer["Location"])
    assert ancestors(thanks) == f"frame-ancestors {SITE}"
    assert not sender.client.cookies


def test_no_answer_lets_foreign_scripts_read_it(sender: Sender) -> None:
    path = framed(sender, SITE)
    for address in (path, f"/f/{sender.form.key}/", f"/f/{sender.form.key}/okno.js"):
        answer = sender.client.get(address, headers={"origin": SITE})
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_site_chooses_language_and_colours(sender: Sender) -> None:
    path = framed(sender, SITE)
    assert 'data-theme="okno-light"' in sender.client.get(path).content.decode()
    page = sender.client.get(f"{path}?lang=ru&theme=dark").content.decode()
    assert 'lang="ru" data-theme="okno-dark"' in page
    assert "?lang=ru&amp;theme=dark" in page, "the form is sent to the same address"
    assert 'data-theme="okno-light"' in sender.client.get(f"{path}?theme=x").content.decode()


def test_the_script_knows_its_own_address_and_listens_to_nobody_else(sender: Sender) -> None:
    answer = sender.client.get(f"/f/{sender.form.key}/okno.js")
    script = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "event.origin !== address.origin" in script
    assert "innerHTML" not in script


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://WWW.Client.Example/", "https://www.client.example"),
        ("client.example/contact?x=1", "https://client.example"),
        ("http://client.example:8080", "http://client.example:8080"),
        ("https://client.example:443", "https://client.example"),
        ("https://пример.рф", "https://xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_sites_are_kept_as_browsers_spell_them(sender: Sender, given: str, kept: str) -> None:
    framed(sender, given)
    assert Form.objects.get(pk=sender.form.pk).sites == [kept]


@pytest.mark.parametrize(
    "given",
    [
        "*",
        "https://*.client.example",
        "'self'",
        "https://a;script-src *",
        "javascript:alert(1)",
        "https://a@b",
        "//",
        "https://[::1",
    ],
)
def test_what_is_no_site_is_refused(sender: Sender, given: str) -> None:
    with pytest.raises(Invalid) as refusal:
        framed(sender, given)
    assert refusal.value.fields.keys() == {"sites"}
