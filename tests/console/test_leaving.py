"""Ending a kind of notification from the mail: by the header of RFC 8058, or by a page with a button."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from okno.channels.email.compose import compose
from okno.channels.email.models import OutgoingMail
from okno.channels.email.sender import _outbound
from okno.reactors.notify.leaving import leaving_path, open_leaving_link
from okno.reactors.notify.models import NotificationKind
from okno.spine.work import drain
from okno.team.models import Member
from okno.tenancy.scope import scope
from okno.tickets.commands.assign import assign_ticket
from tests.conftest import Shop, make_shop

KIND = NotificationKind.ASSIGNED


def stranger(shop: Shop) -> Client:
    """Return a mail program: no cookies, no sign-in."""
    return Client(headers={"host": shop.host}, enforce_csrf_checks=True)


def path_of(shop: Shop) -> str:
    return leaving_path(shop.member("agent"), KIND)  # type: ignore[arg-type]


def muted(shop: Shop) -> list[str]:
    return list(Member.objects.get(pk=shop.member("agent").pk).muted)  # type: ignore[attr-defined]


def assigned_mail(shop: Shop) -> OutgoingMail:
    shop.mailbox()
    ticket: Any = shop.ticket()
    assign_ticket(
        actor=shop.actor("supervisor"), ticket_id=ticket.pk, to=shop.member("agent"), now=shop.now
    )  # type: ignore[arg-type]  # fmt: skip
    drain()
    mail: OutgoingMail = OutgoingMail.objects.get(purpose="staff")
    return mail


def test_a_notification_says_how_to_end_it(shop: Shop, settings: Any) -> None:
    settings.PUBLIC_URL = "https://desk.example"
    data = compose(_outbound(assigned_mail(shop))).decode()
    unfolded = data.replace("\r\n ", " ")
    headers = dict(line.split(": ", 1) for line in unfolded.partition("\r\n\r\n")[0].split("\r\n"))
    assert headers["List-Unsubscribe"].strip().startswith("<https://")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"].startswith("<assigned.notifications.")
    assert headers["Auto-Submitted"] == "auto-generated"


def test_without_tls_one_click_is_not_offered(shop: Shop, settings: Any) -> None:
    settings.PUBLIC_URL = "http://desk.example"
    names = [name for name, _value in assigned_mail(shop).headers]
    assert names == ["List-Id", "List-Unsubscribe"]


def test_one_click_of_a_mail_program_ends_that_kind_of_mail_and_no_other(shop: Shop) -> None:
    answer = stranger(shop).post(path_of(shop), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert muted(shop) == ["assigned:mail"]
    stranger(shop).post(path_of(shop))
    assert muted(shop) == ["assigned:mail"]
    assert not OutgoingMail.objects.exists()


def test_looking_ends_nothing(shop: Shop) -> None:
    client = stranger(shop)
    page = client.get(path_of(shop))
    assert "No more mail of this kind" in page.content.decode()
    assert client.head(path_of(shop)).status_code == 200
    assert muted(shop) == []
    client.post(path_of(shop))
    assert "gets no more mail" in client.get(path_of(shop)).content.decode()


@pytest.mark.parametrize("token", ["x", "a:b:c", "WzEsMiwzXQ:1xyzzy:abcdef"])
def test_a_wrong_link_ends_nothing(shop: Shop, token: str) -> None:
    for answer in (stranger(shop).get(f"/leave/{token}/"), stranger(shop).post(f"/leave/{token}/")):
        assert answer.status_code == 404


def test_a_link_is_good_in_its_workspace_only(db: None, now: Any) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):  # type: ignore[arg-type]
        path = path_of(ours)
    assert stranger(theirs).post(path).status_code == 404
    with scope(ours.workspace):  # type: ignore[arg-type]
        assert muted(ours) == []


def test_who_has_left_is_told_so(shop: Shop) -> None:
    path = path_of(shop)
    Member.objects.filter(pk=shop.member("agent").pk).update(is_active=False)  # type: ignore[attr-defined]
    assert stranger(shop).post(path).status_code == 404
    assert open_leaving_link(path.split("/")[2]) is None
