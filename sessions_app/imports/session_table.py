"""Plans sessions from a table: a CSV file or a workbook (docs/imports.md).

What is planned, changed, cancelled and restored follows the same rules as for a calendar.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.days import when
from attendance_project.tables import Layout, Problem, Row, Table, read_table, refuse
from attendance_project.tables.placeholders import is_placeholder, says_nothing
from attendance_project.tables.reading import unclear_column
from sessions_app import services
from sessions_app.domain.series import Meeting
from sessions_app.imports.calendar_notes import lines_in_words
from sessions_app.imports.calendar_words import cancelled, far, local
from sessions_app.imports.calendars import short
from sessions_app.imports.choices import NO_CHOICES, Choices
from sessions_app.imports.columns import Remembered
from sessions_app.imports.courses import RELATED
from sessions_app.imports.mappings import remembered
from sessions_app.imports.matching import Match
from sessions_app.imports.passed import Passed, advice
from sessions_app.imports.plans import Plan, Unused, UnusedKind
from sessions_app.imports.reckoning import MOST_OCCURRENCES
from sessions_app.imports.records import record_of
from sessions_app.imports.session_fields import FieldReader
from sessions_app.imports.session_layout import OF_A_COURSE, SESSIONS
from sessions_app.imports.session_lines import Line, lines_of
from sessions_app.imports.session_matching import SessionMatching, course_text
from sessions_app.imports.session_teachers import Teachers
from sessions_app.imports.session_times import When, whens_of
from sessions_app.imports.timetable import LOOK_AHEAD, Terms, settle
from sessions_app.imports.wanted import Asked, Wanted, event_key
from sessions_app.models import Course, ImportKind
from sessions_app.models.calendars import SOURCE_LENGTH

ORIGIN = "table:"
"""The origin of all sessions that a table planned. Those of calendars have names of their own. What
one table planned, the next may cancel."""

_NIGHT = range(1, 6)
"""Hours in which no session begins, so that a file with one has lost its sign for the afternoon."""


def plan_session_table(
    data: bytes,
    *,
    courses: QuerySet[Course],
    managed: QuerySet[Course],
    course: Course | None = None,
    by: User | None,
    now: datetime,
    file_name: str = "",
    encoding: str = "",
    columns: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    choices: Choices = NO_CHOICES,
    drop_missing: bool = False,
) -> Plan:
    """What importing the table would do, with nothing written. Raises ImportRefused.

    ``courses`` are those for which the importer may plan, and ``managed`` those whose weights,
    offerings and substitutes they may set as well. All lines are ``course``'s, if it is given.
    ``columns`` and ``names`` say which column is which, as for other tables.
    """
    layout = SESSIONS.named(names or {})
    chosen = Remembered(layout, columns, by=by)
    table = read_table(data, layout, encoding=encoding, remembered=chosen)
    _check(table, layout, course)
    source = f"columns {table.header.signature}"[:SOURCE_LENGTH]
    known = list(courses.filter(is_active=True).select_related(*RELATED))
    if course is not None and course not in known:
        raise refuse(_("The course that was chosen is not one for which you may plan."))
    meanings = remembered(source, known, by=by, choices=choices)
    manages = set(managed.order_by().values_list("pk", flat=True))
    times = whens_of(table.rows)
    _check_ends(table, layout, times.whens)
    fields = FieldReader(Teachers(table.rows))
    planner = _Planner(SessionMatching(known, course, meanings), fields, manages, now=now)
    planner.read(lines_of(table.rows, times.whens, fields))
    plan = planner.plan
    plan.readings = table.readings
    plan.advice = list(advice(planner.passed))
    plan.record = record_of(ImportKind.SESSIONS, data, file_name=file_name, by=by, now=now)
    terms = Terms(by, now, ORIGIN, source, choices, drop_missing)
    notes = [*chosen.notes, *times.notes, *planner.notes(), *table.notes]
    settle(plan, planner.asked, terms, notes)
    return plan


def _check(table: Table, layout: Layout, course: Course | None) -> None:
    """Raises ColumnsUnclear where no column says what is needed of every session."""
    columns = set(table.columns)
    if course is None and not columns & set(OF_A_COURSE):
        raise unclear_column(table, layout, "subject_code")
    if not columns & {"date", "begin"}:
        raise unclear_column(table, layout, "date")


def _check_ends(table: Table, layout: Layout, whens: Sequence[When | Problem]) -> None:
    """Raises ColumnsUnclear where no line has an end, and a column that nobody knows may."""
    has_ends = {"end", "end_date", "duration"} & set(table.columns)
    read = [when for when in whens if isinstance(when, When)]
    if read and not has_ends and not any(when.has_end for when in read):
        raise unclear_column(table, layout, "end")


class _Planner:
    """Asks for the session of each line, or lists the line with why not."""

    def __init__(
        self,
        matching: SessionMatching,
        fields: FieldReader,
        manages: Collection[Any],
        *,
        now: datetime,
    ) -> None:
        self.matching = matching
        self.fields = fields
        self.manages = manages
        self.now = now
        self.plan = Plan()
        self.asked = Asked()
        self.passed: list[Passed] = []
        self.by_night: set[int] = set()
        self.told: dict[str, None] = {}
        self.unmanaged: dict[str, None] = {}

    def read(self, lines: Sequence[Line]) -> None:
        """Go through the lines. Raises ImportRefused where there are too many."""
        for line in lines:
            teacher = line.fields.teacher  # and not the substitute, who may teach another class
            text = course_text(line.row, teacher.email if teacher else "")
            match = self.matching.match(text)
            if line.problems:
                self._list(line, match, text.title)
                continue
            self.told |= dict.fromkeys(match.notes)
            if match.unused:
                self.plan.unused.append(match.unused)
            for course in match.courses:
                self._take(line, course, text.title)
        if len(self.asked.wanted) > MOST_OCCURRENCES:
            told = _("There are more than %(most)s dates. Split the file into several.")
            raise refuse(told % {"most": MOST_OCCURRENCES})

    def notes(self) -> Iterator[str]:
        yield from self.told
        if self.by_night:
            told = _(
                "Sessions that begin between 1 and 6 at night. Is the afternoon meant? %(lines)s."
            )
            yield told % {"lines": lines_in_words(sorted(self.by_night))}
        yield from self.fields.notes()
        if self.unmanaged:
            told = _(
                "Weights, offerings and substitutes were left out where you may not set them: "
                "%(courses)s."
            )
            yield told % {"courses": ", ".join(self.unmanaged)}

    def _list(self, line: Line, match: Match, title: str) -> None:
        """List a line that cannot be used. Its course keeps the sessions that are not in the file,
        and where the course is not known either, all courses do."""
        unused = match.unused
        is_sure = not line.row.problems  # of which course it is
        if is_sure and unused and unused.kind in (UnusedKind.UNRELATED, UnusedKind.LEFT_OUT):
            self.plan.unused.append(unused)
            return
        self._leave(line, title, line.why, UnusedKind.UNREAD)
        courses = match.courses if is_sure and match.courses else self.matching.courses
        self.asked.keep_missing(courses)

    def _take(self, line: Line, course: Course, title: str) -> None:
        if line.when is None:
            return
        try:
            times = line.when.meeting(course.zone)
        except ValueError as error:
            self._leave(line, title, str(error))
            self.asked.keep_missing([course])
            return
        at = when(local(times.starts_at, course), "long day and time")
        if line.fields.is_cancelled:
            self._cancel(line, course, times)
            self._leave(line, title, f"{cancelled()} ({at})")
        elif times.starts_at < self.now:
            passed = Passed(course, times, line.row.line, is_over=times.ends_at <= self.now)
            self.passed.append(passed)
            self._leave(line, title, f"{passed.why} ({at})")
        elif times.starts_at >= self.now + LOOK_AHEAD:
            self._leave(line, title, f"{far()} ({at})")
        else:
            self.asked.want(self._wanted(line, course, times, title))
            if local(times.starts_at, course).hour in _NIGHT:
                self.by_night.add(line.row.line)
            changes = line.when.clock_changes(course.zone)
            self.told |= dict.fromkeys(services.clocks_in_words(changes))

    def _leave(
        self, line: Line, title: str, why: str, kind: UnusedKind = UnusedKind.LEFT_OUT
    ) -> None:
        unused = Unused(line.row.line, short(title), why, kind)
        if unused not in self.plan.unused[-5:]:  # a joint session is told once
            self.plan.unused.append(unused)

    def _wanted(self, line: Line, course: Course, times: Meeting, title: str) -> Wanted:
        room = line.row.cells.get("room", "")
        room = "" if says_nothing(room) else room
        event = _event(line.row)
        if event:
            self.asked.follow(course, event)
        return Wanted(
            course=course,
            line=line.row.line,
            title=short(title),
            starts_at=times.starts_at,
            ends_at=times.ends_at,
            rooms=(room,) if room else (),
            event=event,
            more=tuple(self._more(line, course).items()),
        )

    def _more(self, line: Line, course: Course) -> dict[str, Any]:
        """The further fields that the line sets, where the importer may set them."""
        more = dict(line.fields.more)
        person = line.fields.substitute or line.fields.teacher
        if person is not None:
            more["substitute"] = None if person.pk == course.teacher_id else person
        is_said = bool(more) and more != {"substitute": None}
        if is_said and course.pk not in self.manages:
            self.unmanaged[str(course)] = None
            return {}
        return more

    def _cancel(self, line: Line, course: Course, times: Meeting) -> None:
        self.asked.cancel(course, times.starts_at)
        if event := _event(line.row):
            self.asked.call_off(course, event, None)


def _event(row: Row) -> str:
    """The key by which the session of a line is known again, where the file has ids."""
    own = row.cells.get("session_id", "")
    return event_key(f"{ORIGIN}{own}") if not is_placeholder(own) else ""
