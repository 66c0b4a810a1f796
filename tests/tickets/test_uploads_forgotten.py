"""Uploads that were never sent do not stay."""

from __future__ import annotations

from datetime import timedelta

from okno.lib.stores import file_store
from okno.tickets.commands.attachments import forget_unused_uploads, keep_upload
from okno.tickets.commands.drafts import save_draft
from okno.tickets.commands.reply import add_note
from okno.tickets.models import Attachment
from tests.conftest import Shop


def upload(shop: Shop, content: bytes) -> Attachment:
    blob = file_store().put(shop.workspace.pk, content)
    return keep_upload(
        actor=shop.actor("agent"),
        filename="a.txt",
        content_type="text/plain",
        sha256=blob.sha256,
        size=blob.size,
        now=shop.now,
    )


def test_only_what_no_message_and_no_draft_has_is_forgotten(shop: Shop) -> None:
    ticket = shop.ticket()
    unused, sent, drafted = (upload(shop, content) for content in (b"unused", b"sent", b"drafted"))
    add_note(
        actor=shop.actor("agent"), ticket_id=ticket.pk, text="x", attachment_keys=[sent.key], now=shop.now
    )
    save_draft(
        actor=shop.actor("agent"),
        ticket_id=ticket.pk,
        kind="reply",
        html="x",
        recipients={},
        attachment_keys=[str(drafted.key)],
        now=shop.now,
    )
    assert forget_unused_uploads(workspace_id=shop.workspace.pk, now=shop.now + timedelta(days=1)) == 0
    assert forget_unused_uploads(workspace_id=shop.workspace.pk, now=shop.now + timedelta(days=3)) == 1
    assert set(Attachment.objects.values_list("pk", flat=True)) == {sent.pk, drafted.pk}
    assert not file_store().exists(shop.workspace.pk, unused.sha256)
    assert file_store().exists(shop.workspace.pk, sent.sha256)
