"""The operations, by what they are about: parse, one command or query, one answer."""
