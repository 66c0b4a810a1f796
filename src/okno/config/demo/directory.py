"""The rows around the demo tickets: the desk, who works on it, who writes to it, and its topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from okno.accounts.models import User
from okno.channels.email.models import Mailbox, MailRoute
from okno.config.demo.company import (
    CONTACTS,
    DESK_NAME,
    MEMBERS,
    ORGANIZATIONS,
    SUPPORT_ADDRESS,
    TEAMS,
    WORKSPACE_NAME,
    DemoContact,
)
from okno.config.demo.plan import Category
from okno.config.demo.topics import TOPIC_NAMES
from okno.people.models import Contact, ContactAddress, Organization, OrganizationDomain
from okno.spine.actor import SYSTEM, Actor, ActorKind
from okno.team.models import Member, RoleGrant, Team, TeamMembership
from okno.team.queries import actors_for, default_desk
from okno.tickets.commands.open import default_status
from okno.tickets.models import RequestType, Status, StatusCategory, Topic

# The people of the demo have been known for longer than its tickets.
_KNOWN_SINCE: Final = timedelta(days=120)


@dataclass(frozen=True, kw_only=True)
class Directory:
    """Hold the rows that tickets refer to, by the keys of the plan."""

    teams: Mapping[str, Team]
    members: Mapping[str, Member]
    team_members: Mapping[int, frozenset[int]]
    contacts: Mapping[str, Contact]
    addresses: Mapping[str, str]
    topics: Mapping[tuple[str, ...], Topic]
    statuses: Mapping[Category, Status]
    types: Mapping[str, RequestType]
    mailbox: Mailbox
    actors: Mapping[str, Actor]

    def actor(self, key: str | None) -> Actor:
        """Return who acts: a member, a contact, or Okno itself for None."""
        if key is None:
            return SYSTEM
        if key in self.actors:
            return self.actors[key]
        contact = self.contacts[key]
        return Actor(kind=ActorKind.CONTACT, id=contact.pk, name=contact.name)

    def type_for(self, kind: str) -> RequestType:
        """Return the request type of a kind; kinds without a type of their own come as requests."""
        return self.types.get(kind) or self.types["request"]


def write_directory(*, now: datetime, password_hash: str) -> None:
    """Write desk, people and topics into a fresh workspace, whose scope is open."""
    teams = _write_teams()
    _write_members(teams, password_hash=password_hash, now=now)
    _write_contacts(now - _KNOWN_SINCE)
    _write_topics()
    _write_mailbox(teams["l1"])


def read_directory() -> Directory:
    """Return the rows that `write_directory` has written, some time ago or just now."""
    by_name = {team.name: team for team in Team.objects.all()}
    by_email = {member.email: member for member in Member.objects.all()}
    addresses = ContactAddress.objects.filter(kind=ContactAddress.Kind.EMAIL).select_related("contact")
    by_address = {row.value: row.contact for row in addresses}
    actors = actors_for(by_email.values())
    members = {member.key: by_email[member.email] for member in MEMBERS}
    return Directory(
        teams={team.key: by_name[team.name] for team in TEAMS},
        members=members,
        team_members=_members_of_teams(),
        contacts={contact.key: by_address[contact.emails[0]] for contact in CONTACTS},
        addresses={contact.key: contact.emails[0] for contact in CONTACTS},
        topics=_read_topics(),
        statuses={category: default_status(StatusCategory(category)) for category in Category},
        types={row.kind: row for row in RequestType.objects.order_by("-position")},
        mailbox=Mailbox.objects.get(address=SUPPORT_ADDRESS),
        actors={key: actors[member.pk] for key, member in members.items()},
    )


def _write_teams() -> dict[str, Team]:
    desk = default_desk()
    desk.name = DESK_NAME
    desk.save(update_fields=["name"])
    first = Team.objects.get(desk=desk)
    first.name = TEAMS[0].name
    first.save(update_fields=["name"])
    others = [
        Team(desk=desk, name=team.name, line=team.line, position=position)
        for position, team in enumerate(TEAMS[1:], start=1)
    ]
    rows = [first, *Team.objects.bulk_create(others)]
    return {team.key: row for team, row in zip(TEAMS, rows, strict=True)}


def _write_members(teams: Mapping[str, Team], *, password_hash: str, now: datetime) -> None:
    for person in MEMBERS:
        user = User.objects.create(email=person.email, name=person.name, password=password_hash)
        member = Member.objects.create(
            user=user, name=person.name, email=person.email, language=person.language, created_at=now
        )
        RoleGrant.objects.create(member=member, role=person.role)
        TeamMembership.objects.bulk_create(
            TeamMembership(team=teams[team], member=member) for team in person.teams
        )


def _write_contacts(since: datetime) -> None:
    rows = Organization.objects.bulk_create(
        Organization(name=organization.name, created_at=since) for organization in ORGANIZATIONS
    )
    organizations = {spec.key: row for spec, row in zip(ORGANIZATIONS, rows, strict=True)}
    OrganizationDomain.objects.bulk_create(
        OrganizationDomain(organization=organizations[spec.key], domain=spec.domain) for spec in ORGANIZATIONS
    )
    contacts = Contact.objects.bulk_create(
        Contact(
            name=spec.name,
            organization=organizations.get(spec.organization or ""),
            title=spec.position,
            language=spec.language,
            created_at=since,
            updated_at=since,
        )
        for spec in CONTACTS
    )
    addresses = [
        row
        for spec, contact in zip(CONTACTS, contacts, strict=True)
        for row in _addresses(spec, contact, since)
    ]
    ContactAddress.objects.bulk_create(addresses)


def _addresses(spec: DemoContact, contact: Contact, since: datetime) -> list[ContactAddress]:
    ways = [
        *((ContactAddress.Kind.EMAIL, values) for values in [spec.emails]),
        *((ContactAddress.Kind.PHONE, values) for values in [spec.phones]),
    ]
    return [
        ContactAddress(
            contact=contact,
            kind=kind,
            value=value,
            is_primary=position == 0,
            # Only the address at the company has been proven; the private one was named by its owner.
            verified_at=since if kind == ContactAddress.Kind.EMAIL and position == 0 else None,
        )
        for kind, values in ways
        for position, value in enumerate(values)
    ]


def _write_topics() -> None:
    written: dict[tuple[str, ...], Topic] = {}
    for position, (path, english) in enumerate(TOPIC_NAMES.items()):
        parent = written.get(path[:-1])
        topic = Topic.objects.create(names={"ru": path[-1], "en": english}, parent=parent, position=position)
        topic.path = f"{parent.path if parent else '/'}{topic.pk}/"
        topic.save(update_fields=["path"])
        written[path] = topic


def _read_topics() -> dict[tuple[str, ...], Topic]:
    by_id = {topic.pk: topic for topic in Topic.objects.all()}
    return {
        tuple(by_id[int(part)].names["ru"] for part in topic.path.strip("/").split("/")): topic
        for topic in by_id.values()
    }


def _write_mailbox(team: Team) -> None:
    mailbox = Mailbox.objects.create(
        address=SUPPORT_ADDRESS, name=WORKSPACE_NAME, desk_id=team.desk_id, team=team, is_default=True
    )
    MailRoute.objects.create(
        address=SUPPORT_ADDRESS, workspace_id=mailbox.workspace_id, mailbox_id=mailbox.pk
    )


def _members_of_teams() -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {team_id: set() for team_id in Team.objects.values_list("pk", flat=True)}
    for team_id, member_id in TeamMembership.objects.values_list("team_id", "member_id"):
        found[team_id].add(member_id)
    return {team_id: frozenset(members) for team_id, members in found.items()}
