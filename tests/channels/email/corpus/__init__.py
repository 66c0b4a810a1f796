"""Mails written for the purpose, each with its expected reading; the same ones at every call."""

from tests.channels.email.corpus import charsets, files, headers, structures
from tests.channels.email.corpus.case import Case, Expected, File, numbered

__all__ = ["Case", "Expected", "File", "corpus"]


def corpus() -> list[Case]:
    """Return all cases, in a fixed order."""
    return numbered([*charsets.cases(), *headers.cases(), *structures.cases(), *files.cases()])
