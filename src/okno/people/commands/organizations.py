"""Changes to organizations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okno.lib.addresses import InvalidAddress, normalise_domain
from okno.lib.errors import Conflict, Invalid
from okno.lib.public_mail import is_public_mail
from okno.people.commands.checking import clean_name, clean_notes, require_rights
from okno.people.events import ContactChanged, ContactsAttached, OrganizationChanged, OrganizationCreated
from okno.people.models import Contact, Organization, OrganizationDomain
from okno.people.queries import contacts_to_attach
from okno.spine.actor import Actor
from okno.spine.unit import command, emit

ATTACHED_AT_ONCE = 400
DOMAINS_LIMIT = 200


@command
def save_organization(
    *,
    actor: Actor,
    organization: Organization | None,
    name: str,
    domains: Sequence[str] | None = (),
    notes: str = "",
    is_vip: bool | None = None,
    source: str = "console",
    now: datetime,
) -> Organization:
    """Make or change an organization with its mail domains; None leaves domains or the mark as they are.

    Raises Denied, Invalid, Conflict.
    """
    require_rights(actor)
    cleaned = clean_name(name)
    if not cleaned:
        raise Invalid(_("An organization needs a name."), fields={"name": [_("Write the name.")]})
    values = {"name": cleaned, "notes": clean_notes(notes)} | ({} if is_vip is None else {"is_vip": is_vip})
    normal = None if domains is None else _normal_domains(domains)
    is_new = organization is None
    if organization is None:
        organization = Organization.objects.create(**values, created_at=now)
        changed = []
    else:
        changed = [key for key, value in values.items() if getattr(organization, key) != value]
        for key in changed:
            setattr(organization, key, values[key])
        organization.save(update_fields=[*changed])
    if normal is not None and _write_domains(organization, normal):
        changed.append("domains")
    if is_new:
        emit(actor, OrganizationCreated(source=source), kind="organization", subject=organization, now=now)
    elif changed:
        emit(actor, OrganizationChanged(fields=changed), kind="organization", subject=organization, now=now)
    return organization


@command
def attach_contacts(*, actor: Actor, organization: Organization, now: datetime) -> int:
    """Put contacts who write from an organization's domains and belong to nobody into it; returns how many.

    At most `ATTACHED_AT_ONCE` go in one call; none are left when it returns less. Raises Denied.
    """
    require_rights(actor)
    found = list(contacts_to_attach(organization).select_for_update(of=("self",))[:ATTACHED_AT_ONCE])
    if not found:
        return 0
    ids = [contact.pk for contact in found]
    Contact.objects.filter(pk__in=ids).update(organization=organization, updated_at=now)
    for contact in found:
        emit(actor, ContactChanged(fields=["organization"]), kind="contact", subject=contact, now=now)
    attached = ContactsAttached(count=len(found))
    emit(actor, attached, kind="organization", subject=organization, now=now)
    return len(found)


def _normal_domains(domains: Sequence[str]) -> list[str]:
    wanted = [domain.strip().removeprefix("@") for domain in domains if domain.strip()]
    if len(wanted) > DOMAINS_LIMIT:
        words = ngettext("At most %(count)d domain.", "At most %(count)d domains.", DOMAINS_LIMIT)
        raise Invalid(
            words % {"count": DOMAINS_LIMIT}, fields={"domains": [words % {"count": DOMAINS_LIMIT}]}
        )
    try:
        normal = sorted({normalise_domain(domain) for domain in wanted})
    except InvalidAddress as error:
        raise Invalid(_("This is not a domain."), fields={"domains": [_("Not a domain.")]}) from error
    public = next(filter(is_public_mail, normal), None)
    if public is not None:
        words = _(
            "%(domain)s gives mail addresses to anybody, so whoever writes from there need not belong to this"
            " organization. Put such people into it on their own cards."
        ) % {"domain": public}
        raise Invalid(words, code="public_domain", fields={"domains": [words]})
    return normal


def _write_domains(organization: Organization, wanted: Sequence[str]) -> bool:
    """Give an organization these domains; returns whether that changed anything. Raises Conflict."""
    present = set(organization.domains.values_list("domain", flat=True))
    if present == set(wanted):
        return False
    OrganizationDomain.objects.filter(organization=organization).exclude(domain__in=wanted).delete()
    OrganizationDomain.objects.bulk_create(
        [
            OrganizationDomain(organization=organization, domain=domain)
            for domain in wanted
            if domain not in present
        ],
        ignore_conflicts=True,
    )
    taken = OrganizationDomain.objects.filter(domain__in=wanted).exclude(organization=organization)
    other = taken.select_related("organization").first()
    if other is not None:
        words = _("%(domain)s belongs to another organization, %(name)s.") % {
            "domain": other.domain,
            "name": other.organization.name,
        }
        raise Conflict(words, code="domain_taken", fields={"domains": [words]})
    return True
