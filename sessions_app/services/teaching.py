"""Courses, their enrolments, and their sessions."""

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from accounts.models import Role, User, normalise_number
from accounts.services import require_confirmed, require_own_names, vouch_for_names
from attendance_project import spellings
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from sessions_app import hooks
from sessions_app.models import (
    COUNTING_FIELDS,
    POLICY_FIELDS,
    Attendance,
    Course,
    Enrolment,
    Session,
    SessionState,
)

LONGEST = timedelta(hours=24)
YEARS = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
"""A date outside of these is a slip, and near the calendar's ends time zones overflow."""
_SPARE_TRIES = 2
"""Tries after the first. A random code is taken by chance once in 2**32 for each other session."""

CHANGEABLE = {
    SessionState.PLANNED: frozenset(
        {*POLICY_FIELDS, *COUNTING_FIELDS, "starts_at", "ends_at", "time_zone", "room"}
    ),
    SessionState.OPEN: frozenset({*COUNTING_FIELDS, "ends_at", "room"}),
    SessionState.CLOSED: frozenset({*COUNTING_FIELDS, "room"}),
    SessionState.CANCELLED: frozenset(),
    SessionState.ANNULLED: frozenset(),
}
"""What can be changed in each state. The policy is frozen once a check-in may have been judged. How
a session counts can be set later too, since it judges nobody and a slip must be mended."""

M = TypeVar("M", bound=models.Model)


def add(row: M) -> M:
    """Store a new row. Raises already_exists where its unique fields are taken."""
    try:
        with one_write():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refusal(
            "already_exists",
            _("This already exists. Use it, or choose another code or name."),
            Kind.CONFLICT,
        ) from None
    return row


def create_session(
    course: Course, *, starts_at: datetime, ends_at: datetime, **fields: Any
) -> Session:
    """Plan a session. Zone and policy are the course's unless given. Raises invalid_input."""
    times = {"starts_at": starts_at, "ends_at": ends_at}
    for _try in range(_SPARE_TRIES):
        with contextlib.suppress(Refusal):
            return add(new_session(course, **times, **fields))
    return add(new_session(course, **times, **fields))


def new_session(
    course: Course, *, starts_at: datetime, ends_at: datetime, **fields: Any
) -> Session:
    """A session as create_session plans it, but not stored yet. Raises invalid_input."""
    check_times(starts_at, ends_at)
    fields = _spelt(fields)
    for name in ("time_zone", *POLICY_FIELDS):
        fields.setdefault(name, getattr(course, name))
    return repeat_course(Session(course=course, starts_at=starts_at, ends_at=ends_at, **fields))


def repeat_course(session: Session) -> Session:
    """Copy what a session repeats of its course, for lists and reports."""
    course = session.course
    session.subject_id = course.subject_id
    session.class_group_id = course.class_group_id
    session.teacher_id = course.teacher_id
    return session


def change_session(session: Session, *, now: datetime | None = None, **changes: Any) -> Session:
    """Change what the session's state still allows. Raises session_frozen, invalid_input.

    ``now`` is given where a person changes this one session by hand. Another time or room is then
    noted in ``moved_at``, so that moving its series leaves it where the person put it.
    """
    frozen = changes.keys() - CHANGEABLE[SessionState(session.state)]
    if frozen:
        raise _frozen(
            _("The fields marked below can no longer be changed. Leave them as they are."),
            frozen,
        )
    check_times(
        changes.get("starts_at", session.starts_at), changes.get("ends_at", session.ends_at)
    )
    changes = _spelt(changes)
    still = Session.objects.filter(pk=session.pk, state=session.state)
    if now is not None and moves(session, changes):
        changes["moved_at"] = now
    if changes and not still.update(**changes):
        raise _frozen(
            _("Somebody else has just changed this session. Reload it and try again."),
            changes,
        )
    session.refresh_from_db()
    if changes.keys() & {"starts_at", "time_zone"}:
        move_attendance(session)
    return session


PLACE_AND_TIME = ("starts_at", "ends_at", "room")


def moves(session: Session, changes: dict[str, Any]) -> bool:
    """Whether the changes give the session another time or room."""
    return any(
        name in changes and changes[name] != getattr(session, name) for name in PLACE_AND_TIME
    )


def move_attendance(session: Session) -> None:
    """Move marks that were made ahead of time with the session to its new day.

    Where a crash comes before it, or a mark was made while the session moved, closing the session
    does it (`lifecycle.finish`): until then nothing counts them.
    """
    day = session.local_start.date().isoformat()
    rows = Attendance.objects.filter(session_id=session.pk)
    rows.exclude(local_date=day).update(local_date=day)


def enrol(
    course: Course, students: Iterable[User], *, now: datetime, same_names: bool = False
) -> list[Enrolment]:
    """Put students on a course. Those on it stay, and those who had left return.

    Raises email_not_confirmed, and name_like_classmate where a name that a student gave themself
    looks like another's on the course. Then nobody is enrolled. ``same_names`` says that the caller
    knows these people and answers for their names.
    """
    students = list(students)
    require_confirmed(students)
    if same_names:
        vouch_for_names(students, now=now)
    else:
        require_joinable(course, students)
    places = [_enrol(course, student, now) for student in students]
    for tell in hooks.on_enrolling:
        tell([place.student_id for place in places], now)
    return places


def require_joinable(course: Course, students: list[User]) -> None:
    """Raises name_like_classmate for students who come to the course."""
    places = Enrolment.objects.filter(course_id=course.pk, is_active=True)
    there = set(places.values_list("student_id", flat=True))
    newcomers = [student for student in students if student.pk not in there]
    require_own_names(newcomers, User.objects.filter(pk__in=list(there)))


def end_enrolment(course: Course, student_id: UUID, *, now: datetime) -> bool:
    """Take a student off a course. Their marks stay. Returns False if they were not on it."""
    rows = Enrolment.objects.filter(course_id=course.pk, student_id=student_id, is_active=True)
    return bool(rows.update(**withdrawal(now=now)))


def withdrawal(*, now: datetime) -> dict[str, Any]:
    """The fields of an enrolment that ends."""
    return {"is_active": False, "withdrawn_at": now}


def enrolment_again(enrolment: Enrolment, *, now: datetime) -> dict[str, Any]:
    """The fields of an enrolment that ended and begins again. The time before is kept.

    Where nobody noted when the student left, that time is not kept: it would say of sessions after
    they left that they should have been there.
    """
    spans = list(enrolment.earlier_spans or [])
    if enrolment.withdrawn_at is not None:
        over = (enrolment.enrolled_at, enrolment.withdrawn_at)
        spans.append([moment.astimezone(UTC).isoformat() for moment in over])
    return {
        "is_active": True,
        "enrolled_at": now,
        "withdrawn_at": None,
        "earlier_spans": spans or None,
    }


def find_students(ids: Iterable[UUID], numbers: Iterable[str]) -> list[User]:
    """The students with these ids and institution numbers. Raises invalid_input, which names those
    that are missing, and email_not_confirmed where a number is only claimed. Then nobody may be
    enrolled."""
    ids, numbers = set(ids), {normalise_number(number) for number in numbers}
    students = User.objects.filter(role=Role.STUDENT, is_active=True)
    by_id = list(students.filter(pk__in=list(ids)))
    by_number = list(students.filter(institution_number__in=list(numbers)))
    unknown = {
        "students": {str(i) for i in ids - {s.pk for s in by_id}},
        "institution_numbers": numbers - {s.institution_number for s in by_number},
    }
    fields = {
        name: [
            _("No such student: %(student)s. Correct it, or register them first.") % {"student": x}
            for x in sorted(missing)
        ]
        for name, missing in unknown.items()
        if missing
    }
    if fields:
        require_confirmed(students.filter(claimed_number__in=list(unknown["institution_numbers"])))
        raise Refusal(
            "invalid_input",
            _("Nobody was enrolled. Please correct the fields marked below."),
            Kind.INVALID,
            fields=fields,
        )
    return list({s.pk: s for s in [*by_id, *by_number]}.values())


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Check the times. Raises invalid_input for times that no session can have."""
    fields = {}
    if not all(YEARS[0] <= at < YEARS[1] for at in (starts_at, ends_at)):
        raise impossible_date()
    if ends_at <= starts_at:
        fields["ends_at"] = [_("Choose an end that is after the start.")]
    elif ends_at - starts_at > LONGEST:
        fields["ends_at"] = [_("A session lasts 24 hours at most. Choose an earlier end.")]
    if fields:
        raise Refusal(
            "invalid_input",
            _("Please correct the fields marked below."),
            Kind.INVALID,
            fields=fields,
        )


def impossible_date() -> Refusal:
    return Refusal(
        "invalid_input",
        _("Please correct the fields marked below."),
        Kind.INVALID,
        fields={"starts_at": [_("Choose a date between 2000 and 2100.")]},
    )


def _enrol(course: Course, student: User, now: datetime) -> Enrolment:
    rows = Enrolment.objects.filter(course_id=course.pk, student_id=student.pk)
    if not rows.exists():
        try:
            return add(Enrolment(course=course, student=student, enrolled_at=now))
        except Refusal:  # somebody else has just done it
            pass
    row = rows.get()
    if not row.is_active:
        as_read = {"is_active": False, "enrolled_at": row.enrolled_at}
        rows.filter(**as_read).update(**enrolment_again(row, now=now))
        row.refresh_from_db()
    return row


def _spelt(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with the offering in one spelling, so that texts that look alike are the same."""
    if "offering" not in fields:
        return fields
    return fields | {"offering": spellings.visible(fields["offering"])}


def _frozen(sentence: str, names: Iterable[str]) -> Refusal:
    return Refusal(
        "session_frozen",
        sentence,
        Kind.CONFLICT,
        fields={
            name: [_("This can no longer be changed. Leave it as it is.")] for name in sorted(names)
        },
    )
