"""What every test may ask for: a workspace with people in it, named by role."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest
import pytest_django
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from playwright.sync_api import Browser, sync_playwright

from tests.servers.installation import prepared_data

_serial = count(1)


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Use the worker's database as the plugin made it; pytest-django would make one of its own."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's browser for the tests of a file, or skip where it may not be installed.

    Not for longer: while it runs, its thread has an event loop, in which Django refuses to ask the database.
    """
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session", autouse=True)
def proven_by_force() -> Iterator[None]:
    """Let `force_login` leave the proof that a sign-in leaves, or every dangerous setting would ask for one."""
    from allauth.account.internal.flows.login import record_authentication
    from django.contrib.auth.signals import user_logged_in

    def remember(sender: object, request: HttpRequest, user: AbstractBaseUser, **_more: object) -> None:
        # A real sign-in comes with a browser's request, and proves more.
        if not request.path:
            record_authentication(request, user, method="password")

    user_logged_in.connect(remember)
    yield
    user_logged_in.disconnect(remember)


@pytest.fixture(scope="session")
def demonstration() -> Iterator[Path]:
    """Give a data folder at rest with the demonstration in it, for `copy_of`."""
    with prepared_data() as data:
        yield data


@pytest.fixture
def now() -> datetime:
    """Return the moment at which the test takes place."""
    from okno.lib.clock import current_time

    return current_time()


@dataclass
class Shop:
    """A workspace for a test, and makers of what is in it. Everything happens in its scope."""

    workspace: object
    host: str
    now: datetime
    serial: int
    members: dict[str, object] = field(default_factory=dict)

    def member(
        self, name: str, *, role: str | None = "agent", scope: str = "workspace", **where: object
    ) -> object:
        """Return a member with one role; made on first use."""
        from okno.accounts.models import User
        from okno.team.models import Member, RoleGrant

        if name not in self.members:
            email = f"{name}@{self.host}"
            user = User.objects.create_user(email, "a long pass phrase", name=name.title())
            member = Member.objects.create(user=user, name=name.title(), email=email)
            if role is not None:
                RoleGrant.objects.create(member=member, role=role, scope=scope, **where)
            self.members[name] = member
        return self.members[name]

    def actor(self, name: str = "agent", **options: object) -> object:
        """Return the actor of a member, made on first use with the role of his name (`agent`, `supervisor`…)."""
        from okno.team.models import Role
        from okno.team.queries import actor_for

        if name in Role.values:
            options.setdefault("role", name)
        return actor_for(self.member(name, **options))  # type: ignore[arg-type]

    def contact(self, name: str = "requester") -> object:
        """Return a contact with the address `<name>@client.example`."""
        from okno.people.commands import contact_for_address

        return contact_for_address(address=f"{name}@client.example", name=name.title(), now=self.now)

    def mailbox(self, address: str | None = None) -> object:
        """Return the workspace's default mailbox, with its route."""
        from okno.channels.email.models import Mailbox, MailRoute
        from okno.team.queries import default_desk

        address = address or f"support@{self.host}"
        found = Mailbox.objects.filter(address=address).first()
        if found is None:
            found = Mailbox.objects.create(
                address=address, name="Support", desk=default_desk(), is_default=not Mailbox.objects.exists()
            )
            MailRoute.objects.create(address=address, workspace=self.workspace, mailbox_id=found.pk)
        return found

    def ticket(
        self, subject: str = "The printer is on fire", *, by: str = "requester", **values: object
    ) -> object:
        """Return a ticket that a contact opened by mail."""
        from okno.spine.actor import SYSTEM
        from okno.tickets.commands.messages import NewMessage
        from okno.tickets.commands.open import NewTicket, open_ticket
        from okno.tickets.commands.words import written_body

        contact = self.contact(by)
        values.setdefault("channel", "email")
        return open_ticket(
            actor=SYSTEM,
            ticket=NewTicket(subject=subject, requester=contact, **values),  # type: ignore[arg-type]
            message=NewMessage(
                kind="reply",
                direction="in",
                channel=str(values["channel"]),
                author_contact=contact,  # type: ignore[arg-type]
                from_address=f"{by}@client.example",
                body=written_body(text=f"{subject}. Please help."),
            ),
            now=self.now,
        )


def make_shop(now: datetime, host: str | None = None) -> Shop:
    """Create a workspace on a host of its own (committed if the test is not in a transaction)."""
    from okno.tenancy.commands import create_workspace

    serial = next(_serial)
    host = host or f"shop{serial}.example"
    return Shop(create_workspace(name=f"Shop {serial}", host=host, now=now), host, now, serial)


@pytest.fixture
def shop(db: None, now: datetime) -> Iterator[Shop]:
    """Give a fresh workspace; the test runs in its scope."""
    from okno.tenancy.scope import scope

    made = make_shop(now)
    with scope(made.workspace):  # type: ignore[arg-type]
        yield made


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """Let the test commit, as several processes or threads need it; everything is gone afterwards."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        with connections["owner"].cursor() as cursor:
            cursor.execute("TRUNCATE tenancy_workspace, accounts_user, django_session CASCADE")
        connections.close_all()


@pytest.fixture
def open_shop(committed: None, now: datetime) -> Shop:
    """Give a committed workspace; the test opens its scope itself."""
    return make_shop(now)
