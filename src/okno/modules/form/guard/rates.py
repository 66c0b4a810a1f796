"""How often the same sender or network has sent within an hour; one count for all web processes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import connection

from okno.modules.form.models import Attempt
from okno.tenancy.scope import current_workspace_id

# Beyond the first number a link in a mail has to be pressed, beyond the second nothing is taken. By an address, which
# anybody may write, nobody can lock its owner out.
ADDRESS_LIMIT = 5
MACHINE_LIMITS = (20, 100)
NETWORK_LIMITS = (60, 300)
HOURS_KEPT = timedelta(hours=25)

# One statement: of two at once the second sees the first.
_COUNT = """
    INSERT INTO form_attempt AS known (workspace_id, who, hour, count) VALUES (%s, %s, %s, 1)
    ON CONFLICT (workspace_id, who, hour) DO UPDATE SET count = known.count + 1
    RETURNING count
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What is made of the counts."""

    is_much: bool = False
    is_too_much: bool = False


def count_sending(*, remote: str, address: str, now: datetime) -> Rate:
    """Count a form that is sent from a machine for a mail address."""
    machine, network = _places(remote)
    # Always in the same order, so that two at once do not wait for each other.
    counted = [
        (_count(f"network {network}", now=now), NETWORK_LIMITS),
        (_count(f"machine {machine}", now=now), MACHINE_LIMITS),
    ]
    by_address = _count(f"address {address}", now=now)
    return Rate(
        is_much=by_address > ADDRESS_LIMIT or any(count > limits[0] for count, limits in counted),
        is_too_much=any(count > limits[1] for count, limits in counted),
    )


def sent_lately(*, remote: str, now: datetime) -> int:
    """Return how many forms this hour has seen from a machine."""
    machine, _network = _places(remote)
    found = Attempt.objects.filter(who=_hashed(f"machine {machine}"), hour=_hour(now))
    return found.values_list("count", flat=True).first() or 0


def forget_attempts(*, now: datetime) -> None:
    """Delete the counts of hours gone by."""
    Attempt.objects.filter(hour__lt=now - HOURS_KEPT).delete()


def _count(who: str, *, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [current_workspace_id(), _hashed(who), _hour(now)])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _places(remote: str) -> tuple[str, str]:
    """Return the machine and the network of an IP address; of IPv6 a household has a whole /64."""
    try:
        address = ip_address(remote)
    except ValueError:
        return "unknown", "unknown"
    if address.version == 4:
        return str(address), str(ip_network((address, 24), strict=False))
    return str(ip_network((address, 64), strict=False)), str(ip_network((address, 48), strict=False))


def _hashed(who: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"okno.form.rate {who}".encode(), sha256).hexdigest()[:32]


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
