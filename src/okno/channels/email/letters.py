"""Letters about accounts leave by the same ledger as all mail, and their secrets do not stay in it."""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid

from django.utils.translation import gettext as _

from okno.accounts.letters import Letter, carries_letters
from okno.channels.email.mailboxes import smtp_server
from okno.channels.email.models import Mailbox, OutgoingMail
from okno.channels.email.sender import Results, on_outcome
from okno.tenancy.models import Workspace, WorkspaceHost
from okno.tenancy.scope import current_workspace_id


@carries_letters
def queue_letter(letter: Letter) -> bool:
    """Write a letter into the ledger if there is a way out for it; a demonstration keeps it.

    A letter that opens an account leaves only by the installation's own relay as soon as there are several workspaces:
    whoever owns the mailbox of one could read it, and reach the others in that person's name.
    """
    workspace = Workspace.objects.get(pk=current_workspace_id())
    is_foreign = letter.opens_account and Workspace.objects.count() > 1
    mailbox = (
        None
        if is_foreign
        # By one that is not released the letter would wait for a person, and its reader with it.
        else Mailbox.objects.filter(is_active=True, is_released=True).order_by("-is_default", "id").first()
    )
    if smtp_server(mailbox) is None and not workspace.is_demo:
        return False
    sender = mailbox.address if mailbox is not None else f"okno@{_host(workspace)}"
    OutgoingMail.objects.create(
        mailbox=mailbox,
        purpose=OutgoingMail.Purpose.ACCOUNT,
        message_id=make_msgid(domain=sender.rpartition("@")[2]),
        from_address=sender,
        from_name=workspace.name,
        to=[{"address": letter.address, "name": letter.name}],
        subject=letter.subject,
        text=letter.text,
        is_automatic=True,
    )
    return True


@on_outcome
def forget_secrets(*, mail: OutgoingMail, results: Results, now: datetime) -> None:
    """Take the words of a letter about an account out of the ledger as soon as its only recipient is settled."""
    if mail.purpose == OutgoingMail.Purpose.ACCOUNT:
        OutgoingMail.objects.filter(pk=mail.pk).update(
            text=_("The text was meant for one person only and is not kept."), html=""
        )


def _host(workspace: Workspace) -> str:
    host = WorkspaceHost.objects.filter(workspace=workspace).order_by("-is_primary", "id").first()
    return host.host if host is not None else "localhost"
