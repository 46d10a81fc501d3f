"""Plans marks from a file: of a register on paper, an online meeting or a card reader.

What somebody marked by hand stays, whatever a file says. docs/imports.md lists the columns.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attendance_project.spellings import code_key
from attendance_project.tables import (
    ColumnsUnclear,
    ImportRefused,
    Layout,
    Problem,
    Row,
    Table,
    refuse,
)
from attendance_project.tables import Remembered as Choosing
from attendance_project.tables.apart import read_apart
from attendance_project.tables.headers import header_key, worth_in
from attendance_project.tables.moments import Moment, in_one_order, moment_of
from attendance_project.tables.reading import listed, table_of
from attendance_project.tables.sources import Source, read_source
from sessions_app import live, queries, services
from sessions_app.imports import presence as presences
from sessions_app.imports.columns import Remembered
from sessions_app.imports.known import as_there, fetch
from sessions_app.imports.marks_layout import FAMILY, GIVEN, MARKS
from sessions_app.imports.marks_moments import at_moment, joined_up, nearest
from sessions_app.imports.marks_register import Register
from sessions_app.imports.meetings import Meeting, meeting_of
from sessions_app.imports.plans import Action, Change, Deed, Plan, RowKind
from sessions_app.imports.presence import Presence
from sessions_app.imports.records import record_of
from sessions_app.imports.status_letters import doubts, spelled_out
from sessions_app.imports.wide_sheets import one_mark_a_line
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    Course,
    CourseQuerySet,
    ImportKind,
    MarkSource,
    Session,
    SessionQuerySet,
    SessionState,
)

MOST_MARKS = 5_000
"""Marks in one import: what MongoDB writes within the minute that a transaction may last there."""
MARKED = frozenset({SessionState.OPEN, SessionState.CLOSED})
"""The states in which a session has a register to mark in."""


_SAYS_MARK = ("status", "minutes", "joined")
"""Columns from which a mark follows. A list without any of them is of those who were there."""


@dataclass(frozen=True)
class Wanted:
    """What the person says besides the file: the session or course of lines that name none."""

    sessions: SessionQuerySet
    courses: CourseQuerySet
    session: Session | None = None
    course: Course | None = None
    least_minutes: int | None = None


def plan_marks(
    data: bytes,
    wanted: Wanted,
    *,
    by: User,
    now: datetime,
    file_name: str = "",
    encoding: str = "",
    columns: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> Plan:
    """What importing the marks would do, with nothing written. Raises ImportRefused with everything
    that is wrong with the file. Only ``wanted.sessions`` are marked."""
    layout = MARKS.named(names or {})
    chosen = Remembered(layout, columns, by=by)
    read: tuple[Meeting, Table] = read_apart(_read, data, layout, encoding, ask=chosen)
    meeting, table = read
    if not chosen.is_used:
        _check_status(table, layout)
    known = as_there([_named(row) for row in table.rows])
    planner = _Planner(wanted, meeting, by=by, now=now)
    rows = spelled_out(known.rows)
    plan = planner.plan(rows)
    plan.notes = [*chosen.notes, *doubts(rows), *planner.notes(), *table.notes, *known.notes]
    plan.record = record_of(ImportKind.MARKS, data, file_name=file_name, by=by, now=now)
    return plan


def _read(data: bytes, layout: Layout, encoding: str, chosen: Choosing) -> tuple[Meeting, Table]:
    meeting = meeting_of(read_source(data, worth_in(layout), encoding))
    table = table_of(one_mark_a_line(meeting.source, layout), layout, chosen)
    return Meeting(Source([]), meeting.start, meeting.end), table


def _check_status(table: Table, layout: Layout) -> None:
    """Raises ColumnsUnclear where nothing that is read says who was there, and a column that is not
    read may. Otherwise everybody on the list would be present."""
    ignored = set(map(header_key, layout.ignored))
    unread = [name for name in table.header.unread if header_key(name) not in ignored]
    if not unread or {*_SAYS_MARK, "left"} & set(table.columns):
        return
    told = _(
        "No column is known as a status. Without one, all who are listed are present. Choose on "
        "the page, or with --map “%(name)s=status”, which column it is, or leave out all others."
    )
    problem = Problem(table.header.line, "", told % {"name": unread[0][:50]})
    raise ColumnsUnclear([problem], table.header, table.samples)


def _named(row: Row) -> Row:
    cells = dict(row.cells)
    parts = [cells.pop(GIVEN, ""), cells.pop(FAMILY, "")]
    cells["student_name"] = cells.get("student_name") or " ".join(filter(None, parts))
    cells["student_name"] = cells["student_name"].partition(" (")[0]  # Zoom's "(original name)"
    return replace(row, cells=cells)


@dataclass
class _Line:
    """A row with its moments: ``day`` is what it says of the session, the others of the person."""

    row: Row
    day: Moment
    joined: Moment
    left: Moment


class _Planner:
    def __init__(self, wanted: Wanted, meeting: Meeting, *, by: User, now: datetime) -> None:
        self.wanted = wanted
        self.meeting = meeting
        self.by = by
        self.now = now
        self.problems: list[Problem] = []
        self.left_out: list[str] = []
        self.too_short: list[str] = []
        self.sessions_of: dict[UUID, list[Session]] = {}
        self.students: dict[UUID, Register] = {}
        self.courses = self._courses()

    def plan(self, rows: Sequence[Row]) -> Plan:
        found: dict[tuple[UUID, UUID], Presence] = defaultdict(Presence)
        sessions: dict[UUID, Session] = {}
        people: dict[UUID, User] = {}
        for line in self._lines(rows):
            session = self._session(line)
            if session is None:
                continue
            student = self._student(line.row, session)
            if student is None or self._says_nothing(line.row):
                continue
            sessions[session.pk], people[student.pk] = session, student
            self._note(found[session.pk, student.pk], line, session)
        self.problems += presences.contradictions(found.values())
        if self.problems:
            raise ImportRefused(self.problems)
        if len(found) > MOST_MARKS:
            raise refuse(
                _("There are more than %(most)s marks. Split the file into several.")
                % {"most": MOST_MARKS}
            )
        return self._planned(found, sessions, people)

    def notes(self) -> list[str]:
        told = (
            (_("Left out: %(lines)s."), self.left_out),
            (_("There for too short a time, and not marked: %(lines)s."), self.too_short),
        )
        return [text % {"lines": listed(lines)} for text, lines in told if lines]

    # Lines

    def _lines(self, rows: Sequence[Row]) -> list[_Line]:
        texts = [
            tuple(row.cells.get(name, "") for name in ("date", "time", "session", "joined", "left"))
            for row in rows
        ]
        moments = in_one_order([moment_of(text) for each in texts for text in each])
        lines = []
        for at, row in enumerate(rows):
            day, start, session, joined, left = moments[5 * at : 5 * at + 5]
            lines.append(_Line(row, joined_up(day, start, session), joined, left))
        return lines

    def _leave(self, row: Row, why: str) -> None:
        cells = row.cells
        who = cells.get("student_number") or cells.get("student_email") or cells.get("student_name")
        self.left_out.append(
            _("line %(line)d “%(text)s”, %(why)s") % {"line": row.line, "text": who, "why": why}
        )

    def _says_nothing(self, row: Row) -> bool:
        """Whether the file has statuses or times, and this line has none: it is no mark."""
        told = {name: row.cells[name] for name in _SAYS_MARK if name in row.cells}
        if not told or (any(told.values()) and not _is_open(told)):
            return False
        self._leave(row, _("no status"))
        return True

    def _note(self, presence: Presence, line: _Line, session: Session) -> None:
        joined, left = (at_moment(moment, session) for moment in (line.joined, line.left))
        try:
            presences.note(presence, line.row, joined, left)
        except ValueError as error:
            self.problems.append(Problem(line.row.line, "", str(error)))

    # Sessions

    def _courses(self) -> dict[tuple[str, str], list[Course]]:
        courses: dict[tuple[str, str], list[Course]] = defaultdict(list)
        for course in self.wanted.courses.select_related("subject", "class_group"):
            pair = (code_key(course.subject.code), code_key(course.class_group.code))
            courses[pair].append(course)
        return courses

    def _session(self, line: _Line) -> Session | None:
        """The session of a line. None after a note or a problem."""
        row = line.row
        if self.wanted.session is not None:
            return self._chosen(line, self.wanted.session)
        course = self._course(row)
        if course is None:
            return None
        fitting = self._fitting(line, course)
        if not fitting:
            self._leave(row, _("no session of %(course)s then") % {"course": course})
            return None
        if len(fitting) > 1:
            text = _("may be several sessions: %(sessions)s. Add the time, or write YYYY-MM-DD.")
            told = ", ".join(_when(session) for session in fitting)
            self.problems.append(Problem(row.line, "date", text % {"sessions": told}))
            return None
        return fitting[0] if self._is_markable(fitting[0], row) else None

    def _chosen(self, line: _Line, session: Session) -> Session | None:
        """The session that was chosen for the whole file, unless the line is of another day."""
        days = line.day.days
        if days and session.local_start.date() not in days:
            self._leave(line.row, _("of another day"))
            return None
        return session if self._is_markable(session, line.row) else None

    def _course(self, row: Row) -> Course | None:
        subject, group = row.cells.get("subject_code", ""), row.cells.get("class_code", "")
        if self.wanted.course is not None:
            return self.wanted.course
        pairs = [
            course
            for pair, courses in self.courses.items()
            for course in courses
            if subject and pair[0] == code_key(subject)
            if not group or pair[1] == code_key(group)
        ]
        if len(pairs) == 1:
            return pairs[0]
        text = _("does not say which course it is. Choose the course or the session, or name both.")
        self.problems.append(Problem(row.line, "subject_code", text))
        return None

    def _fitting(self, line: _Line, course: Course) -> list[Session]:
        """The sessions that a line may mean: by its day, or by when people or the meeting were
        there."""
        sessions = self._sessions(course)
        told = line.day if line.day.days else self.meeting.start
        moment = told if told.days else line.joined
        if not moment.days:
            return []
        same_day = [s for s in sessions if s.local_start.date() in moment.days]
        is_start = told.days and told is line.day
        return nearest(same_day, moment, is_start=bool(is_start)) if moment.time else same_day

    def _sessions(self, course: Course) -> list[Session]:
        if course.pk not in self.sessions_of:
            rows = self.wanted.sessions.filter(course_id=course.pk)
            rows = rows.exclude(state=SessionState.CANCELLED).select_related("course")
            self.sessions_of[course.pk] = list(rows.order_by("starts_at", "pk"))
        return self.sessions_of[course.pk]

    def _is_markable(self, session: Session, row: Row) -> bool:
        if session.state in MARKED or session.is_forgotten(self.now):
            return True
        self._leave(
            row,
            _("the session on %(when)s is %(state)s")
            % {"when": _when(session), "state": session.get_state_display()},
        )
        return False

    # Students

    def _student(self, row: Row, session: Session) -> User | None:
        if session.pk not in self.students:
            self.students[session.pk] = Register(session)
        student = self.students[session.pk].find(row)
        if student is None:
            self._leave(row, _("not on the register"))
        return student

    # The plan

    def _planned(
        self,
        found: Mapping[tuple[UUID, UUID], Presence],
        sessions: Mapping[UUID, Session],
        people: Mapping[UUID, User],
    ) -> Plan:
        plan = Plan()
        there = _attendances(list(sessions))
        by_hand = _marked_by_hand(list(sessions))
        absences = _Absences()
        counted: dict[UUID, set[UUID]] = defaultdict(set)
        for (session_id, student_id), presence in found.items():
            session, student = sessions[session_id], people[student_id]
            status = presence.status(session, self.wanted.least_minutes)
            row = there.get((session_id, student_id))
            told = _("line %(line)d %(student)s") % {
                "line": presence.lines[0],
                "student": student,
            }
            if not status:
                self.too_short.append(told)
            elif row is not None and row.status == status:
                continue
            elif (session_id, student_id) in by_hand:
                stays = _("%(status)s by hand") % {"status": _status_label(row)}
                self._stay(plan, session, student, stays, presence.lines[0])
            elif status == AttendanceStatus.ABSENT and (why := absences.stays(session, student)):
                self._stay(plan, session, student, why, presence.lines[0])
            else:
                counted[session_id].add(student_id)
                self._add(plan, session, student, status, row, presence.lines[0])
        for session_id, marked in counted.items():
            self._finish(plan, sessions[session_id], marked)
        return plan

    def _stay(self, plan: Plan, session: Session, student: User, why: str, line: int) -> None:
        name = f"{student}, {session.course}, {_when(session)}"
        plan.add(Change(Action.LEFT, RowKind.MARK, name, why), None, line)

    def _finish(self, plan: Plan, session: Session, marked: set[UUID]) -> None:
        """What follows from the marks of a session: it is recorded, and its pages are told."""
        state = session.state
        if session.is_forgotten(self.now):
            self._record(plan, session, marked)
            state = SessionState.CLOSED
        event = {"type": "state", "state": state}
        plan.afterwards.append(partial(live.publish, session.pk, event))

    def _add(
        self,
        plan: Plan,
        session: Session,
        student: User,
        status: str,
        row: Attendance | None,
        line: int,
    ) -> None:
        label = AttendanceStatus(status).label
        name = f"{student}, {session.course}, {_when(session)}"
        if row is None:
            change = Change(Action.ADDED, RowKind.MARK, name, str(label))
        else:
            before = f"{row.get_status_display()}, {row.get_source_display()}"
            change = Change(Action.CHANGED, RowKind.MARK, name, f"{before} → {label}")
        act = partial(
            services.record_imported, student=student, status=status, by=self.by, now=self.now
        )
        plan.add(change, Deed(session, act, guards=("state",)), line)

    def _record(self, plan: Plan, session: Session, marked: set[UUID]) -> None:
        """Record a session that was planned and never opened, after its marks are written."""
        absent = {person.pk for person in queries.expected_at(session)} - marked
        told = ngettext(
            "was never opened, and is recorded as held. %(n)d student who is expected and not in "
            "the file is noted as absent or excused.",
            "was never opened, and is recorded as held. %(n)d students who are expected and not in "
            "the file are noted as absent or excused.",
            len(absent),
        ) % {"n": len(absent)}
        change = Change(
            Action.CHANGED, RowKind.SESSION, f"{session.course}, {_when(session)}", told
        )
        act = partial(services.record_session, statuses={}, by=self.by, now=self.now)
        plan.add(change, Deed(session, act, guards=("state",)))


def _is_open(told: Mapping[str, str]) -> bool:
    """Whether the status is all that is told, and is one that nobody has decided yet: "?"."""
    others = [value for name, value in told.items() if name != "status"]
    return told.get("status", "").strip() == "?" and not any(others)


class _Absences:
    """Whose absence a file cannot say: of who was not expected, or is excused."""

    def __init__(self) -> None:
        self.expected: dict[UUID, set[UUID]] = {}
        self.excused: dict[UUID, set[UUID]] = {}

    def stays(self, session: Session, student: User) -> str:
        """Why the student is not noted as absent, or nothing."""
        if session.pk not in self.expected:
            self.expected[session.pk] = {one.pk for one in queries.expected_at(session)}
            self.excused[session.pk] = set(queries.excuses_covering(session))
        if student.pk not in self.expected[session.pk]:
            return _("not absent: was not expected in this session")
        if student.pk in self.excused[session.pk]:
            return _("not absent: is excused")
        return ""


def _status_label(row: Attendance | None) -> str:
    return str(row.get_status_display()) if row else _("No mark")


def _when(session: Session) -> str:
    local = timezone.localtime(session.starts_at, session.local_start.tzinfo)
    return f"{date_format(local, 'j F Y')} {local:%H:%M}"


def _attendances(ids: list[UUID]) -> dict[tuple[UUID, UUID], Attendance]:
    rows = fetch(Attendance.objects.order_by(), "session_id", ids)
    return {(row.session_id, row.student_id): row for row in rows}


def _marked_by_hand(ids: list[UUID]) -> set[tuple[Any, Any]]:
    marks: models.QuerySet[AttendanceMark] = AttendanceMark.objects.filter(
        source=MarkSource.MANUAL, undone_at=None
    ).order_by()
    return {(mark.session_id, mark.student_id) for mark in fetch(marks, "session_id", ids)}
