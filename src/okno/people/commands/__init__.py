"""Changes to contacts and organizations."""

from okno.people.commands.arrival import contact_for_address, contacts_for_addresses, verify_address
from okno.people.commands.checking import clean_name
from okno.people.commands.contacts import (
    add_mail_address,
    choose_primary,
    correct_mail_address,
    save_contact,
)
from okno.people.commands.merge import go_on_merging, merge_people, part_people, undoable_merges
from okno.people.commands.organizations import attach_contacts, save_organization

__all__ = [
    "add_mail_address",
    "attach_contacts",
    "choose_primary",
    "clean_name",
    "contact_for_address",
    "contacts_for_addresses",
    "correct_mail_address",
    "go_on_merging",
    "merge_people",
    "part_people",
    "save_contact",
    "save_organization",
    "undoable_merges",
    "verify_address",
]
