"""Plans marks from a file: of a register on paper, an online meeting or a card reader.

What somebody marked by hand stays, whatever a file says. docs/imports.md lists the columns.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
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
from attendance_project.tables.reading import table_of
from attendance_project.tables.sources import Source, read_source
from sessions_app.imports import presence as presences
from sessions_app.imports.columns import Remembered
from sessions_app.imports.faults import Lines, plan_without_faults
from sessions_app.imports.known import as_there
from sessions_app.imports.marks_changes import MarkChanges
from sessions_app.imports.marks_layout import ABSENCE, MARKS
from sessions_app.imports.marks_lines import (
    SAYS_MARK,
    Line,
    Remarks,
    is_open,
    lines_of,
    named,
    with_status,
)
from sessions_app.imports.marks_moments import at_moment, only_day_of
from sessions_app.imports.marks_of_one import IN_PARTS, check_alone
from sessions_app.imports.marks_register import Register
from sessions_app.imports.marks_sessions import SessionFinder, Wanted
from sessions_app.imports.meetings import Meeting, meeting_of
from sessions_app.imports.plans import Plan
from sessions_app.imports.presence import Presence
from sessions_app.imports.records import record_of
from sessions_app.imports.status_letters import doubts, spelled_out
from sessions_app.imports.wide_sheets import one_mark_a_line
from sessions_app.models import ImportKind, Session

MOST_MARKS = 5_000
"""Marks in one import: what MongoDB writes within the minute that a transaction may last there."""


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
    leave_out_faults: bool = False,
) -> Plan:
    """What importing the marks would do, with nothing written. Raises ImportRefused with everything
    that is wrong with the file. Only ``wanted.sessions`` are marked. With ``leave_out_faults`` the
    lines that are right are planned."""
    layout = MARKS.named(names or {})

    def plan_of(without: Lines) -> Plan:
        chosen = Remembered(layout, columns, by=by)
        read: tuple[Meeting, Table, list[Row]] = read_apart(
            _read, data, layout, encoding, without, ask=chosen
        )
        meeting, table, left_out = read
        if IN_PARTS & set(table.columns):
            check_alone(table.rows, left_out)
        if not chosen.is_used:
            _check_status(table, layout)
        plan = _planned(table, _Planner(wanted, meeting, by=by, now=now))
        plan.notes = [*chosen.notes, *plan.notes]
        return plan

    plan = plan_without_faults(plan_of, leave_out=leave_out_faults)
    plan.record = record_of(ImportKind.MARKS, data, file_name=file_name, by=by, now=now)
    return plan


def _planned(table: Table, planner: "_Planner") -> Plan:
    known = as_there([with_status(named(row)) for row in table.rows])
    rows = spelled_out(known.rows)
    plan = planner.plan(rows)
    said = [*doubts(rows), *planner.remarks.sentences()]
    plan.notes = [*said, *table.notes, *known.notes]
    plan.readings = table.readings
    return plan


def _read(
    data: bytes, layout: Layout, encoding: str, without: Lines, chosen: Choosing
) -> tuple[Meeting, Table, list[Row]]:
    """When the meeting was, the table of marks, and the rows of it that are left out."""
    meeting = meeting_of(read_source(data, worth_in(layout), encoding))
    source = one_mark_a_line(meeting.source, layout)
    table = table_of(source, layout, chosen, without=without)
    left_out = _rows_of(without, source, layout, chosen) if without else []
    return Meeting(Source([]), meeting.start, meeting.end), table, left_out


def _rows_of(lines: Lines, source: Source, layout: Layout, chosen: Choosing) -> list[Row]:
    """What can be read of these lines, though they are at fault. Raises ImportRefused where a
    number in them was rounded, so that nobody knows whose they are."""
    others = {line for line, _cells in source.lines} - lines
    return table_of(source, replace(layout, keeps_faults=True), chosen, without=others).rows


def _check_status(table: Table, layout: Layout) -> None:
    """Raises ColumnsUnclear where nothing that is read says who was there, and a column that is not
    read may. Otherwise everybody on the list would be present."""
    ignored = set(map(header_key, layout.ignored))
    unread = [name for name in table.header.unread if header_key(name) not in ignored]
    if not unread or {*SAYS_MARK, "left", ABSENCE} & set(table.columns):
        return
    told = _(
        "No column is known as a status. Without one, all who are listed are present. Choose on "
        "the page, or with --map “%(name)s=status”, which column it is, or leave out all others."
    )
    problem = Problem(table.header.line, "", told % {"name": unread[0][:50]})
    raise ColumnsUnclear([problem], table.header, table.samples, table.readings)


class _Planner:
    """Gathers who was there from the lines."""

    def __init__(self, wanted: Wanted, meeting: Meeting, *, by: User, now: datetime) -> None:
        self.remarks = Remarks()
        self.finder = SessionFinder(wanted, meeting, self.remarks, now=now)
        self.changes = MarkChanges(wanted.least_minutes, by=by, now=now)
        self.students: dict[UUID, Register] = {}

    def plan(self, rows: Sequence[Row]) -> Plan:
        found: dict[tuple[UUID, UUID], Presence] = defaultdict(Presence)
        sessions: dict[UUID, Session] = {}
        people: dict[UUID, User] = {}
        lines = lines_of(rows)
        self.finder.only_day = only_day_of(m for line in lines for m in (line.day, line.joined))
        for line in lines:
            session = self.finder.find(line)
            if session is None:
                continue
            student = self._student(line.row, session)
            if student is None or self._says_nothing(line.row):
                continue
            sessions[session.pk], people[student.pk] = session, student
            self._note(found[session.pk, student.pk], line, session)
        self._check(found, len(rows))
        plan = self.changes.plan(found, sessions, people)
        self.remarks.too_short += self.changes.too_short
        return plan

    def _check(self, found: Mapping[tuple[UUID, UUID], Presence], count: int) -> None:
        """Raises ImportRefused."""
        problems = [*self.remarks.problems, *presences.contradictions(found.values())]
        if problems:
            raise ImportRefused(problems, rows=count)
        if len(found) > MOST_MARKS:
            told = _("There are more than %(most)s marks. Split the file into several.")
            raise refuse(told % {"most": MOST_MARKS})

    def _says_nothing(self, row: Row) -> bool:
        """Whether the file has statuses or times, and this line has none: it is no mark."""
        told = {name: row.cells[name] for name in SAYS_MARK if name in row.cells}
        if not told or (any(told.values()) and not is_open(told)):
            return False
        self.remarks.leave(row, _("no status"))
        return True

    def _note(self, presence: Presence, line: Line, session: Session) -> None:
        self.remarks.note_serials(line.row)
        joined, left = (at_moment(moment, session) for moment in (line.joined, line.left))
        try:
            presences.note(presence, line.row, joined, left)
        except ValueError as error:
            self.remarks.problems.append(Problem(line.row.line, "", str(error)))

    def _student(self, row: Row, session: Session) -> User | None:
        if session.pk not in self.students:
            self.students[session.pk] = Register(session)
        student = self.students[session.pk].find(row)
        if student is None:
            self.remarks.leave(row, _("not on the register"))
        return student
