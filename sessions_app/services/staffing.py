"""Says who teaches a course, and who takes one of its sessions.

Access follows from these rows alone (``taught_by``, ``managed_by``), so whoever is taken off loses
it at once. The sessions' stamps change, so that open pages ask again and find out.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, User, normalise_email, normalise_number
from attendance_project import spellings
from attendance_project.inserting import one_write
from attendance_project.refusals import Kind, Refusal
from sessions_app.models import (
    Course,
    CourseStaff,
    Session,
    SessionState,
    StaffEvent,
    StaffEventKind,
    StaffRole,
)
from sessions_app.queries.overlaps import Overlap, busy_elsewhere
from sessions_app.services import plan_notes

AHEAD = (SessionState.PLANNED, SessionState.OPEN)
"""The states of the sessions that a new teacher takes over. The others stay as they were."""


def change_teacher(
    course: Course,
    *,
    to: User,
    sessions_follow: bool = True,
    may_wait: bool = False,
    by: User | None,
    now: datetime,
) -> Course:
    """Make somebody else the course's main teacher.

    The planned and open sessions follow. Otherwise the former teacher takes them still, as their
    substitute, and loses everything else. Repeating is harmless, and finishes what a crash left.

    Where ``to`` waits for approval, nobody could work with the course. It is refused, or with
    ``may_wait`` the former teacher goes on teaching the course too. Raises invalid_input,
    not_approved, teacher_changed, already_exists.
    """
    check_teaches(to, "teacher", may_wait=may_wait)
    ahead = Session.objects.filter(course_id=course.pk, state__in=AHEAD)
    if course.teacher_id != to.pk:
        if not to.is_approved:
            _teach_on(course, by=by, now=now)
        if sessions_follow:
            _hand_over(course, to)
        else:
            _hand_over_later(course, to, ahead)
        former = {"former_id": course.teacher_id}
        note_event(course, StaffEventKind.MAIN, to.pk, by=by, now=now, **former)
    if sessions_follow:
        ahead.update(teacher_id=to.pk)
    # Who teaches the course needs not stand in for its teacher.
    ahead.filter(substitute_id=to.pk).update(substitute_id=None)
    CourseStaff.objects.filter(course_id=course.pk, person_id=to.pk).delete()
    tell_watchers(course.pk)
    course.refresh_from_db()
    return course


def add_staff(
    course: Course,
    *,
    person: User,
    role: str = StaffRole.TEACHER,
    may_wait: bool = False,
    by: User | None,
    now: datetime,
) -> CourseStaff:
    """Let a person teach the course too, or assist there. Again with another role, it changes the
    role. With ``may_wait`` the person's account may wait for approval still. Raises invalid_input,
    not_approved, is_main_teacher."""
    check_teaches(person, "person", may_wait=may_wait)
    if course.teacher_id == person.pk:
        raise Refusal(
            "is_main_teacher",
            _("This person is the course's main teacher already."),
            Kind.CONFLICT,
            fields={"person": [_("This person is the course's main teacher already.")]},
        )
    rows = CourseStaff.objects.filter(course_id=course.pk, person_id=person.pk)
    if rows.exclude(role=role).update(role=role):
        note_event(course, StaffEventKind.ROLE, person.pk, by=by, now=now, role=role)
    elif not rows.exists():
        add_row(CourseStaff(course=course, person=person, role=role, added_at=now, added_by=by))
        rows.update(role=role)  # where somebody else has just added the person
        note_event(course, StaffEventKind.ADDED, person.pk, by=by, now=now, role=role)
    tell_watchers(course.pk)
    return rows.get()


def remove_staff(course: Course, *, person_id: UUID, by: User | None, now: datetime) -> bool:
    """Take a person off the course's staff. Returns False if they were not on it."""
    deleted, _each = CourseStaff.objects.filter(course_id=course.pk, person_id=person_id).delete()
    if deleted:
        note_event(course, StaffEventKind.REMOVED, person_id, by=by, now=now)
    tell_watchers(course.pk)
    return bool(deleted)


def name_substitute(
    session: Session,
    *,
    person: User | None,
    allow_overlaps: bool = False,
    by: User | None,
    now: datetime,
) -> Session:
    """Let a person take this session in the teacher's place. None names nobody.

    Raises invalid_input, not_approved, session_cancelled, sessions_overlap.
    """
    if session.state == SessionState.CANCELLED:
        raise Refusal(
            "session_cancelled",
            _("This session was cancelled. Restore it before you name a substitute."),
            Kind.CONFLICT,
        )
    if person is not None:
        check_teaches(person, "substitute")
        if not allow_overlaps:
            plan_notes.refuse_busy(overlaps_of_substitute(session, person), field="substitute")
    Session.objects.filter(pk=session.pk).update(
        substitute_id=person.pk if person else None, change_stamp=uuid4()
    )
    session.refresh_from_db()
    return session


def overlaps_of_substitute(session: Session, person: User) -> list[Overlap]:
    """Which sessions the person teaches while this one takes place. None where it is over, and
    where they are its substitute already."""
    if session.state not in AHEAD or session.substitute_id == person.pk:
        return []
    return busy_elsewhere(person.pk, [session])


def overlaps_of_staff(course: Course, person: User) -> list[Overlap]:
    """Which sessions the person teaches elsewhere while planned ones of this course take place,
    other than those that a substitute takes."""
    planned = Session.objects.filter(course_id=course.pk, state=SessionState.PLANNED)
    return busy_elsewhere(person.pk, planned.filter(substitute=None).select_related("course"))


def find_teacher(known: str | UUID, field: str) -> User:
    """The teacher with this id, staff number, e-mail address, or name that only one of them has.
    Raises invalid_input."""
    if isinstance(known, UUID):
        known_by = Q(pk=known)
    else:
        known_by = Q(email=normalise_email(known)) | Q(institution_number=normalise_number(known))
    teachers = User.objects.filter(role=Role.TEACHER, is_active=True)
    person = teachers.filter(known_by).first()
    if person is None and isinstance(known, str):
        person = _teacher_called(known, teachers, field)
    if person is None:
        raise _no_teacher(field)
    return person


def _teacher_called(name: str, teachers: QuerySet[User], field: str) -> User | None:
    """The teacher with this name. No database compares names as we do, so all names are read."""
    names = teachers.order_by().values_list("pk", "full_name")
    wanted = spellings.code_key(name)
    ids = [pk for pk, full_name in names if spellings.code_key(full_name) == wanted]
    if len(ids) > 1:
        sentence = _("Several teachers have this name. Give the staff number or e-mail address.")
        raise Refusal("invalid_input", sentence, Kind.INVALID, fields={field: [sentence]})
    return teachers.filter(pk__in=ids).first()


def check_teaches(person: User, field: str, *, may_wait: bool = False) -> None:
    """Raises invalid_input where the person has no teacher's account that is switched on, and
    not_approved where it waits for approval, unless it ``may_wait``."""
    if person.role != Role.TEACHER or not person.is_active:
        raise _no_teacher(field)
    if not person.is_approved and not may_wait:
        sentence = _("This account waits for approval. Ask an admin to approve it first.")
        raise Refusal("not_approved", sentence, Kind.CONFLICT, fields={field: [sentence]})


def tell_watchers(course_id: UUID) -> None:
    """Let each open page of the course's sessions look again whether it may still be open."""
    Session.objects.filter(course_id=course_id).update(change_stamp=uuid4())


def _teach_on(course: Course, *, by: User | None, now: datetime) -> None:
    """Let the main teacher teach the course too when somebody else becomes its main teacher."""
    row = CourseStaff(course=course, person_id=course.teacher_id, added_at=now, added_by=by)
    add_row(row)
    role = StaffRole.TEACHER
    note_event(course, StaffEventKind.ADDED, row.person_id, by=by, now=now, role=role)


def _hand_over_later(course: Course, to: User, ahead: QuerySet[Session]) -> None:
    """Hand the course over, and let its teacher be the substitute in the sessions ahead.

    They are named first, so that a crash loses nobody their sessions. A main teacher who stays one
    needs not be named.
    """
    former_id = course.teacher_id
    ahead.filter(substitute_id=None).update(substitute_id=former_id)
    try:
        _hand_over(course, to)
    except Refusal:
        ahead.filter(substitute_id=former_id).update(substitute_id=None)
        raise


def note_event(course: Course, kind: str, person_id: UUID, *, now: datetime, **about: Any) -> None:
    """Keep what was done to the course's staff. ``about`` is who did it (``by``), and the role, or
    who was the main teacher before."""
    StaffEvent.objects.create(course=course, kind=kind, person_id=person_id, at=now, **about)


def _hand_over(course: Course, to: User) -> None:
    rows = Course.objects.filter(pk=course.pk, teacher_id=course.teacher_id)
    try:
        with one_write():
            changed = rows.update(teacher_id=to.pk)
    except IntegrityError:
        raise Refusal(
            "already_exists",
            _("This person teaches the same subject to the same class in another course already."),
            Kind.CONFLICT,
        ) from None
    if not changed and not Course.objects.filter(pk=course.pk, teacher_id=to.pk).exists():
        raise Refusal(
            "teacher_changed",
            _("Somebody else has just changed the course's teacher. Reload it and try again."),
            Kind.CONFLICT,
        )


def add_row(row: CourseStaff) -> None:
    """Store a place on a course's staff, unless the person has just got one."""
    try:
        with one_write():
            row.save(force_insert=True)
    except IntegrityError:  # somebody else has just added the person
        return


def _no_teacher(field: str) -> Refusal:
    sentence = _(
        "There is no teacher with this number, address or name. Correct it, or register them."
    )
    return Refusal("invalid_input", sentence, Kind.INVALID, fields={field: [sentence]})
