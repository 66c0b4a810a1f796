"""Addresses in delivery reports: written in every way that servers have found."""

import re

from okno.lib.addresses import InvalidAddress, normalise_address

# Looser than what may be written to: the world has addresses with two dots in a row.
ADDRESS = r"(?:\"[^\"\s@]{1,64}\"|[^\s<>()\[\]\"',;:@|]{1,64})@(?:[^\W_](?:[\w.-]{0,252}\w)?|\[[0-9a-fA-F.:]{3,45}\])"
_ADDRESS = re.compile(ADDRESS)
_MACHINE_LOCALS = re.compile(
    r"(?:mailer|mail|post|majordomo|list)?[-_.]?daemon|post[-_.]?master|postmaster[-+].*|mailer[-_]?daemon.*|"
    r"abuse|hostmaster|no-?reply|do-?not-?reply|mailadmin|mail-?admin|"
    r"microsoftexchange[0-9a-f]{32}",
    re.IGNORECASE,
)


def clean_address(text: str) -> str:
    """Return the first address in a text in canonical form, or an empty text if there is none."""
    match = _ADDRESS.search(text)
    if match is None:
        return ""
    try:
        return normalise_address(match.group(0))
    except InvalidAddress:
        return match.group(0).replace('"', "").lower()


def all_addresses(text: str) -> list[str]:
    """Return all addresses in a text in canonical form, in order, each once."""
    return list(dict.fromkeys(clean_address(match.group(0)) for match in _ADDRESS.finditer(text)))


def is_machine(address: str) -> bool:
    """Tell whether an address is that of a server rather than of somebody who was written to."""
    return bool(_MACHINE_LOCALS.fullmatch(address.rpartition("@")[0]))
