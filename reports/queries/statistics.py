"""Attendance of one person, today and in all. Percentages are defined in `reports.domain.rates`.

Every query filters one collection by ids; what belongs together is put together here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count

from accounts.models import Role, User
from reports.domain import rates
from sessions_app.models import Attendance, Course, Enrolment, Session
from verification.queries import unmarked_check_ins

# A local day that contains a moment starts and ends at most 25 h away from it (the day on
# which clocks go back).
LONGEST_DAY = timedelta(hours=25)


def subject_of(user_id: UUID, *, viewer: User) -> User | None:
    """The student or teacher whose statistics the viewer may read; None for everyone else.

    People read their own, teachers those of students who are or were on their courses,
    admins everybody's.
    """
    person = User.objects.filter(pk=user_id, role__in=[Role.STUDENT, Role.TEACHER]).first()
    if person is None or viewer.pk == person.pk or viewer.role == Role.ADMIN:
        return person
    if viewer.role == Role.TEACHER and person.role == Role.STUDENT:
        taught = Enrolment.objects.filter(
            student_id=person.pk, course_id__in=_ids_of_courses_visible_to(viewer)
        )
        return person if taught.exists() else None
    return None


def _ids_of_courses_visible_to(viewer: User) -> list[UUID]:
    return list(Course.objects.visible_to(viewer).order_by("pk").values_list("pk", flat=True))


def _course_ids_taught_by(teacher: User) -> list[UUID]:
    return list(
        Course.objects.filter(teacher_id=teacher.pk).order_by("pk").values_list("pk", flat=True)
    )


def courses_by_id(ids: Iterable[UUID]) -> dict[UUID, Course]:
    courses = Course.objects.filter(pk__in=list(ids)).select_related("subject", "class_group")
    return {course.pk: course for course in courses.order_by("pk")}


def local_day(moment: datetime, time_zone: str) -> str:
    """The calendar day of a moment in a zone, ``YYYY-MM-DD`` as on `Attendance.local_date`."""
    return moment.astimezone(ZoneInfo(time_zone)).date().isoformat()


def sessions_today(*, now: datetime, **filters: Any) -> list[Session]:
    """Sessions whose day, in their own time zone, is the day that it is there now."""
    near = Session.objects.filter(
        starts_at__gte=now - LONGEST_DAY, starts_at__lte=now + LONGEST_DAY, **filters
    ).order_by("starts_at", "pk")
    near = near.select_related("teacher")
    return [s for s in near if local_day(s.starts_at, s.time_zone) == local_day(now, s.time_zone)]


# --- a student ------------------------------------------------------------------------


@dataclass(frozen=True)
class Register:
    """A student's sessions, oldest first, with the recorded status of each."""

    sessions: list[Session]
    statuses: dict[UUID, str]
    courses: dict[UUID, Course]

    def meetings(self, course_id: UUID | None = None) -> list[rates.Meeting]:
        return [
            rates.Meeting(state=s.state, status=self.statuses.get(s.pk))
            for s in self.sessions
            if course_id in (None, s.course_id)
        ]


def _student_course_ids(student: User, viewer: User) -> set[UUID]:
    """Courses that the student is or was on, as far as the viewer may see them."""
    rows = Enrolment.objects.filter(student_id=student.pk)
    if viewer.role == Role.TEACHER:
        rows = rows.filter(course_id__in=_ids_of_courses_visible_to(viewer))
    return set(rows.values_list("course_id", flat=True))


def _active_course_ids(student: User, course_ids: set[UUID]) -> set[UUID]:
    rows = Enrolment.objects.filter(student_id=student.pk, is_active=True)
    return course_ids & set(rows.values_list("course_id", flat=True))


def register_of(student: User, *, viewer: User) -> Register:
    """What is recorded of the student, and what lies ahead on courses they are still on."""
    course_ids = _student_course_ids(student, viewer)
    active = _active_course_ids(student, course_ids)
    recorded = Attendance.objects.filter(student_id=student.pk, course_id__in=list(course_ids))
    statuses = dict(recorded.order_by("pk").values_list("session_id", "status"))
    sessions = Session.objects.filter(course_id__in=list(course_ids)).order_by("starts_at", "pk")
    return Register(
        sessions=[s for s in sessions if s.pk in statuses or s.course_id in active],
        statuses=statuses,
        courses=courses_by_id(course_ids),
    )


def student_overall(student: User, *, viewer: User) -> dict[str, Any]:
    """Per course and in total: counts, rate, streak of absences, what may still be missed."""
    register = register_of(student, viewer=viewer)
    return {
        "user_id": student.pk,
        "role": student.role,
        "required_percent": settings.ATTENDANCE_REQUIRED_PERCENT,
        "courses": [
            course_names(course) | _standing(register.meetings(course.pk))
            for course in sorted(register.courses.values(), key=_by_code)
        ],
        "total": counts(rates.tally(register.meetings()))
        | {"absence_streak": rates.absence_streak(register.meetings())},
    }


def _standing(meetings: list[rates.Meeting]) -> dict[str, Any]:
    done = rates.tally(meetings)
    ahead = rates.allowance(
        done,
        sessions_ahead=sum(meeting.is_ahead for meeting in meetings),
        required_percent=settings.ATTENDANCE_REQUIRED_PERCENT,
    )
    return counts(done) | {
        "absence_streak": rates.absence_streak(meetings),
        "sessions_ahead": ahead.sessions_ahead,
        "may_still_miss": ahead.may_still_miss,
        "can_be_met": ahead.can_be_met,
    }


def student_sessions(
    student: User, *, viewer: User, course_id: UUID | None = None
) -> list[dict[str, Any]]:
    """The student's sessions, latest first, each with what is recorded of it and by which way."""
    register = register_of(student, viewer=viewer)
    recorded = Attendance.objects.filter(student_id=student.pk).order_by("pk")
    ways = {pk: way for pk, *way in recorded.values_list("session_id", "source", "evidence")}
    return [
        session_row(s, register.courses[s.course_id])
        | {
            "status": register.statuses.get(s.pk),
            "counts": rates.Meeting(s.state, register.statuses.get(s.pk)).counts,
            "source": ways[s.pk][0] if s.pk in ways else None,
            "evidence": ways[s.pk][1] if s.pk in ways else [],
        }
        for s in reversed(register.sessions)
        if course_id in (None, s.course_id)
    ]


def student_today(student: User, *, viewer: User, now: datetime) -> dict[str, Any]:
    """Today's sessions of the student's courses, each with what is recorded so far."""
    course_ids = _active_course_ids(student, _student_course_ids(student, viewer))
    sessions = sessions_today(now=now, course_id__in=list(course_ids))
    recorded = Attendance.objects.filter(
        student_id=student.pk, session_id__in=[s.pk for s in sessions]
    )
    statuses = dict(recorded.order_by("pk").values_list("session_id", "status"))
    courses = courses_by_id(course_ids)
    unmarked = unmarked_check_ins(student, [s.pk for s in sessions if s.pk not in statuses])
    meetings = [rates.Meeting(s.state, statuses.get(s.pk)) for s in sessions]
    return {
        "user_id": student.pk,
        "role": student.role,
        "sessions": [
            session_row(s, courses[s.course_id])
            | {
                "status": statuses.get(s.pk),
                "check_in": unmarked.get(s.pk),
                "teacher_name": s.teacher.full_name,
            }
            for s in sessions
        ],
        "total": counts(rates.tally(meetings)),
    }


# --- a teacher ------------------------------------------------------------------------


def teacher_overall(teacher: User) -> dict[str, Any]:
    """Per course taught and in total: how many sessions, and the rate over all students."""
    courses = courses_by_id(_course_ids_taught_by(teacher))
    sessions = list(Session.objects.filter(course_id__in=list(courses)).order_by("pk"))
    by_session = tallies_by_session(sessions)
    rows = [
        course_names(course) | _taught([s for s in sessions if s.course_id == pk], by_session)
        for pk, course in sorted(courses.items(), key=lambda item: _by_code(item[1]))
    ]
    return {
        "user_id": teacher.pk,
        "role": teacher.role,
        "courses": rows,
        "total": _taught(sessions, by_session),
    }


def _taught(sessions: list[Session], by_session: dict[UUID, rates.Tally]) -> dict[str, Any]:
    total = sum((by_session[s.pk] for s in sessions), rates.Tally())
    return counts(total) | {
        "sessions": len(sessions),
        "sessions_closed": sum(s.state == rates.CLOSED for s in sessions),
    }


def teacher_today(teacher: User, *, now: datetime) -> dict[str, Any]:
    """Today's sessions that the teacher takes, each with the counts of its register."""
    sessions = sessions_today(now=now, course_id__in=_course_ids_taught_by(teacher))
    courses = courses_by_id({s.course_id for s in sessions})
    by_session = tallies_by_session(sessions)
    return {
        "user_id": teacher.pk,
        "role": teacher.role,
        "sessions": [
            session_row(s, courses[s.course_id]) | counts(by_session[s.pk]) for s in sessions
        ],
        "total": counts(sum(by_session.values(), rates.Tally())),
    }


def tallies_by_session(sessions: list[Session]) -> dict[UUID, rates.Tally]:
    """A tally for every session given, from one query."""
    states = {s.pk: s.state for s in sessions}
    marks: dict[UUID, list[rates.Meeting]] = {pk: [] for pk in states}
    rows = Attendance.objects.filter(session_id__in=list(states)).order_by("session_id", "status")
    grouped = rows.values_list("session_id", "status").annotate(n=Count("pk"))
    for session_id, status, n in grouped:
        marks[session_id] += [rates.Meeting(states[session_id], status)] * n
    return {pk: rates.tally(meetings) for pk, meetings in marks.items()}


# --- rows -----------------------------------------------------------------------------


def counts(tally: rates.Tally) -> dict[str, Any]:
    return {
        **{status: getattr(tally, status) for status in rates.STATUSES},
        "attended": tally.attended,
        "counted": tally.counted,
        "rate_percent": tally.rate_percent,
    }


def course_names(course: Course) -> dict[str, Any]:
    return {
        "course_id": course.pk,
        "subject": course.subject.name,
        "class_group": course.class_group.code,
    }


def session_row(session: Session, course: Course) -> dict[str, Any]:
    return course_names(course) | {
        "session_id": session.pk,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "time_zone": session.time_zone,
        "local_date": local_day(session.starts_at, session.time_zone),
        "room": session.room,
        "state": session.state,
    }


def _by_code(course: Course) -> tuple[str, str, str]:
    return course.subject.code, course.class_group.code, str(course.pk)
