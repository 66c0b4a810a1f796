"""Verdicts are believed from the mailbox's own server and from nobody else."""

from okno.channels.email.auth_results import dmarc_verdict
from okno.channels.email.parse import parse_message

TRUSTED = ["mx.okno.example"]


def mail(*results: str) -> bytes:
    heads = "".join(f"Authentication-Results: {value}\r\n" for value in results)
    return f"{heads}From: a@example.org\r\n\r\nx".encode()


def verdict(*results: str) -> str:
    return dmarc_verdict(parse_message(mail(*results)), trusted_servers=TRUSTED)


def test_a_trusted_server_is_believed() -> None:
    assert verdict("MX.okno.example; spf=pass smtp.mailfrom=a@b; dmarc=pass (p=none) header.from=b") == "pass"
    assert verdict('mx.okno.example 1;\r\n dkim=pass;\r\n dmarc=fail reason="x; dmarc=pass"') == "fail"


def test_no_verdict_is_not_a_failure() -> None:
    assert verdict() == "none"
    assert verdict("mx.okno.example; none") == "none"
    assert verdict("mx.okno.example; spf=fail; dkim=temperror; dmarc=none") == "none"


def test_strangers_are_not_believed() -> None:
    assert verdict("mx.evil.example; dmarc=pass") == "none"
    assert verdict("mx.evil.example; dmarc=fail") == "none"
    assert dmarc_verdict(parse_message(mail("x; dmarc=pass")), trusted_servers=[""]) == "none"


def test_a_forged_pass_below_the_real_header_is_not_believed() -> None:
    assert verdict("mx.okno.example; dmarc=fail", "mx.okno.example; dmarc=pass") == "fail"
    assert verdict("mx.okno.example; spf=none", "mx.okno.example; dmarc=pass") == "none"


def test_comments_and_quotes_hide_nothing() -> None:
    assert verdict("mx.okno.example (; dmarc=pass); spf=pass (; dmarc=pass (x))") == "none"
    assert verdict('mx.okno.example; spf=pass reason="; dmarc=pass"') == "none"
