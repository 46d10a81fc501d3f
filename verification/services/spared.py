"""Counts the sessions of a term at which a student was spared a check."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError

from attendance_project.inserting import one_write
from sessions_app.models import Session
from verification.domain.spared import term_of
from verification.models import CheckInAttempt, SparedCheck


def number_of(attempt: CheckInAttempt, *, most: int, now: datetime) -> int:
    """Count the attempt's session, once however often it is tried. Returns its number in the term.

    Where the term's numbers up to ``most`` are taken nothing is counted, and it is ``most`` + 1.
    """
    for number in (*_free_numbers(attempt, most), most + 1):
        known = _known(attempt)
        if known is not None:
            return known
        if number <= most and _take(attempt, number, now):
            return number
    return most + 1


def _known(attempt: CheckInAttempt) -> int | None:
    of_session = SparedCheck.objects.filter(
        student_id=attempt.student_id, session_id=attempt.session_id
    )
    return of_session.values_list("number", flat=True).first()


def _free_numbers(attempt: CheckInAttempt, most: int) -> list[int]:
    of_term = SparedCheck.objects.filter(
        student_id=attempt.student_id, term=_term_of(attempt.session)
    )
    taken = set(of_term.order_by().values_list("number", flat=True))
    return [number for number in range(1, most + 1) if number not in taken]


def _take(attempt: CheckInAttempt, number: int, now: datetime) -> bool:
    """Write the row. False where another session took the number at the same moment."""
    try:
        with one_write():
            SparedCheck.objects.create(
                student_id=attempt.student_id,
                session_id=attempt.session_id,
                term=_term_of(attempt.session),
                number=number,
                at=now,
            )
    except IntegrityError:
        return False
    return True


def _term_of(session: Session) -> date:
    return term_of(session.starts_at.date(), settings.TERM_BEGINS)
