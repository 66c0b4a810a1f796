"""Words are kept once for each language."""

from __future__ import annotations

from django.utils import translation

from okno.ui.words import per_language


def test_each_language_has_its_own_answer_and_is_asked_once() -> None:
    asked = []

    @per_language
    def greeting(name: str) -> str:
        asked.append(name)
        return f"{translation.get_language()}: {name}"

    for _ in range(2):
        for language in ("en", "ru"):
            with translation.override(language):
                assert greeting("Anna") == f"{language}: Anna"
    assert asked == ["Anna", "Anna"]
