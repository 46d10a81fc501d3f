"""``manage.py picture_live_page FILE.png``: take the README's picture of the live page."""

from __future__ import annotations

import io
import logging
from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from PIL import Image

from accounts.models import Role, User
from attendance_project import clock
from lab.management.arguments import file_to_write
from lab.management.benchmarks import own_database
from lab.management.commands.seed_demo import LECTURE
from lab.management.live_bench import ServerProcess, chromium, cookie_of
from lab.simulation.people import NAMES
from sessions_app.models import Attendance, ClassGroup, Course, Enrolment, Session, Subject

WIDTH_PX, HEIGHT_PX = 1280, 720
"""The size of the picture, in the 16:9 of a projector."""
COLOURS = 64
"""Colours of the picture. The page has few, and so the file stays below 50 KB."""
PRESENT = 24
"""How many of the class have checked in already."""


class Command(BaseCommand):
    help = "Take a picture of the live page with the demo's class, in a database made for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=file_to_write, metavar="FILE.png")
        parser.add_argument("--port", type=int, default=8985)

    def handle(self, *args: Any, **options: Any) -> None:
        if chromium() is None:
            raise CommandError("No Chromium: run `make chromium` as root.")
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs a line per call
        with own_database(), ServerProcess(options["port"]) as server:
            picture = _taken(server, _lecture(clock.now()))
        _save(picture, options["file"])
        self.stdout.write(f"{options['file']}: {options['file'].stat().st_size / 1000:.0f} KB")


def _lecture(now: datetime) -> Session:
    """An open lecture of the demo's class, most of whom have checked in."""
    teacher = _person("Tomas Teacher", "T1", Role.TEACHER)
    session = _session(_course(teacher), now)
    for number, name in enumerate(NAMES):
        student = _person(name, f"S{number}", Role.STUDENT)
        Enrolment.objects.create(course=session.course, student=student, enrolled_at=now)
        if number < PRESENT:
            _check_in(session, student, now)
    return session


def _course(teacher: User) -> Course:
    subject = Subject.objects.create(code="OS", name=LECTURE)
    group = ClassGroup.objects.create(code="CSE-A", name="Computer Science A")
    return Course.objects.create(subject=subject, class_group=group, teacher=teacher)


def _session(course: Course, now: datetime) -> Session:
    starts_at = now.replace(minute=now.minute // 5 * 5, second=0, microsecond=0)
    return Session.objects.create(
        course=course,
        subject=course.subject,
        class_group=course.class_group,
        teacher=course.teacher,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        time_zone="UTC",
        room="B-204",
        state="open",
        opened_at=starts_at,
    )


def _check_in(session: Session, student: User, now: datetime) -> None:
    Attendance.objects.create(
        session=session,
        student=student,
        course=session.course,
        subject=session.subject,
        class_group=session.class_group,
        teacher=session.teacher,
        local_date=session.starts_at.date().isoformat(),
        status="present",
        source="check_in",
        marked_at=now,
    )


def _person(name: str, number: str, role: Role) -> User:
    return User.objects.create_user(
        f"{number.lower()}@demo.test",
        None,
        full_name=name,
        institution_number=number,
        role=role,
        is_approved=True,
    )


def _taken(server: ServerProcess, session: Session) -> bytes:
    """The page as PNG, once it has its code and is connected."""
    from playwright.sync_api import sync_playwright  # a development dependency

    cookie_name, cookie = cookie_of(session.teacher).split("=", 1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX})
        page.context.add_cookies([{"name": cookie_name, "value": cookie, "url": server.url}])
        page.goto(server.url + reverse("session-live", args=[session.pk]))
        page.wait_for_selector("[data-connection=live]")
        page.wait_for_selector("[data-code-image]:not([hidden])")
        picture: bytes = page.screenshot()
        browser.close()
    return picture


def _save(picture: bytes, file: Path) -> None:
    with Image.open(io.BytesIO(picture)) as full:
        few = full.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
