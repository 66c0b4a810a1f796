"""A signed-in requester, as the pages get him."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from okno.lib.clock import current_time
from okno.lib.errors import Denied, NotFound
from okno.modules.portal.entrance.sessions import session_of
from okno.modules.portal.models import PortalSession, PortalSetup
from okno.modules.portal.setup import portal_setup
from okno.people.models import Contact
from okno.spine.actor import Actor, ActorKind
from okno.tickets.models import Attachment, Ticket

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks, and what he may."""

    session: PortalSession
    setup: PortalSetup
    actor: Actor

    @property
    def contact(self) -> Contact:
        """Return the contact that he is."""
        contact: Contact = self.session.contact
        return contact

    @property
    def address(self) -> str:
        """Return the mail address by which he has signed in."""
        return str(self.session.address.value)

    def context(self, **values: Any) -> dict[str, Any]:
        """Return what all pages of the portal get."""
        return {"visitor": self, "setup": self.setup, "now": current_time(), **values}


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalPlace:
    """A ticket's page in the portal: `portal.cells.Place`."""

    contact_id: int
    ticket: Ticket

    def body_url(self, message_id: int) -> str:
        """Return the address of a message as a document of its own."""
        return reverse("my:message_body", args=[self.ticket.number, message_id])

    def file_url(self, file: Attachment) -> str:
        """Return the address of a file."""
        return f"/my/requests/{self.ticket.number}/files/{file.key}/{quote(file.filename, safe='')}"


View = Callable[Concatenate[HttpRequest, Visitor, P], HttpResponseBase]


def visitors_only(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Give a view who is signed in; everybody else is led to the sign-in and back."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        session = session_of(request, now=current_time())
        if session is None:
            response: HttpResponseBase = _to_sign_in(request)
        else:
            language = session.contact.language or translation.get_language()
            with translation.override(language):
                request.LANGUAGE_CODE = language
                response = _answered(request, view, visitor_of(session), *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response["X-Robots-Tag"] = "noindex"
        return response

    return run


def visitor_of(session: PortalSession) -> Visitor:
    """Return who is signed in by a session, with the right to his organization's requests if he has it."""
    setup, contact = portal_setup(), session.contact
    sees_all = contact.organization_id is not None and (
        contact.sees_organization or setup.shares_organization
    )
    actor = Actor(
        kind=ActorKind.CONTACT,
        id=contact.pk,
        name=contact.name,
        organization_id=contact.organization_id if sees_all else None,
    )
    return Visitor(session=session, setup=setup, actor=actor)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    there = reverse("my:sign_in")
    if request.method not in ("GET", "HEAD"):
        return redirect(there)
    return redirect(f"{there}?{urlencode({'next': request.get_full_path()})}")


def _answered(
    request: HttpRequest, view: View[P], visitor: Visitor, *args: P.args, **kwargs: P.kwargs
) -> HttpResponseBase:
    try:
        return view(request, visitor, *args, **kwargs)
    except (NotFound, Denied):
        return render(request, "my/not_there.html", visitor.context(), status=404)
