"""Thirty phones at 3, 12 and 40 m, and six at home, check in over a virtual air and real HTTP.

The beacon is the real program, on Bumble's controllers, and the server is a process of its own. In
the middle the slot changes, the beacon is started again, and the server crashes and comes back.
"""

import asyncio
import secrets
import time

import pytest
from bumble.link import LocalLink

import sessions_app.services as teaching
from accounts.models import Role
from accounts.tests.phone import PASSWORD
from attendance_project import clock
from attendance_project.tests.browser.server import Server
from beacon import protocol
from beacon.desk import Desk
from beacon.protocol import SLOT_S
from beacon.tests.virtual import VirtualPhone, virtual_radio
from conftest import make_user
from lab.evaluation.radio import Place
from lab.simulation.browser import Browser
from lab.simulation.classroom import Projector
from lab.tests.radio_class import SCAN_AT_ONCE, Attendee, RoomBeacon, in_a_loop, seated, until
from phone.api import Connections
from phone.check_in import CheckInResult
from sessions_app.models import Attendance, Enrolment, Session
from verification.models import CheckInDecision, EvidenceRecord

pytestmark = [pytest.mark.slow, pytest.mark.waits, pytest.mark.django_db(transaction=True)]

SEED = 7
DISTANCES_M = (3, 12, 40)
A_ROW = 10
CHEATS = {
    "replayed": ("refused", "bluetooth_replayed"),
    "stale": ("review", "bluetooth_too_little"),
    "invented": ("refused", "bluetooth_invented"),
    "copied": ("refused", "bluetooth_copied"),
    "handed over": ("refused", "bluetooth_answer_copied"),
    "made up": ("refused", "bluetooth_answer_invented"),
}
"""What each cheat sends, and what comes of it."""
AT_HOME = Place(100_000.0)
UNDER_WAY_S = 2.5


@pytest.fixture
def lecture(open_session) -> Session:
    """The session asks for code and Bluetooth. Faces have tests of their own."""
    Session.objects.filter(pk=open_session.pk).update(level="room")
    for number in range(len(DISTANCES_M) * A_ROW + len(CHEATS)):
        student = make_user(Role.STUDENT, f"R{number:02}")
        Enrolment.objects.create(
            course=open_session.course, student=student, enrolled_at=clock.now()
        )
    return open_session


@pytest.fixture
def server(lecture):
    running = Server()
    running.prepare()  # a server that loads for long comes back when all that was heard is stale
    yield running
    running.close()


class Hall:
    """Everybody in the room, by row and by cheat, and what came of their check-ins."""

    def __init__(self, server: Server, session: Session, token: str) -> None:
        self.server, self.token = server, token
        self.session_id, self.teacher = str(session.pk), session.teacher.email
        self.key = teaching.beacon_key(session)
        self.link = LocalLink()
        self.rows: dict[int, list[Attendee]] = {}
        self.cheats: dict[str, Attendee] = {}
        self.outcomes: dict[int, list[CheckInResult]] = {}
        self.cheated: dict[str, dict] = {}
        self.answered = 0

    async def play(self) -> None:
        with Connections(self.server.url) as connections:
            self.seat(connections)
            beacon = RoomBeacon(self.link, self.server.url, self.token)
            await beacon.start()
            await self.scan_codes(connections)
            anew = asyncio.ensure_future(self.start_everything_anew(beacon))
            await self.check_in()
            await anew
            for name, cheat in self.cheats.items():
                self.cheated[name] = await cheat.report(*await self.false_evidence(name, cheat))
            await beacon.stop()
            self.answered = beacon.answered
            await asyncio.gather(*(a.radio.switch_off() for a in self.everybody))

    def seat(self, connections: Connections) -> None:
        places = [place for d in DISTANCES_M for place in seated(d, A_ROW, SEED)]
        self.everybody = people = [
            Attendee(self.link, connections, f"r{n:02}@school.test", n + 2, place)
            for n, place in enumerate([*places, *[AT_HOME] * len(CHEATS)])
        ]
        for row, distance_m in enumerate(DISTANCES_M):
            self.rows[distance_m] = people[row * A_ROW : (row + 1) * A_ROW]
        self.cheats = dict(zip(CHEATS, people[len(places) :], strict=True))

    async def scan_codes(self, connections: Connections) -> None:
        desk = await asyncio.to_thread(Browser, connections, self.teacher, PASSWORD)
        projector = await asyncio.to_thread(Projector, desk, self.session_id)
        await asyncio.gather(*(a.arrive() for a in self.everybody))
        turn = asyncio.Semaphore(SCAN_AT_ONCE)
        await asyncio.gather(*(a.scan(projector, turn) for a in self.everybody))
        await asyncio.to_thread(projector.switch_off)

    async def check_in(self) -> None:
        async def of_row(distance_m: int) -> None:
            row = self.rows[distance_m]
            self.outcomes[distance_m] = await asyncio.gather(*(a.check_in() for a in row))

        await asyncio.gather(*(of_row(distance_m) for distance_m in DISTANCES_M))

    async def start_everything_anew(self, beacon: RoomBeacon) -> None:
        await asyncio.sleep(UNDER_WAY_S)
        await beacon.stop()
        await beacon.start()
        await asyncio.to_thread(self.server.crash)
        self.server.start()
        await until(lambda: beacon.programme.state.server_problem == "")

    async def false_evidence(self, name: str, cheat: Attendee) -> tuple[list[dict], list[str]]:
        """The sightings and the answers."""
        if name in ("replayed", "stale"):
            return await self.recorded(slots_ago=40 if name == "replayed" else 6), []
        friend = next(a.radio for a in self.rows[3] if a.radio.answer)
        nonce = bytes.fromhex(cheat.step["beacon_nonce"])
        forged = protocol.answer(secrets.token_bytes(32), protocol.slot_at(time.time()), nonce)
        return {
            "invented": ([s | {"eid": secrets.token_hex(8)} for s in friend.sent], []),
            "copied": (friend.sent, []),
            "handed over": ([], [friend.answer.hex()]),
            "made up": ([], [forged.hex()]),
        }[name]

    async def recorded(self, slots_ago: int) -> list[dict]:
        """What a recorder in the room wrote down a while ago, over the air."""
        air = LocalLink()
        radio, recorder = virtual_radio(air), VirtualPhone(air, 1)
        await radio.open(Desk(slot=lambda: 0))
        await recorder.switch_on()
        slot = protocol.slot_at(time.time()) - slots_ago
        for number in (slot - 1, slot):
            long_id = protocol.ephemeral_id(self.key, number, protocol.LONG_ID_BYTES)
            await radio.advertise(long_id, "ATT")
            await until(lambda eid=long_id[:8]: len(recorder.heard.get(eid, [])) >= 4)
        await recorder.switch_off()
        await radio.close()
        return recorder.sightings()


@pytest.fixture
def hall(server, lecture, teacher) -> Hall:
    _, token = teaching.issue_session_token(lecture, by=teacher, now=clock.now())
    return Hall(server, lecture, token)


def codes(answer: dict) -> set[str]:
    return {reason["code"] for reason in answer["reasons"]}


def test_who_is_near_gets_in_who_is_far_waits_and_who_is_not_there_fails(hall, lecture):
    in_a_loop(hall.play)
    present = {
        distance_m: sum(outcome.outcome == "present" for outcome in outcomes)
        for distance_m, outcomes in hall.outcomes.items()
    }
    assert present[3] == A_ROW, hall.outcomes[3]
    assert present[12] >= A_ROW // 2, hall.outcomes[12]
    assert present[12] > present[40]
    far = {outcome.outcome for outcome in [*hall.outcomes[12], *hall.outcomes[40]]}
    assert far == {"present", "review"}
    for name, (outcome, reason) in CHEATS.items():
        assert hall.cheated[name]["outcome"] == outcome, hall.cheated[name]
        assert reason in codes(hall.cheated[name]), hall.cheated[name]
    in_register = Attendance.objects.filter(session=lecture, status="present")
    assert in_register.count() == sum(present.values())
    _near_phones_heard_and_were_answered(hall)


def _near_phones_heard_and_were_answered(hall: Hall) -> None:
    attempts = [attendee.step["attempt"] for attendee in hall.rows[3]]
    on_its_way_s = max(attendee.http.report_took_s for attendee in hall.rows[3])
    records = EvidenceRecord.objects.filter(attempt_id__in=attempts, kind="bluetooth")
    measured = [record.measured["proximity"] for record in records]
    heard = [report for report in measured if report["samples"]]
    assert len(heard) == A_ROW
    for report in heard:
        assert len(report["slots"]) >= 2
        assert report["nearest_m"] < report["distance_m"] < report["farthest_m"]
        # What a report takes to arrive looks like a beacon whose clock is behind.
        assert -SLOT_S - on_its_way_s < (report["beacon_clock_s"] or 0.0) < SLOT_S, measured
    assert sum(len(report["answered_slots"]) for report in measured) >= A_ROW // 2
    assert hall.answered >= A_ROW // 2
    decided = CheckInDecision.objects.filter(attempt_id__in=attempts)
    assert all("bluetooth" in decision.counted for decision in decided)
