"""Delivery reports are read whoever wrote them; people who write about them are not taken for machines."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from okno.channels.base import ParsedMessage
from okno.channels.email.loops import may_answer
from okno.channels.email.parse import parse_message
from tests.channels.email.bounce_samples import DESK, GONE, OTHER, RETURNED, SENT_ID, WORDS, Sample
from tests.channels.email.mail import simple
from tests.channels.email.short_bounces import SHORT

FIELDS = "Final-Recipient: rfc822; {who}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}"


def report(
    fields: str,
    *,
    notice: str = "Your message could not be delivered.",
    kind: str = "message/delivery-status",
    encoding: str = "",
    top: str = 'multipart/report; report-type=delivery-status; boundary="b"',
    returned: str = "message/rfc822",
    sender: str = "MAILER-DAEMON@relay.example",
    subject: str = "Undelivered Mail Returned to Sender",
    head: str = "",
) -> bytes:
    """Return a report of the standard form, with what is to be odd about it."""
    coded = {"": fields, "base64": base64.encodebytes(fields.encode()).decode()}.get(encoding)
    if coded is None:
        coded = fields.replace("=", "=3D").replace(";", "=3B")
    transfer = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    text = (
        f"From: {sender}\nTo: {DESK}\nSubject: {subject}\nMessage-ID: <r2@relay.example>\n{head}"
        f"Content-Type: {top}\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{notice}\n"
        f"--b\nContent-Type: {kind}\n{transfer}\n{coded}\n"
        f"--b\nContent-Type: {returned}\n\n{RETURNED}\n--b--\n"
    )
    return text.replace("\n", "\r\n").encode()


def fields(
    *, who: str = GONE, action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 no such user"
) -> str:
    """Return the fields of a report about one recipient."""
    return "Reporting-MTA: dns; relay.example\n\n" + FIELDS.format(
        who=who, action=action, status=status, said=said
    )


def is_quiet(parsed: ParsedMessage) -> bool:
    """Tell that no automatic answer may go out."""
    return not may_answer(parsed)


@pytest.mark.parametrize("sample", WORDS, ids=lambda sample: sample.name)
def test_reports_in_words(sample: Sample) -> None:
    parsed = parse_message(sample.raw())
    assert tuple(bounce.recipient for bounce in parsed.bounces) == sample.recipients
    for bounce in parsed.bounces:
        assert bounce.status == sample.status or (not sample.status and bounce.status)
        assert bounce.permanent is sample.permanent
        assert bounce.action == sample.action
        assert bounce.reason
        assert len(bounce.reason) <= 500
    assert parsed.is_bounce
    assert parsed.is_automatic
    assert is_quiet(parsed)
    assert (SENT_ID in parsed.reported_ids) is sample.returns_id


@pytest.mark.parametrize(
    ("name", "subject", "sender", "text", "status"), SHORT, ids=[row[0] for row in SHORT]
)
def test_short_reports_in_words(name: str, subject: str, sender: str, text: str, status: str) -> None:
    raw = f"From: {sender}\nTo: {DESK}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}"
    parsed = parse_message(raw.encode())
    (bounce,) = parsed.bounces
    assert bounce.recipient == GONE, name
    assert bounce.status == status or (not status and bounce.status)
    assert is_quiet(parsed)


def test_a_report_in_html_only_gives_the_code_that_stands_further_down() -> None:
    html = (
        f"<p><b>Delivery has failed to these recipients or groups:</b></p><p><a href='mailto:{GONE}'>{GONE}</a><br>"
        "The address you entered couldn't be found.</p><p>Diagnostic information for administrators:</p>"
        f"<p>{GONE}<br>Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'</p>"
    )
    raw = (
        f"From: postmaster@relay.example\nSubject: Undeliverable: Printer\nContent-Type: text/html\n\n{html}"
    )
    (bounce,) = parse_message(raw.encode()).bounces
    assert (bounce.recipient, bounce.status) == (GONE, "5.1.10")


@pytest.mark.parametrize("encoding", ["", "base64", "quoted-printable"])
@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status"])
@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_the_standard_form_in_every_packing(encoding: str, kind: str, returned: str) -> None:
    parsed = parse_message(report(fields(), kind=kind, encoding=encoding, returned=returned))
    (bounce,) = parsed.bounces
    assert (bounce.recipient, bounce.status, bounce.action, bounce.permanent) == (
        GONE,
        "5.1.1",
        "failed",
        True,
    )
    assert bounce.reason == "550 5.1.1 no such user"
    assert parsed.reported_ids == (SENT_ID,)
    assert is_quiet(parsed)


@pytest.mark.parametrize(
    ("action", "status", "said", "expected", "permanent"),
    [
        ("failed", "5.0.0", "550 5.1.1 <lost@remote.example>: unknown", "5.1.1", True),
        ("failed", "5.0.0", "550 Mailbox is full", "4.2.2", False),
        ("failed", "5.2.2", "552 5.2.2 over quota", "5.2.2", False),
        ("failed", "4.4.7", "delivery time expired", "4.4.7", False),
        (
            "failed",
            "4.4.1",
            "connect to mx.remote.example[198.51.100.7]:25: Connection timed out",
            "4.4.1",
            False,
        ),
        ("failed", "5.7.1", "554 5.7.1 Service unavailable; listed in a block list", "5.7.1", True),
        ("failed", "5.4.4", "Host not found", "5.4.4", True),
        ("failed", "5.0.0", "554 Message rejected as spam", "5.7.1", True),
        ("failed", "5.0.0", "550 no", "5.0.0", True),
        ("failed", "5.5.0", "550 5.1.1 no such user", "5.1.1", True),
        ("failed", "5.2.0", "552 over quota", "4.2.2", False),
        ("failed", "5.3.0", "unknown mailer error", "5.3.0", True),
        ("failed", "", "552 message size exceeds the limit", "5.3.4", True),
        ("failed (bad destination)", "5.1.1 (no such user)", "550 no", "5.1.1", True),
        ("Failure", "5.1.1", "550 no", "5.1.1", True),
        ("delayed", "4.4.1", "451 try later", "4.4.1", False),
        ("delayed", "4.0.0", "452 mailbox full", "4.2.2", False),
        ("delivered", "2.0.0", "250 ok", "2.0.0", False),
        ("relayed", "2.0.0", "250 ok", "2.0.0", False),
        ("expanded", "2.0.0", "250 ok", "2.0.0", False),
    ],
)
def test_status_and_what_it_means(
    action: str, status: str, said: str, expected: str, permanent: bool
) -> None:
    (bounce,) = parse_message(report(fields(action=action, status=status, said=said))).bounces
    assert (bounce.recipient, bounce.status, bounce.permanent) == (GONE, expected, permanent)
    assert bounce.action in {"failed", action}


@pytest.mark.parametrize(
    "who",
    [
        f"Final-Recipient: RFC822;{GONE}",
        f"Final-Recipient: {GONE}",
        f"Final-Recipient: rfc822; <{GONE}>",
        f"Final-Recipient: rfc822;\n  {GONE.upper()}",
        f"Final-Recipient: utf-8; {GONE}",
        f"Final-recipient: LOCAL;<{GONE}>",
        f"final-recipient : rfc822 ; {GONE} (Lost)",
        f"Final-Recipient: x400; /c=us/dda.smtp={GONE}/",
        f"Original-Recipient: rfc822;{GONE}\nFinal-Recipient: rfc822;forwarded@inside.example",
        f"Final-Recipient: rfc822;forwarded@inside.example\nOriginal-Recipient: rfc822;{GONE}",
        f"Final-Recipient: rfc822;lost\nX-Actual-Recipient: rfc822; {GONE}",
        "Final-Recipient: rfc822;lost",
        "Final-Recipient: unknown; undisclosed",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_the_recipient_however_it_is_written(who: str, gap: str) -> None:
    text = f"Reporting-MTA: dns; relay.example{gap}{who}\nAction: failed\nStatus: 5.1.1"
    (bounce,) = parse_message(report(text)).bounces
    assert (bounce.recipient, bounce.status) == (GONE, "5.1.1")


def test_several_recipients_keep_their_own_fates() -> None:
    first = FIELDS.format(who=GONE, action="failed", status="5.1.1", said="550 no")
    second = FIELDS.format(who=OTHER, action="delayed", status="4.4.1", said="451 later")
    for gap in ("\n\n", "\n"):
        parsed = parse_message(report(f"Reporting-MTA: dns; relay.example\n\n{first}{gap}{second}"))
        fates = {(bounce.recipient, bounce.action, bounce.permanent) for bounce in parsed.bounces}
        assert fates == {(GONE, "failed", True), (OTHER, "delayed", False)}


def test_fields_before_the_recipient_that_they_are_about() -> None:
    first = f"Action: failed\nFinal-Recipient: rfc822;{GONE}\nStatus: 5.1.1"
    second = f"Action: delayed\nFinal-Recipient: rfc822;{OTHER}\nStatus: 4.4.1"
    parsed = parse_message(report(f"Reporting-MTA: dns; relay.example\n\n{first}\n\n{second}"))
    fates = [(bounce.recipient, bounce.action, bounce.status) for bounce in parsed.bounces]
    assert fates == [(GONE, "failed", "5.1.1"), (OTHER, "delayed", "4.4.1")]


def test_blank_lines_between_the_fields_of_one_recipient_do_no_harm() -> None:
    text = f"Reporting-MTA: dns; relay.example\n\nFinal-Recipient: rfc822; {GONE}\n\nAction: failed\n\nStatus: 5.1.1"
    (bounce,) = parse_message(report(text)).bounces
    assert (bounce.recipient, bounce.status) == (GONE, "5.1.1")


def test_the_words_of_the_notice_serve_where_the_fields_are_silent() -> None:
    text = (
        f"Reporting-MTA: dns; relay.example\n\nFinal-Recipient: rfc822; {GONE}\nAction: failed\nStatus: 5.0.0"
    )
    (bounce,) = parse_message(report(text, notice=f"<{GONE}>: the mailbox is full")).bounces
    assert bounce.status == "4.2.2"
    assert "full" in bounce.reason


def test_a_report_whose_fields_name_nobody_is_read_in_its_words() -> None:
    parsed = parse_message(
        report("Reporting-MTA: dns; relay.example", notice=f"<{GONE}>: 550 5.1.1 no such user")
    )
    (bounce,) = parsed.bounces
    assert (bounce.recipient, bounce.status) == (GONE, "5.1.1")


def test_a_report_that_names_nobody_at_all_counts_for_the_returned_mail() -> None:
    (bounce,) = parse_message(report("Reporting-MTA: dns; relay.example")).bounces
    assert bounce.recipient == GONE


@pytest.mark.parametrize(
    "top",
    ["multipart/mixed; boundary=b", "multipart/report; boundary=b", "multipart/alternative; boundary=b"],
)
def test_fields_in_another_structure(top: str) -> None:
    (bounce,) = parse_message(report(fields(), top=top)).bounces
    assert bounce.recipient == GONE


def test_russian_diagnostics_in_any_charset() -> None:
    raw = report(fields(status="5.0.0", said="550 Пользователь не найден"))
    for charset in ("utf-8", "koi8-r", "windows-1251"):
        (bounce,) = parse_message(raw.decode().encode(charset)).bounces
        assert bounce.status == "5.1.1"
        assert "Пользователь не найден" in bounce.reason


def test_a_report_without_the_returned_mail_is_known_by_its_reference() -> None:
    raw = report(fields(), returned="text/x-nothing", head="In-Reply-To: <sent-9@okno.example>\n")
    raw = raw.replace(SENT_ID.encode(), b"")
    assert parse_message(raw).reported_ids == ("<sent-9@okno.example>",)


def test_a_read_receipt_is_automatic_and_no_bounce() -> None:
    notification = f"Final-Recipient: rfc822; {GONE}\nDisposition: manual-action/MDN-sent-manually; displayed"
    raw = report(
        notification,
        kind="message/disposition-notification",
        top='multipart/report; report-type=disposition-notification; boundary="b"',
        sender=GONE,
        subject="Read: [#17] Printer",
    )
    parsed = parse_message(raw)
    assert parsed.is_automatic
    assert not parsed.is_bounce
    assert parsed.bounces == ()
    assert is_quiet(parsed)


BOUNCE_TEXT = """This is the mail system at host relay.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<lost@remote.example>: host mx.remote.example said: 550 5.1.1 User unknown
"""
QUOTED = "\n".join(f"> {line}" for line in BOUNCE_TEXT.splitlines())


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Fwd: Undelivered Mail Returned to Sender", BOUNCE_TEXT),
        (
            "Undelivered Mail Returned to Sender",
            f"Hello,\nI get this when I write to you. Please help.\n\n{BOUNCE_TEXT}",
        ),
        ("Re: Undelivered Mail Returned to Sender", f"What does this mean?\n\n{QUOTED}"),
        ("My mail comes back", f"Look at this:\n{BOUNCE_TEXT}"),
        (
            "Delivery failed",
            "The parcel could not be delivered to me, order 17. Mail me at lost@remote.example.",
        ),
        ("Ошибка доставки", "Курьер не смог доставить посылку. Мой адрес lost@remote.example, перезвоните."),
        ("Возврат", "Прошу оформить возврат: товар не был доставлен. lost@remote.example"),
        (
            "Mailbox is full",
            "My mailbox is full and mail to lost@remote.example is rejected. Give me more room.",
        ),
        ("User unknown", "550 5.1.1 <lost@remote.example> user unknown - what can I do?"),
        ("Delivery Status Notification question", "Which of them do you send? lost@remote.example"),
        ("Error sending mail", f"{BOUNCE_TEXT}\nBest regards\nPeter"),
    ],
)
@pytest.mark.parametrize(
    "sender", ["Ann <ann@client.example>", "Служба доставки СДЭК <info@courier.example>"]
)
def test_people_who_write_about_reports_are_people(subject: str, body: str, sender: str) -> None:
    parsed = parse_message(simple(body, Subject=subject, From=sender))
    assert parsed.bounces == ()
    assert not parsed.is_bounce
    assert not parsed.is_automatic
    assert may_answer(parsed)


@pytest.mark.parametrize(
    ("head", "subject", "body"),
    [
        (
            {"From": "no-reply@courier.example"},
            "Delivery failed",
            "Your parcel was not delivered. Write to us: help@courier.example.",
        ),
        (
            {"From": "no-reply@courier.example"},
            "Не удалось доставить заказ",
            "Курьер не смог доставить заказ. Адрес: me@client.example",
        ),
        (
            {"From": "jira@client.example", "Auto_Submitted": "auto-generated"},
            "[JIRA] (DESK-7) Mail comes back",
            f"Ann commented:\nIt says this again.\nWhy is that so?\nI have asked twice.\nSee:\n\n\n{BOUNCE_TEXT}",
        ),
        (
            {"From": "zabbix@client.example", "Auto_Submitted": "auto-generated"},
            "PROBLEM: mail queue",
            "Mail to lost@remote.example could not be delivered for 10 minutes.",
        ),
    ],
)
def test_other_machines_do_not_report_on_mail(head: dict[str, str], subject: str, body: str) -> None:
    parsed = parse_message(simple(body, Subject=subject, **head))
    assert parsed.bounces == ()
    assert not parsed.is_bounce


def test_a_report_forwarded_as_a_file_is_a_file() -> None:
    inner = report(fields()).decode()
    raw = (
        "From: ann@client.example\r\nTo: support@okno.example\r\nSubject: What is this?\r\n"
        "Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\nContent-Type: text/plain\r\n\r\nSee below\r\n"
        f"--outer\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--outer--\r\n"
    )
    parsed = parse_message(raw.encode())
    assert parsed.bounces == ()
    assert may_answer(parsed)


def test_a_report_forwarded_in_pieces_is_a_forward() -> None:
    raw = report(
        fields(),
        top="multipart/mixed; boundary=b",
        sender="Ann <ann@client.example>",
        subject="Fwd: Undeliverable mail",
    )
    parsed = parse_message(raw)
    assert parsed.bounces == ()
    assert may_answer(parsed)


def test_an_absence_with_an_empty_return_path_is_no_bounce() -> None:
    body = "I cannot be reached until Monday. In urgent cases write to deputy@client.example."
    parsed = parse_message(
        simple(body, Return_Path="<>", Auto_Submitted="auto-replied (vacation)", Subject="Re: [#17] Printer")
    )
    assert parsed.bounces == ()
    assert parsed.is_automatic
    assert not parsed.is_bounce
    assert is_quiet(parsed)


HOSTILE = (
    "<" * 100_000 + "a@b>:",
    "a@" * 50_000,
    ("x" * 64 + "@") * 2_000,
    "Final-Recipient: rfc822; " + "a" * 500_000,
    "Final-Recipient: rfc822; a@b.example\n" * 20_000,
    "\n".join(f"<user{number}@remote.example>: 550 no" for number in range(20_000)),
    "could not be " * 50_000,
    "-" * 200_000,
    ("-" * 900 + "a@\n") * 500,
    ("> * - " * 150 + "@\n") * 500,
    ("(" * 300 + "a@b" + ")" * 300 + "\n") * 500,
    "Diagnostic-Code: smtp; " + "5.1.1 " * 50_000,
    "<a@b.example>: " + "mailbox " * 50_000 + "ful",
    "Received: x\n" * 50_000,
    "user" + " " * 100_000 + "unknown",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("in_fields", [True, False])
def test_hostile_reports_cost_no_more_than_honest_ones(text: str, in_fields: bool) -> None:
    raw = report(text) if in_fields else report("", notice=text)
    # A pattern that backtracks would take minutes, which the limit of each test ends.
    parsed = parse_message(raw)
    assert is_quiet(parsed)
    assert len(parsed.bounces) <= 200


@given(st.text(max_size=300), st.sampled_from([sample.text for sample in WORDS]), st.integers(0, 400))
@settings(max_examples=100, deadline=None)
def test_any_words_in_a_report_are_read(inserted: str, text: str, at: int) -> None:
    body = text[:at] + inserted + text[at:]
    raw = f"From: MAILER-DAEMON@relay.example\r\nSubject: failure notice\r\n\r\n{body}"
    parsed = parse_message(raw.encode("utf-8", "replace"))
    assert is_quiet(parsed)
    for bounce in parsed.bounces:
        (bounce.recipient + bounce.reason + bounce.status).encode()


def test_who_was_written_to_is_told_from_whom_the_mail_was_led_to() -> None:
    for line in (f"(generated from {GONE})", f"(expanded from: <{GONE}>)"):
        sample = Sample(
            name="led-on",
            subject="Mail delivery failed: returning message to sender",
            text=f"""
            The following address(es) failed:

              inner@inside.example
                {line}
                no such user

            ------ This is a copy of the message, including all the headers. ------

            @@RETURNED@@""",
        )
        (bounce,) = parse_message(sample.raw()).bounces
        assert (bounce.recipient, bounce.status) == (GONE, "5.1.1")


def test_a_program_behind_an_alias_counts_for_the_alias() -> None:
    sample = Sample(
        name="program",
        subject="Returned mail: unknown mailer error 127",
        text=f"""
           ----- The following addresses had permanent fatal errors -----
        |"/usr/local/bin/filter"
            (expanded from: <{GONE}>)

           ----- Transcript of session follows -----
        554 5.3.0 unknown mailer error 127
        """,
    )
    (bounce,) = parse_message(sample.raw()).bounces
    assert (bounce.recipient, bounce.status) == (GONE, "5.3.0")
