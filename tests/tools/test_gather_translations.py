"""Bringing the Russian catalogue up to date."""

import polib
from tools.gather_translations import merged


def text(msgid: str, msgstr: str = "", *, file: str = "a.py", line: str = "") -> polib.POEntry:
    return polib.POEntry(msgid=msgid, msgstr=msgstr, occurrences=[(file, line)])


def counted(one: str, many: str, *forms: str) -> polib.POEntry:
    return polib.POEntry(
        msgid=one, msgid_plural=many, msgstr_plural=dict(enumerate(forms)), occurrences=[("a.py", "")]
    )


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    result = polib.POFile()
    result.extend(entries)
    return result


def test_translations_are_kept_and_what_the_code_has_no_more_goes() -> None:
    old = catalogue(text("Close", "Закрыть"), text("Gone", "Было"))
    result = merged(catalogue(text("Open"), text("Close")), old)
    assert [(entry.msgid, entry.msgstr) for entry in result] == [("Close", "Закрыть"), ("Open", "")]


def test_a_text_in_another_context_is_another_text() -> None:
    of_a_team = polib.POEntry(msgid="Open", msgctxt="of a team", occurrences=[("a.py", "")])
    result = merged(catalogue(of_a_team), catalogue(text("Open", "Открыть")))
    assert [entry.msgstr for entry in result] == [""]


def test_a_text_that_got_a_plural_waits_for_its_three_forms() -> None:
    result = merged(catalogue(counted("%d file", "%d files")), catalogue(text("%d file", "%d файл")))
    assert result[0].msgstr_plural == {0: "", 1: "", 2: ""}
    known = catalogue(counted("%d file", "%d files", "%d файл", "%d файла", "%d файлов"))
    assert merged(result, known)[0].msgstr_plural == {0: "%d файл", 1: "%d файла", 2: "%d файлов"}


def test_lines_and_their_order_leave_no_trace() -> None:
    first = merged(catalogue(text("A", line="5"), text("B", line="9")), catalogue())
    second = merged(catalogue(text("B", line="3"), text("A", line="7")), catalogue())
    assert str(first) == str(second)
    assert "a.py" in str(first)
