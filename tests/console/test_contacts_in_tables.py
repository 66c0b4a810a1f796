"""Tables of people in the console: bringing them, and taking them out."""

from __future__ import annotations

import csv
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from okno.people.commands import imports, save_contact, save_organization
from okno.people.commands.import_parts import go_on_importing
from okno.people.models import Contact, ImportRun
from okno.spine.models import Event, Timer
from okno.tenancy.scope import scope
from okno.tickets.commands.attachments import FORGET_TIMER
from tests.conftest import Shop, make_shop
from tests.console.conftest import Browser, browser_for

TABLE = "ФИО;Почта;Телефон;Компания\nМарина Соколова;ms@log.example;8 912 345-67-89;Логистика\nОшибка;не адрес;;\n"


def bring(client: Client, data: bytes, name: str = "people.csv") -> Any:
    return client.post("/contacts/imports/", {"file": SimpleUploadedFile(name, data)})


def work(shop: Shop, run: ImportRun) -> None:
    for _round in range(run.parts_total + 1):
        go_on_importing(run_id=run.pk, now=shop.now)


def body(response: Any) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_table_goes_all_the_way_in_and_out_again(shop: Shop, browser: Browser, encoding: str) -> None:
    client = browser()
    assert "/contacts/imports/" in client.get("/contacts/").content.decode()
    answer = bring(client, TABLE.encode(encoding))
    run = ImportRun.objects.get()
    here = f"/contacts/imports/{run.pk}/"
    assert answer["Location"] == here
    assert Timer.objects.filter(kind=FORGET_TIMER).count() == 1
    page = client.get(here).content.decode()
    assert "Марина Соколова" in page
    assert page.count(" selected") == 4
    mapping = {f"column-{place}": target for place, target in enumerate(run.mapping)}
    assert mapping == {
        "column-0": "name",
        "column-1": "email",
        "column-2": "phone",
        "column-3": "organization",
    }
    refused = client.post(f"{here}columns/", {"column-0": "title"})
    assert refused.status_code == 422
    assert "must hold names" in refused.content.decode()
    client.post(f"{here}columns/", mapping)
    assert "You may leave this page" in client.get(here).content.decode()
    work(shop, run)
    asked = client.get(here, headers={"HX-Request": "true"})
    assert asked["HX-Refresh"] == "true"
    page = client.get(here).content.decode()
    assert "<dt>New</dt><dd>1</dd>" in page
    assert "is not a mail address" in page
    assert not Contact.objects.exists()
    client.post(f"{here}run/")
    work(shop, run)
    page = client.get(here).content.decode()
    assert "The table is in." in page
    assert Contact.objects.get().name == "Марина Соколова"
    lines = list(csv.reader(StringIO(body(client.get(f"{here}errors/")).decode("utf-8-sig"))))
    assert lines[1][0] == "3"
    assert lines[1][2:] == ["Ошибка", "не адрес", "", ""]
    client.post(f"{here}undo/")
    work(shop, run)
    assert "The import is undone." in client.get(here).content.decode()
    assert not Contact.objects.exists()
    assert "people.csv" in client.get("/contacts/imports/").content.decode()


def test_a_workbook_is_brought(shop: Shop, browser: Browser) -> None:
    book, file = Workbook(), BytesIO()
    sheet: Any = book.active
    sheet.append(["Name", "Email", "Mobile phone"])
    sheet.append(["Nora", "nora@client.example", 79123456789])
    book.save(file)
    bring(browser(), file.getvalue(), "people.xlsx")
    run = ImportRun.objects.get()
    imports.map_columns(actor=shop.actor("agent"), run_id=run.pk, mapping=run.mapping, now=shop.now)
    work(shop, run)
    imports.run_import(actor=shop.actor("agent"), run_id=run.pk, now=shop.now)
    work(shop, run)
    assert Contact.objects.get().addresses.filter(value="+79123456789").exists()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\n;;\n", "There is no table"),
        (b"Name\n", "There is no table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old format of Excel"),
        (b"PK\x03\x04 broken", "broken"),
        (b"a\x00b", "neither a CSV nor an XLSX"),
    ],
)
def test_a_bad_file_is_refused_in_words(shop: Shop, browser: Browser, data: bytes, words: str) -> None:
    answer = bring(browser(), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_a_form_without_a_file_is_refused(shop: Shop, browser: Browser) -> None:
    assert browser().post("/contacts/imports/").status_code == 422


def test_a_file_is_forgotten_before_it_is_let_in(shop: Shop, browser: Browser) -> None:
    client = browser()
    bring(client, TABLE.encode())
    run = ImportRun.objects.get()
    assert client.post(f"/contacts/imports/{run.pk}/drop/")["Location"] == "/contacts/imports/"
    assert not ImportRun.objects.exists()
    assert client.get(f"/contacts/imports/{run.pk}/").status_code == 404


def test_a_worker_that_gave_up_is_sent_again(shop: Shop, browser: Browser) -> None:
    client = browser()
    bring(client, TABLE.encode())
    run = ImportRun.objects.get()
    imports.map_columns(actor=shop.actor("agent"), run_id=run.pk, mapping=run.mapping, now=shop.now)
    Timer.objects.filter(kind=imports.TIMER).update(state=Timer.State.DEAD)
    assert "It has stopped" in client.get(f"/contacts/imports/{run.pk}/").content.decode()
    client.post(f"/contacts/imports/{run.pk}/resume/")
    assert Timer.objects.get(kind=imports.TIMER).state == Timer.State.DUE


def test_light_agents_and_other_workspaces_bring_nothing(shop: Shop, browser: Browser, now: datetime) -> None:
    bring(browser(), TABLE.encode())
    run = ImportRun.objects.get()
    light = browser("light_agent")
    for path in ("", f"{run.pk}/", f"{run.pk}/errors/"):
        assert light.get(f"/contacts/imports/{path}").status_code == 403
    acts = ("columns", "run", "undo", "resume", "drop")
    for act in acts:
        assert light.post(f"/contacts/imports/{run.pk}/{act}/").status_code == 403
    assert bring(light, TABLE.encode()).status_code == 403


def test_an_import_of_another_workspace_is_not_found(db: None, now: datetime) -> None:
    ours, theirs = make_shop(now), make_shop(now)
    with scope(theirs.workspace):  # type: ignore[arg-type]
        bring(browser_for(theirs), TABLE.encode())
        run = ImportRun.objects.get()
    with scope(ours.workspace):  # type: ignore[arg-type]
        client = browser_for(ours, "administrator")
    for path in ("", "errors/"):
        assert client.get(f"/contacts/imports/{run.pk}/{path}").status_code == 404
    for act in ("columns", "run", "undo", "resume", "drop"):
        assert client.post(f"/contacts/imports/{run.pk}/{act}/").status_code == 404


def people(shop: Shop) -> None:
    agent = shop.actor("agent")
    company = save_organization(
        actor=agent, organization=None, name="=Client", domains=["a.example", "b.example"], now=shop.now
    )
    save_contact(
        actor=agent,
        contact=None,
        name="=HYPERLINK(1)",
        addresses=["n@a.example", "m@a.example"],
        phones=["8 912 345-67-89"],
        organization=company,
        is_vip=True,
        notes="@note\x0b",
        now=shop.now,
    )
    save_contact(actor=agent, contact=None, name="Plain", addresses=[], now=shop.now)


def test_contacts_are_taken_out_as_csv_without_formulas(shop: Shop, browser: Browser) -> None:
    people(shop)
    answer = browser("light_agent").post("/contacts/export/", {"format": "csv"})
    lines = list(csv.reader(StringIO(body(answer).decode("utf-8-sig"))))
    assert lines[0][:4] == ["Name", "Mail addresses", "Phones", "Organization"]
    assert lines[1] == [
        "'=HYPERLINK(1)", "n@a.example; m@a.example", "'+79123456789", "'=Client", "", "", "yes", "'@note",
    ]  # fmt: skip
    assert lines[2][0] == "Plain"
    told = Event.objects.get(type="people.exported")
    assert (told.actor_name, told.payload["what"]) == ("Light_Agent", "contacts")


def test_contacts_are_taken_out_as_a_workbook_of_texts(shop: Shop, browser: Browser) -> None:
    people(shop)
    answer = browser().post("/contacts/export/?q=vip", {"format": "xlsx"})
    sheet: Any = load_workbook(BytesIO(body(answer))).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 2
    assert rows[1][0].value == "=HYPERLINK(1)"
    assert {cell.data_type for cell in rows[1] if cell.value} == {"s"}
    assert Event.objects.get(type="people.exported").payload["filters"] == {"vip": "yes"}


def test_what_was_taken_out_can_be_brought_again(shop: Shop, browser: Browser) -> None:
    people(shop)
    client = browser()
    for kind in ("csv", "xlsx"):
        bring(client, body(client.post("/contacts/export/", {"format": kind})), f"x.{kind}")
        run = ImportRun.objects.latest("id")
        imports.map_columns(actor=shop.actor("agent"), run_id=run.pk, mapping=run.mapping, now=shop.now)
        work(shop, run)
        run.refresh_from_db()
        assert run.counts == {"unchanged": 2}, kind


def test_organizations_are_taken_out(shop: Shop, browser: Browser) -> None:
    people(shop)
    answer = browser().post("/organizations/export/", {"format": "csv"})
    lines = list(csv.reader(StringIO(body(answer).decode("utf-8-sig"))))
    assert lines[1] == ["'=Client", "a.example; b.example", "", ""]


@pytest.mark.parametrize("kind", ["", "pdf", "CSV"])
def test_a_format_that_is_none_is_not_found(shop: Shop, browser: Browser, kind: str) -> None:
    assert browser().post("/contacts/export/", {"format": kind}).status_code == 404
    assert not Event.objects.filter(type="people.exported").exists()


def test_a_large_export_reads_a_batch_at_a_time(shop: Shop, browser: Browser) -> None:
    Contact.objects.bulk_create([Contact(name=f"Person {index:04}") for index in range(1200)])
    with CaptureQueriesContext(connection) as queries:
        text = body(browser().post("/contacts/export/", {"format": "csv"})).decode()
    assert text.count("Person ") == 1200
    assert len([query for query in queries if 'FROM "people_contact" ' in query["sql"]]) == 3
