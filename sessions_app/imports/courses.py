"""Finds the courses that rows mean: by subject and class, whatever the teacher."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from attendance_project.spellings import code_key
from attendance_project.tables import Problem, Row
from attendance_project.tables.reading import listed
from sessions_app.imports.known import fetch
from sessions_app.imports.rows import OF_TEACHER
from sessions_app.models import ClassGroup, Course, Subject

Pair = tuple[str, str]
RELATED = ("subject", "class_group", "teacher")
"""What is fetched together with courses."""
_TEACHER = ("teacher_number", "teacher_email", "teacher_name")


@dataclass
class Taught:
    """Rows whose courses are known, and the courses that are there, by subject and class."""

    rows: list[Row]
    there: dict[Pair, list[Course]]
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def taught(rows: Sequence[Row], *, is_own: bool, unread: Sequence[str] = ()) -> Taught:
    """The rows with the course that each one means.

    In a file of another system (not ``is_own``) a class or a subject alone stands for the one
    course that is there. Where there is none, or there are several, nobody is enrolled by that
    line. Where several courses of one subject and class are there, the teacher says which is meant.
    ``unread`` are the names of columns that nobody knows, one of which may say more.
    """
    found = Taught(list(rows), _there(rows))
    left: list[str] = []
    unknown: list[str] = []
    alone: dict[str, None] = {}
    for at, row in enumerate(found.rows):
        row = row if is_own else _without_unknown_teacher(row, unknown)
        completed = row if is_own else _completed(row, found.there, left, alone)
        found.rows[at] = _told_apart(completed, found)
    if unknown:
        note = _("Teachers of whom only a name is known that nobody here has: %(lines)s.")
        found.notes.append(note % {"lines": listed(unknown)})
    if alone and unread:
        note = _(
            "The file names only the class or only the subject, so the one course that has it was "
            "taken: %(courses)s. Choose the columns if one that was not read says more: %(names)s."
        )
        values = {"courses": listed(list(alone)), "names": listed([f"“{name}”" for name in unread])}
        found.notes.append(note % values)
    if left:
        note = _(
            "Nobody is enrolled by these lines, since they name no course that is here. Choose the "
            "course for the whole file, or add a column: %(lines)s."
        )
        found.notes.append(note % {"lines": listed(left)})
    return found


def _without_unknown_teacher(row: Row, unknown: list[str]) -> Row:
    """The row without a teacher whose name is all that is known, so that the students are read."""
    cells = row.cells
    name = cells.get("teacher_name", "")
    if not name or cells.get("teacher_number") or cells.get("teacher_email"):
        return row
    unknown.append(_("line %(line)d “%(text)s”") % {"line": row.line, "text": name})
    return replace(row, cells=cells | {"teacher_name": ""})


def _there(rows: Sequence[Row]) -> dict[Pair, list[Course]]:
    """The courses of the subjects and classes that the rows name, found by ids (docs/adr/0002)."""
    subjects = {row.cells.get("subject_code", "") for row in rows} - {""}
    cells = {row.cells.get("class_code", "") for row in rows if not row.cells.get("subject_code")}
    alone = {part for text in cells for part in (text, *_groups(text))} - {""}
    ids = [s.pk for s in fetch(Subject.objects.all(), "code", sorted(subjects))]
    groups = [g.pk for g in fetch(ClassGroup.objects.all(), "code", sorted(alone))]
    courses = Course.objects.select_related(*RELATED)
    found = {course.pk: course for course in fetch(courses, "subject_id", ids)}
    found |= {course.pk: course for course in fetch(courses, "class_group_id", groups)}
    there: dict[Pair, list[Course]] = defaultdict(list)
    for course in found.values():
        there[course.subject.code, course.class_group.code].append(course)
    return dict(there)


def _completed(
    row: Row, there: dict[Pair, list[Course]], left: list[str], alone: dict[str, None]
) -> Row:
    cells = row.cells
    subject, group = cells.get("subject_code", ""), cells.get("class_code", "")
    group = _one_of(group, there)
    cells = cells | {"class_code": group} if group else cells
    if bool(subject) == bool(group):
        return replace(row, cells=cells)
    fitting = {
        pair
        for pair, courses in there.items()
        if (pair[0] == subject or pair[1] == group) and any(c.is_active for c in courses)
    }
    if len(fitting) == 1:
        subject, group = fitting.pop()
        alone[f"{subject} · {group}"] = None
        return replace(row, cells=cells | {"subject_code": subject, "class_code": group})
    if not cells.get("student_number"):
        return row
    left.append(_("line %(line)d “%(text)s”") % {"line": row.line, "text": subject or group})
    dropped = {"subject_code", "subject_name", "subject_department", "class_code", "class_name"}
    dropped |= {"time_zone", *_TEACHER}
    return replace(row, cells={name: v for name, v in cells.items() if name not in dropped})


def _groups(text: str) -> list[str]:
    """The groups in a cell: Moodle writes all of a student's into one."""
    return [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]


def _one_of(text: str, there: dict[Pair, list[Course]]) -> str:
    """The only class of a course that is here among the groups in a cell, or the cell as it is."""
    classes = {code_key(pair[1]): pair[1] for pair in there}
    known = {classes[key] for part in _groups(text) if (key := code_key(part)) in classes}
    return known.pop() if len(known) == 1 else text


def _told_apart(row: Row, found: Taught) -> Row:
    pair = (row.cells.get("subject_code", ""), row.cells.get("class_code", ""))
    courses = found.there.get(pair, [])
    if len(courses) > 1 and not row.cells.get(OF_TEACHER):
        return _of_teacher(row, courses, found)
    return row


def _of_teacher(row: Row, courses: Sequence[Course], found: Taught) -> Row:
    teacher = row.cells.get("teacher_number", "")
    active = [course for course in courses if course.is_active]
    numbers = {course.teacher.institution_number for course in courses}
    if teacher not in numbers and len(active) == 1:
        teacher = active[0].teacher.institution_number
    if teacher in numbers:
        return replace(row, cells=row.cells | {OF_TEACHER: teacher})
    text = _(
        "There are several courses of %(course)s, taught by %(teachers)s. Name one of these "
        "teachers."
    )
    pair = f"{courses[0].subject.code} · {courses[0].class_group.code}"
    values = {"course": pair, "teachers": ", ".join(sorted(numbers))}
    found.problems.append(Problem(row.line, "teacher_number", text % values))
    return row
