"""Reads teaching. Call it by module: ``queries.register_of(session)``."""

from sessions_app.queries.closed_days import (
    closed_between,
    closed_days_of,
    closed_on,
    closed_soon,
)
from sessions_app.queries.courses import (
    CourseStudent,
    coming_sessions,
    courses_to_move_to,
    ever_on,
    forgotten_sessions,
    past_sessions,
    sessions_to_explain,
    students_of,
    with_sizes,
)
from sessions_app.queries.excuses import (
    days_near,
    excuses_covering,
    excuses_on,
    is_covered,
)
from sessions_app.queries.expected import (
    expected_at,
    had_left,
    is_expected,
    on_course_at,
    was_on_course,
)
from sessions_app.queries.guests import GuestRow, guests_in, guests_of, owner_of, visits_of
from sessions_app.queries.listed import statuses_listed
from sessions_app.queries.overlaps import Overlap, Wanted, busy_elsewhere, overlaps_of, wanted_of
from sessions_app.queries.people import (
    classmates_of,
    names_to_approve,
    people_to_approve,
    people_to_erase,
)
from sessions_app.queries.register import (
    CLEARED,
    MISSING,
    RegisterRow,
    clearing,
    counts,
    counts_of,
    on_register,
    register_json,
    register_of,
    to_record,
    undos_of,
)
from sessions_app.queries.series_moves import move_to_undo
from sessions_app.queries.staff import (
    StaffMember,
    showings_of,
    staff_events_of,
    staff_of,
    teachers_of_session,
)
from sessions_app.queries.timetable import (
    sessions_between,
    sessions_next,
    sessions_today,
    students_taught_by,
)

__all__ = [
    "CLEARED",
    "MISSING",
    "CourseStudent",
    "GuestRow",
    "Overlap",
    "RegisterRow",
    "StaffMember",
    "Wanted",
    "busy_elsewhere",
    "classmates_of",
    "clearing",
    "closed_between",
    "closed_days_of",
    "closed_on",
    "closed_soon",
    "coming_sessions",
    "counts",
    "counts_of",
    "courses_to_move_to",
    "days_near",
    "ever_on",
    "excuses_covering",
    "excuses_on",
    "expected_at",
    "forgotten_sessions",
    "guests_in",
    "guests_of",
    "had_left",
    "is_covered",
    "is_expected",
    "move_to_undo",
    "names_to_approve",
    "on_course_at",
    "on_register",
    "overlaps_of",
    "owner_of",
    "past_sessions",
    "people_to_approve",
    "people_to_erase",
    "register_json",
    "register_of",
    "sessions_between",
    "sessions_next",
    "sessions_to_explain",
    "sessions_today",
    "showings_of",
    "staff_events_of",
    "staff_of",
    "statuses_listed",
    "students_of",
    "students_taught_by",
    "teachers_of_session",
    "to_record",
    "undos_of",
    "visits_of",
    "wanted_of",
    "was_on_course",
    "with_sizes",
]
