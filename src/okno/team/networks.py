"""The networks that an API token may be used from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from django.utils.translation import gettext as _

from okno.lib.errors import Invalid

NETWORKS_LIMIT = 50


def networks_from_words(words: str) -> list[str]:
    """Return networks written with commas, spaces or in lines. Raises Invalid."""
    return normal_networks(word for word in re.split(r"[,;\s]+", words) if word)


def normal_networks(given: Iterable[str]) -> list[str]:
    """Return addresses and networks in CIDR notation as they are stored. Raises Invalid."""
    found = []
    for word in given:
        try:
            found.append(_network(word.strip()))
        except ValueError as error:
            text = _("“%(word)s” is no address and no network, such as 203.0.113.7 or 203.0.113.0/24.")
            words = text % {"word": word[:100]}
            raise Invalid(words, code="bad_network", fields={"networks": [words]}) from error
    if len(found) > NETWORKS_LIMIT:
        words = _("A token has at most %(count)d networks.") % {"count": NETWORKS_LIMIT}
        raise Invalid(words, code="bad_network", fields={"networks": [words]})
    return list(dict.fromkeys(found))


def _network(word: str) -> str:
    if "%" in word:
        raise ValueError(word)  # A zone is known to one machine only.
    return str(ip_network(word, strict=False))


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Tell whether a machine's address is in one of some networks; one that cannot be read is in none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in ip_network(network) for network in networks)
