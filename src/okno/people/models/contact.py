"""Who writes in, and whom they belong to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from okno.lib.phones import shown_phone
from okno.tenancy.fields import TenantForeignKey
from okno.tenancy.models import TenantModel


def _name_key() -> models.GeneratedField:
    """Return the column by which a name is found: in lower case, because no pattern reaches an index."""
    return models.GeneratedField(expression=Lower("name"), output_field=models.TextField(), db_persist=True)


class Organization(TenantModel):
    """A client company or a department."""

    name = models.TextField()
    notes = models.TextField(blank=True, default="")
    is_vip = models.BooleanField(default=False)
    name_key = _name_key()
    merged_into = TenantForeignKey("self", null=True, on_delete=models.CASCADE, related_name="absorbed")
    """The organization that this one went up in; it is shown nowhere then."""
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "name", "id"], name="people_organization_name"),
            models.Index(fields=["workspace", "name_key"], name="people_organization_key"),
            models.Index(
                fields=["workspace", "merged_into"],
                name="people_organization_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationDomain(TenantModel):
    """A mail domain whose senders belong to an organization."""

    organization = TenantForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    domain = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "domain"], name="people_domain_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "organization"], name="people_domain_organization")
        ]


class Contact(TenantModel):
    """A person who writes in; needs no account."""

    name = models.TextField(blank=True, default="")
    organization = TenantForeignKey(
        Organization, null=True, on_delete=models.SET_NULL, related_name="contacts"
    )
    title = models.TextField(blank=True, default="")
    language = models.TextField(blank=True, default="")
    notes = models.TextField(blank=True, default="")
    is_vip = models.BooleanField(default=False)
    sees_organization = models.BooleanField(default=False)
    """Whether the portal shows him the requests of his whole organization."""
    name_key = _name_key()
    merged_into = TenantForeignKey("self", null=True, on_delete=models.CASCADE, related_name="absorbed")
    """The contact that this one went up in; he is shown nowhere then."""
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "name", "id"], name="people_contact_name"),
            models.Index(fields=["workspace", "name_key"], name="people_contact_key"),
            models.Index(fields=["workspace", "organization", "name", "id"], name="people_contact_org_name"),
            models.Index(
                fields=["workspace", "merged_into"],
                name="people_contact_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["workspace", "name", "id"], name="people_contact_vip", condition=models.Q(is_vip=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContactAddress(TenantModel):
    """A way to reach a contact. `value` is normalised: mail lower-cased, phones E.164."""

    class Kind(models.TextChoices):
        """The kinds of addresses."""

        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")

    contact = TenantForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    kind = models.TextField(choices=Kind.choices)
    value = models.TextField()
    is_primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True)
    """When it was proven that the contact reads this address (he followed a link that was sent there)."""
    receipt_sent_at = models.DateTimeField(null=True)
    """When the last automatic receipt went there."""
    domain = models.GeneratedField(
        expression=models.Func(models.F("value"), models.Value("@"), models.Value(2), function="split_part"),
        output_field=models.TextField(),
        db_persist=True,
    )
    """What is behind the at sign, empty for a number: by it contacts of an organization's domain are found."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "kind", "value"], name="people_address_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "contact"], name="people_address_contact"),
            models.Index(fields=["workspace", "domain", "contact"], name="people_address_domain"),
        ]

    def __str__(self) -> str:
        return self.value

    @property
    def shown(self) -> str:
        """Return the address as it is read out."""
        return shown_phone(self.value) if self.kind == self.Kind.PHONE else self.value
