"""Setting forms up in the browser: who may, what is previewed, what comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from okno.lib.errors import Denied, Invalid
from okno.modules.form.commands.config import change_form, create_form, prepare_forms
from okno.modules.form.models import ConsentText, Form, OfferedType
from okno.modules.form.queries import types_of
from okno.modules.form.snapshot import snapshot
from okno.spine.actor import SYSTEM
from okno.spine.models import Event
from okno.spine.versions import roll_back, versions_of
from okno.team.models import Desk, Team
from okno.tenancy.modules import set_modules
from okno.tenancy.scope import scope
from okno.tickets.models import RequestType
from tests.conftest import Shop, make_shop
from tests.modules.form.sender import first_form


def browser(shop: Shop, name: str = "administrator", **options: Any) -> Client:
    """Return the browser of a member."""
    options.setdefault("role", name)
    client = Client(headers={"host": shop.host, "accept": "text/html"}, raise_request_exception=False)
    client.force_login(shop.member(name, **options).user)  # type: ignore[attr-defined]
    return client


def typed(**values: Any) -> dict[str, Any]:
    """Return what somebody types into the settings of a form."""
    return {"name_en": "Suppliers", "team": "", "sites": "", "is_active": "on", **values}


def test_a_new_workspace_has_a_form_that_works(shop: Shop) -> None:
    form = first_form()
    assert (form.names["en"], form.names["ru"]) == ("Write to us", "Напишите нам")
    assert [one.key for one in types_of(form)] == [
        "question",
        "incident",
        "request",
        "complaint",
        "suggestion",
    ]
    prepare_forms(workspace=shop.workspace, now=shop.now)  # type: ignore[arg-type]
    assert Form.objects.count() == 1


def test_a_form_is_made_in_the_browser_and_its_address_works(shop: Shop) -> None:
    client = browser(shop)
    answer = client.post("/settings/forms/new/", typed(sites="www.client.example\nhttps://shop.example"))
    form = Form.objects.latest("id")
    assert answer["Location"] == f"/settings/forms/{form.pk}/"
    assert form.sites == ["https://www.client.example", "https://shop.example"]
    page = client.get(answer["Location"]).content.decode()
    assert f"/f/{form.key}/okno.js&quot; async" in page
    assert versions_of("form", form.pk).count() == 1
    assert Client(headers={"host": shop.host}).get(f"/f/{form.key}/").status_code == 200
    assert "Suppliers" in client.get("/settings/forms/").content.decode()


def test_a_form_is_changed_and_comes_back(shop: Shop) -> None:
    form = first_form()
    client = browser(shop)
    before = snapshot(form)
    kind = RequestType.objects.get(key="complaint")
    change = typed(name_ru="Жалобы", types=[str(kind.pk)], consent_en="I agree to everything.", is_active="")
    assert client.post(f"/settings/forms/{form.pk}/", change).status_code == 302
    form = first_form()
    assert [one.key for one in types_of(form)] == ["complaint"]
    assert (form.consent_number, form.is_active) == (1, False)
    event = Event.objects.filter(type="config.changed", subject_kind="form").latest("id")
    assert event.payload["old"]["is_active"] is True
    assert event.payload["new"]["is_active"] is False
    roll_back(actor=shop.actor("administrator"), kind_name="form", object_id=form.pk, number=1, now=shop.now)  # type: ignore[arg-type]
    assert snapshot(first_form()) == before
    roll_back(actor=shop.actor("administrator"), kind_name="form", object_id=form.pk, number=2, now=shop.now)  # type: ignore[arg-type]
    assert first_form().consent_number == 2, "nobody has agreed to these words since they were taken away"
    assert ConsentText.objects.count() == 2


def test_the_preview_follows_what_is_typed_and_saves_nothing(shop: Shop) -> None:
    client = browser(shop)
    page = client.post("/settings/forms/preview/", typed(name_en="As typed", consent_en="Agree!", sites="*"))
    assert page.status_code == 200
    assert "As typed" in page.content.decode()
    assert "Agree!" in page.content.decode()
    assert Form.objects.count() == 1
    RequestType.objects.update(is_public=False)
    assert "nothing can be sent" in client.post("/settings/forms/preview/", typed()).content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name_en": ""}, "Write a name in at least one language."),
        ({"sites": "*"}, "is not the address of a site"),
        ({"team": "987654"}, "987654 is not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    shop: Shop, values: dict[str, str], words: str
) -> None:
    answer = browser(shop).post("/settings/forms/new/", typed(intro_en="Stays here.", **values))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "Stays here." in page
    assert Form.objects.count() == 1


@pytest.mark.parametrize("name", ["supervisor", "agent", "light_agent", "support_administrator"])
def test_only_who_configures_may(shop: Shop, name: str) -> None:
    form = first_form()
    client = browser(shop, name)
    for path in ("/settings/forms/", "/settings/forms/new/", f"/settings/forms/{form.pk}/"):
        assert client.get(path).status_code == 403
    assert client.post("/settings/forms/preview/", typed()).status_code == 403
    assert client.post(f"/settings/forms/{form.pk}/", typed()).status_code == 403
    with pytest.raises(Denied):
        create_form(actor=shop.actor(name), values=snapshot(form), now=shop.now)  # type: ignore[arg-type]
    assert first_form().names["en"] == "Write to us"


def test_what_belongs_elsewhere_is_refused(shop: Shop) -> None:
    form = first_form()
    desk = Desk.objects.create(name="Other", position=2)
    team = Team.objects.create(name="Other", desk=desk, line=1)
    foreign = RequestType.objects.create(key="foreign", desk=desk, kind="question", names={"en": "Foreign"})
    before = snapshot(form)
    for name, value in (("team", team.pk), ("types", [foreign.pk]), ("desk", 987654), ("names", {"xx": "X"})):
        with pytest.raises(Invalid) as refusal:
            change_form(actor=SYSTEM, form_id=form.pk, values={name: value}, now=shop.now)
        assert refusal.value.fields.keys() == {name}
    assert snapshot(first_form()) == before
    assert not OfferedType.objects.exists()


def test_a_form_of_another_workspace_is_not_there(db: None, now: datetime) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(ours.workspace):  # type: ignore[arg-type]
        form = first_form()
    with scope(theirs.workspace):  # type: ignore[arg-type]
        assert browser(theirs).get(f"/settings/forms/{form.pk}/").status_code == 404
        kind = RequestType.objects.earliest("id")
    with scope(ours.workspace), pytest.raises(Invalid):  # type: ignore[arg-type]
        change_form(actor=SYSTEM, form_id=form.pk, values={"types": [kind.pk]}, now=now)


def test_switched_off_it_leaves_no_trace_and_comes_back_as_it_was(shop: Shop) -> None:
    form = first_form()
    workspace: Any = shop.workspace
    client = browser(shop)
    assert "Held forms" in client.get("/tickets/").content.decode()
    set_modules(workspace, [name for name in workspace.modules if name != "form"], now=shop.now)
    for path in (
        f"/f/{form.key}/",
        f"/f/{form.key}/embed/",
        f"/f/{form.key}/okno.js",
        "/forms/waiting/",
        "/settings/forms/",
    ):
        assert client.get(path).status_code == 404, path
    page = client.get("/tickets/").content.decode() + client.get("/settings/").content.decode()
    assert "Held forms" not in page
    assert "Web forms" not in page
    set_modules(workspace, [*workspace.modules, "form"], now=shop.now)
    assert client.get(f"/f/{form.key}/").status_code == 200
    assert Form.objects.count() == 1


def test_the_list_asks_as_little_for_many_as_for_one(shop: Shop) -> None:
    client = browser(shop)
    client.get("/settings/forms/")
    with CaptureQueriesContext(connection) as one:
        client.get("/settings/forms/")
    values = snapshot(first_form())
    for number in range(5):
        create_form(actor=SYSTEM, values={**values, "names": {"en": str(number)}}, now=shop.now)
    with CaptureQueriesContext(connection) as many:
        client.get("/settings/forms/")
    assert len(many) == len(one)
