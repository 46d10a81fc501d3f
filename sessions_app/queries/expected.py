"""Finds who is expected at a session. Closing, undoing, excuses, the register and reports ask here.

What was recorded before always stands: these queries say only whom a new absence may name.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import User
from sessions_app.domain import expected
from sessions_app.models import Enrolment, Session


def expected_at(session: Session) -> list[User]:
    """The students whose absence may be noted in the session now, in one query.

    They were on the course when the session took place and are still on it, and their accounts were
    switched on then and are so now. Nobody is expected at a session that was closed before it
    began.
    """
    if expected.ended_before_it_began(session.starts_at, session.closed_at):
        return []
    rows = Enrolment.objects.filter(course_id=session.course_id, is_active=True)
    return [
        row.student
        for row in rows.select_related("student")
        if row.student.is_active
        and was_on_course(row, session)
        and not _was_switched_off(row.student, session)
    ]


def is_expected(session: Session, student_id: UUID) -> bool:
    """Whether the student's absence may be noted in the session now."""
    return any(student.pk == student_id for student in expected_at(session))


def was_on_course(enrolment: Enrolment, session: Session) -> bool:
    """Whether the student was on the course when the session took place, or will be by then."""
    return expected.was_on_course(enrolment.spans, _took_place_from(session))


def had_left(enrolment: Enrolment, session: Session) -> bool:
    """Whether the student had left the course by the time that the session took place."""
    moment = _took_place_from(session)
    return expected.had_left(enrolment.spans, enrolment.enrolled_at, moment)


def on_course_at(session: Session, enrolments: Iterable[Enrolment]) -> list[Enrolment]:
    """Those of the enrolments whose students were on the course when the session took place."""
    return [row for row in enrolments if was_on_course(row, session)]


def _took_place_from(session: Session) -> datetime:
    return expected.took_place_from(session.starts_at, session.ends_at, session.opened_at)


def _was_switched_off(student: User, session: Session) -> bool:
    """Whether the student's account was off at any time of the session."""
    return expected.was_switched_off(student.off_spans, _took_place_from(session), session.ends_at)
