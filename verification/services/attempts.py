"""Attempts at a check-in: opening one, finding it again, and by which policy it is judged."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.models import User
from attendance_project.inserting import insert_or_get
from attendance_project.reading import only_row
from attendance_project.refusals import Kind, Refusal
from sessions_app.domain.levels import Level
from sessions_app.domain.requirements import Requirement
from sessions_app.models import Enrolment, Session
from verification.domain.evidence import DeviceStanding, Standing
from verification.domain.policy import Policy, code_times
from verification.models import CheckInAttempt
from verification.services.callers import Caller

ATTEMPT_LIFETIME = timedelta(minutes=4)
"""How long an attempt takes evidence. Evidence lives for two minutes, in which there is time for
three tries at the face. The other two minutes are for what comes before the first evidence and
after the last."""

ATTEMPTS_IN_WINDOW = 30
"""How many attempts a student may open in ATTEMPTS_WINDOW: one every ten seconds."""
ATTEMPTS_WINDOW = timedelta(minutes=5)
"""The time in which a student may open ATTEMPTS_IN_WINDOW. Two short codes of six digits are right
at a time. Who guesses one every ten seconds meets one in a lecture of an hour with a chance of 1 in
1,400, and then the teacher still looks."""


def open_attempt(caller: Caller, *, session: Session, nonce: str, now: datetime) -> CheckInAttempt:
    """A new attempt; the same nonce again finds the same attempt.

    Raises Refusal where the nonce belongs to an attempt at another session, or where the
    student has opened too many.
    """
    attempt = _inserted(caller, session, nonce, now)
    attempt.student = caller.user
    if attempt.session_id != session.pk:
        raise Refusal(
            "nonce_reused",
            _("This nonce was used for another session. Use a new one."),
            Kind.CONFLICT,
        )
    return attempt


def open_ahead(caller: Caller, *, session: Session, nonce: str, now: datetime) -> CheckInAttempt:
    """An attempt before any code was seen, for a check-in in one request.

    Raises Refusal as `open_attempt` does, and where the session is not open.
    """
    if not session.shows_code_at(now):
        raise Refusal(
            "session_not_open",
            _("This session is not open. If it should be, tell your teacher."),
            Kind.CONFLICT,
        )
    return open_attempt(caller, session=session, nonce=nonce, now=now)


def _inserted(caller: Caller, session: Session, nonce: str, now: datetime) -> CheckInAttempt:
    """The attempt is counted when it is there, so that of tries at the same moment no more stay
    than may, and perhaps fewer."""
    attempt, is_new = insert_or_get(
        CheckInAttempt.objects.all(),
        student=caller.user,
        nonce=nonce,
        defaults={
            "session": session,
            "device": caller.device if caller.standing is DeviceStanding.ACTIVE else None,
            "jkt": caller.jkt,
            "opened_at": now,
            "expires_at": now + ATTEMPT_LIFETIME,
        },
    )
    if is_new:
        own = CheckInAttempt.objects.filter(student=caller.user)
        if own.filter(opened_at__gt=now - ATTEMPTS_WINDOW).count() > ATTEMPTS_IN_WINDOW:
            attempt.delete()
            raise _too_many()
        attempt.just_opened, attempt.written = True, []
        attempt.is_enrolled = getattr(session, "on_course", None)
    return attempt


def _too_many() -> Refusal:
    return Refusal(
        "too_many_attempts",
        _("Too many tries. Wait a few minutes, or ask your teacher to mark you."),
        Kind.TOO_MANY,
    )


def attempt_for(caller: Caller, attempt_id: UUID, *, to_decide: bool = False) -> CheckInAttempt:
    """The caller's own attempt. Raises Refusal where there is none of that id.

    Another student's attempt is not found, like one that never was. ``to_decide`` reads with it
    what only a decision needs.
    """
    own = CheckInAttempt.objects.filter(pk=attempt_id, student=caller.user)
    if to_decide:
        own = own.annotate(on_course=is_on_course(caller.user, of="session__course_id"))
    attempt = only_row(own.select_related("session__wall", "decision"))
    if attempt is None:
        raise Refusal(
            "attempt_not_found", _("This check-in does not exist. Start again."), Kind.NOT_FOUND
        )
    attempt.student = caller.user
    attempt.is_enrolled = getattr(attempt, "on_course", None)
    return attempt


def is_on_course(student: User, *, of: str) -> Exists:
    """Whether the student is on a course now, to be read with the row whose column ``of`` has the
    course's id."""
    rows = Enrolment.objects.filter(course_id=OuterRef(of), student=student, is_active=True)
    return Exists(rows)


def is_decided(attempt: CheckInAttempt) -> bool:
    """Whether the attempt has its decision, so that nothing is added to it any more."""
    return not attempt.just_opened and hasattr(attempt, "decision")


def require_open(attempt: CheckInAttempt, *, now: datetime) -> None:
    """Raises Refusal where nothing can be added to the attempt any more."""
    if is_decided(attempt):
        raise Refusal(
            "attempt_decided",
            _("This check-in is already decided. See its result."),
            Kind.CONFLICT,
        )
    if now > attempt.expires_at:
        raise Refusal(
            "attempt_expired", _("This check-in took too long. Start again."), Kind.CONFLICT
        )


def policy_for(session: Session) -> Policy:
    """The policy with what the session's teacher chose."""
    return Policy(
        level=Level(session.level),
        face=session.face,
        face_one_in=session.face_one_in,
        bluetooth=Requirement(session.bluetooth),
        qr_slots_needed=session.qr_slots_needed,
        **code_times(session.qr_slot_s),
        face_target_fmr=settings.FACE_TARGET_FMR,
        spared_per_term=settings.SPARED_CHECKS_PER_TERM,
    )


def standing_of(attempt: CheckInAttempt, *, at: datetime) -> Standing:
    """Whether the attempt's student could check in at that moment.

    A session that closed while a check-in was on its way was still open when it began. One that
    was annulled, or that nobody closed after its time, lets nobody in.
    """
    session = attempt.session
    return Standing(
        session_open=session.let_in_at(at),
        enrolled=_is_enrolled(attempt),
        late=at > session.late_at,
    )


def _is_enrolled(attempt: CheckInAttempt) -> bool:
    """Whether the student is on the course. A call that scans and decides asks once."""
    if attempt.is_enrolled is None:
        own = Enrolment.objects.filter(course_id=attempt.session.course_id, is_active=True)
        attempt.is_enrolled = own.filter(student_id=attempt.student_id).exists()
    return attempt.is_enrolled
