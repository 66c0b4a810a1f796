"""Who may do what at which address: every route × every role, against the table that was agreed on.

The table is `rights.txt`; a route that is not in it fails. After a change that is meant:
`OKNO_WRITE_RIGHTS=1 ./okno test tests/isolation/test_rights.py`, and read the difference before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import Client

from okno.accounts.models import User
from okno.tenancy.scope import scope
from tests.isolation.routes import Route, routes
from tests.isolation.test_two_companies import METHODS, call
from tests.isolation.world import Company

TABLE = Path(__file__).with_name("rights.txt")
MEMBERS = ("administrator", "supervisor", "agent", "light_agent", "outsider")
EVERYBODY = (*MEMBERS, "requester", "colleague", "stranger", "anonymous", "other_company")
HEAD = (
    f"# What happens at each address to: {', '.join(EVERYBODY)}. Written by tests/isolation/test_rights.py.\n"
)
WORDS = {401: "sign_in", 403: "denied", 404: "hidden", 405: "-"} | dict.fromkeys(
    (400, 409, 415, 422), "invalid"
)
SIGN_IN = "/accounts/login/"


def test_rights_are_as_agreed(companies: tuple[Company, Company]) -> None:
    ours, theirs = companies
    people = _people(ours, theirs)
    lines = [line for route in routes() for line in _lines(ours, route, people)]
    written = HEAD + "\n".join(lines) + "\n"
    if os.environ.get("OKNO_WRITE_RIGHTS"):
        TABLE.write_text(written)
    known = set(TABLE.read_text().splitlines())
    assert sorted(set(written.splitlines()) - known) == [], "not agreed on"
    assert sorted(known - set(written.splitlines())) == [], "agreed on and gone"


def _people(ours: Company, theirs: Company) -> dict[str, tuple[Client, str]]:
    """Return for each kind of person a browser and a token."""
    found = {name: (ours.browser(name), _token(ours, name)) for name in MEMBERS}
    stranger = Client(SERVER_NAME=ours.host, raise_request_exception=False)
    stranger.force_login(
        User.objects.create_user("stranger@nowhere.example", "a long pass phrase", name="Stranger")
    )
    found["stranger"] = (stranger, "okno_" + "x" * 40)
    found["requester"], found["colleague"] = ((client, "") for client in _requesters(ours))
    found["anonymous"] = (Client(SERVER_NAME=ours.host, raise_request_exception=False), "")
    found["other_company"] = (theirs.browser(host=ours.host), theirs.token)
    return found


def _requesters(company: Company) -> Iterator[Client]:
    """Return the browsers of the ticket's requester, and of a colleague without a right to see others' requests."""
    from okno.modules.portal.entrance.sessions import COOKIE, start_session
    from okno.people.models import Contact, ContactAddress
    from okno.tickets.models import Ticket

    shop = company.shop
    with scope(shop.workspace):  # type: ignore[arg-type]
        requester = Ticket.objects.get(number=int(company.ids["number"])).requester
        colleague: Any = shop.contact(f"{company.word}-clerk")
        Contact.objects.filter(pk=colleague.pk).update(organization=requester.organization_id)
        for contact in (requester, colleague):
            address = ContactAddress.objects.filter(contact=contact).earliest("id")
            client = Client(SERVER_NAME=company.host, raise_request_exception=False)
            client.cookies[COOKIE] = start_session(address=address, now=shop.now)
            yield client


def _token(company: Company, name: str) -> str:
    from okno.spine.actor import SYSTEM
    from okno.team.commands.tokens import create_token

    member: Any = company.shop.members[name]
    with scope(company.shop.workspace):  # type: ignore[arg-type]
        return create_token(actor=SYSTEM, member=member, name=name, scopes=("*",), now=company.shop.now)


def _lines(company: Company, route: Route, people: dict[str, tuple[Client, str]]) -> list[str]:
    found = []
    for method in METHODS if route.is_api else METHODS[:2]:
        words = [_word(route, method, company, *people[name]) for name in EVERYBODY]
        if set(words) != {"-"}:
            found.append(f"{method} /{route.pattern} {' '.join(words)}")
    return found


def _word(route: Route, method: str, company: Company, client: Client, token: str) -> str:
    """Try one address as one person, undo what it did, and say in a word what happened."""
    with transaction.atomic():
        answer = call(client, route, method, route.path(company.ids), token)
        transaction.set_rollback(True)
    if answer.status_code in (301, 302, 303):
        return "sign_in" if answer.headers["Location"].startswith(SIGN_IN) else "led_on"
    if 200 <= answer.status_code < 300:
        return "ok"
    return WORDS.get(answer.status_code, str(answer.status_code))
