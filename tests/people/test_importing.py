"""Tables of people: what their rows mean, letting them in, and taking them back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from okno.lib.errors import Conflict, Denied, Invalid
from okno.lib.tables import Table
from okno.people.commands import imports, merge_people, save_contact, save_organization, verify_address
from okno.people.commands.import_parts import go_on_importing
from okno.people.importing import WrongRow, guess_mapping, read_person
from okno.people.models import Contact, ContactAddress, ImportPart, ImportRun, Organization
from okno.spine.models import Event, Timer
from okno.spine.work import drain
from okno.team.models import Member
from okno.tenancy.scope import scope
from tests.conftest import Shop

HEADS = ["Name", "E-mail", "Phone", "Company", "Position", "VIP"]
ROWS = [
    ["Nora Quist", "nora@client.example; nq@client.example", "8 912 345-67-89", "Client", "Owner", "yes"],
    ["Ида", "ida@client.example", "", "client", "", ""],
    ["", "", "", "", "Nobody", ""],
    ["Bad", "not an address", "", "", "", ""],
]


def table(rows: list[list[str]], heads: list[str] | None = None) -> Table:
    return Table(columns=heads or HEADS, rows=list(enumerate(rows, 2)))


def bring(shop: Shop, rows: list[list[str]], heads: list[str] | None = None) -> ImportRun:
    return imports.bring_table(
        actor=shop.actor("agent"), filename="people.csv", table=table(rows, heads), now=shop.now
    )


def work(shop: Shop, run: ImportRun) -> ImportRun:
    for _round in range(run.parts_total + 1):
        go_on_importing(run_id=run.pk, now=shop.now)
    run.refresh_from_db()
    return run


def checked(shop: Shop, rows: list[list[str]], heads: list[str] | None = None) -> ImportRun:
    run = bring(shop, rows, heads)
    imports.map_columns(actor=shop.actor("agent"), run_id=run.pk, mapping=run.mapping, now=shop.now)
    return work(shop, run)


def imported(shop: Shop, rows: list[list[str]], heads: list[str] | None = None) -> ImportRun:
    run = checked(shop, rows, heads)
    imports.run_import(actor=shop.actor("agent"), run_id=run.pk, now=shop.now)
    return work(shop, run)


def undone(shop: Shop, run: ImportRun) -> ImportRun:
    imports.undo_import(actor=shop.actor("agent"), run_id=run.pk, now=shop.now + timedelta(hours=1))
    for _round in range(run.parts_total + 1):
        go_on_importing(run_id=run.pk, now=shop.now + timedelta(hours=1))
    run.refresh_from_db()
    return run


def everybody() -> dict[str, Any]:
    contacts = Contact.objects.order_by("id").values_list(
        "id", "name", "title", "language", "notes", "is_vip", "organization__name"
    )
    addresses = ContactAddress.objects.order_by("id").values_list("contact_id", "kind", "value", "is_primary")
    return {
        "contacts": list(contacts),
        "addresses": list(addresses),
        "companies": Organization.objects.count(),
    }


@pytest.mark.parametrize(
    ("heads", "mapping"),
    [
        (HEADS, ["name", "email", "phone", "organization", "title", "vip"]),
        (
            ["Фамилия", "Имя", "Отчество", "Эл. почта", "Телефон 1", "Телефон 2", "Организация", "Должность"],
            ["last_name", "first_name", "middle_name", "email", "phone", "phone", "organization", "title"],
        ),
        (["ФИО", "E-Mail Address", "Комментарий", "Notes"], ["name", "email", "notes", "notes"]),
        (["Name", "Full name", "Shoe size", ""], ["name", "", "", ""]),
    ],
)
def test_columns_are_guessed_by_their_heads(heads: list[str], mapping: list[str]) -> None:
    assert guess_mapping(heads) == mapping


def test_a_row_is_read() -> None:
    mapping = ["last_name", "first_name", "email", "phone", "vip", "language", "notes", "notes"]
    cells = [
        "Quist",
        "Nora",
        "<N@a.example>, n@a.example x@b.example",
        "8 912 345-67-89;1203",
        "да",
        "Русский",
        "A",
        "B",
    ]
    person = read_person(cells, mapping, country="")
    assert person.name == "Quist Nora"
    assert person.emails == ("n@a.example", "x@b.example")
    assert person.phones == ("+79123456789", "1203")
    assert (person.is_vip, person.language, person.notes) == (True, "ru", "A\nB")


@pytest.mark.parametrize(
    ("target", "cell"),
    [
        ("email", "nobody"),
        ("phone", "912 345 67 89"),
        ("vip", "perhaps"),
        ("language", "tlh"),
        ("title", "Boss"),
    ],
)
def test_a_wrong_row_says_why(target: str, cell: str) -> None:
    with pytest.raises(WrongRow, match=r"\w"):
        read_person([cell], [target], country="")


def test_a_table_is_looked_at_before_anything_is_written(shop: Shop) -> None:
    shop.contact("ida")
    before = everybody()
    run = checked(shop, ROWS)
    assert run.phase == ImportRun.Phase.CHECKED
    assert run.counts == {"new": 1, "changed": 1, "wrong": 2}
    assert everybody() == before
    words = [result.get("words", "") for result in ImportPart.objects.get().outcomes]
    assert "“not” is not a mail address" in words[3]


def test_people_come_in_with_organizations_addresses_and_numbers(shop: Shop) -> None:
    ida = shop.contact("ida")
    run = imported(shop, ROWS)
    assert run.phase == ImportRun.Phase.DONE
    assert run.counts == {"new": 1, "changed": 1, "wrong": 2}
    nora = Contact.objects.get(name="Nora Quist")
    assert {(row.value, row.is_primary) for row in nora.addresses.all()} == {
        ("nora@client.example", True),
        ("nq@client.example", False),
        ("+79123456789", True),
    }
    ida.refresh_from_db()
    assert (ida.name, ida.organization) == ("Ида", Organization.objects.get(name="Client"))
    assert (nora.title, nora.is_vip, nora.organization_id) == ("Owner", True, ida.organization_id)
    assert Event.objects.filter(type="contact.created", payload__source="import").count() == 1
    assert Event.objects.filter(type="people.import_started", subject_id=run.pk).count() == 1


def test_the_same_table_again_changes_nothing(shop: Shop) -> None:
    imported(shop, [*ROWS[:2], ["Only a name", "", "", "Client", "", ""]])
    before, count = everybody(), Event.objects.filter(type__startswith="contact.").count()
    run = imported(shop, [*ROWS[:2], ["Only a name", "", "", "Client", "", ""]])
    assert run.counts == {"unchanged": 3}
    assert everybody() == before
    assert Event.objects.filter(type__startswith="contact.").count() == count


def test_rows_of_one_person_come_together(shop: Shop) -> None:
    run = imported(
        shop, [["Nora", "n@a.example", "", "", "", ""], ["Nora", "n@a.example", "1203", "", "", ""]]
    )
    assert run.counts == {"new": 1, "changed": 1}
    assert Contact.objects.get().addresses.count() == 2
    run = undone(shop, run)
    assert run.counts == {"restored": 1, "removed": 1}
    assert not Contact.objects.exists()


def test_a_row_that_fits_two_contacts_is_wrong(shop: Shop) -> None:
    shop.contact("nora")
    shop.contact("ida")
    run = imported(shop, [["Both", "nora@client.example ida@client.example", "", "", "", ""]])
    assert run.counts == {"wrong": 1}
    assert "Nora" in ImportPart.objects.get().outcomes[0]["words"]


def test_undoing_removes_what_was_made_and_restores_what_was_changed(shop: Shop) -> None:
    ida = shop.contact("ida")
    save_contact(
        actor=shop.actor("agent"),
        contact=ida,
        name="Ida",
        addresses=["ida@client.example"],
        title="Clerk",
        now=shop.now,
    )
    before = everybody()
    run = imported(shop, [*ROWS, ["Ida Known", "ida@client.example", "1203", "New Co", "Director", "yes"]])
    run = undone(shop, run)
    assert run.phase == ImportRun.Phase.UNDONE
    assert run.counts == {"removed": 1, "restored": 2}
    assert everybody() == before
    assert Event.objects.filter(type="contact.removed").count() == 1
    assert Event.objects.filter(type="people.import_undone").count() == 1


def test_what_somebody_worked_with_since_stays(shop: Shop) -> None:
    rows = [
        [name, f"{name.lower()}@client.example", "", "Client", "", ""]
        for name in ("Asks", "Edited", "Proven", "Merged", "Idle")
    ]
    run = imported(shop, rows)
    people = {contact.name: contact for contact in Contact.objects.all()}
    later = shop.now + timedelta(minutes=5)
    shop.ticket("He asks", by="asks")
    save_contact(
        actor=shop.actor("agent"),
        contact=people["Edited"],
        name="Edited",
        addresses=["edited@client.example"],
        notes="Called",
        now=later,
    )
    verify_address(contact=people["Proven"], address="proven@client.example", now=later)
    merge_people(actor=shop.actor("agent"), survivor=people["Asks"], absorbed=people["Merged"], now=later)
    run = undone(shop, run)
    assert run.counts == {"removed": 1, "kept": 4}
    assert not Contact.objects.filter(name="Idle").exists()
    assert Organization.objects.filter(name="Client").exists()


def test_values_that_somebody_wrote_since_stay(shop: Shop) -> None:
    ida = shop.contact("ida")
    run = imported(shop, [["Ida", "ida@client.example", "", "", "Director", ""]])
    save_contact(
        actor=shop.actor("agent"),
        contact=ida,
        name="Ida",
        addresses=["ida@client.example"],
        title="President",
        now=shop.now + timedelta(minutes=5),
    )
    run = undone(shop, run)
    ida.refresh_from_db()
    assert ida.title == "President"
    assert run.counts == {"kept": 1}


def test_many_rows_go_part_by_part_and_a_killed_worker_doubles_nothing(
    open_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "ROWS_IN_PART", 3)
    rows = [[f"Person {index}", f"person{index}@many.example", "", "", "", ""] for index in range(10)]
    workspace: Any = open_shop.workspace
    with scope(workspace):
        run = bring(open_shop, rows)
        agent = open_shop.actor("agent")
        assert run.parts_total == 4
        imports.map_columns(actor=agent, run_id=run.pk, mapping=run.mapping, now=open_shop.now)
    drain(Timer)
    with scope(workspace):
        imports.run_import(actor=agent, run_id=run.pk, now=open_shop.now)

    class Killed(BaseException):
        """The worker dies before its transaction has ended."""

    def die() -> None:
        with scope(workspace):
            go_on_importing(run_id=run.pk, now=open_shop.now)
            raise Killed

    for _time in range(2):
        with pytest.raises(Killed):
            die()
        with scope(workspace):
            go_on_importing(run_id=run.pk, now=open_shop.now)
    with scope(workspace):
        assert Contact.objects.count() == 6
    drain(Timer)
    with scope(workspace):
        run.refresh_from_db()
        assert (run.phase, run.counts) == (ImportRun.Phase.DONE, {"new": 10})
        assert Contact.objects.count() == 10
        imports.undo_import(actor=agent, run_id=run.pk, now=open_shop.now)
    drain(Timer)
    with scope(workspace):
        run.refresh_from_db()
        assert (run.phase, run.counts) == (ImportRun.Phase.UNDONE, {"removed": 10})
        assert not Contact.objects.exists()


def test_the_worker_has_the_rights_of_whoever_started_it(shop: Shop) -> None:
    run = checked(shop, ROWS[:1])
    imports.run_import(actor=shop.actor("agent"), run_id=run.pk, now=shop.now)
    Member.objects.filter(pk=run.member_id).update(is_active=False)
    with pytest.raises(Denied):
        go_on_importing(run_id=run.pk, now=shop.now)
    assert not Contact.objects.exists()
    imports.resume_import(actor=shop.actor("other"), run_id=run.pk, now=shop.now)
    assert work(shop, run).counts == {"new": 1}


@pytest.mark.parametrize(
    "mapping",
    [
        ["name"],
        ["title", "", "", "", "", ""],
        ["name", "name", "", "", "", ""],
        ["nonsense", "email", "", "", "", ""],
        ["", "", "", "", "", ""],
    ],
)
def test_a_mapping_that_cannot_be_is_refused(shop: Shop, mapping: list[str]) -> None:
    run = bring(shop, ROWS)
    with pytest.raises(Invalid):
        imports.map_columns(actor=shop.actor("agent"), run_id=run.pk, mapping=mapping, now=shop.now)
    run.refresh_from_db()
    assert run.phase == ImportRun.Phase.MAPPING


def test_each_step_has_its_time_and_needs_the_right(shop: Shop) -> None:
    agent, light = shop.actor("agent"), shop.actor("light_agent")
    with pytest.raises(Denied):
        imports.bring_table(actor=light, filename="x", table=table(ROWS), now=shop.now)
    run = bring(shop, ROWS[:1])
    for act in (imports.run_import, imports.undo_import, imports.resume_import):
        with pytest.raises(Conflict):
            act(actor=agent, run_id=run.pk, now=shop.now)
    run = imported(shop, ROWS[:1])
    for act in (imports.run_import, imports.drop_table):
        with pytest.raises(Conflict):
            act(actor=agent, run_id=run.pk, now=shop.now)
    for act in (imports.undo_import, imports.resume_import, imports.drop_table):
        with pytest.raises(Denied):
            act(actor=light, run_id=run.pk, now=shop.now)
    go_on_importing(run_id=run.pk, now=shop.now)
    run.refresh_from_db()
    assert (run.phase, Contact.objects.count()) == (ImportRun.Phase.DONE, 1)


def test_rows_are_forgotten_in_time(shop: Shop) -> None:
    waiting, done = bring(shop, ROWS), imported(shop, ROWS[:1])
    imports.forget_imports(shop.now + timedelta(days=imports.KEPT_DAYS - 1))
    assert ImportPart.objects.count() == 2
    imports.forget_imports(shop.now + timedelta(days=imports.KEPT_DAYS + 1))
    assert not ImportPart.objects.exists()
    assert list(ImportRun.objects.all()) == [done]
    assert waiting.pk != done.pk
    with pytest.raises(Conflict, match="forgotten"):
        imports.undo_import(actor=shop.actor("agent"), run_id=done.pk, now=shop.now)


def test_an_organization_that_is_there_is_taken_however_it_is_written(shop: Shop) -> None:
    save_organization(actor=shop.actor("agent"), organization=None, name="ООО «Вектор»", now=shop.now)
    imported(shop, [["Олег", "o@v.example", "", "ооо «вектор»", "", ""]])
    assert Organization.objects.count() == 1
