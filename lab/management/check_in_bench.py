"""The parts of ``bench_check_in``: a lecture, a drawn person, and their phone in a real browser."""

from __future__ import annotations

import base64
import json
import os
import random
import secrets
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from django.conf import settings

import sessions_app.services as teaching
from accounts.models import Device, Role, User
from attendance_project import clock
from lab.management.live_bench import ServerProcess, chromium
from lab.pictures import rendering
from sessions_app.models import ClassGroup, Course, Enrolment, Session, Subject
from verification import services
from verification.domain.challenge import Move
from verification.engines.head import Pose
from verification.models import FaceTemplate, TemplateStatus

CAMERAS = Path(__file__).with_name("cameras.js")
OUTCOME = "You are present."
PATIENCE_MS = 90_000
MOVING_MS = 350
QUARTERS = 4
"""The number of pictures in which a move comes, and in which it goes."""
FILMS_MOST = 8
PHONE = {"width": 390, "height": 844}
WITHOUT_LIVE = "delete globalThis.WebSocket;"
"""A script by which the page films bursts, as it did before it filmed live."""

Mark = tuple[str, float]
"""What happened in the page, and when: milliseconds on the page's clock."""


@dataclass(frozen=True)
class Way:
    """How the students of one line of the table check in."""

    name: str
    slot_s: int
    level: str
    live: bool


@dataclass
class Timeline:
    """The seconds of one check-in, from the opening of the rear camera."""

    marks: list[Mark] = field(default_factory=list)

    def at_s(self, what: str) -> float | None:
        """When it happened: a move that was seen the last time, all else the first time. None where
        it did not happen."""
        opened = next((at for name, at in self.marks if name == "rear camera opened"), 0.0)
        found = [at for name, at in self.marks if name.partition(":")[0] == what]
        if not found:
            return None
        return ((found[-1] if what == "seen" else found[0]) - opened) / 1000

    @property
    def total_s(self) -> float | None:
        return self.at_s("outcome")

    @property
    def tries(self) -> int:
        """How many bursts were sent or, where none was, how often the front camera was opened for a
        live film."""
        names = [name for name, _ in self.marks]
        bursts = names.count("/face/verify sent")
        return bursts or max(names.count("front camera opened"), 1)


@dataclass
class Bench:
    """A server with a course, and a browser whose pages are phones."""

    server: ServerProcess
    browser: Any
    course: Course
    rng: random.Random

    def check_in(self, photo: bytes, way: Way) -> Timeline:
        """Let a new student with this face check in once at a session of its own."""
        student = _student(self.course, self.rng)
        session = _session(self.course, way)
        context = self.browser.new_context(
            viewport=PHONE, base_url=self.server.url, permissions=["camera"], locale="en"
        )
        try:
            return self._played(context, student, session, photo, way)
        finally:
            context.close()

    def _played(
        self, context: Any, student: User, session: Session, photo: bytes, way: Way
    ) -> Timeline:
        context.add_init_script(_cameras(photo, self.rng))
        if not way.live:
            context.add_init_script(WITHOUT_LIVE)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.expose_function("codeOnTheWall", lambda: _code(session))
        _log_in(page, student)
        if way.level != "room":
            _enrol(student, photo, self.rng)
        page.goto(f"/student/#/check-in/{session.pk}")
        again = page.get_by_role("button", name="Start")
        told = page.get_by_text(OUTCOME, exact=True).first
        other = page.locator(".stage.outcome").first
        for _film in range(4):
            told.or_(again).or_(other).first.wait_for()
            if not again.is_visible():
                break
            again.click()
        return Timeline([tuple(mark) for mark in page.evaluate("window.marks")])


@contextmanager
def bench(port: int, rng: random.Random) -> Iterator[Bench]:
    """Start server and browser. The database is the caller's."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, and nothing else runs in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with ServerProcess(port) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            yield Bench(server, browser, _course(), rng)
        finally:
            browser.close()


def median_and_p95(seconds: list[float]) -> tuple[float, float]:
    """The median and the 95th percentile, which of few values is the largest."""
    ordered = sorted(seconds)
    return statistics.median(ordered), ordered[min(round(0.95 * len(ordered)), len(ordered) - 1)]


# --- people and pictures ----------------------------------------------------------------


def _course() -> Course:
    teacher = _person("Tomas Teacher", Role.TEACHER)
    subject = Subject.objects.create(code="OS", name="Operating Systems")
    group = ClassGroup.objects.create(code="CSE-A", name="Computer Science A")
    return Course.objects.create(subject=subject, class_group=group, teacher=teacher)


def _person(name: str, role: Role) -> User:
    number = secrets.token_hex(4).upper()
    return User.objects.create_user(
        f"{number.lower()}@bench.test",
        number,
        full_name=name,
        institution_number=number,
        role=role,
        is_approved=True,
        email_confirmed_at=clock.now(),
    )


def _student(course: Course, rng: random.Random) -> User:
    student = _person(f"Student {rng.randrange(10**6)}", Role.STUDENT)
    Enrolment.objects.create(course=course, student=student, enrolled_at=clock.now())
    return student


def _enrol(student: User, photo: bytes, rng: random.Random) -> None:
    """Enrol the face with the phone that just logged in, and approve it: only check-ins are timed.

    The film's time passes at once. A drawn film lacks a move now and then; then another follows.
    """
    now = clock.now()
    device = Device.objects.get(user=student)
    caller = services.identify(student, jkt=device.jkt, now=now)
    services.give_consent(student, version=settings.FACE_CONSENT_VERSION, now=now)
    for _film in range(FILMS_MOST):
        given = services.draw_enrolment_challenge(caller, now=now - timedelta(seconds=20))
        burst = rendering.render_burst(photo, given.challenge, rng=rng)
        times_s, frames = [at_s for at_s, _ in burst], [frame for _, frame in burst]
        capture = services.EnrolmentCapture(frames, times_s, given.number)
        if services.enrol_face(caller, capture, now=now).template is not None:
            FaceTemplate.objects.filter(student=student).update(status=TemplateStatus.APPROVED)
            return
    raise RuntimeError("no film of this face could be enrolled")


def _session(course: Course, way: Way) -> Session:
    now = clock.now()
    Session.objects.filter(state="open").update(state="closed", closed_at=now)
    return Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=course.teacher,
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(minutes=90),
        time_zone="UTC",
        room="B-204",
        state="open",
        opened_at=now - timedelta(minutes=1),
        level=way.level,
        bluetooth="off",
        qr_slot_s=way.slot_s,
    )


def _code(session: Session) -> str:
    """The code that the wall shows at this moment, as a picture."""
    picture = BytesIO()
    url = teaching.current_code(session, now=clock.now()).url
    segno.make(url).save(picture, kind="png", scale=8, border=4)
    return _data_url(picture.getvalue(), "png")


def _log_in(page: Any, student: User) -> None:
    page.goto("/student/#/more")
    page.get_by_label("E-mail").fill(student.email)
    page.get_by_label("Password").fill(student.institution_number)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Log in").wait_for(state="detached")


def _cameras(photo: bytes, rng: random.Random) -> str:
    """The script that gives the page its cameras, with every look of the person drawn ahead."""
    head, straight = rendering.head_of(photo)
    temper = rendering.Temper.draw(rng)
    poses = {"": Pose()}
    for move in Move:
        for n in range(1, QUARTERS + 1):
            poses[f"{move} {n}"] = temper.pose([(move, n / QUARTERS)])
    looks = {
        name: _data_url(rendering.to_jpeg(head.draw(_straight(pose, straight))), "jpeg")
        for name, pose in poses.items()
    }
    values = {
        "LOOKS": looks,
        "REACTION_MS": rng.uniform(250, 800),
        "MOVING_MS": MOVING_MS,
        "OUTCOME": OUTCOME,
    }
    constants = "".join(f"const {name} = {json.dumps(value)};" for name, value in values.items())
    return f"{{{constants}\n{CAMERAS.read_text()}}}"


def _straight(pose: Pose, straight_degrees: float) -> Pose:
    return replace(pose, yaw_degrees=pose.yaw_degrees + straight_degrees)


def _data_url(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
