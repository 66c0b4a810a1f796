"""format=flowed (RFC 3676): lines put together again that were only broken on the way."""


def unflow(text: str, *, joins_words: bool) -> str:
    """Join the soft line breaks of text; with `joins_words` (DelSp) the space at the end belongs to the break."""
    result: list[str] = []
    # Pieces of the line that is being joined, and how deep it is quoted.
    pieces: list[str] = []
    depth = 0
    for line in text.split("\n"):
        level = len(line) - len(line.lstrip(">"))
        content = line[level:].removeprefix(" ")
        is_signature = content == "-- "
        if pieces and (level != depth or is_signature):
            result.append(_marked(depth, pieces))
            pieces = []
        depth = level
        if content.endswith(" ") and not is_signature:
            pieces.append(content[:-1] if joins_words else content)
        else:
            result.append(_marked(level, [*pieces, content]))
            pieces = []
    if pieces:
        result.append(_marked(depth, pieces))
    return "\n".join(result)


def _marked(level: int, pieces: list[str]) -> str:
    content = "".join(pieces)
    return f"{'>' * level} {content}" if level else content
