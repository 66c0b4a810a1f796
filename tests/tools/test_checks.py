"""The checks of lock files, translations and migrations."""

from __future__ import annotations

import polib
import pytest
from django.core.management import call_command
from tools.check_locks import problems as lock_problems
from tools.check_translations import differences, problems


def entry(**values: object) -> polib.POFile:
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(**values))  # type: ignore[no-untyped-call]
    return catalogue


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"msgid": "Send", "msgstr": ""}, "empty"),
        ({"msgid": "Send", "msgstr": "Отправить", "flags": ["fuzzy"]}, "guessed"),
        ({"msgid": "Hello %(name)s", "msgstr": "Привет"}, "missing"),
        ({"msgid": "Hello", "msgstr": "Привет, %(name)s"}, "has not"),
        ({"msgid": "one", "msgid_plural": "many", "msgstr_plural": {0: "один", 1: "много"}}, "plural"),
    ],
)
def test_a_translation_that_is_not_one(values: dict[str, object], words: str) -> None:
    (found,) = problems(entry(**values))
    assert words in found


def test_a_translation_that_is_one() -> None:
    catalogue = entry(msgid="Hello %(name)s", msgstr="Привет, %(name)s")
    assert problems(catalogue) == []
    assert differences(catalogue, catalogue) == []
    (lacking,) = differences(polib.POFile(), catalogue)
    assert lacking.startswith("not in the catalogue")
    (left_over,) = differences(catalogue, polib.POFile())
    assert left_over.startswith("no longer in the code")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("django==5.2 \\\n    --hash=sha256:ab", 0),
        ("--index-url somewhere\ndjango==5.2 --hash=sha256:ab", 1),
        ("django @ https://example.org/d.whl --hash=sha256:ab", 1),
        ("django==5.2", 1),
    ],
)
def test_lock_files_name_no_host_and_have_hashes(text: str, count: int) -> None:
    assert len(lock_problems("runtime.txt", text)) == count


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
