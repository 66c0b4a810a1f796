"""The sample data of a workspace of one's own: some tickets of the demonstration, worked on by whoever asked for them.

They are written as the demonstration is, without commands: nobody is told of them and nothing is sent. Their people
have addresses that nobody owns (RFC 2606), to which nothing is sent later either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from okno.channels.email.models import Mailbox, SuppressedAddress
from okno.config.demo.company import (
    CONTACTS,
    MEMBERS,
    ORGANIZATIONS,
    SUPPORT_ADDRESS,
    WORKSPACE_NAME,
    DemoContact,
)
from okno.config.demo.directory import Directory
from okno.config.demo.load import write_replays
from okno.config.demo.plan import (
    Category,
    PlannedMessage,
    PlannedTicket,
    Sorted,
    Step,
    TeamChanged,
)
from okno.config.demo.planner import plan_tickets
from okno.people.models import Contact, ContactAddress, Organization, OrganizationDomain
from okno.reactors.samples.loading import Loaded, sample_loader
from okno.reactors.samples.models import SampleThing
from okno.team.models import Member, Team
from okno.team.queries import active_teams, actor_for
from okno.tenancy.models import Workspace
from okno.tickets.commands.open import default_status
from okno.tickets.models import RequestType, StatusCategory

TICKETS = 30
_KIND = SampleThing.Kind
_NO_SUCH_DOMAIN = "5.1.2"
_CONTACTS = {contact.key: contact for contact in CONTACTS}
_ORGANIZATIONS = {organization.key: organization for organization in ORGANIZATIONS}
_MEMBERS = frozenset(member.key for member in MEMBERS)

Things = list[tuple[SampleThing.Kind, int]]


@sample_loader
def load_samples(
    *, workspace: Workspace, member: Member, language: str, moment: datetime, start: int, count: int
) -> Loaded:
    """Write some of the sample tickets and the people whom they need and who are not there yet."""
    plans = _plans(language, moment)
    things: Things = []
    chosen = [_in_name_of(plan, member, workspace) for plan in plans[start : start + count]]
    directory = _directory(chosen, member, things, now=moment)
    replays = write_replays(workspace, chosen, directory)
    things += [(_KIND.TICKET, replay.ticket.pk) for replay in replays]
    return Loaded(total=len(plans), things=tuple(things))


@lru_cache(maxsize=4)
def _plans(language: str, moment: datetime) -> Sequence[PlannedTicket]:
    """Return the newest tickets of the demonstration in a language, as they would be at a moment."""
    spoken = "ru" if language == "ru" else "en"
    return [plan for plan in plan_tickets(now=moment) if plan.language == spoken][-TICKETS:]


def _in_name_of(plan: PlannedTicket, member: Member, workspace: Workspace) -> PlannedTicket:
    """Return the plan without what is the demonstration's own: its names, topics and second line."""
    words = {WORKSPACE_NAME: workspace.name, SUPPORT_ADDRESS: f"support@{workspace.pk}.example"}
    for one in MEMBERS:
        words |= {one.name: member.name, one.latin_name: member.name}
    steps = tuple(_told(step, words) for step in plan.steps if not isinstance(step, Sorted | TeamChanged))
    return replace(plan, steps=steps)


def _told(step: Step, words: Mapping[str, str]) -> Step:
    if not isinstance(step, PlannedMessage):
        return step
    return replace(
        step,
        text=_reworded(step.text, words),
        html=_reworded(step.html, words),
        quoted=_reworded(step.quoted, words),
        signature="" if step.author in _MEMBERS else step.signature,
    )


def _reworded(text: str, words: Mapping[str, str]) -> str:
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def _directory(plans: Sequence[PlannedTicket], member: Member, things: Things, *, now: datetime) -> Directory:
    keys = sorted({key for plan in plans for key in _people_of(plan)})
    contacts = {key: _contact(_CONTACTS[key], things, now=now) for key in keys}
    team, actor = _team(), actor_for(member)
    types = {row.kind: row for row in RequestType.objects.order_by("-position")}
    fallback = RequestType.objects.order_by("-is_default", "position", "id")[0]
    return Directory(
        teams={plan.team: team for plan in plans},
        members=dict.fromkeys(_MEMBERS, member),
        team_members={team.pk: frozenset({member.pk})},
        contacts=contacts,
        addresses={key: _CONTACTS[key].emails[0] for key in keys},
        topics={},
        statuses={category: default_status(StatusCategory(category)) for category in Category},
        types={"request": fallback, **types},
        mailbox=Mailbox.objects.filter(is_default=True).first() or Mailbox(),
        actors=dict.fromkeys(_MEMBERS, actor),
    )


def _people_of(plan: PlannedTicket) -> set[str]:
    authors = {message.author for message in plan.messages} - _MEMBERS
    opener = {plan.opened_by} - _MEMBERS
    return {plan.requester, *plan.copied, *authors, *opener}


def _team() -> Team:
    return active_teams()[0]


def _contact(spec: DemoContact, things: Things, *, now: datetime) -> Contact:
    """Return the contact with a person's first address; made, and marked, if there is none."""
    known = ContactAddress.objects.select_related("contact").filter(
        kind=ContactAddress.Kind.EMAIL, value=spec.emails[0]
    )
    row: ContactAddress | None = known.first()
    if row is not None:
        present: Contact = row.contact
        return present
    contact = Contact.objects.create(
        name=spec.name,
        organization=_organization(spec.organization, things, now=now),
        title=spec.position,
        language=spec.language,
        created_at=now,
        updated_at=now,
    )
    things.append((_KIND.CONTACT, contact.pk))
    ContactAddress.objects.create(
        contact=contact, kind=ContactAddress.Kind.EMAIL, value=spec.emails[0], is_primary=True
    )
    suppressed = SuppressedAddress.objects.create(
        address=spec.emails[0], cause=SuppressedAddress.Cause.BOUNCED, status=_NO_SUCH_DOMAIN, created_at=now
    )
    things.append((_KIND.SUPPRESSION, suppressed.pk))
    return contact


def _organization(key: str | None, things: Things, *, now: datetime) -> Organization | None:
    if key is None:
        return None
    spec = _ORGANIZATIONS[key]
    domain = OrganizationDomain.objects.select_related("organization").filter(domain=spec.domain).first()
    if domain is not None:
        present: Organization = domain.organization
        return present
    organization: Organization = Organization.objects.create(name=spec.name, created_at=now)
    OrganizationDomain.objects.create(organization=organization, domain=spec.domain)
    things.append((_KIND.ORGANIZATION, organization.pk))
    return organization
