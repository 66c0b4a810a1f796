"""House rules of templates: nothing inline, no unknown icon, every component compiles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.template.loader import get_template

import okno
from okno.ui.icons import ICONS, UnknownIconError, icon_svg

SOURCE = Path(okno.__file__).parent
TEMPLATES = sorted(path for path in SOURCE.rglob("templates/**/*.html") if "mail" not in path.parts)
# `style=`, handlers and eval are refused by the policy: they would fail silently in the browser.
INLINE = re.compile(r"\sstyle=|\son[a-z]+=|<style|<script(?![^>]*\bsrc=)|\shx-on|js:", re.IGNORECASE)
ICON_TAG = re.compile(r"""\{% icon ["']([a-z0-9-]+)["']|(?<![:\w])icon=["']([a-z0-9-]+)["']""")


def name_of(path: Path) -> str:
    """Return the template's path for the test's id."""
    return str(path.relative_to(SOURCE))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_nothing_inline(path: Path) -> None:
    text = path.read_text("utf-8")
    found = [match.group() for match in INLINE.finditer(text) if 'type="application/json"' not in text]
    assert found == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_icons_are_known(path: Path) -> None:
    asked = {first or second for first, second in ICON_TAG.findall(path.read_text("utf-8"))}
    assert asked - ICONS.keys() == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_compiles(path: Path) -> None:
    *_, name = str(path).rpartition("/templates/")
    assert get_template(name)


def test_icons_are_the_names_of_the_list() -> None:
    names = (SOURCE / "ui" / "icons" / "names.txt").read_text("utf-8").split()
    assert names == sorted(names)
    assert set(names) == ICONS.keys()


def test_icon_is_decoration_unless_it_says_something() -> None:
    assert 'aria-hidden="true"' in icon_svg("mail")
    assert 'aria-label="A &lt;b&gt;"' in icon_svg("mail", "", "A <b>")
    with pytest.raises(UnknownIconError):
        icon_svg("no-such-icon")


class InvitationForm(forms.Form):
    """A form as settings pages have it."""

    email = forms.EmailField(label="E-mail", help_text="Where the <b>invitation</b> goes.")
    note = forms.CharField(label="Note", required=False)
    send_copy = forms.BooleanField(label="Copy to me", required=False)


def test_forms_are_drawn_with_our_field() -> None:
    html = str(InvitationForm({"email": "nonsense"}))
    assert '<ul class="field-errors" id="id_email_error">' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert "(optional)" in html
    assert 'class="field-choice"' in html
    assert "<b>invitation</b>" not in html
