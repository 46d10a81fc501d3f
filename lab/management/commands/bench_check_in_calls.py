"""``python manage.py bench_check_in_calls``: what a check-in without pixels costs the server.

Phones of the reference client check in at the server's program, which answers in this process. The
processor's time is taken within the program alone, so that what the phone needs is left out. The
peer in the same run is a bare authenticated call that inserts one row (`lab.management.bare_call`),
through the same middleware.
"""

from __future__ import annotations

import logging
import random
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandParser
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

import accounts.services as people
import sessions_app.services as teaching
from accounts.domain import dpop
from accounts.models import Device, DeviceStatus, Role, User
from attendance_project import clock
from beacon.protocol import SLOT_S, ephemeral_id, slot_at
from lab.management import bare_call
from lab.management.benchmarks import own_database
from phone.api import Connections
from phone.client import Phone
from phone.key import DeviceKey, new_nonce
from sessions_app.domain import qr_tokens
from sessions_app.models import ClassGroup, Course, Enrolment, Session, Subject

SERVER = "http://testserver"
READINGS = 5
"""How often a phone heard each of the beacon's ids."""
CLASS = 8
"""Students of a session. Each report of the radio is compared with those of the last 15 s, which
are so many where a class of 40 checks in within a minute."""

SLOT_OF_CODES_S = 30
"""Seconds for which a code holds here, so that none is too old on a busy machine."""

Way = Callable[[Phone, Session], dict[str, Any]]


@dataclass
class Cost:
    """What the server spent on the calls since it was last asked."""

    calls: int = 0
    cpu_s: float = 0.0


@dataclass
class Counted:
    """A WSGI application that counts what its calls cost."""

    application: Callable[..., Iterable[bytes]]
    cost: Cost = field(default_factory=Cost)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        started_s = time.thread_time()
        body = b"".join(self.application(environ, start_response))
        self.cost.cpu_s += time.thread_time() - started_s
        self.cost.calls += 1
        return [body]

    def taken(self) -> Cost:
        """The cost until now; counting begins anew."""
        spent, self.cost = self.cost, Cost()
        return spent


class Command(BaseCommand):
    help = "Measure the server's time for a check-in beside a bare call, in a database of its own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check-ins", type=int, default=64, help="Measured of each way.")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        with own_database(), override_settings(ROOT_URLCONF=bare_call.__name__):
            server = Counted(get_wsgi_application())
            classroom = _Classroom(server)
            # This goes first, since the first calls load what later ones find loaded.
            statements = {name: _statements(classroom, name) for name in WAYS}
            self._tell(statements, _costs(server, classroom, options["check_ins"]))

    def _tell(self, statements: dict[str, int], costs: dict[str, list[Cost]]) -> None:
        bare_s = _median_s(costs[BARE])
        self.stdout.write(f"{connection.vendor}, {len(costs[BARE])} check-ins of each way:")
        for name, each in costs.items():
            self.stdout.write(
                f"  {name}: {each[0].calls} calls, {statements[name]} statements, "
                f"median {1000 * _median_s(each):.1f} ms of the processor, "
                f"ratio {_median_s(each) / bare_s:.1f}"
            )


def _statements(classroom: _Classroom, name: str) -> int:
    """How many statements a check-in of that way asks of the database."""
    phone, session = classroom.next_phone(name)
    with CaptureQueriesContext(connection) as statements:
        _check_in(phone, session, name)
    return len(statements)


def _costs(server: Counted, classroom: _Classroom, count: int) -> dict[str, list[Cost]]:
    """The costs by way. The ways take turns, so that what slows the machine slows all of them."""
    costs: dict[str, list[Cost]] = {name: [] for name in WAYS}
    for _ in range(count):
        for name, own in costs.items():
            phone, session = classroom.next_phone(name)
            server.taken()
            _check_in(phone, session, name)
            own.append(server.taken())
    return costs


def _check_in(phone: Phone, session: Session, name: str) -> None:
    answer = WAYS[name](phone, session)
    if answer.get("outcome", "present") != "present":
        raise RuntimeError(f"The check-in was not accepted: {answer}")


def _median_s(costs: list[Cost]) -> float:
    return statistics.median(cost.cpu_s for cost in costs)


# --- the ways of a check-in -----------------------------------------------------------


def _bare(phone: Phone, session: Session) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {phone.access}"}
    answer = phone.client.post(bare_call.PATH, json={"who": new_nonce()}, headers=headers)
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


def _code(phone: Phone, session: Session) -> dict[str, Any]:
    decision: dict[str, Any] = phone.scan(_codes(session), finish=True)["decision"]
    return decision


def _code_then_mark(phone: Phone, session: Session) -> dict[str, Any]:
    return phone.mark(phone.scan(_codes(session))["attempt"])


def _room(phone: Phone, session: Session) -> dict[str, Any]:
    step = phone.scan(_codes(session), finish=True)
    heard = phone.hear(step["attempt"], _sightings(session), finish=True)
    decision: dict[str, Any] = heard["decision"]
    return decision


def _room_then_mark(phone: Phone, session: Session) -> dict[str, Any]:
    step = phone.scan(_codes(session))
    phone.hear(step["attempt"], _sightings(session))
    return phone.mark(step["attempt"])


BARE = "a bare call"
WAYS: dict[str, Way] = {
    BARE: _bare,
    "the code alone, decided with it": _code,
    "the code alone, then the decision": _code_then_mark,
    "code and room, decided with the room": _room,
    "code and room, then the decision": _room_then_mark,
}


def _codes(session: Session) -> list[str]:
    slot = qr_tokens.slot_at(time.time(), session.qr_slot_s)
    key = teaching.code_key(session)
    return [qr_tokens.mint(key, session_code=session.code, slot=slot - ago) for ago in (1, 0)]


def _sightings(session: Session) -> list[dict[str, Any]]:
    """What a phone hears of the session's beacon in the slot before and in this one."""
    slot, key = slot_at(time.time()), teaching.beacon_key(session)
    return [
        {
            "eid": ephemeral_id(key, slot - ago).hex(),
            "rssi_dbm": [round(random.uniform(-80, -55), 2) for _ in range(READINGS)],
            "heard_s_ago": [round(ago * SLOT_S + 0.3 * n, 2) for n in range(READINGS)],
        }
        for ago in (1, 0)
    ]


# --- who checks in --------------------------------------------------------------------


class _Classroom:
    """Makes sessions and logged-in phones of their students, a new one for each check-in."""

    def __init__(self, server: Counted) -> None:
        self.connections = Connections(SERVER)
        self.connections.client = httpx.Client(
            base_url=SERVER, transport=httpx.WSGITransport(app=server)
        )
        self.teacher = _person(Role.TEACHER, "T")
        self.subject = Subject.objects.create(code="B", name="Bench")
        self.sessions: dict[str, Session] = {}
        self.made = 0

    def next_phone(self, way: str) -> tuple[Phone, Session]:
        """A phone that has yet to check in, and the session that is open for it."""
        if self.made % (CLASS * len(WAYS)) == 0:
            self._dismiss()
        session = self.sessions.get(way) or self._open_session(bluetooth="room" in way)
        self.sessions[way] = session
        self.made += 1
        student = _person(Role.STUDENT, f"S{self.made}")
        Enrolment.objects.create(course=session.course, student=student, enrolled_at=clock.now())
        return self._phone_of(student), session

    def _dismiss(self) -> None:
        Session.objects.filter(state="open").update(state="closed", closed_at=clock.now())
        self.sessions.clear()

    def _open_session(self, *, bluetooth: bool) -> Session:
        number = Course.objects.count()
        group = ClassGroup.objects.create(code=f"B{number}", name=f"Bench {number}")
        asks = {"level": "room", "bluetooth": "required" if bluetooth else "off"}
        course = Course.objects.create(
            subject=self.subject, class_group=group, teacher=self.teacher, **asks
        )
        now = clock.now()
        return Session.objects.create(
            course=course,
            subject=self.subject,
            class_group=group,
            teacher=self.teacher,
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            time_zone="UTC",
            room="B-204",
            state="open",
            opened_at=now - timedelta(minutes=5),
            qr_slot_s=SLOT_OF_CODES_S,
            **asks,
        )

    def _phone_of(self, student: User) -> Phone:
        phone, now = Phone(self.connections, DeviceKey()), clock.now()
        jkt = dpop.thumbprint(phone.key.jwk)
        Device.objects.create(
            user=student,
            jkt=jkt,
            public_jwk=phone.key.jwk,
            status=DeviceStatus.ACTIVE,
            registered_at=now,
            activated_at=now,
        )
        phone.access = people.issue_tokens(student, jkt=jkt, now=now).access
        return phone


def _person(role: Role, number: str) -> User:
    return User.objects.create(
        email=f"{number.lower()}@example.org",
        role=role,
        full_name=f"Bench {number}",
        institution_number=number,
        is_approved=True,
    )
