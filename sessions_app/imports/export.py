"""Writes what is there to a file that the import reads back without a change."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from accounts.models import Role, User
from attendance_project.spreadsheets import defused
from sessions_app.imports.courses import RELATED
from sessions_app.imports.rows import COLUMNS
from sessions_app.models import ClassGroup, Course, CourseStaff, Enrolment, StaffRole, Subject

BYTE_ORDER_MARK = "\ufeff"
"""Stands in front of the file: without it spreadsheets misread letters with accents."""


class _Echo:
    """A file for csv.writer that returns each line."""

    def write(self, line: str) -> str:
        return line


def export_enrolments() -> Iterator[str]:
    """The lines of a CSV file of all active courses and enrolments, and of people and things on no
    course."""
    writer = csv.DictWriter(_Echo(), COLUMNS, restval="")
    yield BYTE_ORDER_MARK + ",".join(COLUMNS) + "\r\n"
    for row in _rows():
        cells = {column: defused(value) for column, value in row.items()}
        yield writer.writerow(cells)  # type: ignore[misc]  # it is what _Echo.write returned


def _rows() -> Iterator[dict[str, str]]:
    seen: set[Any] = set()
    enrolled = _enrolled()
    further = _further_teachers()
    for course in Course.objects.filter(is_active=True).select_related(*RELATED):
        if not course.teacher.is_active or course.teacher.role != Role.TEACHER:
            continue
        students = enrolled.get(course.pk, [])
        seen |= {course.subject_id, course.class_group_id, course.teacher_id}
        seen |= {person.pk for person in [*students, *further.get(course.pk, [])]}
        cells = _course(course)
        yield from (cells | _student(student) for student in students)
        if not students:
            yield cells
        yield from (cells | _teacher(person) for person in further.get(course.pk, []))
    yield from (_student(s) for s in _others(Role.STUDENT, seen))
    yield from (_teacher(t) for t in _others(Role.TEACHER, seen))
    yield from (_subject(s) for s in Subject.objects.all() if s.pk not in seen)
    yield from (_class(c) for c in ClassGroup.objects.all() if c.pk not in seen)


def _enrolled() -> dict[Any, list[User]]:
    """The students of each course by its id, in the order of their numbers."""
    students = {student.pk: student for student in _others(Role.STUDENT, set())}
    courses: dict[Any, list[User]] = defaultdict(list)
    active = Enrolment.objects.filter(is_active=True)
    for course_id, student_id in active.values_list("course_id", "student_id"):
        if student_id in students:
            courses[course_id].append(students[student_id])
    for on_course in courses.values():
        on_course.sort(key=lambda student: student.institution_number)
    return courses


def _further_teachers() -> dict[Any, list[User]]:
    """The teachers of each course beside its main one, by the course's id."""
    courses: dict[Any, list[User]] = defaultdict(list)
    teachers = CourseStaff.objects.filter(role=StaffRole.TEACHER).select_related("person")
    for row in teachers.order_by("added_at", "pk"):
        if row.person.is_active and row.person.role == Role.TEACHER:
            courses[row.course_id].append(row.person)
    return courses


def _others(role: Role, seen: set[Any]) -> Iterable[User]:
    users = User.objects.filter(role=role, is_active=True).order_by("institution_number", "pk")
    return (user for user in users if user.pk not in seen)


def _course(course: Course) -> dict[str, str]:
    parts = _subject(course.subject) | _class(course.class_group) | _teacher(course.teacher)
    return parts | {"time_zone": course.time_zone}


def _subject(subject: Subject) -> dict[str, str]:
    return {
        "subject_code": subject.code,
        "subject_name": subject.name,
        "subject_department": subject.department,
    }


def _class(group: ClassGroup) -> dict[str, str]:
    return {"class_code": group.code, "class_name": group.name}


def _teacher(teacher: User) -> dict[str, str]:
    return {
        "teacher_number": teacher.institution_number,
        "teacher_email": teacher.email,
        "teacher_name": teacher.full_name,
    }


def _student(student: User) -> dict[str, str]:
    return {
        "student_number": student.institution_number,
        "student_email": student.email,
        "student_name": student.full_name,
        "student_department": student.department,
    }
