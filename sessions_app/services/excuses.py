"""Excuses students from a course's sessions, or from all, in advance or afterwards."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.refusals import Kind, Refusal
from sessions_app import queries
from sessions_app.domain.excuses import DAY_BEGINS, DAY_ENDS, ExcuseSpan, is_time
from sessions_app.models import (
    Attendance,
    Course,
    Enrolment,
    Excuse,
    ExcuseKind,
    MarkSource,
    Session,
    SessionState,
)
from sessions_app.services import marks

LONGEST_DAYS = 366
_NOTED_IN = (SessionState.OPEN, SessionState.CLOSED, SessionState.ANNULLED)
_NOTED_ON_CLOSING = (MarkSource.CLOSING, MarkSource.EXCUSE)


def give_excuse(
    course: Course | None,
    student: User,
    *,
    from_date: date,
    until_date: date,
    from_time: str = DAY_BEGINS,
    until_time: str = DAY_ENDS,
    kind: ExcuseKind | None = None,
    note: str,
    by: User,
    now: datetime,
) -> Excuse:
    """Excuse the student for this time from a course or, without one, from all of their courses.

    Both days are included, from ``from_time`` on the first until ``until_time`` on the last, each
    ``HH:MM``. `domain.excuses` has the rule which sessions are covered. Past absences change at
    once. The same excuse again adds nothing while it stands. Raises invalid_input, and
    all_courses_not_allowed where anybody but an admin excuses from all courses.
    """
    if course is None and not by.is_admin:
        raise Refusal(
            "all_courses_not_allowed",
            _("Only an admin may excuse from all courses. Choose one of your courses."),
            Kind.NOT_ALLOWED,
            fields={"course": [_("Choose one of your courses.")]},
        )
    span = ExcuseSpan(from_date.isoformat(), from_time, until_date.isoformat(), until_time)
    _check(span, until_date - from_date, kind, note)
    values = {"course": course, "student": student, "kind": kind, "note": note.strip()} | asdict(
        span
    )
    standing = Excuse.objects.filter(**values, revoked_at=None).first()
    excuse = standing or Excuse.objects.create(**values, by=by, at=now)
    for session in sessions_over(excuse):
        marks.record_absence(session, student, now=now, excuse=excuse)
    return excuse


def excuse_from_own_courses(
    student: User, *, by: User, now: datetime, **about: Any
) -> list[Excuse]:
    """Excuse the student from all courses that ``by`` runs and the student is on: for an admin from
    all courses at once, for a teacher one excuse for each. ``about`` is as `give_excuse` takes it.

    Raises what give_excuse raises.
    """
    if by.is_admin:
        return [give_excuse(None, student, by=by, now=now, **about)]
    places = Enrolment.objects.filter(student_id=student.pk, is_active=True)
    ids = list(places.order_by().values_list("course_id", flat=True))
    courses = Course.objects.run_by(by).filter(pk__in=ids).order_by("pk")
    return [give_excuse(course, student, by=by, now=now, **about) for course in courses]


def follow(student: User, course: Course, *, to: Course, now: datetime) -> list[Excuse]:
    """Let the student's excuses for one course that last beyond now count in another course too,
    from today on. Returns the new ones. Repeating is harmless.

    Whoever gave an excuse stands for it in the other course as well. Sessions that are past keep
    what was noted in them.
    """
    standing = Excuse.objects.filter(student_id=student.pk, revoked_at=None).order_by("at", "pk")
    own = list(standing.filter(course_id=course.pk).select_related("kind", "by"))
    there = list(standing.filter(course_id=to.pk))
    rows = to_carry(own, there, to=to, now=now)
    for row in rows:
        row.save(force_insert=True)
    return rows


def to_carry(
    excuses: Iterable[Excuse], there: Iterable[Excuse], *, to: Course, now: datetime
) -> list[Excuse]:
    """New rows, not stored yet, by which those of the excuses that last beyond now count in another
    course too. ``there`` are the student's excuses for that course: what they say is not doubled.
    """
    local = now.astimezone(to.zone)
    today, clock = local.date().isoformat(), f"{local:%H:%M}"
    lasting = [one for one in excuses if (one.until_date, one.until_time) > (today, clock)]
    rows = {_said(row): row for row in (_for_course(one, to, today, now) for one in lasting)}
    known = {_said(one) for one in there}
    return [row for said, row in rows.items() if said not in known]


def _said(excuse: Excuse) -> tuple[object, ...]:
    return excuse.span, excuse.kind_id, excuse.note


def _for_course(excuse: Excuse, course: Course, today: str, now: datetime) -> Excuse:
    """The excuse for another course, from ``today`` on if it began before."""
    span = excuse.span
    if span.from_date < today:
        span = replace(span, from_date=today, from_time=DAY_BEGINS)
    about = {"course": course, "student_id": excuse.student_id, "kind": excuse.kind}
    return Excuse(**about, **asdict(span), note=excuse.note, by=excuse.by, at=now)


def revoke_excuse(excuse: Excuse, *, by: User, now: datetime) -> Excuse:
    """Take the excuse back: absent students are absent again. Repeating is harmless."""
    Excuse.objects.filter(pk=excuse.pk, revoked_at=None).update(revoked_at=now, revoked_by=by)
    given = marks.of_excuse(excuse)
    given.filter(undone_at=None).update(undone_at=now, undone_by=by)
    over = {session.pk: session for session in sessions_over(excuse)}
    for session in over.values():
        other = queries.excuses_covering(session).get(excuse.student_id)
        marks.record_absence(session, excuse.student, now=now, excuse=other)
    # In others the student was seen, or somebody marked them by hand.
    for mark in given.select_related("session").exclude(session_id__in=list(over)):
        marks.update_attendance(mark.session, excuse.student)
    excuse.refresh_from_db()
    return excuse


def sessions_over(excuse: Excuse) -> list[Session]:
    """Sessions that the excuse covers, in which the student was noted as absent or excused, or
    would be if nothing else were known.

    These are closed ones, those that were opened again, and annulled ones, which may be restored.
    """
    near = queries.sessions_between(_course_ids(excuse), *queries.days_near(excuse.span))
    covered = {
        session.pk: session
        for session in near
        if session.state in _NOTED_IN and queries.is_covered(session, excuse)
    }
    noted = Attendance.objects.filter(session_id__in=list(covered), student_id=excuse.student_id)
    return [
        covered[session_id]
        for session_id, source in noted.values_list("session_id", "source")
        if source in _NOTED_ON_CLOSING or _could_be_noted(covered[session_id], excuse.student_id)
    ]


def _could_be_noted(session: Session, student_id: UUID) -> bool:
    is_annulled = session.state == SessionState.ANNULLED
    state = session.state_before_annulled if is_annulled else session.state
    return state == SessionState.CLOSED and queries.is_expected(session, student_id)


def _course_ids(excuse: Excuse) -> list[UUID]:
    """Ids of the courses that the excuse is for: also those that the student has left."""
    if excuse.course_id is not None:
        return [excuse.course_id]
    places = Enrolment.objects.filter(student_id=excuse.student_id)
    return list(places.order_by().values_list("course_id", flat=True))


def _check(span: ExcuseSpan, length: timedelta, kind: ExcuseKind | None, note: str) -> None:
    fields = _faults_of(span, length)
    if kind is not None and not kind.is_active:
        fields["kind"] = [_("This kind of excuse is switched off. Choose another.")]
    if not note.strip():
        fields["note"] = [_("Give a reason in a few words.")]
    if fields:
        raise Refusal(
            "invalid_input",
            _("Please correct the fields marked below."),
            Kind.INVALID,
            fields=fields,
        )


def _faults_of(span: ExcuseSpan, length: timedelta) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    if not is_time(span.from_time) or span.from_time == DAY_ENDS:
        fields["from_time"] = [_("Give a time from 00:00 to 23:59.")]
    if not is_time(span.until_time):
        fields["until_time"] = [_("Give a time from 00:01 to 24:00.")]
    if span.until_date < span.from_date:
        fields["until_date"] = [_("Choose a last day that is not before the first.")]
    elif length.days > LONGEST_DAYS:
        fields["until_date"] = [_("An excuse lasts a year at most. Choose an earlier last day.")]
    elif not fields and span.is_empty:
        fields["until_time"] = [_("Choose a time that is after the start.")]
    return fields
