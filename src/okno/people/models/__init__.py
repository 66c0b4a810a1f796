"""The rows of people: contacts and organizations, what was merged, what was imported."""

from okno.people.models.contact import Contact, ContactAddress, Organization, OrganizationDomain
from okno.people.models.imports import ImportPart, ImportRun
from okno.people.models.merge import MergeBatch, MergeRecord

__all__ = [
    "Contact",
    "ContactAddress",
    "ImportPart",
    "ImportRun",
    "MergeBatch",
    "MergeRecord",
    "Organization",
    "OrganizationDomain",
]
