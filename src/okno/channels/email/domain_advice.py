"""What was found of a sending domain in plain words, and the exact records to set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from okno.channels.email.providers import PROVIDERS, SendingProvider
from okno.channels.email.sending_domain import DkimKey, DomainFacts, tags_of
from okno.channels.email.spf import LOOKUPS_LIMIT, with_mechanism

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record to set: under which name, of which kind, and what it says."""

    name: str
    value: str
    kind: str = "TXT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One of SPF, DKIM and DMARC: how it is, in words, what was found and what to set."""

    subject: Literal["SPF", "DKIM", "DMARC"]
    state: State
    words: tuple[str, ...]
    found: tuple[str, ...] = ()
    to_set: Record | None = None


def advise(facts: DomainFacts) -> list[Finding]:
    """Return what to say of a domain; nothing where the DNS did not answer at all."""
    if facts.problem and not facts.spf and not facts.dmarc and not facts.dkim:
        return []
    return [_spf(facts), _dkim(facts), _dmarc(facts)]


def problem_words(facts: DomainFacts) -> str:
    """Return why not everything could be looked up, empty if it could."""
    return {
        "": "",
        "timeout": _("The DNS did not answer in time, so not everything could be looked at."),
        "no_server": _("This machine knows no DNS server to ask. Name one by OKNO_DNS_SERVER."),
        "failed": _("A DNS server answered with a failure, so not everything could be looked at."),
    }[facts.problem]


def worst_state(findings: list[Finding]) -> State:
    """Return the worst of several states."""
    order: tuple[State, ...] = ("fail", "warn", "ok")
    return min((one.state for one in findings), key=order.index, default="ok")


def _spf(facts: DomainFacts) -> Finding:
    found = tuple(facts.spf)
    provider = _provider(facts)
    value = with_mechanism(facts.spf, _mechanism(facts), end=provider.spf_end if provider else "~all")
    is_same = facts.spf == [value]
    to_set = None if facts.is_shared or is_same else Record(name=facts.domain, value=value)
    if not facts.spf:
        words = _("There is no SPF record: receivers cannot tell our mail from forged mail.")
        return Finding(subject="SPF", state="fail", words=(words,), to_set=to_set)
    if len(facts.spf) > 1:
        words = _("There are several SPF records. Receivers then believe none: join them into one.")
        return Finding(subject="SPF", state="fail", words=(words,), found=found, to_set=to_set)
    state, words = _spf_result(facts)
    more: list[str] = [words]
    if facts.spf_lookups > LOOKUPS_LIMIT:
        state = "fail"
        more.append(
            _(
                "The record needs %(count)s lookups; receivers stop after ten and refuse it. Take out what is unused."
            )
            % {"count": facts.spf_lookups}
        )
    if "+all" in facts.spf[0].lower().split() or "all" in facts.spf[0].lower().split():
        state = "fail"
        more.append(_("It ends with +all, which lets everybody send in the name of the domain."))
    is_wanting = facts.spf_result not in {"pass", "unknown"}
    return Finding(
        subject="SPF", state=state, words=tuple(more), found=found, to_set=to_set if is_wanting else None
    )


def _spf_result(facts: DomainFacts) -> tuple[State, str]:
    way = {"way": facts.provider or facts.host}
    if not facts.host:
        return "warn", _(
            "There is a record. No server for sending is set, so nobody can say whether it is allowed."
        )
    match facts.spf_result:
        case "pass":
            return "ok", _("%(way)s may send for the domain.") % way
        case "fail":
            return "fail", _(
                "%(way)s may not send for the domain: receivers refuse our mail or call it spam."
            ) % way
        case "softfail" | "neutral" | "none":
            return "warn", _("The record does not name %(way)s: some receivers call our mail spam.") % way
        case "permerror":
            return "fail", _("The record is broken: receivers disregard it.")
        case _:
            return "warn", _(
                "There is a record. Whether %(way)s is allowed cannot be told from here, because its address to the"
                " world is not known."
            ) % way


def _mechanism(facts: DomainFacts) -> str:
    """Return what allows the way that our mail leaves by."""
    provider = _provider(facts)
    if provider is not None:
        return f"include:{provider.spf_domain}"
    addresses = [f"ip{6 if ':' in one else 4}:{one}" for one in facts.relay_addresses]
    return " ".join(addresses) or "mx"


def _dkim(facts: DomainFacts) -> Finding:
    good = [key for key in facts.dkim if not key.problem]
    there = [key for key in facts.dkim if key.problem != "missing"]
    found = tuple(f"{key.selector}: {key.record}" for key in there)
    words = list(_key_words(there))
    if good:
        names = ", ".join(key.selector for key in good)
        words.insert(
            0, _("A key is published (%(names)s), so receivers can check signatures.") % {"names": names}
        )
        return Finding(subject="DKIM", state="ok", words=tuple(words), found=found)
    if there:
        return Finding(
            subject="DKIM", state="fail", words=tuple(words), found=found, to_set=_key_to_set(facts)
        )
    asked = ", ".join(key.selector for key in facts.dkim)
    if facts.is_asked_for:
        words.append(_("There is no key under %(names)s.") % {"names": asked})
    else:
        words.append(
            _(
                "There is no key under the usual names (%(names)s). If your server signs under another one, name it"
                " below: it is s=… of the DKIM-Signature in a mail that you have sent."
            )
            % {"names": asked}
        )
    words.append(_where_to_find_the_key(facts))
    return Finding(
        subject="DKIM",
        state="fail" if facts.is_asked_for else "warn",
        words=tuple(words),
        to_set=_key_to_set(facts),
    )


def _key_words(keys: list[DkimKey]) -> Iterator[str]:
    for key in keys:
        name = {"name": key.selector, "bits": key.bits}
        if key.problem == "revoked":
            yield _("The key %(name)s is withdrawn: its record is empty.") % name
        elif key.problem == "broken":
            yield _("The record of %(name)s holds no key that can be read.") % name
        elif key.problem == "short":
            yield _("The key %(name)s has %(bits)s bits: receivers disregard keys below 1024.") % name
        elif key.bits == 1024:
            yield _("The key %(name)s has 1024 bits: 2048 are usual today.") % name


def _where_to_find_the_key(facts: DomainFacts) -> str:
    provider = _provider(facts)
    if provider is None:
        return _("Let the server that sends sign its mail, and publish the key that it shows.")
    if provider.dkim_page:
        return _("%(provider)s shows the record at %(page)s.") % {
            "provider": provider.name,
            "page": provider.dkim_page,
        }
    return _("%(provider)s shows the record in its administration.") % {"provider": provider.name}


def _key_to_set(facts: DomainFacts) -> Record | None:
    provider = _provider(facts)
    # Which name a server of one's own signs under nobody knows but whoever runs it.
    if facts.is_shared or not facts.dkim or not (facts.is_asked_for or provider):
        return None
    kind = "CNAME" if provider is not None and provider.spf_domain == "spf.protection.outlook.com" else "TXT"
    # Only the server that signs knows its key.
    return Record(name=f"{facts.dkim[0].selector}._domainkey.{facts.domain}", value="", kind=kind)


def _dmarc(facts: DomainFacts) -> Finding:
    name = f"_dmarc.{facts.domain}"
    if not facts.dmarc:
        passes = facts.spf_result == "pass" or any(not key.problem for key in facts.dkim)
        words = [_("There is no DMARC record: nothing tells receivers what to do with forged mail.")]
        if not passes:
            words.append(_("Set SPF and DKIM right first, then be stricter: p=quarantine, later p=reject."))
        value = f"v=DMARC1; p={'quarantine' if passes else 'none'}"
        to_set = None if facts.is_shared else Record(name=name, value=value)
        return Finding(subject="DMARC", state="warn", words=tuple(words), to_set=to_set)
    found = tuple(facts.dmarc)
    if len(facts.dmarc) > 1:
        words = [_("There are several DMARC records. Receivers then believe none: keep one.")]
        return Finding(subject="DMARC", state="fail", words=tuple(words), found=found)
    tags = tags_of(facts.dmarc[0])
    is_inherited = facts.dmarc_domain != facts.domain
    policy = (tags.get("sp") if is_inherited else None) or tags.get("p", "")
    state, said = _policy(policy.lower())
    words = [said]
    if is_inherited:
        words.append(
            _("The record of %(domain)s holds for this domain too.") % {"domain": facts.dmarc_domain}
        )
    percent = tags.get("pct", "100")
    if percent.isdecimal() and int(percent) < 100:
        count = int(percent)
        words.append(
            ngettext(
                "It holds for %(count)s mail in a hundred.",
                "It holds for %(count)s mails in a hundred.",
                count,
            )
            % {"count": count}
        )
    if policy.lower() in {"quarantine", "reject"} and facts.spf_result == "fail":
        state = "fail"
        words.append(_("With SPF as it is, and unless DKIM signs, receivers do so with our own mail."))
    return Finding(subject="DMARC", state=state, words=tuple(words), found=found)


def _policy(policy: str) -> tuple[State, str]:
    match policy:
        case "reject":
            return "ok", _("Receivers are told to refuse forged mail.")
        case "quarantine":
            return "ok", _("Receivers are told to put forged mail into spam.")
        case "none":
            return "warn", _("Receivers are told to watch only: forged mail comes through.")
        case _:
            return "fail", _("The record names no policy that receivers know.")


def _provider(facts: DomainFacts) -> SendingProvider | None:
    return next((one for one in PROVIDERS if one.name == facts.provider), None)
