"""``python manage.py bench_live``: how soon a name is on the teacher's live page.

Phones check in over HTTP at a real server. The command measures the time from the server's answer
to the phone until a watcher of the register has the name. A watcher is a bare websocket, and the
page itself where Chromium is installed. It runs once with phone and watcher at one process, and
once at two that share nothing but the database. The peer in the same run is a bare HTTP GET of the
register: no page that asks can have the name sooner.
"""

import logging
import random
import statistics
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.urls import reverse

import sessions_app.services as teaching
from accounts.models import Role, User
from attendance_project import clock
from lab.management import live_bench as bench
from lab.management.benchmarks import own_database
from phone.api import Connections
from phone.client import Phone
from phone.key import DeviceKey
from sessions_app.domain import qr_tokens
from sessions_app.models import ClassGroup, Course, Enrolment, Session, Subject

PASSWORD = "only for the benchmark"  # noqa: S105  # its accounts live as long as the run
APART_S = (0.3, 1.0)
"""Random seconds between two check-ins, so that they keep step with no period of the server."""


class Command(BaseCommand):
    help = "Measure how soon a check-in is on the teacher's screen, in a database made for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--students", type=int, default=60)
        parser.add_argument("--check-ins", type=int, default=25, help="Measured in each setting.")
        parser.add_argument("--port", type=int, default=8970, help="This one and the next.")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        with own_database():
            session, students = _fill(options["students"])
            self._measure(session, students, options)

    def _measure(self, session: Session, students: list[User], options: dict[str, Any]) -> None:
        count, port = options["check_ins"], options["port"]
        cookie = bench.cookie_of(session.teacher)
        with bench.ServerProcess(port) as one, bench.ServerProcess(port + 1) as other:
            peer_ms = _peer_ms(one, session, cookie, count)
            self.stdout.write(
                f"{connection.vendor}: {len(students)} enrolled, {count} check-ins a setting; "
                f"a bare GET of the register {_figures(peer_ms)}"
            )
            for words, server in (("one process", one), ("two processes", other)):
                phones = [students.pop() for _ in range(count)]
                for client, late_ms in _watch(one, server, session, phones, cookie).items():
                    ratio = statistics.median(late_ms) / statistics.median(peer_ms)
                    self.stdout.write(
                        f"  {words}, from the answer to the name on the {client}: "
                        f"{_figures(late_ms)}, ratio {ratio:.1f}"
                    )


def _watch(
    shown_by: bench.ServerProcess,
    served_by: bench.ServerProcess,
    session: Session,
    students: list[User],
    cookie: str,
) -> dict[str, list[float]]:
    """The delays in ms for each watcher, one delay per student."""
    with ExitStack() as stack:
        clients = [bench.Socket(shown_by, session, cookie)]
        clients += bench.page_clients(shown_by, session, cookie)
        for client in clients:
            stack.enter_context(client)
        connections = stack.enter_context(Connections(served_by.url))
        answered = {str(s.pk): _check_in(connections, session, s) for s in students}
        return {client.name: _lateness_ms(client, answered) for client in clients}


def _lateness_ms(client: bench.WatchingClient, answered: dict[str, float]) -> list[float]:
    """The delays in ms; 0 where the watcher had the name before the phone had its answer."""
    until = time.monotonic() + bench.PATIENCE_S
    while not (answered.keys() <= client.seen_at().keys()):
        if time.monotonic() > until:
            raise RuntimeError(f"A name never came to the {client.name}.")
        time.sleep(0.1)
    seen = client.seen_at()
    return [max(1000 * (seen[pk] - at), 0.0) for pk, at in answered.items()]


def _check_in(connections: Connections, session: Session, student: User) -> float:
    """Check in. Returns when the server had answered "present", in seconds since 1970."""
    phone = Phone(connections, DeviceKey())
    phone.log_in(student.email, PASSWORD)
    time.sleep(random.uniform(*APART_S))
    step = phone.scan(_codes(session))
    decision = phone.mark(step["attempt"])
    answered_at = time.time()
    if decision["outcome"] != "present":
        raise RuntimeError(f"The check-in was not accepted: {decision}")
    return answered_at


def _codes(session: Session) -> list[str]:
    slot = qr_tokens.slot_at(time.time(), session.qr_slot_s)
    key = teaching.code_key(session)
    return [qr_tokens.mint(key, session_code=session.code, slot=slot - ago) for ago in (1, 0)]


def _peer_ms(server: bench.ServerProcess, session: Session, cookie: str, count: int) -> list[float]:
    address = server.url + reverse("session-live-state", args=[session.pk])
    with httpx.Client(headers={"Cookie": cookie}) as client:
        client.get(address).raise_for_status()  # the first call opens connections
        return [_timed_ms(client, address) for _ in range(count)]


def _timed_ms(client: httpx.Client, address: str) -> float:
    started = time.perf_counter()
    client.get(address).raise_for_status()
    return 1000 * (time.perf_counter() - started)


def _figures(values: list[float]) -> str:
    p95 = statistics.quantiles(values, n=20, method="inclusive")[-1]
    return f"median {statistics.median(values):.0f} ms, p95 {p95:.0f} ms"


def _fill(count: int) -> tuple[Session, list[User]]:
    """An open session that asks for the code alone, and its students."""
    teacher = _person(Role.TEACHER, "T")
    subject = Subject.objects.create(code="B", name="Bench")
    group = ClassGroup.objects.create(code="B", name="Bench")
    course = Course.objects.create(
        subject=subject, class_group=group, teacher=teacher, level="room", bluetooth="off"
    )
    students = [_person(Role.STUDENT, f"S{number}") for number in range(count)]
    now = clock.now()
    for student in students:
        Enrolment.objects.create(course=course, student=student, enrolled_at=now)
    session = Session.objects.create(
        course=course,
        subject=subject,
        class_group=group,
        teacher=teacher,
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        time_zone="UTC",
        state="open",
        opened_at=now - timedelta(minutes=1),
        level="room",
        bluetooth="off",
    )
    return session, students


def _person(role: Role, number: str) -> User:
    return User.objects.create_user(
        f"{number.lower()}@example.org",
        PASSWORD,
        role=role,
        full_name=f"Bench {number}",
        institution_number=number,
        is_approved=True,
    )
