"""Reading a session's register: two queries and one a hook, however large the class."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from accounts.models import User, UserQuerySet
from sessions_app import hooks
from sessions_app.hooks import RegisterExtra
from sessions_app.models import (
    Attendance,
    Course,
    Enrolment,
    MarkSource,
    Session,
    SessionState,
)

MISSING = "missing"
HERE = ("present", "late")
_ON_THE_FIRST_PAGE = (SessionState.OPEN, SessionState.PLANNED, SessionState.CLOSED)
_DAYS_APART = timedelta(hours=36)
"""No zone's today begins or ends further away than this."""


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """``status`` is an attendance status, ``review``, ``refused`` or ``missing``.

    ``reasons`` and ``decision_id`` are there for a check-in that made no attendance.
    """

    student_id: UUID
    name: str
    number: str
    status: str
    source: str = ""
    evidence: tuple[str, ...] = ()
    at: datetime | None = None
    reasons: tuple[str, ...] = ()
    decision_id: str | None = None


def register_of(session: Session) -> list[RegisterRow]:
    """A row for everyone enrolled or already marked, by name."""
    attendances = _attendances(session)
    extras = _extras(session)
    people = _people(session, attendances)
    rows = [_row(session, p, attendances.get(p.pk), extras.get(p.pk)) for p in people]
    return sorted(rows, key=lambda row: (row.name.casefold(), row.number))


def register_json(session: Session) -> list[dict[str, Any]]:
    """The register in plain JSON values; ``time`` is ``at`` on the session's own clock."""
    return [_as_json(row, ZoneInfo(session.time_zone)) for row in register_of(session)]


def counts(session: Session) -> dict[str, int]:
    return counts_of([row.status for row in register_of(session)])


def counts_of(statuses: list[str]) -> dict[str, int]:
    """How many there are of each status; ``here`` is present and late together."""
    names = (*HERE, "excused", "absent", "review", "refused", MISSING)
    tally = Counter(statuses)
    return {
        "enrolled": len(statuses),
        "here": sum(tally[name] for name in HERE),
        **{name: tally[name] for name in names},
    }


def on_register(session: Session) -> UserQuerySet:
    """Students enrolled now, or who were when something was marked."""
    enrolled = Enrolment.objects.filter(course_id=session.course_id, is_active=True)
    marked = Attendance.objects.filter(session_id=session.pk)
    ids = {*enrolled.values_list("student_id", flat=True)}
    return User.objects.filter(pk__in=[*ids, *marked.values_list("student_id", flat=True)])


def sessions_today(user: User, now: datetime) -> list[Session]:
    """Those that the user runs which are open, or on today's page of their own calendar.

    The open ones first, the closed ones last, each by start.
    """
    near = Q(starts_at__gt=now - _DAYS_APART, starts_at__lt=now + _DAYS_APART)
    rows = Session.objects.run_by(user).filter(near | Q(state=SessionState.OPEN))
    rows = rows.select_related("subject", "class_group", "teacher").order_by("starts_at")
    today = (s for s in rows if s.is_open or s.local_start.date() == s.local_time(now).date())
    return sorted(today, key=lambda s: _ON_THE_FIRST_PAGE.index(s.state))


def _attendances(session: Session) -> dict[UUID, Attendance]:
    rows = Attendance.objects.filter(session_id=session.pk).select_related("student")
    return {row.student_id: row for row in rows.order_by()}


def _people(session: Session, attendances: Mapping[UUID, Attendance]) -> list[User]:
    enrolments = Enrolment.objects.filter(course_id=session.course_id, is_active=True)
    people = {e.student_id: e.student for e in enrolments.select_related("student")}
    return list(({i: row.student for i, row in attendances.items()} | people).values())


def _extras(session: Session) -> dict[UUID, RegisterExtra]:
    return {i: extra for fill in hooks.register_extras for i, extra in fill(session).items()}


def _row(
    session: Session, person: User, row: Attendance | None, extra: RegisterExtra | None
) -> RegisterRow:
    names = {"student_id": person.pk, "name": person.full_name, "number": person.institution_number}
    noted_on_closing = row is not None and row.source == MarkSource.CLOSING
    if extra and (row is None or noted_on_closing):
        return RegisterRow(
            **names,
            status=extra["outcome"],
            at=extra.get("at"),
            reasons=tuple(extra["reasons"]),
            decision_id=extra.get("decision_id"),
        )
    if row is None or (noted_on_closing and session.is_open):  # opened again: may still come
        return RegisterRow(**names, status=MISSING)
    return RegisterRow(
        **names,
        status=row.status,
        source=row.source,
        evidence=tuple(row.evidence),
        at=row.marked_at,
    )


def _as_json(row: RegisterRow, zone: ZoneInfo) -> dict[str, Any]:
    return asdict(row) | {
        "student_id": str(row.student_id),
        "evidence": list(row.evidence),
        "reasons": list(row.reasons),
        "at": row.at.isoformat() if row.at else None,
        "time": row.at.astimezone(zone).strftime("%H:%M") if row.at else "",
    }


def students_taught_by(teacher: User) -> list[UUID]:
    """Ids of everyone who is enrolled in a course of the teacher's."""
    courses = Course.objects.visible_to(teacher).values_list("pk", flat=True)
    enrolments = Enrolment.objects.filter(course_id__in=list(courses), is_active=True)
    return list(enrolments.values_list("student_id", flat=True).distinct())
