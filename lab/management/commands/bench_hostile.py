"""``python manage.py bench_hostile``: how late others are answered while a server is attacked.

What is made to keep a server busy is sent to a real server, and somebody else
opens its log-in page meanwhile, again and again. The peer in the same run is that page on the same
server at rest. The aim is that others are answered within 300 ms.
"""

import json
import logging
import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils.crypto import get_random_string

from accounts.models import Role, User
from attendance_project import clock
from lab import hostile, hostile_connections
from lab.management import live_bench as bench
from lab.management.benchmarks import own_database
from phone.api import Blocked, Connections
from phone.client import Phone
from phone.key import DeviceKey
from sessions_app.models import ClassGroup, Course, Enrolment, Session, SessionState, Subject
from verification.models import FaceCall

AIM_MS = 300
LEAST = 100
"""Answers that are measured at least, where an attack is over at once."""
FORM = "application/x-www-form-urlencoded"
PASSWORD = get_random_string(20)


class Command(BaseCommand):
    help = "Measure how late others are answered while hostile calls, files and pictures come in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8975)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        with own_database():
            admin, student, session = _fill()
            with bench.ServerProcess(port) as server:
                self._tell("at rest", "", _waits_ms(server, lambda: ""))
                for name, attack in _attacks(server, admin, student, session).items():
                    came_of_it: list[str] = []
                    waits_ms = _waits_ms(server, lambda: came_of_it.append(attack()))  # noqa: B023
                    self._tell(f"during {name}", came_of_it[0], waits_ms)

    def _tell(self, when: str, came_of_it: str, waits_ms: list[float]) -> None:
        late = sum(wait > AIM_MS for wait in waits_ms)
        middle_ms = statistics.median(waits_ms)
        nearly_all_ms = statistics.quantiles(waits_ms, n=100)[-1]
        self.stdout.write(
            f"{connection.vendor}: the log-in page {when}: median {middle_ms:.0f} ms, "
            f"99 % within {nearly_all_ms:.0f} ms, most {max(waits_ms):.0f} ms, "
            f"{late} of {len(waits_ms)} above {AIM_MS} ms"
            + (f"; {came_of_it}" if came_of_it else "")
        )


def _fill() -> tuple[User, User, Session]:
    """An admin, a student on a course, and a session of it that is open."""
    admin = User.objects.create_superuser(
        "admin@bench.test", PASSWORD, full_name="Bench Admin", institution_number="A1"
    )
    student = User.objects.create_user(
        "student@bench.test",
        PASSWORD,
        role=Role.STUDENT,
        full_name="Bench Student",
        institution_number="S1",
        is_approved=True,
    )
    course = Course.objects.create(
        subject=Subject.objects.create(code="OS", name="Bench", department="B"),
        class_group=ClassGroup.objects.create(code="CSE-A", name="Bench"),
        teacher=admin,
        time_zone="UTC",
    )
    Enrolment.objects.create(course=course, student=student, enrolled_at=clock.now())
    session = Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=admin,
        time_zone="UTC",
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(hours=8),
        state=SessionState.OPEN,
        opened_at=clock.now(),
    )
    return admin, student, session


def _attacks(
    server: bench.ServerProcess, admin: User, student: User, session: Session
) -> dict[str, Callable[[], str]]:
    """Each attack by its name. It returns what the server answered."""
    cookie = bench.cookie_of(admin)
    files = {
        "a workbook of half a million cells": ("enrolments", hostile.slow_workbook()),
        "a workbook with a cell of a million attributes": ("enrolments", hostile.crowded_cell()),
        "a workbook with a million texts": ("enrolments", hostile.crowded_texts()),
        "a calendar of 20,000 events": ("timetable", hostile.crowded_calendar()),
        "a calendar of a million days": ("timetable", hostile.slow_calendar()),
        "a header for csv.Sniffer": ("enrolments", b'"' + b',"' * 15_000),
    }
    pictures = {
        "4 JPEGs of 800 scans": [hostile.scans_repeated(800)] * 4,
        "4 PNGs of 4096 x 3072": [hostile.flat_png(4096, 3072)] * 4,
        "48 PNGs of 4096 x 3072": [hostile.flat_png(4096, 3072)] * 48,
        "12 JPEGs of 480,000 segments": [hostile.many_segments(480_000)] * 12,
        "48 PNGs of 60 packed texts": [hostile.packed_texts(60)] * 48,
        "48 JPEGs of entangled EXIF": [hostile.entangled_exif()] * 48,
        "48 pictures as large as allowed": [hostile.scans_repeated(10, (800, 600))] * 48,
    }
    by_file = {
        name: partial(_upload, server, cookie, path, data) for name, (path, data) in files.items()
    }
    key = DeviceKey()
    by_picture = {
        name: partial(_enrol, server, student, key, frames) for name, frames in pictures.items()
    }
    by_form = {
        "a form of 20 MB of &": partial(_send, server, FORM, b"&" * 20_000_000),
        "a form of 20 MB of parts": partial(_send, server, *hostile.crowded_form(20_000_000)),
        "a list of 500,000 items": partial(_call, server, hostile.crowded_json(500_000)),
    }
    watched = f"/ws/sessions/{session.pk}/"
    by_connection = {
        "a body of a million chunks": partial(
            hostile_connections.bytes_one_by_one, server.url, 1_000_000
        ),
        "500 handshakes of websockets": partial(
            hostile_connections.handshakes, server.url, watched, cookie, 500
        ),
        "a million pings over a websocket": partial(
            hostile_connections.frames, server.url, watched, cookie, 1_000_000
        ),
    }
    return {**by_form, **by_connection, **by_file, **by_picture}


def _call(server: bench.ServerProcess, body: bytes) -> str:
    """Send a body as JSON without being logged in."""
    kind = {"Content-Type": "application/json"}
    answer = httpx.post(f"{server.url}/api/v1/login", content=body, headers=kind, timeout=120)
    return f"status {answer.status_code}, {answer.json()['code']}"


def _send(server: bench.ServerProcess, kind: str, body: bytes) -> str:
    """Send a body without being logged in."""
    with httpx.Client(headers={"Content-Type": kind}, timeout=120) as client:
        return f"status {client.post(f'{server.url}/login/', content=body).status_code}"


def _upload(server: bench.ServerProcess, cookie: str, path: str, data: bytes) -> str:
    address = f"{server.url}/imports/{path}/"
    with httpx.Client(headers={"Cookie": cookie}, timeout=120) as client:
        token = client.get(address).cookies["csrftoken"]
        client.headers["Cookie"] = f"{cookie}; csrftoken={token}"
        fields = {"csrfmiddlewaretoken": token}
        answer = client.post(address, data=fields, files={"file": ("file", data)})
    return f"status {answer.status_code}"


def _enrol(server: bench.ServerProcess, student: User, key: DeviceKey, frames: list[bytes]) -> str:
    FaceCall.objects.all().delete()  # they would be counted as one student's in a minute
    with Connections(server.url) as connections:
        phone = Phone(connections, key)
        phone.log_in(student.email, PASSWORD)
        try:
            begun = phone.post("/face/enroll/challenge", {"consent_version": "2027-01"})
            times_s = [round(0.3 * n, 1) for n in range(len(frames))]
            fields = {
                "challenge": str(begun["challenge"]["number"]),
                "times_s": json.dumps(times_s),
            }
            phone.send_form("/face/enroll", fields, frames)
        except Blocked as refused:
            return f"status {refused.status}, {refused.code}"
    return "accepted"


def _waits_ms(server: bench.ServerProcess, attack: Callable[[], object]) -> list[float]:
    """How long the log-in page took while the attack went on, and a few times after it."""
    attacking = threading.Thread(target=attack)
    attacking.start()
    waits_ms: list[float] = []
    with httpx.Client(timeout=120) as client:
        while attacking.is_alive() or len(waits_ms) < LEAST:
            begun = time.perf_counter()
            client.get(f"{server.url}/login/").raise_for_status()
            waits_ms.append(1000 * (time.perf_counter() - begun))
    attacking.join()
    return waits_ms
