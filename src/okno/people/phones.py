"""Which country a workspace is at home in, as far as its phone numbers tell."""

from __future__ import annotations

from okno.lib.phones import RUSSIA
from okno.spine.unit import remember
from okno.tenancy.models import Workspace
from okno.tenancy.scope import current_workspace_id


def home_country() -> str:
    """Return the calling code with which numbers without a prefix are completed: Russia's for a Russian workspace."""
    language = remember(
        "home_country",
        lambda: Workspace.objects.values_list("language", flat=True).get(pk=current_workspace_id()),
    )
    return RUSSIA if language == "ru" else ""
