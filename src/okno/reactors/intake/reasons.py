"""Why a mail ended as it did: a code on the raw row, words for whoever reads the journal."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _

SEPARATOR = ": "


class Reason(StrEnum):
    """The codes. Some carry a detail behind `: `."""

    SAME_BYTES = "same_bytes"
    SAME_MESSAGE = "same_message"
    UIDVALIDITY_CHANGED = "uidvalidity_changed"
    MENTIONS = "mentions"
    STAFF = "staff"
    BY_AGENT = "by_agent"
    OUTSIDE = "outside"
    OWN_MAIL = "own_mail"
    REPORT_WITHOUT_TICKET = "report_without_ticket"
    REPORT_OF_NOTHING = "report_of_nothing"
    REPORT_OF_OTHERS = "report_of_others"
    ANSWER_WITHOUT_TICKET = "answer_without_ticket"
    OTHER_ADDRESS = "other_address"
    FAILED_DMARC = "failed_dmarc"
    UNASKED = "unasked"
    BLOCKED = "blocked"
    VERDICT = "verdict"
    TICKET_IS_SPAM = "ticket_is_spam"
    RATE = "rate"
    LOOP = "loop"
    NO_SENDER = "no_sender"
    OWN_ADDRESS = "own_address"
    UNREADABLE = "unreadable"
    FILE_GONE = "file_gone"
    FAILED_OFTEN = "failed_often"

    def about(self, detail: str | int) -> str:
        """Return the code with a detail."""
        return f"{self}{SEPARATOR}{detail}"


def explain(reason: str) -> str:
    """Say a reason in words of the reader's language; what is no code of ours is returned as it is."""
    code, _separator, detail = reason.partition(SEPARATOR)
    words = {
        Reason.SAME_BYTES: _("The very same mail has come before."),
        Reason.SAME_MESSAGE: _("The same message has come before by another way."),
        Reason.UIDVALIDITY_CHANGED: _("The mail server numbered its mails anew; this one had been fetched."),
        Reason.MENTIONS: _("Mentions ticket %(detail)s."),
        Reason.STAFF: _("A colleague answered a notification."),
        Reason.OUTSIDE: _("Somebody outside answered what an agent had asked him."),
        Reason.BY_AGENT: _("As an agent decided."),
        Reason.OWN_MAIL: _("Our own mail came back."),
        Reason.REPORT_WITHOUT_TICKET: _("A delivery report that belongs to no ticket."),
        Reason.REPORT_OF_NOTHING: _("It reports of a mail that we did not send, so it changes nothing."),
        Reason.REPORT_OF_OTHERS: _(
            "It reports of somebody who did not get that mail from us, so it changes nothing."
        ),
        Reason.ANSWER_WITHOUT_TICKET: _("An automatic answer that belongs to no ticket."),
        Reason.OTHER_ADDRESS: _("Answers a ticket, but from an address that takes no part in it."),
        Reason.FAILED_DMARC: _("Answers a ticket, but the sender's domain says that it was not him."),
        Reason.UNASKED: _(
            "Came to a ticket's address without answering anything; it may hold a code or a link."
        ),
        Reason.BLOCKED: _("%(detail)s is blocked."),
        Reason.VERDICT: _("The mail server calls it spam (%(detail)s)."),
        Reason.TICKET_IS_SPAM: _("Answers a ticket that is spam."),
        Reason.RATE: _("Its sender wrote too much in one hour."),
        Reason.LOOP: _(
            "Its sender writes faster than a person can: two machines may be answering each other."
        ),
        Reason.NO_SENDER: _("It does not say who sent it."),
        Reason.OWN_ADDRESS: _("It bears an address of this desk as its sender, but did not come from here."),
        Reason.UNREADABLE: _("It could not be read: %(detail)s"),
        Reason.FILE_GONE: _("Its file is gone from the store."),
        Reason.FAILED_OFTEN: _("It failed too often: %(detail)s"),
    }
    if code not in words:
        return reason
    return words[Reason(code)] % {"detail": _detail(detail)}


def detail_of(reason: str) -> str:
    """Return what stands behind the code of a reason, empty if nothing does."""
    return reason.partition(SEPARATOR)[2]


def _detail(detail: str) -> str:
    known = {
        "too_deep": _("its parts nest too deep"),
        "too_many_parts": _("it has too many parts"),
        "html_too_deep": _("its HTML nests too deep"),
        "memory": _("it needs too much memory"),
        "timeout": _("reading took too long"),
        "parser_died": _("the reader broke down"),
    }
    return known.get(detail, detail)
