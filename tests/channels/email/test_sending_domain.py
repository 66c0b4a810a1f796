"""What the sending domain says of itself, asked of a real DNS server on this machine."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from okno.channels.email.domain_advice import Finding, advise, problem_words, worst_state
from okno.channels.email.lookups import lookup_of
from okno.channels.email.models import Mailbox, MailboxLookup
from okno.channels.email.sending_domain import DomainFacts, ask_all_domains, ask_domain, look_at_domain
from okno.lib import dns_client
from okno.lib.dns_client import DnsClient
from okno.lib.errors import Denied, Invalid, NotFound
from okno.spine.models import Timer
from okno.spine.work import drain
from okno.tenancy.scope import scope
from tests.conftest import Shop
from tests.servers.dns_server import DnsServer

DOMAIN = "acme.example"
MICROSOFT = "smtp.office365.com"


def key_record(bits: int) -> str:
    public = generate_private_key(65537, bits).public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


@pytest.fixture(scope="module")
def key() -> str:
    """Give the record of a good key."""
    return key_record(2048)


@pytest.fixture
def server() -> Iterator[DnsServer]:
    """Give a DNS server that knows nothing yet."""
    with DnsServer() as server:
        yield server


def look(server: DnsServer, host: str = MICROSOFT, *selectors: str) -> DomainFacts:
    facts = look_at_domain(DOMAIN, dns=DnsClient(server=server.address), host=host, selectors=selectors)
    return DomainFacts.from_json(facts.as_json())


def findings(facts: DomainFacts) -> dict[str, Finding]:
    return {one.subject: one for one in advise(facts)}


def states(facts: DomainFacts) -> str:
    return " ".join(one.state for one in advise(facts))


def test_nothing_is_set_and_the_records_are_shown(server: DnsServer) -> None:
    facts = look(server)
    found = findings(facts)
    assert states(facts) == "fail warn warn"
    spf, dkim, dmarc = (found[name].to_set for name in ("SPF", "DKIM", "DMARC"))
    assert spf is not None
    assert (spf.name, spf.value) == (DOMAIN, "v=spf1 include:spf.protection.outlook.com -all")
    assert dkim is not None
    assert (dkim.name, dkim.kind) == ("selector1._domainkey.acme.example", "CNAME")
    assert dmarc is not None
    assert (dmarc.name, dmarc.value) == ("_dmarc.acme.example", "v=DMARC1; p=none")
    assert worst_state(list(found.values())) == "fail"


def test_everything_is_well(server: DnsServer, key: str) -> None:
    server.text(DOMAIN, "v=spf1 include:spf.protection.outlook.com -all", "other=text")
    server.text("selector2._domainkey.acme.example", key)
    server.text("_dmarc.acme.example", "v=DMARC1; p=reject; rua=mailto:dmarc@acme.example")
    facts = look(server)
    assert states(facts) == "ok ok ok"
    assert facts.spf_result == "pass"
    assert [(one.selector, one.bits) for one in facts.dkim if not one.problem] == [("selector2", 2048)]
    assert all(one.to_set is None for one in advise(facts))
    assert "Microsoft 365 may send" in findings(facts)["SPF"].words[0]


def test_a_record_that_leaves_our_way_out_is_completed(server: DnsServer) -> None:
    server.text(DOMAIN, "v=spf1 include:_spf.google.com ip4:192.0.2.1 -all")
    spf = findings(look(server))["SPF"]
    assert spf.state == "fail"
    assert spf.to_set is not None
    assert spf.to_set.value == (
        "v=spf1 include:_spf.google.com ip4:192.0.2.1 include:spf.protection.outlook.com -all"
    )


def test_a_provider_may_be_named_by_somebody_who_is_included(server: DnsServer) -> None:
    server.text(DOMAIN, "v=spf1 redirect=mail.group.example")
    server.text("mail.group.example", "v=spf1 include:spf.protection.outlook.com -all")
    assert look(server).spf_result == "pass"


@pytest.mark.parametrize(
    ("record", "state", "result"),
    [
        ("v=spf1 ip4:192.0.2.25 -all", "ok", "pass"),
        ("v=spf1 mx ~all", "warn", "softfail"),
        ("v=spf1 mx -all", "fail", "fail"),
        ("v=spf1 ip4:nonsense -all", "fail", "permerror"),
        ("v=spf1 exists:%{i}.x -all", "warn", "unknown"),
        ("v=spf1 +all", "fail", "pass"),
    ],
)
def test_a_relay_of_ones_own_is_known_by_its_addresses(
    server: DnsServer, record: str, state: str, result: str
) -> None:
    server.records["relay.acme.example", "A"] = ["192.0.2.25"]
    server.text(DOMAIN, record)
    facts = look(server, "relay.acme.example")
    assert facts.spf_result == result
    spf = findings(facts)["SPF"]
    assert spf.state == state
    if result in {"softfail", "fail"}:
        assert spf.to_set is not None
        assert "ip4:192.0.2.25" in spf.to_set.value


def test_a_relay_on_this_machine_and_none_at_all(server: DnsServer) -> None:
    server.text(DOMAIN, "v=spf1 mx -all")
    for host in ("127.0.0.1", "localhost", ""):
        facts = look(server, host)
        assert (facts.spf_result, findings(facts)["SPF"].state) == ("unknown", "warn")


def test_several_records_are_none(server: DnsServer) -> None:
    server.text(DOMAIN, "v=spf1 include:spf.protection.outlook.com -all", "v=spf1 mx ~all")
    server.text("_dmarc.acme.example", "v=DMARC1; p=none", "v=DMARC1; p=reject")
    facts = look(server)
    found = findings(facts)
    assert (found["SPF"].state, found["DMARC"].state) == ("fail", "fail")
    assert found["SPF"].to_set is not None
    assert found["SPF"].to_set.value == "v=spf1 include:spf.protection.outlook.com mx -all"


def test_too_many_lookups_are_said(server: DnsServer) -> None:
    words = " ".join(f"include:spf{number}.example" for number in range(11))
    server.text(DOMAIN, f"v=spf1 include:spf.protection.outlook.com {words} -all")
    spf = findings(look(server))["SPF"]
    assert spf.state == "fail"
    assert "12 lookups" in spf.words[-1]


@pytest.mark.parametrize(
    ("record", "problem", "state"),
    [
        ("v=DKIM1; k=rsa; p=", "revoked", "fail"),
        ("v=DKIM1; p=AAAA", "broken", "fail"),
        ("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", "", "ok"),
    ],
)
def test_keys_that_are_there(server: DnsServer, record: str, problem: str, state: str) -> None:
    server.text("s2026._domainkey.acme.example", record)
    facts = look(server, MICROSOFT, "s2026")
    assert [(one.selector, one.problem) for one in facts.dkim] == [("s2026", problem)]
    assert findings(facts)["DKIM"].state == state


def test_a_key_by_cname_and_one_that_is_not_there(server: DnsServer, key: str) -> None:
    server.records["selector1._domainkey.acme.example", "CNAME"] = ["key.provider.example."]
    facts = look(server, MICROSOFT, "nothing")
    assert findings(facts)["DKIM"].state == "fail"
    server.text("old._domainkey.acme.example", key_record(1024))
    dkim = findings(look(server, MICROSOFT, "old"))["DKIM"]
    assert dkim.state == "ok"
    assert "1024 bits" in dkim.words[1]


@pytest.mark.parametrize(
    ("name", "record", "state"),
    [
        ("_dmarc.mail.acme.example", "v=DMARC1; p=quarantine", "ok"),
        ("_dmarc.acme.example", "v=DMARC1; p=reject; sp=none", "warn"),
        ("_dmarc.acme.example", "v=DMARC1; p=none; sp=reject; pct=1", "ok"),
        ("_dmarc.acme.example", "v=DMARC1; p=maybe", "fail"),
        ("_dmarc.acme.example", "something else", "warn"),
    ],
)
def test_dmarc_of_the_domain_or_of_one_above(server: DnsServer, name: str, record: str, state: str) -> None:
    server.text(name, record)
    server.text("mail.acme.example", "v=spf1 include:spf.protection.outlook.com -all")
    facts = look_at_domain("mail.acme.example", dns=DnsClient(server=server.address), host=MICROSOFT)
    assert findings(facts)["DMARC"].state == state


def test_a_domain_that_strangers_share_is_nobodys_to_change(server: DnsServer) -> None:
    facts = look_at_domain("gmail.com", dns=DnsClient(server=server.address), host="smtp.gmail.com")
    assert facts.is_shared
    assert all(one.to_set is None for one in advise(facts))


def test_a_server_that_does_not_answer_is_said_in_bounded_time(
    server: DnsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_client, "QUERY_SECONDS", 0.2)
    server.silent.add(DOMAIN)
    facts = look(server)
    assert facts.problem == "timeout"
    assert "in time" in problem_words(facts)
    assert advise(facts) == []
    client = DnsClient(server=server.address, seconds=0)
    with pytest.raises(dns_client.DnsFailure, match="timeout"):
        client.texts("other.example")


def test_a_broken_server_keeps_what_was_found(server: DnsServer) -> None:
    server.text(DOMAIN, "v=spf1 include:spf.protection.outlook.com -all")
    server.broken.add("selector1._domainkey.acme.example")
    facts = look(server)
    assert (facts.problem, facts.spf_result) == ("failed", "pass")
    assert findings(facts)["SPF"].state == "ok"
    assert problem_words(facts)


@pytest.fixture
def box(open_shop: Shop, server: DnsServer, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """Give a mailbox whose domain is looked up at the test's server."""
    from django.conf import settings

    host, port = server.address
    environment = settings.ENVIRONMENT.model_copy(update={"dns_server": f"{host}:{port}"})
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    with scope(open_shop.workspace):  # type: ignore[arg-type]
        mailbox: Any = open_shop.mailbox(f"support@{DOMAIN}")
        Mailbox.objects.filter(pk=mailbox.pk).update(smtp_host=MICROSOFT)
    return mailbox  # type: ignore[no-any-return]


def known(box: Mailbox) -> MailboxLookup:
    with scope(box.workspace_id):
        row = lookup_of(box, MailboxLookup.Kind.DOMAIN)
    assert row is not None
    return row


def test_a_worker_looks_and_the_answer_stays_until_the_next(
    open_shop: Shop, box: Mailbox, server: DnsServer, key: str
) -> None:
    server.text("own._domainkey.acme.example", key)
    with scope(box.workspace_id):
        boss: Any = open_shop.actor("administrator")
        assert ask_domain(actor=boss, mailbox_id=box.pk, selectors="Own., own", now=open_shop.now).is_pending
    drain(MailboxLookup)
    row = known(box)
    assert (row.is_pending, row.question) == (False, {"selectors": ["own"]})
    facts = DomainFacts.from_json(row.answer)
    assert (facts.domain, facts.provider) == (DOMAIN, "Microsoft 365")
    assert [one.problem for one in facts.dkim] == [""]
    with scope(box.workspace_id):
        ask_all_domains(open_shop.now)
    row = known(box)
    assert row.is_pending
    assert row.answer == facts.as_json()
    assert row.question == {"selectors": ["own"]}
    server.text(DOMAIN, "v=spf1 include:spf.protection.outlook.com -all")
    drain(MailboxLookup)
    assert DomainFacts.from_json(known(box).answer).spf_result == "pass"


def test_every_workspace_looks_once_a_day(open_shop: Shop, box: Mailbox) -> None:
    with scope(box.workspace_id):
        assert Timer.objects.filter(kind="email.sending_domains", state="due").count() == 1


def test_refusals(open_shop: Shop, box: Mailbox) -> None:
    with scope(box.workspace_id):
        boss: Any = open_shop.actor("administrator")
        agent: Any = open_shop.actor("agent")
        with pytest.raises(Denied):
            ask_domain(actor=agent, mailbox_id=box.pk, now=open_shop.now)
        with pytest.raises(NotFound):
            ask_domain(actor=boss, mailbox_id=0, now=open_shop.now)
        for selectors in ("a b?c", "-x", "x" * 64, " ".join(f"s{number}" for number in range(11))):
            with pytest.raises(Invalid):
                ask_domain(actor=boss, mailbox_id=box.pk, selectors=selectors, now=open_shop.now)
        assert not MailboxLookup.objects.exists()
