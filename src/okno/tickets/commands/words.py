"""A message's body as it is stored: plain text always, HTML only if it says more than the text."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from okno.lib.errors import Invalid
from okno.lib.html_text import HtmlTooDeep, html_to_text
from okno.lib.sanitize import sanitize_html
from okno.tickets.commands.changing import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is said: `text` is plain; `html` is sanitised, or empty."""

    text: str
    html: str = ""


def written_body(*, text: str = "", html: str = "") -> Body:
    """Return what a person wrote in the composer or sent by the API. Raises Invalid if it says nothing."""
    if html.strip():
        try:
            clean = sanitize_html(html)
            plain = clean_text(text or html_to_text(clean))
        except HtmlTooDeep as error:
            raise Invalid(
                _("The text is nested too deep."), fields={"html": [_("Nested too deep.")]}
            ) from error
        if plain or "<img" in clean:
            return Body(text=plain, html=clean)
    plain = clean_text(text)
    if not plain:
        raise Invalid(_("The message is empty."), fields={"body": [_("Write something first.")]})
    return Body(text=plain)
