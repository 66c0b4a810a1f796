"""The demo desk in the database: all of it, once, and as consistent as if people had worked there."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction

from okno.accounts.models import User
from okno.channels.email.models import Mailbox, MailRoute
from okno.config.demo.directory import read_directory
from okno.config.demo.load import PASSWORD_FILE, DemoSignIns, load_demo, read_sign_ins
from okno.config.demo.planner import TICKET_COUNT, plan_tickets
from okno.lib.blobs import BlobStore
from okno.reactors.notify.models import Notification
from okno.spine.events import typed
from okno.spine.models import Event, Reaction
from okno.team.models import Member, Team
from okno.tenancy.commands import create_workspace
from okno.tenancy.models import Workspace
from okno.tenancy.scope import scope
from okno.tickets.models import Attachment, Delivery, Message, ReadMark, StatusCategory, Ticket, TicketTag

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def reports() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: Any, reports: list[tuple[int, int]]
) -> Iterator[DemoSignIns]:
    """Load the desk once for all tests here, and take it back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        sign_ins = load_demo(now=NOW, progress=lambda done, total: reports.append((done, total)))
        assert sign_ins is not None
        yield sign_ins
        transaction.set_rollback(True)


@pytest.fixture
def desk(demo: DemoSignIns) -> Iterator[Workspace]:
    workspace = Workspace.objects.get(is_demo=True)
    with scope(workspace):
        yield workspace


def test_everybody_signs_in_with_the_one_printed_password(demo: DemoSignIns) -> None:
    assert [email.partition("@")[0] for email in demo.emails] == ["admin", "lead", "anna", "boris", "chen"]
    assert len(demo.password) >= 12
    users = User.objects.filter(email__in=demo.emails)
    assert len(users) == 5
    # One hash for all: checking one is checking five, and hashing is slow on purpose.
    assert len({user.password for user in users}) == 1
    assert check_password(demo.password, users[0].password)


def test_only_the_operator_may_read_the_password(demo: DemoSignIns) -> None:
    assert (settings.DATA_DIR / PASSWORD_FILE).stat().st_mode & 0o077 == 0


def test_roles_and_two_teams(desk: Workspace) -> None:
    roles = dict(Member.objects.values_list("email", "grants__role"))
    assert Counter(roles.values()) == {"administrator": 1, "supervisor": 1, "agent": 3}
    assert sorted(Team.objects.values_list("line", flat=True)) == [1, 2]


def test_mail_to_support_finds_the_desk(desk: Workspace) -> None:
    mailbox = Mailbox.objects.get(is_default=True)
    route = MailRoute.objects.get(address="support@okno.example")
    assert (route.workspace_id, route.mailbox_id) == (desk.pk, mailbox.pk)


def test_all_tickets_in_all_categories(desk: Workspace, reports: list[tuple[int, int]]) -> None:
    assert Ticket.objects.count() == TICKET_COUNT
    assert set(Ticket.objects.values_list("category", flat=True)) == set(StatusCategory.values)
    assert reports[-1] == (TICKET_COUNT, TICKET_COUNT)
    assert len(reports) > 1


def test_numbers_follow_time(desk: Workspace) -> None:
    created = list(Ticket.objects.order_by("number").values_list("created_at", flat=True))
    assert created == sorted(created)


def test_tickets_agree_with_their_messages(desk: Workspace) -> None:
    for ticket in Ticket.objects.prefetch_related("messages"):
        messages = sorted(ticket.messages.all(), key=lambda message: message.created_at)
        asked = [m.created_at for m in messages if m.direction == "in"]
        answered = [m.created_at for m in messages if m.direction == "out"]
        newest = messages[-1]
        assert ticket.message_count == len(messages)
        assert ticket.last_message_at == newest.created_at
        assert newest.text.startswith(ticket.last_words[:20].split(" ")[0])
        assert ticket.last_is_internal == (newest.kind == "note")
        assert ticket.last_requester_at == asked[-1]
        assert ticket.last_agent_at == (answered[-1] if answered else None)
        assert ticket.first_response_at == (answered[0] if answered else None)
        assert ticket.is_open or ticket.waiting_since is None


def test_whoever_waits_for_us_waits_since_the_first_unanswered_word(desk: Workspace) -> None:
    waiting = Ticket.objects.filter(waiting_since__isnull=False).prefetch_related("messages")
    assert waiting
    for ticket in waiting:
        answered = [m.created_at for m in ticket.messages.all() if m.direction == "out"]
        asked = [m.created_at for m in ticket.messages.all() if m.direction == "in"]
        assert ticket.waiting_since == min(at for at in asked if not answered or at > max(answered))


def test_events_tell_how_each_ticket_came_to_be(desk: Workspace) -> None:
    statuses = {row.pk: row.status_id for row in Ticket.objects.all()}
    for ticket in Ticket.objects.all():
        events = Event.objects.filter(subject_kind="ticket", subject_id=ticket.pk).order_by(
            "created_at", "id"
        )
        told = [event.type for event in events]
        assert told[:2] == ["ticket.created", "ticket.message_added"]
        said = [name for name in told if name in ("ticket.message_added", "ticket.note_added")]
        assert len(said) == ticket.message_count
        changes = [event.payload for event in events if event.type == "ticket.status_changed"]
        assert [c["old"] for c in changes[1:]] == [c["new"] for c in changes[:-1]]
        assert not changes or changes[-1]["new"] == statuses[ticket.pk]
        given = [event.payload["new"] for event in events if event.type == "ticket.assigned"]
        assert (given[-1] if given else None) == ticket.assignee_id


def test_events_are_typed_and_name_rows_that_exist(desk: Workspace) -> None:
    messages = set(Message.objects.values_list("pk", flat=True))
    for event in Event.objects.filter(subject_kind="ticket"):
        assert typed(event.type, event.payload) is not None
        assert event.payload.get("message") in {None, *messages}
        assert event.snapshot["number"]


def test_old_tickets_send_nothing_and_wake_nobody(desk: Workspace) -> None:
    assert not Reaction.objects.exists()
    assert not Delivery.objects.exclude(state__in=["sent", "failed"]).exists()


def test_files_are_in_the_store(desk: Workspace) -> None:
    store = BlobStore(settings.DATA_DIR / "files")
    attachments = Attachment.objects.all()
    assert len(attachments) > 30
    for attachment in attachments:
        assert len(store.read(desk.pk, attachment.sha256)) == attachment.size


def test_tags_are_the_same_in_rows_and_copy(desk: Workspace) -> None:
    rows: dict[int, list[str]] = {}
    for ticket_id, name in TicketTag.objects.order_by("name").values_list("ticket_id", "name"):
        rows.setdefault(ticket_id, []).append(name)
    assert {ticket.pk: ticket.tags for ticket in Ticket.objects.all() if ticket.tags} == rows


def test_bells_ring_for_what_is_still_to_do(desk: Workspace) -> None:
    lines = Notification.objects.select_related("ticket")
    unread = [line for line in lines if line.read_at is None]
    assert {line.kind for line in lines} >= {"new_ticket", "client_reply"}
    assert 0 < max(Counter(line.member_id for line in unread).values()) < 25
    assert all(line.created_at <= (line.read_at or NOW) <= NOW for line in lines)
    uids = set(Event.objects.values_list("uid", flat=True))
    assert all(line.event_uid in uids for line in lines)
    fresh = [line for line in unread if line.kind == "new_ticket"]
    assert fresh
    assert all(line.ticket.assignee_id is None for line in fresh)


def test_members_have_read_all_but_the_latest_words(desk: Workspace) -> None:
    anna = Member.objects.get(email="anna@okno.example")
    read = dict(ReadMark.objects.filter(member=anna).values_list("ticket_id", "read_at"))
    unread = [t for t in Ticket.objects.all() if t.pk not in read or read[t.pk] < t.last_message_at]
    assert 0 < len(unread) < 40
    assert all(NOW - ticket.updated_at < timedelta(days=1) for ticket in unread)


def test_refused_answers_say_why(desk: Workspace) -> None:
    failed = Delivery.objects.filter(state="failed")
    assert 0 < len(failed) < 10
    assert all(f"<{delivery.address}>" in delivery.words for delivery in failed)


def test_second_load_changes_nothing(demo: DemoSignIns) -> None:
    assert load_demo(now=NOW.replace(day=25)) == demo
    with scope(Workspace.objects.get(is_demo=True)):
        assert Ticket.objects.count() == TICKET_COUNT


def test_interrupted_load_goes_on_where_it_was(desk: Workspace) -> None:
    planned = [plan.subject for plan in plan_tickets(now=desk.created_at)]
    with transaction.atomic():
        newest = Ticket.objects.order_by("-number")[:70].values_list("pk", flat=True)
        Ticket.objects.filter(pk__in=list(newest)).delete()
        load_demo(now=NOW)
        assert list(Ticket.objects.order_by("number").values_list("subject", flat=True)) == planned
        transaction.set_rollback(True)


def test_lost_password_is_replaced(demo: DemoSignIns) -> None:
    path = settings.DATA_DIR / PASSWORD_FILE
    kept = path.read_text()
    with transaction.atomic():
        path.unlink()
        again = read_sign_ins()
        assert again.password != demo.password
        assert check_password(again.password, User.objects.get(email="anna@okno.example").password)
        transaction.set_rollback(True)
    path.write_text(kept)


def test_plan_keys_all_have_rows(desk: Workspace) -> None:
    directory = read_directory()
    plans = plan_tickets(now=NOW)
    assert {plan.requester for plan in plans} <= set(directory.contacts)
    assert {plan.kind for plan in plans} > set(directory.types)


@pytest.mark.django_db
def test_a_desk_of_ones_own_is_left_alone() -> None:
    create_workspace(name="Own", host="own.example", now=NOW)
    assert load_demo(now=NOW) is None
    assert not Workspace.objects.filter(is_demo=True).exists()
