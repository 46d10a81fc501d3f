"""Thirty phones at 3, 12 and 40 m, and six at home, check in over a virtual air and real HTTP.

The beacon is the program, on Bumble's controllers; the server is a process of its own. In the
middle of it the slot changes, the beacon is started anew and so is the server.
"""

import asyncio
import secrets
import time

import pytest
from bumble.link import LocalLink
from django.utils import timezone

import sessions_app.services as teaching
from accounts.models import Role
from accounts.testing import PASSWORD
from attendance_project.tests.browser.server import Server
from beacon import protocol
from beacon.desk import Desk
from beacon.tests.virtual import VirtualPhone, virtual_radio
from conftest import make_user
from sessions_app.models import Attendance, Enrolment, Session
from verification.evaluation.radio import Place
from verification.models import CheckInDecision, EvidenceRecord
from verification.simulation.classroom import Screen
from verification.simulation.http import Browser, Line
from verification.tests.radio_class import (
    Attendee,
    Beacon,
    in_a_loop,
    seated,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SEED = 7
DISTANCES_M = (3, 12, 40)
A_ROW = 10
CHEATS = ("replayed", "stale", "invented", "copied", "handed over", "made up")
AT_HOME = Place(100_000.0)


@pytest.fixture
def lecture(open_session) -> Session:
    """Code and Bluetooth are asked for; faces have tests of their own."""
    Session.objects.filter(pk=open_session.pk).update(face="off")
    for number in range(len(DISTANCES_M) * A_ROW + len(CHEATS)):
        student = make_user(Role.STUDENT, f"R{number:02}")
        Enrolment.objects.create(
            course=open_session.course, student=student, enrolled_at=timezone.now()
        )
    return open_session


@pytest.fixture
def server(lecture):
    running = Server()
    yield running
    running.close()


class Hall:
    """Everybody, by name of the row or the cheat."""

    def __init__(self, server: Server, session: Session, token: str) -> None:
        self.server, self.token = server, token
        self.session_id, self.teacher = str(session.pk), session.teacher.email
        self.key = teaching.beacon_key(session)
        self.link = LocalLink()
        self.rows: dict[int, list[Attendee]] = {}
        self.cheats: dict[str, Attendee] = {}
        self.outcomes: dict[str, list[dict]] = {}
        self.old: dict[str, list[dict]] = {}

    async def play(self) -> None:
        with Line(self.server.url) as line:
            desk = await asyncio.to_thread(Browser, line, self.teacher, PASSWORD)
            screen = await asyncio.to_thread(Screen, desk, self.session_id)
            self.seat(line)
            await self.record_old_ids()
            beacon = Beacon(self.link, self.server.url, self.token)
            await beacon.start()
            try:
                await self.attend(screen, beacon)
            finally:
                await beacon.stop()
                await asyncio.gather(*(a.radio.switch_off() for a in self.everybody))
        self.answered = beacon.answered

    def seat(self, line: Line) -> None:
        places = [p for d in DISTANCES_M for p in seated(d, A_ROW, SEED)]
        people = [
            Attendee(self.link, line, f"r{n:02}@school.test", n + 2, place)
            for n, place in enumerate([*places, *[AT_HOME] * len(CHEATS)])
        ]
        self.everybody = people
        for row, distance_m in enumerate(DISTANCES_M):
            self.rows[distance_m] = people[row * A_ROW : (row + 1) * A_ROW]
        self.cheats = dict(zip(CHEATS, people[len(places) :], strict=True))

    async def record_old_ids(self) -> None:
        """What a recorder in the room took down minutes and half a minute ago, over the air."""
        key, now_slot = self.key, protocol.slot_at(time.time())
        for name, ages in (("replayed", (41, 40)), ("stale", (7, 6))):
            air = LocalLink()
            radio, recorder = virtual_radio(air), VirtualPhone(air, 1)
            await radio.open(Desk(slot=lambda: 0))
            await recorder.switch_on()
            for age in ages:
                await radio.advertise(protocol.ephemeral_id(key, now_slot - age, 12), "ATT")
                await asyncio.sleep(1.0)
            self.old[name] = recorder.sightings()
            await recorder.switch_off()
            await radio.close()

    async def attend(self, screen: Screen, beacon: Beacon) -> None:
        await asyncio.gather(*(a.arrive() for a in self.everybody))
        await asyncio.gather(*(a.scan(screen) for a in self.everybody))
        await asyncio.to_thread(screen.switch_off)
        began_at = time.time()
        await asyncio.gather(*(a.ask() for row in self.rows.values() for a in row))
        await self.start_everything_anew(beacon)
        # Until two slots have been on the air since the scan.
        await asyncio.sleep(max(11.0 - (time.time() - began_at), 0.0))
        for distance_m, row in self.rows.items():
            self.outcomes[str(distance_m)] = await asyncio.gather(*(a.check_in() for a in row))
        for name, cheat in self.cheats.items():
            self.outcomes[name] = [await self.try_it(name, cheat)]

    async def start_everything_anew(self, beacon: Beacon) -> None:
        await beacon.stop()
        await beacon.start()
        await asyncio.to_thread(self.server.stop)
        self.server.start()
        await until(lambda: beacon.programme.state.server_problem == "", 20)

    async def try_it(self, name: str, cheat: Attendee) -> dict:
        friend = self.rows[3][0]
        nonce = bytes.fromhex(cheat.step["beacon_nonce"])
        forged = protocol.answer(secrets.token_bytes(32), protocol.slot_at(time.time()), nonce)
        ways = {
            "invented": ([s | {"eid": secrets.token_hex(8)} for s in friend.sent], []),
            "copied": (friend.sent, []),
            "handed over": ([], [friend.answer.hex()]),
            "made up": ([], [forged.hex()]),
        }
        sightings, answers = ways.get(name) or (self.old[name], [])
        return await cheat.report(sightings, answers)


@pytest.fixture
def hall(server, lecture, teacher) -> Hall:
    _, token = teaching.issue_session_token(lecture, by=teacher, now=timezone.now())
    return Hall(server, lecture, token)


def codes(answer: dict) -> set[str]:
    return {reason["code"] for reason in answer["reasons"]}


def test_who_is_near_gets_in_who_is_far_waits_and_who_is_not_there_fails(hall, lecture):
    in_a_loop(hall.play)
    present = {
        distance: sum(answer["outcome"] == "present" for answer in hall.outcomes[str(distance)])
        for distance in DISTANCES_M
    }
    assert present[3] == A_ROW
    assert present[3] >= present[12] > present[40]
    assert present[12] >= A_ROW // 2
    for distance in DISTANCES_M:
        for answer in hall.outcomes[str(distance)]:
            assert answer["outcome"] in ("present", "review")
    expected = {
        "replayed": ("refused", "bluetooth_replayed"),
        "stale": ("review", "bluetooth_too_little"),
        "invented": ("refused", "bluetooth_invented"),
        "copied": ("refused", "bluetooth_copied"),
        "handed over": ("refused", "bluetooth_answer_copied"),
        "made up": ("refused", "bluetooth_answer_invented"),
    }
    for name, (outcome, reason) in expected.items():
        (answer,) = hall.outcomes[name]
        assert answer["outcome"] == outcome, name
        assert reason in codes(answer), name
    in_register = Attendance.objects.filter(session=lecture, status="present")
    assert in_register.count() == sum(present.values())
    _near_phones_heard_and_were_answered(hall)


def _near_phones_heard_and_were_answered(hall: Hall) -> None:
    attempts = [attendee.step["attempt"] for attendee in hall.rows[3]]
    records = EvidenceRecord.objects.filter(attempt_id__in=attempts, kind="bluetooth")
    measured = [record.measured["proximity"] for record in records]
    assert len(measured) == A_ROW
    for heard in measured:
        assert len(heard["slots"]) >= 2
        assert len(heard["answered_slots"]) == 1
        # None where the beacon started anew beside a busy server measured its clock otherwise.
        assert abs(heard["beacon_clock_s"] or 0.0) < 5
        assert heard["nearest_m"] < heard["distance_m"] < heard["farthest_m"]
    assert hall.answered >= 2 * A_ROW
    decided = CheckInDecision.objects.filter(attempt_id__in=attempts)
    assert all("bluetooth" in decision.counted for decision in decided)
