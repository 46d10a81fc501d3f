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
from accounts.models import Role, User
from attendance_project import clock
from lab.management.live_bench import ServerProcess, chromium
from lab.pictures import rendering
from sessions_app.models import ClassGroup, Course, Enrolment, Session, Subject
from verification.domain.challenge import Move
from verification.engines import get_engine
from verification.engines.head import Pose
from verification.models import FaceTemplate, TemplateStatus
from verification.services.faces.sealing import FACE, seal_template

CAMERAS = Path(__file__).with_name("cameras.js")
OUTCOME = "You are present."
PATIENCE_MS = 90_000
MOVING_MS = 350
QUARTERS = 4
"""In how many pictures a move comes and goes."""
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
    face: str
    live: bool


@dataclass
class Timeline:
    """The seconds of one check-in, from the opening of the rear camera."""

    marks: list[Mark] = field(default_factory=list)

    def at_s(self, what: str) -> float | None:
        """When it happened first, or None."""
        opened = next((at for name, at in self.marks if name == "rear camera opened"), 0.0)
        found = next((at for name, at in self.marks if name == what), None)
        return None if found is None else (found - opened) / 1000

    @property
    def total_s(self) -> float | None:
        return self.at_s("outcome")

    @property
    def tries(self) -> int:
        """How many films were sent or begun."""
        names = [name for name, _ in self.marks]
        return max(names.count("/face/verify sent"), names.count("front camera opened"), 1)


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
        _enrol(student, photo, self.rng)
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
        page.goto(f"/student/#/check-in/{session.pk}")
        again = page.get_by_role("button", name="Start")
        told = page.get_by_text(OUTCOME, exact=True).first
        other = page.locator("[data-outcome]").first
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
    """Approve a face that was enrolled from the photograph, so that only check-ins are timed."""
    engine = get_engine(settings.FACE_ENGINE)
    template = engine.enrol(rendering.render_enrolment(photo, rng)).template
    if template is None:
        raise ValueError("there is no face in the photograph")
    FaceTemplate.objects.create(
        student=student,
        engine=engine.name,
        ciphertext=seal_template(student.pk, FACE, template),
        consent_version=settings.FACE_CONSENT_VERSION,
        status=TemplateStatus.APPROVED,
        enrolled_at=clock.now(),
    )


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
        face=way.face,
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
