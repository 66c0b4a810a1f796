"""Pages with a part that takes servers outside: it is made after the request's transaction has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import StreamingHttpResponse
from django.utils.translation import get_language, override

RESULT_MARK = "<!--result-->"


def streamed(before: str, middle: Callable[[], str], after: str) -> StreamingHttpResponse:
    """Answer with a part that is made while the answer is sent, which is after the request's transaction has ended.

    Servers may take many seconds to answer; no transaction may wait for them.
    """
    language = get_language() or "en"

    def parts() -> Iterator[str]:
        yield before
        with override(language):
            yield middle()
        yield after

    return StreamingHttpResponse(parts())
