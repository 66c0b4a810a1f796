"""What each operation needs: declared where it is routed, checked before it runs, told in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from okno.lib.errors import Denied
from okno.team.policy import SETTINGS_READ, TICKETS_READ, TOKEN_SCOPES, is_granted, is_granted_everywhere

if TYPE_CHECKING:
    from okno.api.callers import Caller

INSIGHT = (TICKETS_READ, SETTINGS_READ)
"""Whoever sees tickets or settings may know what there is to choose from."""


class BearerToken(HttpBearer):
    """Lets a caller in whose roles and token have one of some permissions; without any, every caller.

    The gate has checked the token itself before any operation runs.
    """

    def __init__(self, *permissions: str, everywhere: bool = False) -> None:
        super().__init__()
        self.permissions = permissions
        self.everywhere = everywhere

    @property
    def scopes(self) -> list[str]:
        """Return the narrowest scopes of tokens that are wide enough, each by itself."""
        enough = {
            name: opened for name, opened in TOKEN_SCOPES.items() if opened & frozenset(self.permissions)
        }
        narrowest = [
            name for name, opened in enough.items() if not any(other < opened for other in enough.values())
        ]
        # What a module brings is in no narrower scope.
        return narrowest or (["*"] if self.permissions else [])

    def __call__(self, request: HttpRequest) -> Caller:
        """Return who calls. Raises Denied."""
        caller: Caller = request.caller  # type: ignore[attr-defined]
        holds = is_granted_everywhere if self.everywhere else is_granted
        if self.permissions and not any(holds(caller.actor, one) for one in self.permissions):
            raise Denied(_("The token's scopes or its member's roles do not allow this."), code="not_allowed")
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return who calls."""
        return self(request)


def needs(*permissions: str, everywhere: bool = False) -> BearerToken:
    """Declare that an operation needs one of these permissions, anywhere or in the whole workspace."""
    if not permissions:
        raise ValueError("name a permission")
    return BearerToken(*permissions, everywhere=everywhere)


def every_caller() -> BearerToken:
    """Declare that an operation needs nothing but a valid token."""
    return BearerToken()
