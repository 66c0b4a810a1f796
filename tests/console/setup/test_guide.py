"""The guide: each page does its one thing, can be skipped, and is for administrators."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from okno.channels.email.models import Mailbox
from okno.console.setup.progress import setup_progress
from okno.reactors.samples.models import SampleWork
from okno.team.commands.setup import STEPS
from okno.team.models import Member, Team
from okno.tenancy.models import Workspace
from tests.conftest import Shop
from tests.console.conftest import browser_for

PATHS = {
    "language": "language",
    "company": "company",
    "team": "team",
    "mail": "mail",
    "colours": "colours",
    "invite": "people",
}


@pytest.fixture(autouse=True)
def quick_hash(settings: Any) -> None:
    """Hash passwords quickly: the slow hash is not what these tests are about."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def boss(shop: Shop) -> Client:
    """Give the browser of an administrator."""
    return browser_for(shop, "administrator")


@pytest.fixture
def listening(settings: Any) -> None:
    """Let the installation take mail by itself."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"mail_listen": "0.0.0.0:25"})


def workspace_of(shop: Shop) -> Workspace:
    return Workspace.objects.get(pk=shop.workspace.pk)  # type: ignore[attr-defined]


def team_lines(*lines: tuple[int | str, str, int]) -> dict[str, Any]:
    given: dict[str, Any] = {"form-TOTAL_FORMS": len(lines), "form-INITIAL_FORMS": 1}
    for number, (team_id, name, line) in enumerate(lines):
        given |= {f"form-{number}-id": team_id, f"form-{number}-name": name, f"form-{number}-line": line}
    return given


def test_from_the_first_page_to_the_last(shop: Shop, boss: Client, listening: None) -> None:
    first = Team.objects.get()
    steps: dict[str, dict[str, Any]] = {
        "language": {"language": "ru", "timezone": "Europe/Moscow"},
        "company": {"name": "Acme"},
        "team": team_lines((first.pk, "First line", 1), ("", "Second line", 2), ("", "", 1)),
        "mail": {"address": "help@acme.example", "name": "Acme"},
        "colours": {"accent_hue": "150"},
        "invite": {
            "addresses": "anna@acme.example\nboris@acme.example",
            "role": "agent",
            "teams": [first.pk],
        },
    }
    for step, given in steps.items():
        assert boss.get("/setup/")["Location"] == f"/setup/{PATHS[step]}/"
        assert boss.get(f"/setup/{PATHS[step]}/").status_code == 200
        assert boss.post(f"/setup/{PATHS[step]}/", given).status_code in {200, 302}, step
    assert boss.get("/setup/")["Location"] == "/setup/end/"
    workspace = workspace_of(shop)
    assert (workspace.name, workspace.language, workspace.timezone) == ("Acme", "ru", "Europe/Moscow")
    assert workspace.accent_hue == 150
    assert set(workspace.setup_done) == set(STEPS)
    assert list(Team.objects.order_by("line").values_list("name", "line")) == [
        ("First line", 1),
        ("Second line", 2),
    ]
    box = Mailbox.objects.get()
    assert (box.address, box.is_default, box.is_released) == ("help@acme.example", True, False)
    assert boss.post(f"/setup/mail/{box.pk}/release/").status_code == 302
    box.refresh_from_db()
    assert box.is_released
    assert set(Member.objects.filter(user=None).values_list("email", flat=True)) == {
        "anna@acme.example",
        "boris@acme.example",
    }


@pytest.mark.parametrize("step", STEPS)
def test_each_step_can_be_skipped_and_come_back_to(shop: Shop, boss: Client, step: str) -> None:
    before = Workspace.objects.values("name", "language", "timezone", "accent_hue").get(
        pk=workspace_of(shop).pk
    )
    assert boss.post("/setup/skip/", {"step": step}).status_code == 302
    assert step in workspace_of(shop).setup_done
    assert (
        Workspace.objects.values("name", "language", "timezone", "accent_hue").get(pk=workspace_of(shop).pk)
        == before
    )
    assert boss.get(f"/setup/{PATHS[step]}/").status_code == 200


@pytest.mark.parametrize(
    ("step", "given"),
    [
        ("language", {"language": "xx", "timezone": "Europe/Moscow"}),
        ("language", {"language": "en", "timezone": "Mars/Base"}),
        ("company", {"name": ""}),
        ("company", {"name": "\x00"}),
        ("team", {}),
        ("team", team_lines(("x", "Team", 1))),
        ("team", team_lines(("", "Team", 99))),
        ("mail", {"address": "nonsense"}),
        ("colours", {"accent_hue": "-1"}),
        ("invite", {"addresses": "", "role": "agent"}),
        ("invite", {"addresses": "a@b.example", "role": "emperor"}),
        (
            "invite",
            {
                "addresses": "a@b.example " * 5 + " ".join(f"a{n}@b.example" for n in range(40)),
                "role": "agent",
            },
        ),
    ],
)
def test_what_cannot_be_is_refused(shop: Shop, boss: Client, listening: None, step: str, given: Any) -> None:
    answer = boss.post(f"/setup/{PATHS[step]}/", given)
    assert answer.status_code == 422
    assert step not in workspace_of(shop).setup_done


def test_two_teams_of_one_name_are_refused_and_none_is_made(shop: Shop, boss: Client) -> None:
    first = Team.objects.get()
    answer = boss.post("/setup/team/", team_lines((first.pk, "Same", 1), ("", "Other", 2), ("", "Same", 2)))
    assert answer.status_code == 422
    assert b"another one with this name" in answer.content
    assert Team.objects.get().name == first.name


def test_the_answer_to_invitations_tells_of_each(shop: Shop, boss: Client) -> None:
    known = shop.member("colleague")
    given = {"addresses": f"new@acme.example, {known.email}; nonsense", "role": "agent"}  # type: ignore[attr-defined]
    page = boss.post("/setup/people/", given).content.decode()
    assert "new@acme.example" in page
    assert re.search(r"/invitation/\?key=", page)
    assert Member.objects.filter(email="new@acme.example").exists()
    assert "invite" not in workspace_of(shop).setup_done


def test_without_a_listener_the_page_says_so(shop: Shop, boss: Client) -> None:
    page = boss.get("/setup/mail/").content.decode()
    assert "OKNO_MAIL_LISTEN" in page
    assert "/settings/mailboxes/new/" in page


def test_settings_lead_back_to_the_guide_while_it_is_under_way(shop: Shop, boss: Client) -> None:
    assert b"Back to the guide" not in boss.get("/settings/mailboxes/new/").content
    boss.get("/setup/mail/")
    assert b"Back to the guide" in boss.get("/settings/mailboxes/new/").content
    boss.get("/setup/end/")
    assert b"Back to the guide" not in boss.get("/settings/mailboxes/new/").content


def test_the_sample_data_is_asked_for_and_shows_how_far_it_is(shop: Shop, boss: Client) -> None:
    assert boss.post("/setup/samples/", {"what": "load"}).status_code == 302
    work = SampleWork.objects.get()
    assert b"is being loaded" in boss.get("/setup/end/").content
    part = boss.get("/setup/samples/state/").content.decode()
    assert "every 1s" in part
    assert boss.post("/setup/samples/", {"what": "remove"}).status_code == 409
    work.finish(done=30, total=30)
    assert "every 1s" not in boss.get("/setup/samples/state/").content.decode()
    assert boss.post("/setup/samples/", {"what": "sell"}).status_code == 404


@pytest.mark.parametrize(
    "role", ["support_administrator", "configurator", "supervisor", "agent", "light_agent"]
)
def test_others_may_not(shop: Shop, role: str) -> None:
    client = browser_for(shop, role)
    for path in (*PATHS.values(), "end", "samples/state", ""):
        assert client.get(f"/setup/{path}/".replace("//", "/")).status_code == 403
    for path in (*PATHS.values(), "mail/1/release", "samples", "dismissal", "skip"):
        assert client.post(f"/setup/{path}/", {"what": "load", "step": "mail"}).status_code == 403
    assert workspace_of(shop).setup_done == []
    assert not SampleWork.objects.exists()


def test_a_step_that_is_none_is_not_there(shop: Shop, boss: Client) -> None:
    assert boss.post("/setup/skip/", {"step": "nonsense"}).status_code == 404
    assert boss.post("/setup/skip/", {"step": "dismissed"}).status_code == 404


def test_the_progress_tells_what_is_really_there(shop: Shop, boss: Client) -> None:
    actor: Any = shop.actor("administrator")

    def done() -> list[bool]:
        shown = setup_progress(actor, workspace_of(shop))
        assert shown is not None
        return [cell.is_there for cell in shown.cells]

    assert done() == [False, False, False, False]
    shop.mailbox()
    shop.member("colleague")
    ticket: Any = shop.ticket()
    assert done() == [True, True, True, False]
    ticket.first_response_at = shop.now
    ticket.save()
    assert done() == [True, True, True, True]
    workspace = workspace_of(shop)
    workspace.setup_done = list(STEPS)
    workspace.save()
    assert setup_progress(actor, workspace) is None


def test_the_last_page_tells_what_is_missing(shop: Shop, boss: Client) -> None:
    shop.mailbox()
    page = boss.get("/setup/end/").content.decode()
    assert "1 / 4" in page
    boss.post("/setup/dismissal/")
    assert "1 / 4" not in boss.get("/setup/end/").content.decode()


def test_sample_tickets_are_no_progress(shop: Shop, boss: Client) -> None:
    from okno.config import samples
    from okno.reactors.samples.commands import load_samples
    from okno.spine.work import drain

    actor: Any = shop.actor("administrator")
    member: Any = shop.members["administrator"]
    workspace: Any = shop.workspace
    load_samples(actor=actor, member=member, workspace=workspace, now=shop.now)
    drain(SampleWork)
    assert samples.TICKETS
    shown = setup_progress(actor, workspace_of(shop))
    assert shown is not None
    assert [cell.is_there for cell in shown.cells] == [False, False, False, False]


def test_it_is_not_shown_to_who_wants_it_no_more_nor_to_others(shop: Shop, boss: Client) -> None:
    actor: Any = shop.actor("administrator")
    assert setup_progress(actor, workspace_of(shop)) is not None
    agent: Any = shop.actor("agent")
    assert setup_progress(agent, workspace_of(shop)) is None
    assert boss.post("/setup/dismissal/").status_code == 302
    assert setup_progress(actor, workspace_of(shop)) is None
