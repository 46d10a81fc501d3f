"""Reads a session's register with four queries and one for each hook, however large the class."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User, UserQuerySet
from attendance_project.alphabet import folded
from sessions_app import hooks
from sessions_app.domain.attendance import ATTENDED
from sessions_app.hooks import RegisterExtra, Undo
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    Enrolment,
    MarkSource,
    MarkStatus,
    Session,
    SessionState,
)
from sessions_app.queries import expected
from sessions_app.queries.excuses import excuses_covering

MISSING = "missing"
CLEARED = "cleared"


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    """``status`` is an attendance status, or ``review``, ``refused``, ``cleared`` or ``missing``.

    ``reasons``, ``signs`` and ``decision_id`` belong to a check-in that made no attendance.
    """

    student_id: UUID
    name: str
    number: str
    status: str
    source: str = ""
    evidence: tuple[str, ...] = ()
    at: datetime | None = None
    reasons: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    decision_id: str | None = None


def register_of(session: Session) -> list[RegisterRow]:
    """A row for everyone who belongs to the session, by name.

    These are the students who were marked or tried to check in, and those who are on the course.
    Where nobody can check in any more, they had to be on the course when it took place.
    """
    attendances = _attendances(session)
    extras = _extras(session)
    excuses = excuses_covering(session)
    cleared = _cleared(session, attendances)
    people = {mark.student_id: mark.student for mark in cleared.values()}
    people |= _people(session, attendances, extras)
    rows = [
        _cleared_row(p, cleared[pk])
        if pk in cleared
        else _row(session, p, attendances.get(pk), extras.get(pk), pk in excuses)
        for pk, p in people.items()
    ]
    return sorted(rows, key=lambda row: (folded(row.name), row.number))


def register_json(session: Session) -> list[dict[str, Any]]:
    """The register in plain JSON values. ``time`` is ``at`` on the session's own clock."""
    return [_as_json(row, ZoneInfo(session.time_zone)) for row in register_of(session)]


def counts(session: Session) -> dict[str, int]:
    return counts_of([(row.status, row.source) for row in register_of(session)])


def counts_of(rows: list[tuple[str, str]]) -> dict[str, int]:
    """How many students have each status, from the status and the source of each row.

    ``here`` is present and late together, without those whom an excuse counts as present.
    """
    names = (*ATTENDED, "excused", "absent", "review", "refused", CLEARED, MISSING)
    tally = Counter(status for status, _ in rows)
    return {
        "enrolled": len(rows),
        "here": sum(s in ATTENDED and source != MarkSource.EXCUSE for s, source in rows),
        **{name: tally[name] for name in names},
    }


def on_register(session: Session) -> UserQuerySet:
    """Students who are enrolled now, were then, or of whom something was marked or cleared."""
    enrolments = Enrolment.objects.filter(course_id=session.course_id)
    marked = Attendance.objects.filter(session_id=session.pk)
    cleared = clearing(AttendanceMark.objects.filter(session_id=session.pk))
    ids = {e.student_id for e in enrolments if e.is_active or expected.was_on_course(e, session)}
    ids |= {*marked.values_list("student_id", flat=True)}
    ids |= {*cleared.values_list("student_id", flat=True)}
    return User.objects.filter(pk__in=list(ids))


def clearing(marks: QuerySet[AttendanceMark]) -> QuerySet[AttendanceMark]:
    """Those of the marks that clear and were not undone. Where there is an attendance all the same,
    a later mark by hand counts."""
    return marks.filter(status=MarkStatus.NO_MARK, undone_at=None)


def _cleared(
    session: Session, attendances: Mapping[UUID, Attendance]
) -> dict[UUID, AttendanceMark]:
    """The latest clearing mark of each student who has no attendance because of it."""
    marks = clearing(AttendanceMark.objects.filter(session_id=session.pk))
    rows = marks.select_related("student").order_by("at", "key")
    return {row.student_id: row for row in rows if row.student_id not in attendances}


def _cleared_row(person: User, mark: AttendanceMark) -> RegisterRow:
    return RegisterRow(**_names(person), status=CLEARED, source=mark.source, at=mark.at)


def to_record(session: Session) -> list[User]:
    """Students who were on the course when the session took place, or were marked, by name."""
    rows = Enrolment.objects.filter(course_id=session.course_id).select_related("student")
    people = {row.student_id: row.student for row in rows if expected.was_on_course(row, session)}
    people |= {pk: row.student for pk, row in _attendances(session).items()}
    return sorted(people.values(), key=lambda p: (folded(p.full_name), p.institution_number))


def _attendances(session: Session) -> dict[UUID, Attendance]:
    rows = Attendance.objects.filter(session_id=session.pk).select_related("student")
    return {row.student_id: row for row in rows.order_by()}


def _people(
    session: Session, attendances: Mapping[UUID, Attendance], extras: Mapping[UUID, RegisterExtra]
) -> dict[UUID, User]:
    enrolments = Enrolment.objects.filter(course_id=session.course_id, is_active=True)
    people = {
        row.student_id: row.student
        for row in enrolments.select_related("student")
        if _belongs(row, session) or row.student_id in extras
    }
    return {i: row.student for i, row in attendances.items()} | people


def _belongs(enrolment: Enrolment, session: Session) -> bool:
    """Whether the student may still come to the session, or could have come to it."""
    may_still_come = session.state in (SessionState.PLANNED, SessionState.OPEN)
    return may_still_come or expected.was_on_course(enrolment, session)


def undos_of(session: Session, *, since: datetime) -> dict[UUID, Undo]:
    """What was done by hand after ``since`` and can be undone, the latest for each student."""
    rows = AttendanceMark.objects.filter(
        session_id=session.pk, source=MarkSource.MANUAL, at__gt=since, undone_at=None
    )
    found: dict[UUID, Undo] = {
        row.student_id: {"url": reverse("mark-undo", args=[row.pk]), "by": row.by_id, "at": row.at}
        for row in rows.order_by("at", "pk")
    }
    for fill in hooks.undoable:
        found |= fill(session, since)
    return found


def _extras(session: Session) -> dict[UUID, RegisterExtra]:
    return {i: extra for fill in hooks.register_extras for i, extra in fill(session).items()}


def _row(
    session: Session,
    person: User,
    row: Attendance | None,
    extra: RegisterExtra | None,
    excused: bool,
) -> RegisterRow:
    names = _names(person)
    unseen = row is None or row.source in (MarkSource.CLOSING, MarkSource.EXCUSE)
    if extra and unseen:
        return RegisterRow(
            **names,
            status=extra["outcome"],
            at=extra.get("at"),
            reasons=tuple(extra["reasons"]),
            signs=tuple(extra.get("signs", ())),
            decision_id=extra.get("decision_id"),
        )
    if excused and unseen:
        is_noted = row is not None and row.source == MarkSource.EXCUSE and not session.is_open
        status = row.status if row and is_noted else "excused"
        return RegisterRow(**names, status=status, source=MarkSource.EXCUSE)
    # In a session that was opened again, a student who was noted as absent may still come.
    if row is None or (unseen and session.is_open):
        return RegisterRow(**names, status=MISSING)
    return RegisterRow(
        **names,
        status=row.status,
        source=row.source,
        evidence=tuple(row.evidence),
        at=row.marked_at,
    )


def _names(person: User) -> dict[str, Any]:
    return {"student_id": person.pk, "name": person.full_name, "number": person.institution_number}


def _as_json(row: RegisterRow, zone: ZoneInfo) -> dict[str, Any]:
    return asdict(row) | {
        "student_id": str(row.student_id),
        "evidence": list(row.evidence),
        "reasons": list(row.reasons),
        "signs": list(row.signs),
        "at": row.at.isoformat() if row.at else None,
        "time": row.at.astimezone(zone).strftime("%H:%M") if row.at else "",
    }
