"""Finds the session that a line of marks means, among those that the importer runs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from attendance_project.days import when
from attendance_project.spellings import code_key
from attendance_project.tables import Problem, Row
from attendance_project.tables.several_days import has_several_days
from sessions_app.imports.marks_changes import start_of
from sessions_app.imports.marks_lines import Line, Remarks
from sessions_app.imports.marks_moments import nearest, when_of
from sessions_app.imports.meetings import Meeting
from sessions_app.models import Course, CourseQuerySet, Session, SessionQuerySet, SessionState

MARKED = frozenset({SessionState.OPEN, SessionState.CLOSED})
"""The states in which a session has a register to mark in."""


@dataclass(frozen=True)
class Wanted:
    """What the person says besides the file: the session or course of lines that name none."""

    sessions: SessionQuerySet
    courses: CourseQuerySet
    session: Session | None = None
    course: Course | None = None
    least_minutes: int | None = None


class SessionFinder:
    """Finds the session of each line. What is in the way goes into ``remarks``."""

    def __init__(
        self, wanted: Wanted, meeting: Meeting, remarks: Remarks, *, now: datetime
    ) -> None:
        self.wanted = wanted
        self.meeting = meeting
        self.remarks = remarks
        self.now = now
        self.sessions_of: dict[UUID, list[Session]] = {}
        self.only_day: date | None = None
        """The day of the lines that have a time only, where the file names no other day."""
        self.courses = self._courses()

    def find(self, line: Line) -> Session | None:
        """The session of a line. None after a note or a problem."""
        row = line.row
        if self.wanted.session is not None:
            return self._chosen(line, self.wanted.session)
        course = self._course(row)
        if course is None:
            return None
        fitting = self._fitting(line, course)
        if not fitting:
            self.remarks.leave(row, self._no_session(course, line))
            return None
        if len(fitting) > 1:
            self._ask(row, fitting)
            return None
        return fitting[0] if self._is_markable(fitting[0], line) else None

    def _ask(self, row: Row, fitting: Sequence[Session]) -> None:
        text = _("may be several sessions: %(sessions)s. Add the time, or write YYYY-MM-DD.")
        told = ", ".join(start_of(session) for session in fitting)
        self.remarks.problems.append(Problem(row.line, "date", text % {"sessions": told}))

    def _courses(self) -> dict[tuple[str, str], list[Course]]:
        courses: dict[tuple[str, str], list[Course]] = defaultdict(list)
        for course in self.wanted.courses.select_related("subject", "class_group"):
            pair = (code_key(course.subject.code), code_key(course.class_group.code))
            courses[pair].append(course)
        return courses

    def _chosen(self, line: Line, session: Session) -> Session | None:
        """The session that was chosen for the whole file, unless the line is of another day."""
        if has_several_days(line.row.cells.get("date", "")):
            self.remarks.leave(line.row, _("of several days"))
            return None
        if line.day.tells_day and not line.day.may_be(session.local_start.date()):
            self.remarks.leave(line.row, _("of another day"))
            return None
        return session if self._is_markable(session, line) else None

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
        self.remarks.problems.append(Problem(row.line, "subject_code", text))
        return None

    def _fitting(self, line: Line, course: Course) -> list[Session]:
        """The sessions that a line may mean: by its day, or by when people or the meeting were
        there."""
        when_ = when_of(line.day, line.joined, self.meeting.start, self.only_day)
        if not when_.day.tells_day:
            return []
        if not (line.day.tells_day or line.joined.tells_day or self.meeting.start.tells_day):
            self.remarks.note_time(line.row)
        same_day = [s for s in self._sessions(course) if when_.day.may_be(s.local_start.date())]
        if not when_.day.days:  # the year is one in which the course had a session
            same_day = [s for s in same_day if s.starts_at <= self.now]
        if when_.time is None:
            return same_day
        found = nearest(same_day, when_.time, is_start=when_.is_start)
        # A time that somebody was there at only chooses among several sessions of a day.
        is_own_day = line.day.tells_day and not when_.is_start
        return found or (same_day if is_own_day else [])

    def _no_session(self, course: Course, line: Line) -> str:
        days = (line.day, line.joined, self.meeting.start)
        has_day = self.only_day or any(moment.tells_day for moment in days)
        if not has_day and (line.day.time or line.joined.time):
            return _("a time without a day: choose the session, or add the day")
        return _no_session(course, line.row.cells.get("date", ""))

    def _sessions(self, course: Course) -> list[Session]:
        if course.pk not in self.sessions_of:
            rows = self.wanted.sessions.filter(course_id=course.pk)
            rows = rows.exclude(state=SessionState.CANCELLED).select_related("course")
            self.sessions_of[course.pk] = list(rows.order_by("starts_at", "pk"))
        return self.sessions_of[course.pk]

    def _is_markable(self, session: Session, line: Line) -> bool:
        if session.state in MARKED or session.is_forgotten(self.now):
            if line.day.yearly and not line.day.days:
                day = when(session.local_start, "long day")
                self.remarks.years[line.row.cells.get("date", "")] = day
            return True
        told = _("the session on %(when)s is %(state)s")
        values = {"when": start_of(session), "state": session.get_state_display()}
        self.remarks.leave(line.row, told % values)
        return False


def _no_session(course: Course, day: str) -> str:
    if not day:
        return _("no session of %(course)s then") % {"course": course}
    return _("no session of %(course)s on “%(day)s”") % {"course": course, "day": day[:50]}
