"""What a contact says of himself."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from okno.lib.errors import Denied, Invalid
from okno.people.commands.checking import clean_name
from okno.people.events import ContactChanged
from okno.people.models import Contact
from okno.spine.actor import Actor
from okno.spine.unit import command, emit


@command
def change_own_card(
    *, actor: Actor, contact: Contact, now: datetime, name: str | None = None, language: str | None = None
) -> None:
    """Change one's own name or language; None leaves it. Raises Denied for anybody else, Invalid for no name."""
    if actor.contact_id != contact.pk:
        raise Denied(_("This is somebody else's card."))
    wanted = {"name": None if name is None else clean_name(name), "language": language}
    if wanted["name"] == "":
        raise Invalid(_("A contact needs a name."), fields={"name": [_("Write the name.")]})
    if language is not None and language not in ("", *dict(settings.LANGUAGES)):
        raise Invalid(_("Choose a language."), fields={"language": [_("Choose a language.")]})
    changed = [key for key, value in wanted.items() if value is not None and getattr(contact, key) != value]
    if not changed:
        return
    for key in changed:
        setattr(contact, key, wanted[key])
    contact.updated_at = now
    contact.save(update_fields=[*changed, "updated_at"])
    emit(actor, ContactChanged(fields=changed), kind="contact", subject=contact, now=now)
