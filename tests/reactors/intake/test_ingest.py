"""Mail from files."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from okno.lib.errors import Invalid
from okno.reactors.intake.ingest import ingest
from okno.tenancy.scope import scope
from okno.tickets.models import Ticket
from tests.conftest import Shop
from tests.reactors.intake.test_pipeline import write_mail


@pytest.fixture
def folder(open_shop: Shop, tmp_path: Path) -> Path:
    """Return a folder with a mail, bytes that are hardly one, and an mbox of two."""
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        open_shop.mailbox()
    (tmp_path / "a.eml").write_bytes(write_mail(open_shop, subject="A").as_bytes())
    (tmp_path / "b.eml").write_bytes(b"\x00\xff nonsense")
    box = mailbox.mbox(tmp_path / "c.mbox")
    for subject in ("C1", "C2"):
        box.add(write_mail(open_shop, subject=subject))
    box.flush()
    box.close()
    return tmp_path


def test_each_mail_of_files_folders_and_mboxes_gets_a_line(open_shop: Shop, folder: Path) -> None:
    lines = list(ingest(workspace=open_shop.workspace, paths=[str(folder)]))  # type: ignore[arg-type]
    assert [line.outcome for line in lines] == ["opened", "opened", "opened", "opened"]
    assert lines[2].file == f"{folder / 'c.mbox'}:1"
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        assert set(Ticket.objects.values_list("number", flat=True)) == {
            line.ticket for line in lines if line.ticket
        }


def test_the_same_file_again_is_a_duplicate(open_shop: Shop, folder: Path) -> None:
    path = str(folder / "a.eml")
    first, again = ingest(workspace=open_shop.workspace, paths=[path, path])  # type: ignore[arg-type]
    assert (again.outcome, again.ticket) == ("duplicate", first.ticket)


def test_a_file_that_is_not_there_is_said_so_and_the_rest_goes_on(open_shop: Shop, folder: Path) -> None:
    missing, good = ingest(
        workspace=open_shop.workspace,
        paths=[str(folder / "missing.eml"), str(folder / "a.eml")],  # type: ignore[arg-type]
    )
    assert missing.outcome == "unreadable"
    assert good.outcome == "opened"


def test_without_a_mailbox_nothing_can_be_taken_in(open_shop: Shop) -> None:
    with pytest.raises(Invalid):
        list(ingest(workspace=open_shop.workspace, paths=["-"]))  # type: ignore[arg-type]
