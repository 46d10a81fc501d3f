"""What is in an exported report."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from reports.domain import rates
from reports.domain.counting import CountedAs
from reports.domain.risk import RiskSign
from reports.exports.files import Cell, Table
from reports.queries.attendance import AttendanceRow
from reports.queries.matrix import Matrix, SessionColumn, StudentRow
from reports.words import evidence_words
from sessions_app.models import AttendanceStatus
from sessions_app.queries import guests_in


def course_tables(matrix: Matrix) -> tuple[Table, ...]:
    """Return the students by sessions, the sessions one by one, and the guests if there are any."""
    guests = _guests(matrix)
    return _students(matrix), _sessions(matrix), *([guests] if guests.rows else [])


def course_table(matrix: Matrix) -> Table:
    """Return the students by sessions, and below them the guests, for a file of one table."""
    students = _students(matrix)
    visits: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    for guest in guests_in(column.session.pk for column in matrix.columns):
        visits[guest.number, guest.name].add(guest.session_id)
    of_guests = [_guest_row(matrix, *who, visited) for who, visited in sorted(visits.items())]
    return replace(students, rows=[*students.rows, *of_guests])


def _guest_row(matrix: Matrix, number: str, name: str, visited: set[UUID]) -> list[Cell]:
    """A guest in the table of students. They have no figures, since they are part of no rate."""
    sessions = [_("Guest") if c.session.pk in visited else "" for c in matrix.columns]
    figures = [None] * (len(_students_head(matrix)) - 3 - len(sessions))
    return [number, name, _("no, guest"), *figures, *sessions]


def _guests(matrix: Matrix) -> Table:
    """People who were at a session without being on the course. They are part of no rate."""
    days = {column.session.pk: column for column in matrix.columns}
    return Table(
        name=_("Guests"),
        head=[_("Day"), _("Starts"), _("Number"), _("Name"), _("Marked by")],
        rows=[
            [
                *(
                    days[guest.session_id].day,
                    f"{days[guest.session_id].session.local_start:%H:%M}",
                ),
                *(guest.number, guest.name, guest.by.full_name),
            ]
            for guest in guests_in(days)
        ],
    )


def _students(matrix: Matrix) -> Table:
    return Table(
        name=_("Students"),
        head=_students_head(matrix),
        rows=[_student_row(line, matrix) for line in matrix.lines],
        fixed=2,
    )


def _students_head(matrix: Matrix) -> list[str]:
    return [
        *(_("Number"), _("Name"), _("On the course"), _("Rate %")),
        *(str(label) for label in AttendanceStatus.labels),
        _("Absent in a row"),
        _("At risk (whole course)") if matrix.is_of_days else _("At risk"),
        *_figures_of_rules(matrix),
        *(f"{column.session.local_start:%Y-%m-%d %H:%M}" for column in matrix.columns),
    ]


def _figures_of_rules(matrix: Matrix) -> dict[str, Callable[[rates.Tally], Cell]]:
    """The further columns of a course that does not count in the usual way, and their figures."""
    found: dict[str, Callable[[rates.Tally], Cell]] = {}
    if matrix.course.lates_per_absence:
        found[_("Lates counted as absences")] = lambda tally: tally.late_absences
    if matrix.is_by_hours:
        found[_("Hours attended")] = lambda tally: tally.attended_h
        found[_("Hours counted")] = lambda tally: tally.counted_h
    return found


def _student_row(line: StudentRow, matrix: Matrix) -> list[Cell]:
    labels = {
        **dict(AttendanceStatus.choices),
        CountedAs.LATE_ABSENCE: _("Late, counts as an absence"),
        CountedAs.ELSEWHERE: _("Another session counts instead"),
    }
    return [
        line.student.institution_number,
        line.student.full_name,
        _("yes") if line.is_enrolled else _("no, has left"),
        line.tally.rate_percent,
        *(getattr(line.tally, status) for status in AttendanceStatus.values),
        line.absence_streak,
        ", ".join(str(sign_words(sign)) for sign in line.signs) if line.is_at_risk else "",
        *(figure(line.tally) for figure in _figures_of_rules(matrix).values()),
        *(str(labels.get(status, "")) for status in line.statuses),
    ]


def sign_words(sign: RiskSign) -> str:
    return _("low rate") if sign == RiskSign.RATE else _("absences in a row")


def _sessions(matrix: Matrix) -> Table:
    return Table(
        name=_("Sessions"),
        head=[
            *(_("Day"), _("Starts"), _("Ends"), _("Time zone"), _("Room")),
            *(str(label) for label in AttendanceStatus.labels),
            _("Rate %"),
            *([_("Offering")] if matrix.has_offerings else []),
            *([_("Weight in hours")] if matrix.is_by_hours else []),
        ],
        rows=[_session_row(column, matrix) for column in matrix.columns],
    )


def _session_row(column: SessionColumn, matrix: Matrix) -> list[Cell]:
    session = column.session
    return [
        *(column.day, f"{session.local_start:%H:%M}", f"{session.local_end:%H:%M}"),
        *(session.time_zone, session.room),
        *(getattr(column.tally, status) for status in AttendanceStatus.values),
        column.tally.rate_percent,
        *([session.offering] if matrix.has_offerings else []),
        *([rates.in_hours(session.weight_s)] if matrix.is_by_hours else []),
    ]


def attendance_table(rows: Iterable[AttendanceRow]) -> Table:
    """Return the rows of `reports.queries.attendance.with_names` as a table, one line each."""
    return Table(
        name=_("Attendance"),
        head=[
            *(_("Day"), _("Starts"), _("Time zone"), _("Subject"), _("Class")),
            *(_("Number"), _("Name"), _("Status"), _("How"), _("Evidence")),
        ],
        rows=[_register_row(row) for row in rows],
        fixed=1,
    )


def _register_row(row: AttendanceRow) -> list[Cell]:
    starts_at = row.starts_at.astimezone(ZoneInfo(row.time_zone))
    return [
        *(row.local_date, f"{starts_at:%H:%M}", row.time_zone),
        *(row.course.subject, row.course.class_group, row.institution_number, row.student_name),
        *(str(row.status.label), str(row.source.label)),
        evidence_words(row.evidence),
    ]
