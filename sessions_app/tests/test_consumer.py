"""The websocket: who may listen, that each code comes in time, and that the register follows."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer
from channels.testing import WebsocketCommunicator
from django.db import OperationalError

from accounts.models import Role, User
from attendance_project import clock
from attendance_project.asgi import application
from attendance_project.tests.page_client import PageClient
from attendance_project.tests.patience import PATIENCE_S
from sessions_app import consumers, live, services
from sessions_app.models import CourseStaff, Session

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def cookies_of(user) -> bytes:
    client = PageClient()
    if user is not None:
        client.force_login(user)
    return "; ".join(f"{name}={m.value}" for name, m in client.cookies.items()).encode()


@asynccontextmanager
async def socket(session, user, origin=b"http://testserver", app=application, query=""):
    """The communicator, and whether it was let in."""
    headers = [
        (b"host", b"testserver"),
        (b"origin", origin),
        (b"cookie", await sync_to_async(cookies_of)(user)),
    ]
    path = f"/ws/sessions/{session.pk}/{query}"
    communicator = WebsocketCommunicator(app, path, headers=headers)
    try:
        connected, _ = await communicator.connect(timeout=PATIENCE_S)
        yield communicator, connected
    finally:
        await communicator.disconnect()


async def receive(communicator, kind):
    """The next message of that kind."""
    return (await received_until(communicator, kind))[-1]


async def received_until(communicator, kind, count=1):
    """All messages up to the last of ``count`` of that kind."""
    messages = []
    while [message["type"] for message in messages].count(kind) < count:
        messages.append(await communicator.receive_json_from(timeout=PATIENCE_S))
    return messages


@pytest.fixture
def often(monkeypatch):
    """The server looks for codes and at the register as often as it can."""

    async def at_once(*_: object) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(consumers.SessionConsumer, "_pause", at_once)
    monkeypatch.setattr(consumers, "_sleep_until", at_once)


@pytest.fixture
def seldom(monkeypatch):
    """The register is read when a watcher is told of something, and not by itself."""
    monkeypatch.setattr(consumers, "REREAD_S", 600)


@pytest.mark.parametrize("role", ["anonymous", "student", "outsider", "colleague"])
async def test_others_are_not_let_in(people, open_session, role):
    async with socket(open_session, people[role]) as (_, connected):
        assert not connected


async def test_another_sites_page_is_not_let_in(teacher, open_session):
    async with socket(open_session, teacher, origin=b"https://evil.example") as (_, connected):
        assert not connected


async def test_an_unknown_session_is_not_let_in(teacher):
    async with socket(Session(), teacher) as (_, connected):
        assert not connected


async def test_an_unapproved_teacher_is_not_let_in(teacher, open_session):
    await User.objects.filter(pk=teacher.pk).aupdate(is_approved=False)
    async with socket(open_session, teacher) as (_, connected):
        assert not connected


async def test_one_person_opens_only_so_many(teacher, colleague, open_session, seldom, monkeypatch):
    """Each of them costs the server work for as long as it is open."""
    monkeypatch.setattr(consumers, "MOST_OF_ONE", 1)
    course_id, now = open_session.course_id, clock.now()
    await CourseStaff.objects.acreate(course_id=course_id, person=colleague, added_at=now)
    async with socket(open_session, teacher) as (_, first):
        async with socket(open_session, teacher) as (_, second):
            pass
        async with socket(open_session, colleague) as (_, of_another):
            pass
    async with socket(open_session, teacher) as (_, again):
        pass
    assert (first, second, of_another, again) == (True, False, True, True)


class HandClock:
    """A clock that only a sleep of the codes moves on. After so many sleeps the next one lasts
    until it is released."""

    def __init__(self, shows: datetime, sleeps: int) -> None:
        self.shows, self.sleeps = shows, sleeps
        self.released = asyncio.Event()
        self.slept_until: list[datetime] = []

    def now(self) -> datetime:
        return self.shows

    async def sleep_until(self, moment: datetime) -> None:
        self.slept_until.append(moment)
        if len(self.slept_until) > self.sleeps:
            await self.released.wait()
        self.shows = moment


@pytest.fixture
def by_hand(monkeypatch) -> HandClock:
    """A clock in the middle of a slot of one second. Three more codes follow the first."""
    hand = HandClock(datetime.fromtimestamp(int(clock.now().timestamp()) + 0.7, UTC), sleeps=3)
    monkeypatch.setattr(clock, "now", hand.now)
    monkeypatch.setattr(consumers, "_sleep_until", hand.sleep_until)
    return hand


async def test_each_code_is_sent_when_its_slot_begins(teacher, open_session, by_hand):
    async with socket(open_session, teacher) as (communicator, connected):
        assert connected
        codes = [await receive(communicator, "code") for _ in range(4)]
    slots = [code["slot"] for code in codes]
    assert slots == list(range(slots[0], slots[0] + 4))
    begins = [datetime.fromtimestamp(slot, UTC) for slot in slots]
    sent_at = [datetime.fromisoformat(code["server_time"]) for code in codes]
    assert sent_at[1:] == begins[1:], "the first is sent as soon as the page is opened"
    changes_at = [datetime.fromisoformat(code["changes_at"]) for code in codes]
    assert changes_at == by_hand.slept_until
    assert changes_at[:-1] == begins[1:]
    assert all(code["svg"].startswith("<svg ") for code in codes)


async def test_a_sleep_that_ends_early_goes_on_until_the_moment(monkeypatch):
    """No code is sent before its slot begins, and the rest of a sleep is measured again."""
    hand = HandClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC), sleeps=0)
    asked_s = []

    async def sleep(seconds: float) -> None:
        asked_s.append(seconds)
        hand.shows += timedelta(seconds=seconds if len(asked_s) == 3 else seconds / 2)

    monkeypatch.setattr(clock, "now", hand.now)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    await consumers._sleep_until(hand.shows + timedelta(seconds=2))
    assert asked_s == [2.0, 1.0, 0.5]
    assert hand.shows == datetime(2026, 3, 2, 9, 0, 2, tzinfo=UTC)


async def test_the_token_is_not_sent_in_text(teacher, open_session):
    async with socket(open_session, teacher) as (communicator, _):
        message = await receive(communicator, "code")
    assert set(message) == {
        *("type", "svg", "slot", "slot_s", "changes_at", "dies_at", "server_time")
    }


async def test_an_admin_sees_the_register_and_no_code(admin_user, open_session, often):
    async with socket(open_session, admin_user) as (communicator, connected):
        assert connected
        messages = await received_until(communicator, "beat", count=5)
    assert {message["type"] for message in messages} == {"register", "beat"}
    assert messages[0]["counts"]["enrolled"] == 2


async def test_a_mark_is_told_with_name_and_counts(teacher, student, open_session, seldom):
    async with socket(open_session, teacher) as (communicator, _):
        assert (await receive(communicator, "register"))["counts"]["here"] == 0
        await sync_to_async(services.record_mark)(
            session=open_session,
            student=student,
            status="present",
            source="check_in",
            key="k",
            evidence=["code", "face"],
            now=clock.now(),
        )
        event = (await receive(communicator, "event"))["event"]
        assert event == {"type": "mark", "student_id": str(student.pk), "status": "present"}
        register = await receive(communicator, "register")
    assert register["counts"]["here"] == 1
    row = next(r for r in register["rows"] if r["student_id"] == str(student.pk))
    assert (row["name"], row["status"]) == (student.full_name, "present")
    assert row["evidence"] == ["code", "face"]


async def mark(session, student, status):
    await sync_to_async(services.record_mark)(
        session=session,
        student=student,
        status=status,
        source="check_in",
        key="k",
        now=clock.now(),
    )


async def test_a_mark_of_another_process_is_seen_by_its_stamp(
    teacher, student, open_session, seldom, monkeypatch
):
    """The other process has a channel layer of its own, and no reading is due meanwhile."""
    monkeypatch.setattr(live, "get_channel_layer", InMemoryChannelLayer)
    async with socket(open_session, teacher) as (communicator, _):
        await receive(communicator, "register")
        await mark(open_session, student, "late")
        assert (await receive(communicator, "register"))["counts"]["late"] == 1


async def test_a_mark_that_nobody_told_of_arrives_at_the_next_reading(
    teacher, student, open_session, monkeypatch
):
    monkeypatch.setattr(consumers, "REREAD_S", 0.3)
    monkeypatch.setattr(live, "publish", lambda *_: None)
    async with socket(open_session, teacher) as (communicator, _):
        await receive(communicator, "register")
        await mark(open_session, student, "late")
        assert (await receive(communicator, "register"))["counts"]["late"] == 1


async def test_the_lookout_goes_on_after_a_failure(
    teacher, student, open_session, seldom, monkeypatch
):
    calls = []

    def fail_once(session_ids):
        calls.append(session_ids)
        if len(calls) == 1:
            raise OperationalError("away")
        return stamps_of(session_ids)

    stamps_of = live.stamps_of
    monkeypatch.setattr(live, "AFTER_FAILURE_S", 0)
    monkeypatch.setattr(live, "stamps_of", fail_once)
    monkeypatch.setattr(live, "get_channel_layer", InMemoryChannelLayer)
    async with socket(open_session, teacher) as (communicator, _):
        await receive(communicator, "register")
        await mark(open_session, student, "late")
        assert (await receive(communicator, "register"))["counts"]["late"] == 1


def test_each_change_leaves_another_stamp(open_session):
    stamps = set()
    for _ in range(3):
        live.publish(open_session.pk, {"type": "state", "state": "open"})
        stamps |= set(live.stamps_of({open_session.pk}).values())
    assert len(stamps) == 3


def test_one_query_looks_after_all_sessions(open_session, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert live.stamps_of({open_session.pk, uuid4(), uuid4()}) == {open_session.pk: None}


async def test_nothing_is_looked_for_when_the_last_screen_is_gone(teacher, open_session):
    async with socket(open_session, teacher) as (communicator, _):
        await receive(communicator, "register")
        assert live.lookout.is_busy
    assert not live.lookout.is_busy


async def test_closing_ends_the_codes_and_says_so(teacher, open_session, by_hand, monkeypatch):
    by_hand.sleeps = 0
    monkeypatch.setattr(consumers, "REREAD_S", 0.05)
    async with socket(open_session, teacher) as (communicator, _):
        await receive(communicator, "code")
        await receive(communicator, "register")
        await sync_to_async(services.close_session)(open_session, by=teacher, now=clock.now())
        assert (await receive(communicator, "register"))["state"] == "closed"
        by_hand.released.set()
        messages = await received_until(communicator, "beat", count=3)
    assert {message["type"] for message in messages} == {"beat"}


async def test_opening_starts_the_codes_on_a_screen_that_waits(teacher, session):
    async with socket(session, teacher) as (communicator, _):
        assert (await receive(communicator, "register"))["state"] == "planned"
        await sync_to_async(services.open_session)(session, by=teacher, now=clock.now())
        assert await receive(communicator, "code")


async def closed(communicator):
    """The code with which the server ends the connection."""
    while True:
        message = await communicator.receive_output(timeout=PATIENCE_S)
        if message["type"] == "websocket.close":
            return message["code"]


async def test_logging_out_ends_the_connection(teacher, open_session, often):
    from django.contrib.sessions.models import Session as LogIn

    async with socket(open_session, teacher) as (communicator, _):
        await receive(communicator, "code")
        await sync_to_async(LogIn.objects.all().delete)()
        assert await closed(communicator) == consumers.NOT_ALLOWED


def change_password(person):
    person.set_password("another good long password")
    person.save()


def switch_off(person):
    User.objects.filter(pk=person.pk).update(is_active=False)


def lose_role(person):
    User.objects.filter(pk=person.pk).update(role=Role.STUDENT)


@pytest.mark.parametrize("end", [change_password, switch_off, lose_role])
async def test_what_ends_a_log_in_ends_its_connection(teacher, open_session, often, end):
    async with socket(open_session, teacher) as (communicator, _):
        await receive(communicator, "code")
        await sync_to_async(end)(teacher)
        assert await closed(communicator) == consumers.NOT_ALLOWED


def hand_over(session, colleague):
    services.change_teacher(session.course, to=colleague, by=None, now=clock.now())


def name_substitute(session, colleague):
    services.name_substitute(session, person=colleague, by=None, now=clock.now())


def add_assistant(session, colleague):
    services.add_staff(session.course, person=colleague, role="assistant", by=None, now=clock.now())


def end_substitution(session, colleague):
    services.name_substitute(session, person=None, by=None, now=clock.now())


def remove_assistant(session, colleague):
    services.remove_staff(session.course, person_id=colleague.pk, by=None, now=clock.now())


@pytest.mark.parametrize("lose", [hand_over, end_substitution, remove_assistant])
async def test_losing_access_ends_the_connection_though_the_code_stays_long(
    lose, teacher, colleague, open_session, seldom
):
    """The stamp wakes the register, which finds out. Neither a slot's end nor a reading is due."""
    await Session.objects.filter(pk=open_session.pk).aupdate(qr_slot_s=30)
    if lose is end_substitution:
        await sync_to_async(name_substitute)(open_session, colleague)
    elif lose is remove_assistant:
        await sync_to_async(add_assistant)(open_session, colleague)
    watcher = teacher if lose is hand_over else colleague
    async with socket(open_session, watcher) as (communicator, connected):
        assert connected
        await receive(communicator, "code")
        await sync_to_async(lose)(open_session, colleague)
        assert await closed(communicator) == consumers.NOT_ALLOWED


async def test_an_admin_who_asks_for_the_code_sees_it_and_is_noted(admin_user, open_session):
    async with socket(open_session, admin_user, query="?show=code") as (communicator, _):
        assert await receive(communicator, "code")
        await receive(communicator, "register")
        await receive(communicator, "code")
    assert (await open_session.code_showings.aget()).by_id == admin_user.pk


async def test_what_a_screen_sends_is_not_read(teacher, open_session):
    async with socket(open_session, teacher) as (communicator, _):
        await communicator.send_to(text_data='{"type": "session.event", "event": {}} not json')
        await communicator.send_to(bytes_data=b"\xff\x00")
        assert await receive(communicator, "code")
