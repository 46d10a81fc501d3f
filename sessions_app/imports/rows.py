"""Turns the rows of a table into the people, courses and enrolments that they name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import normalise_email
from attendance_project.tables import ImportRefused, Problem, Row
from sessions_app.imports.plans import RowKind

FIELDS: dict[RowKind, dict[str, str]] = {
    RowKind.SUBJECT: {
        "subject_code": "code",
        "subject_name": "name",
        "subject_department": "department",
    },
    RowKind.CLASS_GROUP: {"class_code": "code", "class_name": "name"},
    RowKind.TEACHER: {
        "teacher_number": "institution_number",
        "teacher_email": "email",
        "teacher_name": "full_name",
    },
    RowKind.STUDENT: {
        "student_number": "institution_number",
        "student_email": "email",
        "student_name": "full_name",
        "student_department": "department",
    },
}
"""The field of each column, by kind of row. The key's columns come first."""
TIME_ZONE = "time_zone"
OF_TEACHER = "course_of_teacher"
"""The cell with the teacher's number where several courses of one subject and class are there."""
COLUMNS = [*(name for columns in FIELDS.values() for name in columns), TIME_ZONE]
_OF_COURSE = (RowKind.SUBJECT, RowKind.CLASS_GROUP)
Key = tuple[str, ...]


@dataclass
class Thing:
    """Something that the file names, once for all its lines.

    ``key`` is a code or a number. A course's key is those of subject and class, and of a teacher
    where several courses have both. An enrolment's key is its course's and its student's.
    ``values`` holds what the file says about its fields, and ``lines`` where it says so first.
    """

    kind: RowKind
    key: Key
    line: int
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    teachers: dict[str, int] = field(default_factory=dict)
    """A course's teachers: their numbers in the order of the file, and the lines with them."""
    again: list[int] = field(default_factory=list)
    """Further lines that name the same enrolment, as exports with a line for each meeting do."""

    def problem(self, text: str, name: str = "", *, other_line: int = 0) -> Problem:
        line = self.lines.get(name, self.line)
        return Problem(line, column_of(self.kind, name), text, other_line)


def column_of(kind: RowKind, name: str) -> str:
    """The column of a field, or the key's column where no column holds the field."""
    if kind in (RowKind.COURSE, RowKind.ENROLMENT, RowKind.STAFF):
        return TIME_ZONE if name == TIME_ZONE else ""
    columns = FIELDS[kind]
    return next((c for c, field_name in columns.items() if field_name == name), next(iter(columns)))


Things = dict[RowKind, dict[Key, Thing]]


def things_of(rows: Sequence[Row]) -> Things:
    """All that the rows name, by kind and key. Raises ImportRefused where lines are incomplete or
    contradict each other."""
    things: Things = {kind: {} for kind in RowKind}
    problems: list[Problem] = []
    for row in rows:
        problems.extend(_gather(row, things))
    problems.extend(_shared_addresses(things))
    if problems:
        raise ImportRefused(problems, rows=len(rows))
    return things


_EMPTY_KEYS = {
    RowKind.SUBJECT: gettext_lazy("is empty, but the line names a subject. Give its code."),
    RowKind.CLASS_GROUP: gettext_lazy("is empty, but the line names a class. Give its code."),
    RowKind.TEACHER: gettext_lazy("is empty, but the line names a teacher. Give their number."),
    RowKind.STUDENT: gettext_lazy("is empty, but the line names a student. Give their number."),
}


def _gather(row: Row, things: Things) -> Iterator[Problem]:
    keys: dict[RowKind, Key] = {}
    for kind in FIELDS:
        named = {column: row.cells.get(column, "") for column in FIELDS[kind]}
        key_column = next(iter(named))
        if not any(named.values()):
            continue
        if not named[key_column]:
            yield Problem(row.line, key_column, str(_EMPTY_KEYS[kind]))
            continue
        values = {FIELDS[kind][c]: _uniform(FIELDS[kind][c], v) for c, v in named.items() if v}
        keys[kind] = (values[FIELDS[kind][key_column]],)
        yield from _note(things, kind, keys[kind], values, row.line)
    yield from _join(row, keys, things)


def _join(row: Row, keys: dict[RowKind, Key], things: Things) -> Iterator[Problem]:
    """Note the course and the enrolment for which a line stands, if there are any."""
    named = [kind for kind in (*_OF_COURSE, RowKind.TEACHER) if kind in keys]
    student = keys.get(RowKind.STUDENT)
    zone = row.cells.get(TIME_ZONE, "")
    if not named and not zone:
        return
    if len(named) == 1 and student is None and not zone:
        return  # this line has a subject, a class or a teacher alone
    if not all(kind in keys for kind in _OF_COURSE):
        missing = next(iter(FIELDS[next(kind for kind in _OF_COURSE if kind not in keys)]))
        yield Problem(
            row.line,
            missing,
            _("is empty: a course has a subject and a class. Fill it in."),
        )
        return
    course = (*(keys[kind][0] for kind in _OF_COURSE), row.cells.get(OF_TEACHER, ""))
    values = {TIME_ZONE: zone} if zone else {}
    yield from _note(things, RowKind.COURSE, course, values, row.line)
    if teacher := keys.get(RowKind.TEACHER):
        things[RowKind.COURSE][course].teachers.setdefault(teacher[0], row.line)
    if student is None:
        return
    key = (*course, *student)
    enrolment = Thing(RowKind.ENROLMENT, key, row.line)
    earlier = things[RowKind.ENROLMENT].setdefault(key, enrolment)
    if earlier is not enrolment:
        earlier.again.append(row.line)


def lines_said_again(things: Things) -> list[int]:
    """Lines that say once more that a student is on a course."""
    return sorted(line for thing in things[RowKind.ENROLMENT].values() for line in thing.again)


def _note(
    things: Things, kind: RowKind, key: Key, values: dict[str, str], line: int
) -> Iterator[Problem]:
    thing = things[kind].setdefault(key, Thing(kind, key, line))
    for name, value in values.items():
        said = thing.values.setdefault(name, value)
        where = thing.lines.setdefault(name, line)
        if said != value:
            text = _(
                "is %(value)s, but line %(line)s has %(other)s for %(thing)s. Make both the same."
            ) % {"value": repr(value), "line": where, "other": repr(said), "thing": " ".join(key)}
            yield Problem(line, column_of(kind, name), text, other_line=where)


def _uniform(name: str, value: str) -> str:
    return normalise_email(value) if name == "email" else value


def _shared_addresses(things: Things) -> Iterator[Problem]:
    """People who would share one account, since two have the same e-mail or number."""
    seen: dict[str, Thing] = {}
    for person in [*things[RowKind.TEACHER].values(), *things[RowKind.STUDENT].values()]:
        for name in ("institution_number", "email"):
            value = person.values.get(name)
            if value and (other := seen.setdefault(value, person)) is not person:
                where = other.lines[name]
                yield person.problem(
                    _("%(value)s belongs to somebody else on line %(line)s. Correct one of them.")
                    % {"value": value, "line": where},
                    name,
                    other_line=where,
                )
