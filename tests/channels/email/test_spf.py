"""SPF as receivers read it (RFC 7208)."""

import ipaddress

import pytest

from okno.channels.email.spf import SpfReader, spf_records, with_mechanism


class Zone:
    """A DNS in memory."""

    def __init__(self, **spf: str) -> None:
        self.spf = {name.replace("_", "."): record for name, record in spf.items()}
        self.hosts = {"acme.example": ["192.0.2.1"], "mx.acme.example": ["192.0.2.2", "2001:db8::2"]}

    def texts(self, name: str) -> list[str]:
        return ["something else", self.spf[name]] if name in self.spf else []

    def addresses(self, name: str) -> list[str]:
        return self.hosts.get(name, [])

    def mail_servers(self, name: str) -> list[str]:
        return [f"mx.{name}"]


@pytest.mark.parametrize(
    ("record", "address", "result"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", "192.0.2.77", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "198.51.100.1", "fail"),
        ("v=spf1 ip4:192.0.2.5 ~all", "192.0.2.6", "softfail"),
        ("v=spf1 ?all", "192.0.2.6", "neutral"),
        ("v=spf1 ip4:192.0.2.5", "192.0.2.6", "neutral"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::9", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", "192.0.2.1", "fail"),
        ("v=spf1 a -all", "192.0.2.1", "pass"),
        ("v=spf1 a/24 -all", "192.0.2.200", "pass"),
        ("v=spf1 a:mx.acme.example/30//64 -all", "2001:db8::ff", "pass"),
        ("v=spf1 mx -all", "192.0.2.2", "pass"),
        ("v=spf1 mx -all", "192.0.2.1", "fail"),
        ("V=SPF1 MX -ALL", "192.0.2.2", "pass"),
        ("v=spf1 -ip4:192.0.2.1 +all", "192.0.2.1", "fail"),
        ("v=spf1 include:other.example -all", "203.0.113.1", "pass"),
        ("v=spf1 include:other.example -all", "203.0.113.2", "fail"),
        ("v=spf1 include:nothing.example -all", "203.0.113.2", "permerror"),
        ("v=spf1 redirect=other.example", "203.0.113.1", "pass"),
        ("v=spf1 redirect=other.example", "203.0.113.2", "fail"),
        ("v=spf1 redirect=nothing.example", "203.0.113.2", "permerror"),
        ("v=spf1 exp=why.acme.example -all", "203.0.113.2", "fail"),
        ("v=spf1 exists:%{i}.acme.example -all", "203.0.113.2", "unknown"),
        ("v=spf1 include:macro.example -all", "203.0.113.2", "unknown"),
        ("v=spf1 ip4:nonsense -all", "203.0.113.2", "permerror"),
        ("v=spf1 nonsense:x -all", "203.0.113.2", "permerror"),
        ("v=spf1 include:acme.example -all", "203.0.113.2", "permerror"),
    ],
)
def test_what_a_receiver_says(record: str, address: str, result: str) -> None:
    zone = Zone(
        acme_example=record, other_example="v=spf1 ip4:203.0.113.1 -all", macro_example="v=spf1 ptr -all"
    )
    assert SpfReader(zone).check(ipaddress.ip_address(address), "acme.example") == result


def test_no_record_and_several(monkeypatch: pytest.MonkeyPatch) -> None:
    zone = Zone()
    assert SpfReader(zone).check(ipaddress.ip_address("192.0.2.1"), "acme.example") == "none"
    monkeypatch.setattr(zone, "texts", lambda _name: ["v=spf1 -all", "v=spf1 mx -all"])
    assert SpfReader(zone).check(ipaddress.ip_address("192.0.2.1"), "acme.example") == "permerror"
    assert spf_records(["v=spf10 x", "v=spf1", "spf1 v", "V=spf1 a"]) == ["v=spf1", "V=spf1 a"]


def test_what_a_record_leans_on_however_deep_and_round() -> None:
    zone = Zone(
        acme_example="v=spf1 include:One.example. mx -all",
        one_example="v=spf1 redirect=two.example",
        two_example="v=spf1 include:acme.example include:%{d}.three.example -all",
    )
    reader = SpfReader(zone)
    assert reader.leans_on("acme.example") == [
        "one.example",
        "two.example",
        "acme.example",
        "%{d}.three.example",
    ]
    assert reader.lookups == 7


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], "v=spf1 include:new.example ~all"),
        (["v=spf1 mx -all"], "v=spf1 mx include:new.example -all"),
        (["v=spf1 include:new.example -all"], "v=spf1 include:new.example -all"),
        (["v=spf1 mx ~all", "v=spf1 a mx -all"], "v=spf1 mx a include:new.example -all"),
        (["v=spf1 redirect=_spf.old.example"], "v=spf1 include:new.example redirect=_spf.old.example"),
        (["v=spf1 mx +all"], "v=spf1 mx include:new.example ~all"),
    ],
)
def test_the_record_to_set(records: list[str], expected: str) -> None:
    assert with_mechanism(records, "include:new.example") == expected
