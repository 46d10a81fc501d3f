"""From the logins of a school to a stage that is ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verification.simulation.classroom import Room
from verification.simulation.http import Browser, Line
from verification.simulation.people import Keyring, School
from verification.simulation.stage import Stage


@dataclass(frozen=True)
class Logins:
    teacher: str
    colleague: str
    password: str
    """Of the teachers, and of the students that the class registers."""


def prepare(
    *,
    line: Line,
    logins: Logins,
    phones: Path,
    faces: Mapping[str, Sequence[bytes]],
    seed: int,
    late_in_s: float,
    tick: Callable[[str], None],
) -> Stage:
    """Log the teachers in, gather the class, and plan the lecture and one next door.

    Raises Blocked where the server refuses, and LookupError where the teacher has fewer than
    two courses.
    """
    desk = Browser(line, logins.teacher, logins.password)
    colleague = Browser(line, logins.colleague, logins.password)
    courses = [course["id"] for course in desk.all("/courses") if course["is_active"]]
    if len(courses) < 2:
        raise LookupError("The teacher needs two courses: run 'manage.py seed_demo'.")
    school = School(
        line=line,
        desk=desk,
        password=logins.password,
        keyring=Keyring(phones, line.server),
        faces=faces,
        seed=seed,
    )
    students = school.gather(courses[:1], tick)
    other_room = Room(desk, courses[1], late_in_s=late_in_s)
    other_room.open()
    room = Room(desk, courses[0], late_in_s=late_in_s)
    return Stage(
        line=line,
        room=room,
        other_room=other_room,
        students={student.name: student for student in students},
        colleague=colleague,
        password=logins.password,
    )
