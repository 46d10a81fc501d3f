"""Prepare a stage from the log-ins of a school."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.simulation.browser import Browser
from lab.simulation.classroom import Room
from lab.simulation.people import Keyring, School
from lab.simulation.stage import Stage
from phone.api import Connections


@dataclass(frozen=True)
class Logins:
    admin: str
    teacher: str
    colleague: str
    password: str
    """The password of these three, and of the students whom the class registers."""


def prepare(
    *,
    connections: Connections,
    logins: Logins,
    subject: str,
    phones: Path,
    faces: Mapping[str, Sequence[bytes]],
    seed: int,
    late_in_s: float,
    tick: Callable[[str], None],
) -> Stage:
    """Log the teachers in, plan the lecture and one next door, and gather the class.

    The lecture is of that subject where the teacher has it. It is planned first, so that it is
    already on the teacher's first page while the class gathers. Raises Blocked where the server
    refuses, and LookupError where the teacher has fewer than two courses.
    """
    desk = Browser(connections, logins.teacher, logins.password)
    colleague = Browser(connections, logins.colleague, logins.password)
    course, next_door = _two_courses(desk, subject)
    room = Room(desk, course, name="B-204", late_in_s=late_in_s)
    other_room = Room(desk, next_door, name="B-205", late_in_s=late_in_s)
    school = School(
        connections=connections,
        desk=desk,
        admin=Browser(connections, logins.admin, logins.password),
        password=logins.password,
        keyring=Keyring(phones, connections.server),
        faces=faces,
        seed=seed,
    )
    students = school.gather([course], tick)
    other_room.open()
    return Stage(
        connections=connections,
        room=room,
        other_room=other_room,
        students={student.name: student for student in students},
        colleague=colleague,
        password=logins.password,
    )


def _two_courses(desk: Browser, subject: str) -> tuple[str, str]:
    courses = [course for course in desk.all("/courses") if course["is_active"]]
    if len(courses) < 2:
        raise LookupError("The teacher needs two courses: run 'manage.py seed_demo'.")
    courses.sort(key=lambda course: course["subject_name"] != subject)
    return courses[0]["id"], courses[1]["id"]
