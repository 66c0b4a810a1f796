"""What the night forgets: links and sessions that are good for nothing any more."""

from __future__ import annotations

from datetime import datetime

from okno.modules.portal.entrance.links import forget_links
from okno.modules.portal.entrance.sessions import forget_sessions
from okno.spine.nightly import nightly


@nightly("requester_portal.forget")
def forget(now: datetime) -> None:
    """Forget what has run out."""
    forget_links(now=now)
    forget_sessions(now=now)
