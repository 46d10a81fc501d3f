"""Many of everything that the world has one of, so that every list of the site is a long one."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from accounts.models import (
    AccountMerge,
    ConsentEvent,
    Device,
    ErasureRequest,
    NameRequest,
    Role,
    User,
)
from attendance_project import clock
from attendance_project.tests.many_rows import Crowd, called, numbered
from attendance_project.tests.world import World
from reports.models import ErrorEvent
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    BeaconToken,
    CalendarSubscription,
    ClassGroup,
    ClosedDay,
    CodeShowing,
    Course,
    CourseStaff,
    Enrolment,
    Excuse,
    ExcuseKind,
    Guest,
    ImportRecord,
    Session,
    SessionEvent,
    StaffEvent,
    Subject,
)
from sessions_app.services import marks
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    FaceTemplate,
    LookAlike,
    Warning,
)


def gather(world: World, many: int) -> None:
    """Add ``many`` rows of each kind that a page lists, around the world's own rows."""
    session = Session.objects.get(pk=world.ids["session_id"])
    student = User.objects.get(pk=world.ids["student_id"])
    crowd = Crowd(world, many, session, student, _people(many), clock.now())
    crowd.rows(
        Enrolment,
        course=session.course,
        student=crowd.people.__getitem__,
        enrolled_at=crowd.now - timedelta(days=300),
    )
    lessons = _lessons(session, many)
    _attend(lessons, [student, *crowd.people])
    _around_the_session(crowd)
    _around_the_course(crowd)
    _courses(crowd)
    _check_ins(crowd, lessons)
    _faces(crowd)
    _of_the_student(crowd)
    _of_the_people(crowd)
    _of_the_school(crowd)


def forgotten_session(world: World) -> Session:
    """A session of the world's course that is over and was never opened."""
    lesson = _lesson(Session.objects.get(pk=world.ids["session_id"]), -0.4, "planned")
    lesson.save()
    return lesson


def _people(many: int) -> list[User]:
    """Students without a password, who wait for an invitation, with long names. Others have used
    one."""
    name, now = called("Crowd"), clock.now()
    User.objects.bulk_create(
        User(
            email=f"invited{n}@school.test",
            full_name=f"Invited {name(n)}",
            institution_number=f"I{n:03}",
            password="!",
            is_approved=True,
            invited_at=now - timedelta(days=n + 1),
            invitation_used_at=now - timedelta(days=n),
        )
        for n in range(many)
    )
    return User.objects.bulk_create(
        User(
            email=f"crowd{n}@school.test",
            full_name=name(n),
            institution_number=f"C{n:03}",
            role=Role.STUDENT,
            department=f"Department {n}",
            is_approved=True,
        )
        for n in range(many)
    )


def _lessons(session: Session, many: int) -> list[Session]:
    """Closed sessions. Open ones of today, planned ones to come, and forgotten ones are added."""
    closed = [_lesson(session, -day, "closed") for day in range(1, many + 1)]
    others = [_lesson(session, day, "planned") for day in range(1, many + 1)]
    others += [_lesson(session, -day - 0.3, "planned") for day in range(1, many + 1)]
    others += [_lesson(session, 0, "open") for _ in range(many)]
    Session.objects.bulk_create(others)
    return Session.objects.bulk_create(closed)


def _lesson(session: Session, days: float, state: str, course: Course | None = None) -> Session:
    at = course or session.course
    starts_at = session.starts_at + timedelta(days=days)
    was_opened = {} if state == "planned" else {"opened_at": starts_at}
    was_closed = {"closed_at": starts_at + timedelta(minutes=50)} if state == "closed" else {}
    return Session(
        course=at,
        subject_id=at.subject_id,
        class_group_id=at.class_group_id,
        teacher_id=at.teacher_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        time_zone=session.time_zone,
        room=f"Room {days}",
        state=state,
        **was_opened,
        **was_closed,
    )


def _attend(lessons: list[Session], people: list[User]) -> None:
    """Everybody was absent each time."""
    Attendance.objects.bulk_create(
        Attendance(
            **marks.of_session(lesson),
            student=person,
            status="absent",
            source="closing",
            marked_at=lesson.starts_at,
        )
        for lesson in lessons
        for person in people
    )


def _around_the_session(crowd: Crowd) -> None:
    """Guests, events, showings of the code, and marks of one student."""
    session, now, by = crowd.session, crowd.now, crowd.teacher
    key = numbered("crowd-")
    crowd.rows(Guest, key=key, session=session, name=called("Guest"), by=by, at=now)
    reason = numbered("Reason ")
    crowd.rows(SessionEvent, session=session, kind="annulled", reason=reason, by=by, at=now)

    def later(n: int) -> datetime:
        return now + timedelta(minutes=n)

    crowd.rows(CodeShowing, session=session, by=by, way="live", shown_at=later, shown_until=now)
    crowd.rows(
        AttendanceMark,
        key=key,
        session=session,
        student=crowd.student,
        status="present",
        source="manual",
        by=by,
        at=later,
    )


def _around_the_course(crowd: Crowd) -> None:
    """Assistants, how they came, and excuses."""
    course, now, by = crowd.session.course, crowd.now, crowd.teacher
    assistants = crowd.staff("Assistant", "TA").__getitem__
    role = {"course": course, "person": assistants, "role": "assistant"}
    crowd.rows(CourseStaff, **role, added_at=now, added_by=by)
    crowd.rows(StaffEvent, **role, kind="added", by=by, at=now)

    def day(n: int) -> str:
        return f"2026-03-{n % 27 + 1:02}"

    for who in (crowd.student, crowd.people.__getitem__):
        crowd.rows(
            Excuse,
            student=who,
            course=course,
            from_date=day,
            until_date=day,
            note=numbered("Note "),
            by=by,
            at=now,
        )


def _courses(crowd: Crowd) -> None:
    """Further courses of the teacher, each with a closed session and an absence."""
    session = crowd.session
    subjects = crowd.rows(
        Subject, code=numbered("SU"), name=numbered("Sub "), department=numbered("Dep ")
    )
    groups = crowd.rows(ClassGroup, code=numbered("GR"), name=numbered("Group "))
    student = User.objects.get(institution_number="S1")
    lessons = []
    for subject, group in (
        (subjects.__getitem__, groups.__getitem__),
        (session.subject, groups.__getitem__),
        (subjects.__getitem__, session.class_group),
    ):
        courses = crowd.rows(
            Course,
            subject=subject,
            class_group=group,
            teacher=crowd.teacher,
            time_zone=session.time_zone,
        )
        began = crowd.now - timedelta(days=300)
        crowd.rows(Enrolment, course=courses.__getitem__, student=student, enrolled_at=began)
        lessons += [_lesson(session, -n - 1, "closed", at) for n, at in enumerate(courses)]
    _attend(Session.objects.bulk_create(lessons), [student])


def _check_ins(crowd: Crowd, lessons: list[Session]) -> None:
    """Check-ins that wait, of everybody at the session and of the student at each lesson, and a
    warning for each."""
    pattern = CheckInDecision.objects.filter(student=crowd.student).first()
    told = ("outcome", "reasons", "counted", "evidence", "policy", "policy_version")
    same = {name: getattr(pattern, name) for name in told}
    for session, student in (
        (crowd.session, crowd.people.__getitem__),
        (lessons.__getitem__, crowd.student),
    ):
        place = {"session": session, "student": student}
        attempts = crowd.rows(
            CheckInAttempt,
            **place,
            jkt="crowd",
            nonce=lambda n: f"crowd-{n}-{uuid4()}",
            opened_at=crowd.now,
            expires_at=crowd.now,
        )
        attempt = attempts.__getitem__
        decisions = crowd.rows(
            CheckInDecision, **place, attempt=attempt, decided_at=crowd.now, **same
        )
        crowd.rows(
            Warning,
            **place,
            decision=decisions.__getitem__,
            reason="code_of_another_session",
            severity="high",
            measured={},
            created_at=crowd.now,
        )


def _faces(crowd: Crowd) -> None:
    """Faces that wait, and approved ones that look like another student's."""
    whose = FaceTemplate.objects.filter(status="approved").first()
    face = {
        "student": crowd.people.__getitem__,
        "engine": "fake",
        "ciphertext": b"sealed",
        "consent_version": "2027-01",
        "enrolled_at": crowd.now,
    }
    crowd.rows(FaceTemplate, **face, status="waiting")
    approved = crowd.rows(FaceTemplate, **face, status="approved")
    crowd.rows(LookAlike, template=whose, other=approved.__getitem__, found_at=crowd.now)


def _of_the_student(crowd: Crowd) -> None:
    """Consents and phones of the student, and merged accounts of another person."""
    student, now = crowd.student, crowd.now
    crowd.rows(
        ConsentEvent,
        user=student,
        purpose="face",
        version=numbered("2026-"),
        action="given",
        at=now,
    )
    _phones(crowd, student, "crowd-", name=numbered("Phone "), status="revoked")
    crowd.rows(
        AccountMerge,
        kept_id=crowd.world.ids["account_id"],
        merged=crowd.staff("Other", "MA").__getitem__,
        was_active=True,
        at=now,
        done_at=now,
    )


def _phones(crowd: Crowd, owner: Any, jkt: str, **values: Any) -> None:
    key = {"public_jwk": {"kty": "EC"}, "registered_at": crowd.now}
    crowd.rows(Device, user=owner, jkt=numbered(jkt), **key, **values)


def _of_the_people(crowd: Crowd) -> None:
    """What waits for an admin: teachers, wishes to be erased, names, and phones."""
    now, person = crowd.now, crowd.people.__getitem__
    crowd.staff("Waiting", "TW", is_approved=False)
    crowd.rows(ErasureRequest, user=person, asked_at=now)
    wish = {"user": person, "old_name": lambda n: person(n).full_name, "asked_at": now}
    crowd.rows(NameRequest, new_name=numbered("Wish "), **wish)
    decided = {"state": "approved", "is_open": False, "decided_at": now}
    crowd.rows(NameRequest, new_name=numbered("Granted "), **wish, **decided)
    _phones(crowd, person, "waiting-", status="pending")


def _of_the_school(crowd: Crowd) -> None:
    """Kinds of excuse, closed days, errors, imports with many changes, beacons and calendars."""
    now, admin = crowd.now, crowd.world.people["admin"]
    crowd.rows(ExcuseKind, code=numbered("crowd-"), name=numbered("Kind "))
    _closed_days(crowd)
    crowd.rows(
        ErrorEvent,
        request_id=numbered("crowd-"),
        at=now,
        method="GET",
        route="x",
        status=400,
        code="invalid",
    )
    ImportRecord.objects.update(changes=[_change(n) for n in range(crowd.many)])
    crowd.rows(
        ImportRecord,
        kind="timetable",
        file_name=lambda n: f"file{n}.ics",
        digest="0" * 64,
        by=admin,
        at=now,
    )
    room = numbered("Room ")
    crowd.rows(BeaconToken, digest=numbered("crowd-"), room=room, created_by=admin, created_at=now)
    for owner in (admin, crowd.teacher):
        crowd.rows(
            CalendarSubscription,
            owner=owner,
            address=lambda n: f"https://calendar.school.test/{n}.ics",
            created_at=now,
        )


def _change(n: int) -> dict[str, str]:
    return {"action": "added", "kind": "session", "name": f"Change {n}", "id": str(UUID(int=n))}


def _closed_days(crowd: Crowd) -> None:
    """Days from today on, each of a name of its own, beside those that are closed already."""
    today = crowd.session.local_start.date()
    known = set(ClosedDay.objects.values_list("date", flat=True))
    days = {today + timedelta(days=n): f"Closed {n}" for n in range(crowd.many)}
    ClosedDay.objects.bulk_create(
        ClosedDay(date=day, name=name) for day, name in days.items() if day not in known
    )
