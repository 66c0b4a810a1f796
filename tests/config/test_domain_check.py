"""What `okno check` says of sending domains."""

from __future__ import annotations

from typing import Any

import pytest

from okno.channels.email.models import Mailbox, MailboxLookup
from okno.channels.email.sending_domain import DkimKey, DomainFacts
from okno.config.domain_check import domain_answer
from okno.tenancy.scope import scope
from tests.conftest import Shop

GOOD: dict[str, Any] = {
    "domain": "acme.example",
    "host": "smtp.gmail.com",
    "provider": "Google Workspace",
    "spf": ["v=spf1 include:_spf.google.com ~all"],
    "spf_result": "pass",
    "dkim": [DkimKey(selector="google", record="v=DKIM1; p=x", bits=2048)],
    "dmarc": ["v=DMARC1; p=reject"],
    "dmarc_domain": "acme.example",
}


@pytest.mark.parametrize(
    ("facts", "is_well", "words"),
    [
        ({}, True, "in order: acme.example"),
        ({"dmarc": ["v=DMARC1; p=none"]}, True, "in order"),
        ({"spf": [], "spf_result": "none"}, False, "acme.example: SPF: There is no SPF record"),
        ({"problem": "timeout"}, False, "did not answer in time"),
    ],
)
def test_what_was_found_is_said(open_shop: Shop, facts: dict[str, Any], is_well: bool, words: str) -> None:
    assert domain_answer() == (True, "none has been looked at yet (Settings → Mailboxes)")
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        box: Any = open_shop.mailbox()
        answer = DomainFacts(**{**GOOD, **facts}).as_json()
        MailboxLookup.objects.create(mailbox=box, kind="domain", answer=answer)
    found = domain_answer()
    assert found[0] is is_well
    assert words in found[1]
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        Mailbox.objects.update(is_active=False)
    assert domain_answer()[1].startswith("none has been looked at")
