"""The verdicts of receiving servers, and what is none."""

import pytest

from okno.channels.email.parse import parse_message
from okno.channels.email.spam import spam_verdict
from tests.channels.email.mail import simple

SPAM = [
    ("X-Spam-Flag", "YES"),
    ("X-Spam-Status", "Yes, score=9.1 required=5.0 tests=BAYES_99"),
    ("X-Spam", "Yes"),
    ("X-Spam", "probable spam"),
    ("X-Yandex-Spam", "4"),
    ("X-Mras", "SPAM"),
    ("X-MS-Exchange-Organization-SCL", "5"),
    ("X-MS-Exchange-Organization-SCL", "9"),
    ("X-Forefront-Antispam-Report", "CIP:192.0.2.9;CTRY:;LANG:en;SCL:5;SRV:;IPV:NLI;SFV:SPM;"),
    ("X-Forefront-Antispam-Report", "CIP:192.0.2.9;SCL:1;SFV:NSPM;CAT:PHSH;"),
    ("X-Rspamd-Action", "reject"),
    ("X-Rspamd-Action", "add header"),
    ("X-DSPAM-Result", "Spam"),
    ("X-Bogosity", "Spam, tests=bogofilter, spamicity=0.99"),
    ("X-Barracuda-Spam-Status", "Yes, SCORE=6.5 using global scores"),
    ("X-Proofpoint-Spam-Details", "rule=spam policy=default score=100"),
    ("X-KLMS-AntiSpam-Status", "spam, database bases"),
    ("X-OVH-SPAMSTATE", "SPAM"),
]
CLEAN = [
    ("X-Spam-Flag", "NO"),
    ("X-Spam-Status", "No, score=-1.9 required=5.0"),
    ("X-Spam", "Not detected"),
    ("X-Yandex-Spam", "1"),
    ("X-MS-Exchange-Organization-SCL", "-1"),
    ("X-MS-Exchange-Organization-SCL", "4"),
    ("X-Forefront-Antispam-Report", "CIP:192.0.2.9;SCL:1;SFV:NSPM;CAT:NONE;"),
    ("X-Forefront-Antispam-Report", "SCL:-1;SFV:SKN;"),
    ("X-Rspamd-Action", "no action"),
    ("X-Rspamd-Action", "greylist"),
    ("X-DSPAM-Result", "Innocent"),
    ("X-Bogosity", "Ham, tests=bogofilter"),
    ("X-Barracuda-Spam-Status", "No, SCORE=0.5"),
    ("X-Proofpoint-Spam-Details", "rule=notspam policy=default score=0"),
    ("X-KLMS-AntiSpam-Status", "not scanned, disabled by settings"),
    ("X-MS-Exchange-Organization-SCL", "nonsense"),
    ("X-Forefront-Antispam-Report", ";;::;"),
]


@pytest.mark.parametrize(("name", "value"), SPAM)
def test_verdicts_are_shown_as_they_stand(name: str, value: str) -> None:
    verdict = parse_message(simple(**{name.replace("-", "_"): value})).spam_verdict
    assert verdict.lower() == f"{name}: {value}".lower()
    assert verdict.endswith(value)


@pytest.mark.parametrize(("name", "value"), CLEAN)
def test_what_is_no_verdict(name: str, value: str) -> None:
    assert parse_message(simple(**{name.replace("-", "_"): value})).spam_verdict == ""


@pytest.mark.parametrize(
    "subject", ["***SPAM*** Cheap printers", "[SPAM] Cheap printers", "{Spam?} Cheap printers"]
)
def test_a_mark_in_the_subject_counts_only_beside_the_trace_of_a_filter(subject: str) -> None:
    assert parse_message(simple(Subject=subject)).spam_verdict == ""
    assert parse_message(simple(Subject=subject, X_Spam_Score="7.1")).spam_verdict == f"Subject: {subject}"


def test_the_topmost_header_counts() -> None:
    assert spam_verdict([("x-spam-flag", "NO"), ("x-spam-flag", "YES")]) == ""
    assert spam_verdict([("x-spam-flag", "YES"), ("x-spam-flag", "NO")]) == "X-Spam-Flag: YES"


def test_a_long_verdict_is_cut() -> None:
    assert len(spam_verdict([("x-spam-status", "Yes " + "x" * 5000)])) == 200
