"""A made-up request, by which a text is shown before it is used."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from okno.channels.email.looks import Look
from okno.channels.email.markup import Block, Value, text_as_html
from okno.channels.email.models import TextKind
from okno.channels.email.wording import Wording, attribution
from okno.channels.email.writing import Letter, write_letter
from okno.team.models import Member
from okno.tenancy.hosts import public_url
from okno.tenancy.models import Workspace

NUMBER = "10482"


def sample_letter(
    kind: TextKind,
    *,
    workspace: Workspace,
    desk_id: int | None,
    language: str,
    member: Member,
    look: Look,
    draft: Wording | None = None,
) -> Letter:
    """Return a mail of a kind as a client (or the member) would get it; a signature or footer is shown on an answer."""
    shown = TextKind.REPLY if kind in (TextKind.SIGNATURE, TextKind.FOOTER) else kind
    return write_letter(
        shown,
        _values(workspace, language, member),
        workspace=workspace,
        desk_id=desk_id,
        language=language,
        quoted=_quoted(language) if shown is TextKind.REPLY and look.quotes_previous else None,
        drafts={kind: draft} if draft is not None else None,
        look=look,
    )


def _values(workspace: Workspace, language: str, member: Member) -> dict[str, Value]:
    link = public_url(workspace, "/r/example/")
    with override(language):
        answer = _(
            "Thank you for writing. We have found the cause and put a new part in.\n\nPlease try again."
        )
        return {
            "number": NUMBER,
            "subject": _("The printer does not print"),
            "requester": _("Maria Client"),
            "agent": member.name,
            "signature": member.signature or member.name,
            "solution": _("A sheet was stuck in the tray. It has been taken out."),
            "event": _("New ticket"),
            "message": Block(html=text_as_html(answer), text=answer),
            "link": link,
            "solved": f"{link}solved/",
            "problem": f"{link}problem/",
        }


def _quoted(language: str) -> Block:
    with override(language):
        words = _("Hello! The printer on the second floor does not print.")
        date, author = _("3 November 2026"), _("Maria Client")
    line = (
        attribution(language).replace("{date}", date).replace("{time}", "10:11").replace("{author}", author)
    )
    return Block(
        text=f"{line}\n> {words}",
        html=f'<div>{line}</div><blockquote type="cite" class="quoted">{text_as_html(words)}</blockquote>',
    )
