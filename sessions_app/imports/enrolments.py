"""Plans people, subjects, classes, courses and enrolments from a CSV file and existing rows.

docs/imports.md lists the columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import services as people
from accounts.models import Role, User
from accounts.queries import kept_in_place_of
from attendance_project.tables import ImportRefused, Layout, Problem, Table
from attendance_project.tables.headers import worth_in
from attendance_project.tables.reading import table_of, unclear_column
from attendance_project.tables.sources import Source, read_source
from sessions_app import services
from sessions_app.imports import one_roster
from sessions_app.imports.columns import Remembered
from sessions_app.imports.courses import Pair, taught
from sessions_app.imports.known import as_there, fetch
from sessions_app.imports.layout import ENROLMENTS, STUDENT_FAMILY, STUDENT_GIVEN
from sessions_app.imports.moving import Place, find_moves, note_moves, plan_moves
from sessions_app.imports.persons import persons_of
from sessions_app.imports.plans import Action, Addition, Change, Deed, Plan, Revision
from sessions_app.imports.records import record_of
from sessions_app.imports.rows import (
    TIME_ZONE,
    Key,
    RowKind,
    Thing,
    Things,
    column_of,
    things_of,
)
from sessions_app.models import (
    ClassGroup,
    Course,
    CourseStaff,
    Enrolment,
    ImportKind,
    Session,
    SessionState,
    StaffRole,
    Subject,
)

_ROLES = {RowKind.TEACHER: Role.TEACHER, RowKind.STUDENT: Role.STUDENT}
_NEEDED = ("student_number", "student_email", "student_name")
"""Columns without which nobody new can be imported."""
_MODELS: dict[RowKind, type[Subject] | type[ClassGroup]] = {
    RowKind.SUBJECT: Subject,
    RowKind.CLASS_GROUP: ClassGroup,
}


def plan_enrolments(
    data: bytes,
    *,
    now: datetime,
    by: User | None = None,
    file_name: str = "",
    encoding: str = "",
    drop_missing: bool = False,
    move: bool = False,
    course: Course | None = None,
    columns: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Plan:
    """What importing the file would do, with nothing written. Raises ImportRefused with everything
    that is wrong with the file.

    ``by`` is None where a command does it. All students are on ``course``, if it is given. With
    ``move`` they leave other classes of the same subject.
    ``columns`` is a person's choice for the whole header (`imports.columns`), and ``names`` are
    further names of columns.
    """
    layout = ENROLMENTS.named(names or {})
    chosen = Remembered(layout, columns, by=by)
    table = table_of(_source(data, layout, encoding), layout, chosen)
    persons = persons_of(table)
    known = as_there(persons.rows, course=course)
    courses = taught(known.rows, is_own=table.header.is_own)
    if courses.problems:
        raise ImportRefused(courses.problems)
    try:
        planner = _Planner(things_of(courses.rows), courses.there, by=by, now=now)
        plan = planner.plan(drop_missing=drop_missing, move=move)
    except ImportRefused as refused:
        raise _unclear(refused, table, layout) or refused from None
    plan.notes += [*chosen.notes, *_notes(table, plan), *table.notes, *persons.notes, *known.notes]
    plan.notes += courses.notes
    plan.record = record_of(ImportKind.ENROLMENTS, data, file_name=file_name, by=by, now=now)
    return plan


def _source(data: bytes, layout: Layout, encoding: str) -> Source:
    if one_roster.is_set(data):
        return one_roster.joined(data)
    return one_roster.alone(read_source(data, worth_in(layout), encoding))


def _unclear(refused: ImportRefused, table: Table, layout: Layout) -> ImportRefused | None:
    """The same refusal as a question for a column, where a column that people need is missing and
    may be one of those whose names are not known."""
    header = table.header
    if header.is_own or not header.unread or one_roster.is_of_enrolments(header.keys):
        return None
    lacking = {problem.column for problem in refused.problems} - set(table.columns)
    needed = [column for column in _NEEDED if column in lacking]
    is_joined = {STUDENT_GIVEN, STUDENT_FAMILY} & set(table.columns)
    needed = [column for column in needed if column != "student_name" or not is_joined]
    return unclear_column(table, layout, needed[0]) if needed else None


def _notes(table: Table, plan: Plan) -> list[str]:
    notes = []
    if table.text and table.text.is_guess:
        notes.append(
            _(
                "The encoding was detected as %(encoding)s. Check the names with accents. "
                "If they are wrong, choose another encoding."
            )
            % {"encoding": table.text.encoding}
        )
    teachers = [c for c in plan.changes(Action.ADDED) if c.kind == RowKind.TEACHER]
    if teachers:
        told = ngettext(
            "%(n)d new teacher. Their account is waiting for approval by an admin.",
            "%(n)d new teachers. Their accounts are waiting for approval by an admin.",
            len(teachers),
        )
        notes.append(told % {"n": len(teachers)})
    return notes


class _Planner:
    """Compares things with rows. ``found`` holds the existing row of each thing. ``fresh`` holds
    the new rows, whose keys are already known to the things that refer to them."""

    def __init__(
        self,
        things: Things,
        courses: Mapping[Pair, Sequence[Course]],
        *,
        by: User | None,
        now: datetime,
    ) -> None:
        self.things = things
        self.courses = courses
        self.by = by
        self.now = now
        self.labels: dict[Key, str] = {}
        self.found: dict[tuple[RowKind, Key], Any] = {}
        self.fresh: dict[tuple[RowKind, Key], Any] = {}
        self.problems: list[Problem] = []
        self.result = Plan()

    def plan(self, *, drop_missing: bool, move: bool) -> Plan:
        for kind in _MODELS:
            self._plan_named(kind)
        for person in _ROLES:
            self._plan_people(person)
        self._plan_courses()
        if self.problems:
            raise ImportRefused(self.problems)
        self._plan_enrolments(drop_missing=drop_missing, move=move)
        return self.result

    # Subjects and classes

    def _plan_named(self, kind: RowKind) -> None:
        model, things = _MODELS[kind], self.things[kind]
        there: list[Any] = fetch(model._default_manager.all(), "code", _firsts(things))
        rows = {row.code: row for row in there}
        for key, thing in things.items():
            row = rows.get(key[0])
            if row is not None:
                self.found[kind, key] = row
                self._check(thing, model(**{**_values(row, thing), **thing.values}))
                self._change(thing, row)
                continue
            fresh = model(**{"name": thing.values.get("name", ""), **thing.values})
            self._check(thing, fresh)
            self._add(thing, f"{fresh.code} {fresh.name}", fresh)

    # People

    def _plan_people(self, kind: RowKind) -> None:
        things = self.things[kind]
        users = User.objects.all()
        by_number = {
            u.institution_number: u for u in fetch(users, "institution_number", _firsts(things))
        }
        emails = [t.values["email"] for t in things.values() if "email" in t.values]
        by_email = {u.email: u for u in fetch(users, "email", emails)}
        for key, thing in things.items():
            account = by_number.get(key[0])
            holder = by_email.get(thing.values.get("email", ""))
            problem = _person_problem(thing, account, holder)
            if problem:
                self.problems.append(problem)
            elif account:
                self.found[kind, key] = account
                self._check(thing, User(**{**_values(account, thing), **thing.values}))
                self._change(thing, account)
            else:
                self._plan_account(thing)

    def _plan_account(self, thing: Thing) -> None:
        values: dict[str, Any] = {"email": "", **thing.values}
        person = people.new_person(role=_ROLES[thing.kind], **values)
        self._check(thing, person)
        self._add(thing, str(person), person)

    # Courses and enrolments

    def _plan_courses(self) -> None:
        for key, thing in self.things[RowKind.COURSE].items():
            zone = thing.values.get(TIME_ZONE, "")
            if zone:
                self._check(thing, Course(time_zone=zone), only=TIME_ZONE)
            row = self._course_there(key)
            if row is None:
                self._plan_new_course(thing)
            elif not row.is_active:
                text = _("The course %(course)s is inactive. Activate it first.") % {
                    "course": _label(key, row.teacher.institution_number)
                }
                self.problems.append(Problem(thing.line, "subject_code", text))
            else:
                self._plan_course(thing, row)

    def _course_there(self, key: Key) -> Course | None:
        """The course of a subject and a class, an active one first. Where several are active, the
        key names the teacher."""
        courses = self.courses.get((key[0], key[1]), [])
        fitting = [c for c in courses if key[2] in ("", c.teacher.institution_number)]
        return max(fitting, key=lambda course: course.is_active, default=None)

    def _plan_new_course(self, thing: Thing) -> None:
        main, *others = [*thing.teachers, ""]
        if not main:
            text = _("is empty: a new course needs a teacher. Give their number.")
            self.problems.append(Problem(thing.line, "teacher_number", text))
            return
        fresh = Course(**self._parts((*thing.key[:2], main)), **thing.values)
        self.labels[thing.key] = _label(thing.key, main)
        self._add(thing, self.labels[thing.key], fresh)
        for number in filter(None, others):
            person = self._row(RowKind.TEACHER, (number,))
            row = CourseStaff(course=fresh, person=person, added_at=self.now, added_by=self.by)
            self._add_staff(thing, number, Addition(row))

    def _plan_course(self, thing: Thing, row: Course) -> None:
        self.found[RowKind.COURSE, thing.key] = row
        self.labels[thing.key] = _label(thing.key, row.teacher.institution_number)
        self._change(thing, row)
        self._plan_teachers(thing, row)

    def _plan_teachers(self, thing: Thing, row: Course) -> None:
        """Another teacher is a change. Of several, one who teaches the course already stays its
        teacher, and the others teach it too."""
        there = {row.teacher.institution_number, *self._further_teachers(row)}
        new = [number for number in thing.teachers if number not in there]
        if new and len(new) == len(thing.teachers):
            self._plan_change_of_teacher(thing, row, new.pop(0))
        for number in new:
            person = self._row(RowKind.TEACHER, (number,))
            act = partial(_let_teach, person=person, by=self.by, now=self.now)
            self._add_staff(thing, number, Deed(row, act, guards=("is_active",)))

    def _further_teachers(self, row: Course) -> list[str]:
        staff = row.staff.filter(role=StaffRole.TEACHER).select_related("person")
        return [each.person.institution_number for each in staff]

    def _plan_change_of_teacher(self, thing: Thing, row: Course, number: str) -> None:
        person = self._row(RowKind.TEACHER, (number,))
        ahead = Session.objects.filter(course_id=row.pk, state=SessionState.PLANNED).count()
        follow = ngettext(
            "%(n)d planned session follows", "%(n)d planned sessions follow", ahead
        ) % {"n": ahead}
        detail = f"teacher_number: {row.teacher} → {person}; {follow}"
        if person and not person.is_approved:
            detail += "; " + _(
                "%(former)s teaches it too, since the account of %(new)s waits for approval"
            ) % {"former": row.teacher, "new": person}
        change = Change(Action.CHANGED, RowKind.COURSE, self.labels[thing.key], detail)
        act = partial(_change_teacher, to=person, by=self.by, now=self.now)
        deed = Deed(row, act, guards=("teacher_id", "is_active"))
        self.result.add(change, deed, thing.teachers[number])
        self.labels[thing.key] = _label(thing.key, number)

    def _add_staff(self, thing: Thing, number: str, write: Addition | Deed) -> None:
        name = _("%(teacher)s in %(course)s") % {
            "teacher": self._row(RowKind.TEACHER, (number,)),
            "course": self.labels[thing.key],
        }
        change = Change(Action.ADDED, RowKind.STAFF, name)
        self.result.add(change, write, thing.teachers[number])

    def _parts(self, key: Key) -> dict[str, Any]:
        subject, group, teacher = key
        return {
            "subject": self._row(RowKind.SUBJECT, (subject,)),
            "class_group": self._row(RowKind.CLASS_GROUP, (group,)),
            "teacher": self._row(RowKind.TEACHER, (teacher,)),
        }

    def _plan_enrolments(self, *, drop_missing: bool, move: bool) -> None:
        there = self._enrolments_there()
        moves = find_moves(self._places())
        for key, thing in self.things[RowKind.ENROLMENT].items():
            row = there.pop(key, None)
            if row is not None and row.is_active:
                continue
            self._plan_enrolment(thing, row)
        if move:
            plan_moves(self.result, moves, now=self.now)
        else:
            dropped = {row.pk for row in there.values()} if drop_missing else set()
            note_moves(self.result, moves, dropped=dropped)
        moved = moves.ids if move else set()
        for key, row in sorted(there.items()):
            if row.is_active and row.pk not in moved:
                self._miss(key, row, drop_missing=drop_missing)

    def _places(self) -> list[Place]:
        """What the file says of students who are there already."""
        return [
            Place(student, self._row(RowKind.COURSE, key[:3]), thing.line)
            for key, thing in self.things[RowKind.ENROLMENT].items()
            if (student := self.found.get((RowKind.STUDENT, key[3:])))
        ]

    def _plan_enrolment(self, thing: Thing, row: Enrolment | None) -> None:
        course = self._row(RowKind.COURSE, thing.key[:3])
        student = self._row(RowKind.STUDENT, thing.key[3:])
        name = self._on_course(self._person(thing.key[3]), thing.key)
        if row is None:
            fresh = Enrolment(course=course, student=student, enrolled_at=self.now)
            self._add(thing, name, fresh)
        else:
            change = Change(Action.CHANGED, thing.kind, name, _("enrolled again"))
            back = services.enrolment_again(row, now=self.now)
            self.result.add(change, Revision(row, back), thing.line)

    def _enrolments_there(self) -> dict[Key, Enrolment]:
        """Return the enrolments on the courses that the file names, by their keys.

        Other courses are no business of this import.
        """
        keys = {row.pk: key for (kind, key), row in self.found.items() if kind == RowKind.COURSE}
        rows = fetch(Enrolment.objects.all(), "course_id", list(keys))
        known = {row.pk: row for (kind, _), row in self.found.items() if kind == RowKind.STUDENT}
        others = {row.student_id for row in rows} - known.keys()
        students = known | {s.pk: s for s in fetch(User.objects.all(), "pk", list(others))}
        for row in rows:
            row.student = students[row.student_id]
        return {(*keys[row.course_id], row.student.institution_number): row for row in rows}

    def _miss(self, key: Key, row: Enrolment, *, drop_missing: bool) -> None:
        name = self._on_course(str(row.student), key)
        if drop_missing:
            gone = Revision(row, services.withdrawal(now=self.now))
            self.result.add(Change(Action.DROPPED, RowKind.ENROLMENT, name), gone)
        else:
            self.result.add(
                Change(Action.KEPT, RowKind.ENROLMENT, name, _("not in the file")), None
            )

    # What all of them need

    def _row(self, kind: RowKind, key: Key) -> Any:
        """The row to which others refer, or None after a problem, when nothing will be written."""
        return self.found.get((kind, key)) or self.fresh.get((kind, key))

    def _on_course(self, student: str, key: Key) -> str:
        course = self.labels.get(key[:3], " · ".join(key[:2]))
        return _("%(student)s in %(course)s") % {"student": student, "course": course}

    def _person(self, number: str) -> str:
        thing, row = self.things[RowKind.STUDENT][number,], self._row(RowKind.STUDENT, (number,))
        return f"{thing.values.get('full_name') or row.full_name} ({number})"

    def _add(self, thing: Thing, name: str, row: models.Model) -> None:
        self.fresh[thing.kind, thing.key] = row
        self.result.add(Change(Action.ADDED, thing.kind, name), Addition(row), thing.line)

    def _change(self, thing: Thing, row: Any) -> None:
        new = {n: v for n, v in thing.values.items() if getattr(row, n) != v}
        if new:
            detail = ", ".join(
                f"{column_of(thing.kind, n)}: {getattr(row, n) or '–'} → {v}"
                for n, v in new.items()
            )
            name = self.labels.get(thing.key) or " · ".join(thing.key)
            change = Change(Action.CHANGED, thing.kind, name, detail)
            # The unusable password is random, so it differs once the owner has set one. From then
            # on an admin no longer changes what the owner logs in with.
            guards = ("password",) if "email" in new else ()
            self.result.add(change, Revision(row, new, guards), thing.line)

    def _check(self, thing: Thing, row: models.Model, only: str = "") -> None:
        """Note what the model's own fields say against the values."""
        said = {only} if only else {*thing.values, "name", "full_name", "email"}
        unsaid = {f.name for f in row._meta.fields} - said
        try:
            row.clean_fields(exclude=unsaid)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                empty = not getattr(row, name)
                told = [_needed(thing, name)] if empty else sentences
                self.problems += [thing.problem(sentence, name) for sentence in told]


def _needed(thing: Thing, name: str) -> str:
    """What is missing of something that is not here yet."""
    text = _(
        "is empty, and the %(kind)s %(key)s is not here yet. Fill in %(column)s, correct the code "
        "or number, or import a file with it first."
    )
    values = {"kind": thing.kind.label, "key": thing.key[0], "column": column_of(thing.kind, name)}
    return text % values


def _label(key: Key, teacher: str) -> str:
    return " · ".join((*key[:2], teacher))


def _change_teacher(course: Course, *, to: User, by: User | None, now: datetime) -> None:
    teacher = User.objects.get(pk=to.pk)
    services.change_teacher(course, to=teacher, may_wait=True, by=by, now=now)


def _let_teach(course: Course, *, person: User, by: User | None, now: datetime) -> None:
    teacher = User.objects.get(pk=person.pk)
    services.add_staff(course, person=teacher, may_wait=True, by=by, now=now)


def _firsts(keys: Iterable[Key]) -> list[str]:
    return [key[0] for key in keys]


def _values(row: models.Model, thing: Thing) -> dict[str, Any]:
    """The values that the row already has, in the fields that every such thing needs."""
    names = ("code", "name") if thing.kind in _MODELS else ("full_name", "email")
    return {name: getattr(row, name) for name in names}


def _inactive(account: User) -> str:
    """Why nobody can be enrolled with this account, and what to write instead."""
    if kept := kept_in_place_of(account):
        text = _("%(person)s was merged into %(kept)s. Write that number here.")
        return text % {"person": account, "kept": kept}
    text = _("The account of %(person)s is inactive. Activate it first, or remove the line.")
    return text % {"person": account}


def _person_problem(thing: Thing, account: User | None, holder: User | None) -> Problem | None:
    """Why the import may not touch this person. Roles, numbers and log-in names stay."""
    number, email = thing.key[0], thing.values.get("email")
    if holder and holder != account:
        text = _("%(email)s is the address of %(person)s. Correct the address or the number.") % {
            "email": email,
            "person": holder,
        }
        return thing.problem(text, "email")
    if account is None:
        return None
    if account.role != _ROLES[thing.kind]:
        text = _(
            "%(number)s is the number of %(person)s, %(role)s. An import never "
            "changes a role. An admin can change it in the administration."
        ) % {"number": number, "person": account.full_name, "role": account.get_role_display()}
        return thing.problem(text, "institution_number")
    if not account.is_active:
        return thing.problem(_inactive(account), "institution_number")
    if email and email != account.email and people.is_claimed(account):
        text = _(
            "%(person)s logs in as %(email)s. Only they or an admin can change the "
            "address. Keep it as it is."
        ) % {"person": account, "email": account.email}
        return thing.problem(text, "email")
    return None
