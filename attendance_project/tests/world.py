"""One of everything that a route can name, and a client for each role."""

from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from rest_framework.test import APIClient

from accounts.models import AccountMerge, Device, NameRequest, Passkey, Role, User
from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from conftest import make_user
from reports.models import ErrorEvent
from sessions_app.models import (
    AttendanceMark,
    BeaconToken,
    CalendarSubscription,
    ClosedDay,
    CourseStaff,
    Enrolment,
    Excuse,
    ExcuseKind,
    Guest,
    ImportRecord,
    SeriesMove,
    Session,
)
from verification.domain.evidence import DeviceEvidence, DeviceStanding, Evidence, Standing
from verification.domain.policy import Policy
from verification.models import (
    CheckInAttempt,
    CheckInDecision,
    FaceTemplate,
    LookAlike,
    ReviewVerdict,
    Warning,
)

KEYS = {"S1": "student-key", "S9": "outsider-key"}
"""The thumbprints of the students' phones."""


@dataclass(frozen=True)
class World:
    """The ``people`` by role, and the ids for the routes' placeholders."""

    people: dict[str, User | None]
    ids: dict[str, object]

    def client(self, role: str, path: str) -> PageClient:
        """A client that is logged in, as the API or as a page needs it.

        What a call changes in the person whom it is given, the next one does not see.
        """
        user = copy(self.people[role])
        if not path.startswith("/api/"):
            client = PageClient(raise_request_exception=False)
            if user:
                client.force_login(user)
            return client
        client = APIClient(raise_request_exception=False)
        if user:
            client.force_authenticate(user, _token_of(user))
        return client


def _token_of(user: User) -> dict[str, dict[str, str]]:
    jkt = KEYS.get(user.institution_number)
    return {"cnf": {"jkt": jkt}} if jkt else {}


def build(people: dict[str, User | None], session: Session) -> World:
    student, outsider = people["student"], people["outsider"]
    decision = _decision(session, student)
    stranger = make_user(Role.TEACHER, "T9", is_approved=False)
    for user in (student, outsider):
        _device(user, KEYS[user.institution_number], "active")
    ids = {
        "student_id": student.pk,
        "user_id": student.pk,
        "teacher_id": session.teacher_id,
        "account_id": stranger.pk,
        "merge_id": _merge(stranger).pk,
        "device_id": Device.objects.get(user=student).pk,
        "waiting_device_id": _device(student, "second-key", "pending").pk,
        "course_id": session.course_id,
        "person_id": _assistant(session).pk,
        "session_id": session.pk,
        "class_id": session.class_group_id,
        "subject_id": session.subject_id,
        "decision_id": decision.pk,
        "warning_id": _warning(decision).pk,
        "template_id": _face(student).pk,
        "pair_id": _pair(session).pk,
        "verdict_id": _verdict(session).pk,
        "mark_id": _mark(session, student).pk,
        "excuse_id": _excuse(session, student).pk,
        "guest_id": _guest(session).pk,
        "kind_id": ExcuseKind.objects.create(code="world", name="World").pk,
        "token_id": _beacon_token(session).pk,
        "passkey_id": _passkey(student).pk,
        "request_id": _wish(student).pk,
        "event_id": _error(student).pk,
        "record_id": _import(session).pk,
        "subscription_id": _subscription(session).pk,
        "move_id": _series_move(session).pk,
        "day_id": ClosedDay.objects.create(date=date(2027, 1, 1), name="New Year").pk,
        "token": "AAAA",
        "uidb64": "AAAA",
    }
    return World(people, ids)


def _merge(stranger: User) -> AccountMerge:
    return AccountMerge.objects.create(
        kept=stranger, merged=stranger, was_active=True, at=clock.now(), done_at=clock.now()
    )


def _assistant(session: Session) -> User:
    """A teacher who assists on the session's course."""
    person = make_user(Role.TEACHER, "T8")
    CourseStaff.objects.create(
        course_id=session.course_id, person=person, role="assistant", added_at=clock.now()
    )
    return person


def _series_move(session: Session) -> SeriesMove:
    return SeriesMove.objects.create(
        course_id=session.course_id, series=uuid4(), by_id=session.teacher_id, at=clock.now()
    )


def _device(user: User, jkt: str, status: str) -> Device:
    return Device.objects.create(
        user=user,
        jkt=jkt,
        public_jwk={"kty": "EC"},
        status=status,
        registered_at=clock.now(),
    )


def _wish(user: User) -> NameRequest:
    return NameRequest.objects.create(
        user=user, old_name=user.full_name, new_name="Sam Student", asked_at=clock.now()
    )


def _passkey(user: User) -> Passkey:
    return Passkey.objects.create(
        user=user,
        credential_digest="0" * 64,
        credential_id="AAAA",
        public_key="AAAA",
        trust="synced",
        backed_up=True,
        created_at=clock.now(),
    )


def _decision(session: Session, student: User) -> CheckInDecision:
    now = clock.now()
    attempt = CheckInAttempt.objects.create(
        session=session,
        student=student,
        jkt=KEYS["S1"],
        nonce="world-nonce",
        opened_at=now,
        expires_at=now + timedelta(minutes=2),
    )
    return CheckInDecision.objects.create(
        attempt=attempt,
        session=session,
        student=student,
        outcome="review",
        reasons=[],
        counted=["code"],
        evidence=Evidence(
            standing=Standing(session_open=True, enrolled=True),
            device=DeviceEvidence(standing=DeviceStanding.ACTIVE),
        ).to_json(),
        policy=Policy().to_json(),
        policy_version="test",
        decided_at=now,
    )


def _warning(decision: CheckInDecision) -> Warning:
    return Warning.objects.create(
        session=decision.session,
        student=decision.student,
        decision=decision,
        reason="code_of_another_session",
        severity="high",
        measured={},
        created_at=clock.now(),
    )


def _verdict(session: Session) -> ReviewVerdict:
    """A verdict on a classmate's check-in, so that the student's own still waits."""
    classmate = make_user(Role.STUDENT, "S7")
    return ReviewVerdict.objects.create(
        decision=_decision(session, classmate),
        verdict="refused",
        by_id=session.teacher_id,
        at=clock.now(),
    )


def _mark(session: Session, student: User) -> AttendanceMark:
    return AttendanceMark.objects.create(
        key="world-mark",
        session=session,
        student=student,
        status="present",
        source="manual",
        by_id=session.teacher_id,
        at=clock.now(),
    )


def _beacon_token(session: Session) -> BeaconToken:
    return BeaconToken.objects.create(
        digest="world-beacon",
        session=session,
        is_for_session=True,
        created_by_id=session.teacher_id,
        created_at=clock.now(),
    )


def _import(session: Session) -> ImportRecord:
    return ImportRecord.objects.create(
        kind="timetable",
        source="term.ics",
        file_name="term.ics",
        digest="0" * 64,
        by_id=session.teacher_id,
        at=clock.now(),
        changes=[],
    )


def _subscription(session: Session) -> CalendarSubscription:
    return CalendarSubscription.objects.create(
        owner_id=session.teacher_id,
        address="https://calendar.school.test/term.ics",
        created_at=clock.now(),
    )


def _excuse(session: Session, student: User) -> Excuse:
    return Excuse.objects.create(
        student=student,
        course_id=session.course_id,
        from_date="2026-03-02",
        until_date="2026-03-02",
        note="A doctor's note.",
        by_id=session.teacher_id,
        at=clock.now(),
    )


def _guest(session: Session) -> Guest:
    return Guest.objects.create(
        key="world-guest",
        session=session,
        number=make_user(Role.STUDENT, "S8").institution_number,
        by_id=session.teacher_id,
        at=clock.now(),
    )


def _face(student: User) -> FaceTemplate:
    return FaceTemplate.objects.create(
        student=student,
        engine="fake",
        ciphertext=b"sealed",
        consent_version="2027-01",
        status="waiting",
        enrolled_at=clock.now(),
    )


def _pair(session: Session) -> LookAlike:
    """Approved faces of two other students of the course, which look alike."""
    faces = []
    for number in ("S26", "S27"):
        person = make_user(Role.STUDENT, number)
        Enrolment.objects.create(course=session.course, student=person, enrolled_at=clock.now())
        face = _face(person)
        FaceTemplate.objects.filter(pk=face.pk).update(status="approved")
        faces.append(face)
    return LookAlike.objects.create(template=faces[0], other=faces[1], found_at=clock.now())


def _error(student: User) -> ErrorEvent:
    return ErrorEvent.objects.create(
        request_id="world-error",
        at=clock.now(),
        method="POST",
        route="api/v1/qr/scan",
        status=400,
        code="invalid_input",
        user=student,
    )
