"""`okno check` says of every mailbox what the page of mailboxes says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from okno.channels.email.models import Mailbox
from okno.config.doctor import Finding, is_healthy
from okno.config.mailbox_check import mailbox_answers
from okno.tenancy.scope import scope


def test_each_mailbox_of_each_workspace_has_its_line(open_shop: Any) -> None:
    with scope(open_shop.workspace):
        open_shop.mailbox("well@shop.example")
        ill = open_shop.mailbox("ill@shop.example")
        Mailbox.objects.filter(pk=ill.pk).update(
            imap_host="imap.shop.example",
            fetch_error="The server refuses the name or the password.",
            fetch_failing_since=open_shop.now - timedelta(hours=2),
            smtp_host="smtp.shop.example",
        )
    found = {address: answer for address, *answer in mailbox_answers()}
    assert list(found) == ["well@shop.example", "ill@shop.example"]
    is_well, words, details = found["ill@shop.example"]
    assert not is_well
    assert "receiving failing since" in words
    assert "The server refuses the name or the password." in words
    assert details["workspace"] == open_shop.workspace.name
    assert details["receiving"] == "failing"
    assert details["waiting_in_outbox"] == 0
    assert found["well@shop.example"][2]["sending"] == "nowhere"


def test_a_mailbox_that_fails_is_a_warning() -> None:
    finding = Finding("mailbox a@b.example", "warn", "x", {"receiving": "failing"})
    assert is_healthy([finding])
    assert finding.as_dict()["details"] == {"receiving": "failing"}
    assert "details" not in Finding("disk", "ok", "x").as_dict()
