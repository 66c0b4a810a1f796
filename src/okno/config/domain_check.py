"""What `okno check` says of the domains that mail is sent from: what workers found, not a new look."""

from __future__ import annotations

from django.utils import translation

from okno.channels.email.domain_advice import advise, problem_words, worst_state
from okno.channels.email.models import MailboxLookup
from okno.channels.email.sending_domain import DomainFacts
from okno.tenancy.queries import all_workspaces
from okno.tenancy.scope import scope


def domain_answer() -> tuple[bool, str]:
    """Return whether all looked-at domains are in order, and in words what is not."""
    facts = _known()
    with translation.override("en"):
        wrong = [words for one in facts.values() if (words := _wrong(one))]
    if wrong:
        return False, "; ".join(wrong)
    names = ", ".join(sorted(facts))
    return True, f"in order: {names}" if names else "none has been looked at yet (Settings → Mailboxes)"


def _known() -> dict[str, DomainFacts]:
    found: dict[str, DomainFacts] = {}
    for workspace in list(all_workspaces()):
        with scope(workspace):
            rows = MailboxLookup.objects.filter(kind=MailboxLookup.Kind.DOMAIN, mailbox__is_active=True)
            answers = [answer for answer in rows.values_list("answer", flat=True) if answer]
        found |= {answer["domain"]: DomainFacts.from_json(answer) for answer in answers}
    return found


def _wrong(facts: DomainFacts) -> str:
    findings = advise(facts)
    if worst_state(findings) != "fail":
        return f"{facts.domain}: {problem_words(facts)}" if facts.problem else ""
    parts = [f"{one.subject}: {' '.join(one.words)}" for one in findings if one.state == "fail"]
    return f"{facts.domain}: {' '.join(parts)}"
