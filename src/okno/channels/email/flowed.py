"""format=flowed (RFC 3676): lines put together again that were only broken on the way."""


def unflow(text: str, *, joins_words: bool) -> str:
    """Join the soft line breaks of text; with `joins_words` (DelSp) the space at the end belongs to the break."""
    result: list[str] = []
    pending: tuple[int, str] | None = None
    for line in text.split("\n"):
        level = len(line) - len(line.lstrip(">"))
        content = line[level:].removeprefix(" ")
        is_signature = content == "-- "
        is_soft = content.endswith(" ") and not is_signature
        if pending is not None and pending[0] == level and not is_signature:
            content = pending[1] + content
        elif pending is not None:
            result.append(_marked(*pending))
        pending = None
        if is_soft:
            pending = (level, content[:-1] if joins_words else content)
        else:
            result.append(_marked(level, content))
    if pending is not None:
        result.append(_marked(*pending))
    return "\n".join(result)


def _marked(level: int, content: str) -> str:
    return f"{'>' * level} {content}" if level else content
