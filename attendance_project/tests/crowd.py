"""Many of everything that the world has one of, so that every list of the site is a long one."""

from datetime import timedelta
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
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    FaceTemplate,
    LookAlike,
    Warning,
)

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 3


def gather(world: World, many: int) -> None:
    """Add ``many`` rows of each kind that a page lists, around the world's own rows."""
    session = Session.objects.get(pk=world.ids["session_id"])
    student = User.objects.get(pk=world.ids["student_id"])
    people = _people(many)
    _enrol(session.course, people, many)
    lessons = _lessons(session, many)
    _attend(session, lessons, [student, *people])
    _around_the_session(session, student, many)
    _around_the_course(session, student, people, many)
    _courses(session, many)
    _check_ins(session, student, lessons, people)
    _of_the_student(student, world, many)
    _of_the_school(session, world, people, many)


def forgotten_session(world: World) -> Session:
    """A session of the world's course that is over and was never opened."""
    lesson = _lesson(Session.objects.get(pk=world.ids["session_id"]), -0.4, "planned")
    lesson.save()
    return lesson


def _people(many: int) -> list[User]:
    """Students without a password, who wait for an invitation, with long names."""
    return User.objects.bulk_create(
        User(
            email=f"crowd{n}@school.test",
            full_name=_called("Crowd", n),
            institution_number=f"C{n:03}",
            role=Role.STUDENT,
            department=f"Department {n}",
            is_approved=True,
        )
        for n in range(many)
    )


def _called(what: str, n: int) -> str:
    """A name, the first of which is long and has no place to break it."""
    return f"{what} {n}{LONG_NAME if n == 0 else ''}"


def _enrol(course: Course, people: list[User], many: int) -> None:
    term_began = clock.now() - timedelta(days=300)
    Enrolment.objects.bulk_create(
        Enrolment(course=course, student=person, enrolled_at=term_began) for person in people
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


def _attend(session: Session, lessons: list[Session], people: list[User]) -> None:
    Attendance.objects.bulk_create(
        Attendance(
            session=lesson,
            student=person,
            course_id=lesson.course_id,
            subject_id=lesson.subject_id,
            class_group_id=lesson.class_group_id,
            teacher_id=lesson.teacher_id,
            local_date=lesson.local_start.date().isoformat(),
            status="absent",
            source="closing",
            marked_at=lesson.starts_at,
        )
        for lesson in lessons
        for person in people
    )


def _around_the_session(session: Session, student: User, many: int) -> None:
    now, by = clock.now(), session.teacher_id
    for n in range(many):
        Guest.objects.create(
            key=f"crowd-{n}", session=session, name=_called("Guest", n), by_id=by, at=now
        )
        SessionEvent.objects.create(
            session=session, kind="annulled", reason=f"Reason {n}", by_id=by, at=now
        )
        CodeShowing.objects.create(
            session=session,
            by_id=by,
            way="live",
            shown_at=now + timedelta(minutes=n),
            shown_until=now,
        )
        AttendanceMark.objects.create(
            key=f"crowd-{n}",
            session=session,
            student=student,
            status="present",
            source="manual",
            by_id=by,
            at=now + timedelta(minutes=n),
        )


def _around_the_course(session: Session, student: User, people: list[User], many: int) -> None:
    now, course, by = clock.now(), session.course, session.teacher_id
    for n in range(many):
        assistant = _staff_person(_called("Assistant", n), f"TA{n:03}")
        CourseStaff.objects.create(
            course=course, person=assistant, role="assistant", added_at=now, added_by_id=by
        )
        StaffEvent.objects.create(
            course=course, kind="added", person=assistant, role="assistant", by_id=by, at=now
        )
        day = f"2026-03-{n % 27 + 1:02}"
        for excused in (student, people[n]):
            Excuse.objects.create(
                student=excused,
                course=course,
                from_date=day,
                until_date=day,
                note=f"Note {n}",
                by_id=by,
                at=now,
            )


def _staff_person(name: str, number: str) -> User:
    return User.objects.create(
        email=f"{number.lower()}@school.test",
        full_name=name,
        institution_number=number,
        role=Role.TEACHER,
        is_approved=True,
        password="!",
    )


def _courses(session: Session, many: int) -> None:
    """Further courses of the teacher, each with a closed session and an absence."""
    now = clock.now()
    student = User.objects.get(institution_number="S1")
    made = []
    for n in range(many):
        subject = Subject.objects.create(code=f"SU{n}", name=f"Sub {n}", department=f"Dep {n}")
        group = ClassGroup.objects.create(code=f"GR{n}", name=f"Group {n}")
        for subject_id, group_id in (
            (subject.pk, group.pk),
            (session.subject_id, group.pk),
            (subject.pk, session.class_group_id),
        ):
            course = Course.objects.create(
                subject_id=subject_id,
                class_group_id=group_id,
                teacher_id=session.teacher_id,
                time_zone=session.time_zone,
            )
            Enrolment.objects.create(
                course=course, student=student, enrolled_at=now - timedelta(days=300)
            )
            made.append(_lesson(session, -n - 1, "closed", course))
    _attend(session, Session.objects.bulk_create(made), [student])


def _check_ins(session: Session, student: User, lessons: list[Session], people: list[User]) -> None:
    """Check-ins that wait, warnings, faces and pairs of faces that look alike."""
    pattern = CheckInDecision.objects.filter(student=student).first()
    faces = []
    for n, (lesson, person) in enumerate(zip(lessons, people, strict=True)):
        decision = _decision(pattern, session, person, n)
        of_student = _decision(pattern, lesson, student, n)
        for one in (decision, of_student):
            Warning.objects.create(
                session=one.session,
                student=one.student,
                decision=one,
                reason="code_of_another_session",
                severity="high",
                measured={},
                created_at=clock.now(),
            )
        _face(person, "waiting")
        faces.append(_face(person, "approved"))
    whose = FaceTemplate.objects.filter(status="approved").exclude(student__in=people).first()
    for face in faces:
        LookAlike.objects.create(template=whose, other=face, found_at=clock.now())


def _decision(pattern: CheckInDecision, session: Session, student: User, n: int) -> CheckInDecision:
    attempt = CheckInAttempt.objects.create(
        session=session,
        student=student,
        jkt="crowd",
        nonce=f"crowd-{n}-{uuid4()}",
        opened_at=clock.now(),
        expires_at=clock.now(),
    )
    told = ("outcome", "reasons", "counted", "evidence", "policy", "policy_version")
    return CheckInDecision.objects.create(
        attempt=attempt,
        session=session,
        student=student,
        decided_at=clock.now(),
        **{name: getattr(pattern, name) for name in told},
    )


def _face(student: User, status: str) -> FaceTemplate:
    return FaceTemplate.objects.create(
        student=student,
        engine="fake",
        ciphertext=b"sealed",
        consent_version="2027-01",
        status=status,
        enrolled_at=clock.now(),
    )


def _of_the_student(student: User, world: World, many: int) -> None:
    now = clock.now()
    for n in range(many):
        ConsentEvent.objects.create(
            user=student, purpose="face", version=f"2026-{n}", action="given", at=now
        )
        Device.objects.create(
            user=student,
            jkt=f"crowd-{n}",
            name=f"Phone {n}",
            public_jwk={"kty": "EC"},
            status="revoked",
            registered_at=now,
        )
        other = _staff_person(f"Other {n}", f"MA{n:03}")
        account_id = world.ids["account_id"]
        AccountMerge.objects.create(
            kept_id=account_id, merged=other, was_active=True, at=now, done_at=now
        )


def _of_the_school(session: Session, world: World, people: list[User], many: int) -> None:
    now, today = clock.now(), session.local_start.date()
    admin = world.people["admin"]
    changes = [
        {"action": "added", "kind": "session", "name": f"Change {n}", "id": str(UUID(int=n))}
        for n in range(many)
    ]
    ImportRecord.objects.update(changes=changes)
    for n, person in enumerate(people):
        _staff_person(f"Waiting {n}", f"TW{n:03}")
        ErasureRequest.objects.create(user=person, asked_at=now)
        wish = {"user": person, "old_name": person.full_name, "asked_at": now}
        NameRequest.objects.create(new_name=f"Wish {n}", **wish)
        decided = {"state": "approved", "is_open": False, "decided_at": now}
        NameRequest.objects.create(new_name=f"Granted {n}", **wish, **decided)
        Device.objects.create(
            user=person,
            jkt=f"waiting-{n}",
            public_jwk={"kty": "EC"},
            status="pending",
            registered_at=now,
        )
        ExcuseKind.objects.create(code=f"crowd-{n}", name=f"Kind {n}")
        name = {"name": f"Closed {n}"}
        ClosedDay.objects.get_or_create(date=today + timedelta(days=n), defaults=name)
        ErrorEvent.objects.create(
            request_id=f"crowd-{n}", at=now, method="GET", route="x", status=400, code="invalid"
        )
        ImportRecord.objects.create(
            kind="timetable", file_name=f"file{n}.ics", digest="0" * 64, by=admin, at=now
        )
        BeaconToken.objects.create(
            digest=f"crowd-{n}", room=f"Room {n}", created_by=admin, created_at=now
        )
        for owner in (admin, session.teacher):
            CalendarSubscription.objects.create(
                owner=owner, address=f"https://calendar.school.test/{n}.ics", created_at=now
            )
    User.objects.filter(institution_number__startswith="TW").update(is_approved=False)
