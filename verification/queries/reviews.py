"""Check-ins that wait for their teacher's verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Role, User
from sessions_app.models import (
    OF_NO_EFFECT,
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    MarkSource,
    Session,
)
from sessions_app.queries import clearing
from verification.domain.check_in import Outcome
from verification.models import CheckInDecision, ReviewVerdict


def decisions_run_by(user: User) -> QuerySet[CheckInDecision]:
    """Decisions at the sessions that the user runs."""
    decisions = CheckInDecision.objects.select_related("session", "student")
    if user.role == Role.ADMIN:
        return decisions
    ids = Session.objects.run_by(user).values_list("pk", flat=True)
    return decisions.filter(session_id__in=list(ids))


_Asked = tuple[UUID, UUID, UUID, datetime]
"""Of a check-in in review: its key, its session, its student and when it was decided."""
_Place = tuple[UUID, UUID]
"""A session and a student."""
TRIES_LISTED = 30
"""How many tries of one student at one session are listed at most, the newest first."""


def waiting_reviews(user: User, *, session_id: UUID | None = None) -> QuerySet[CheckInDecision]:
    """Check-ins that wait, oldest first: of each student at each session the newest one alone.

    A student who got in another way meanwhile waits no longer, and none waits at a session that
    was annulled or cancelled, as long as it is.

    A confirmed one without attendance is listed again: the confirmation was cut short, and
    giving it once more finishes it.
    """
    decisions = decisions_run_by(user).filter(outcome=Outcome.REVIEW)
    if session_id is not None:
        decisions = decisions.filter(session_id=session_id)
    fields = ("pk", "session_id", "student_id", "decided_at")
    asked = list(decisions.order_by("decided_at", "pk").values_list(*fields))
    settled = refused_until(asked)
    newest: dict[_Place, UUID] = {
        (session, student): pk
        for pk, session, student, at in asked
        if not is_refused((session, student), at, settled)
    }
    for place in _places_without_question(newest):
        del newest[place]
    return decisions.filter(pk__in=list(newest.values())).order_by("decided_at", "pk")


def refused_until(asked: Iterable[_Asked]) -> dict[_Place, datetime]:
    """By session and student, the time of the newest check-in that a person refused.

    The answer to one try answers those before it as well.
    """
    by_key = {pk: ((session, student), at) for pk, session, student, at in asked}
    refusals = ReviewVerdict.objects.filter(
        decision_id__in=list(by_key), verdict=ReviewVerdict.REFUSED, is_undone=False
    )
    until: dict[_Place, datetime] = {}
    for pk in refusals.values_list("decision_id", flat=True):
        place, at = by_key[pk]
        until[place] = max(at, until.get(place, at))
    return until


def is_refused(place: _Place, at: datetime, settled: dict[_Place, datetime]) -> bool:
    """Whether a person refused the try of that time, or a later one of the same place."""
    return place in settled and at <= settled[place]


def _places_without_question(places: Iterable[_Place]) -> set[_Place]:
    """Those where the student has an attendance or a mark was cleared, or where nothing counts."""
    asked = set(places)
    sessions = {session for session, _student in asked}
    void = Session.objects.filter(pk__in=sessions, state__in=OF_NO_EFFECT)
    of_no_effect = set(void.order_by().values_list("pk", flat=True))
    here = Attendance.objects.filter(
        session_id__in=sessions, student_id__in={student for _session, student in asked}
    ).exclude(Q(status=AttendanceStatus.ABSENT) | Q(source=MarkSource.EXCUSE))
    cleared = clearing(AttendanceMark.objects.filter(session_id__in=sessions))
    marked = set(here.order_by().values_list("session_id", "student_id"))
    marked |= set(cleared.order_by().values_list("session_id", "student_id"))
    return {place for place in asked if place in marked or place[0] in of_no_effect}


@dataclass(frozen=True, kw_only=True)
class Try:
    """One check-in of a student at a session, as it was decided.

    ``was_refused`` is whether it waited and a person refused it.
    """

    outcome: str
    was_refused: bool
    reasons: list[str]
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class WaitingReview:
    """The newest check-in of a student that waits at a session, with all that they tried there.

    ``tries`` are the newest ones, the newest first; ``tries_count`` counts all.
    """

    decision: CheckInDecision
    tries: list[Try]
    tries_count: int


def with_tries(decisions: Sequence[CheckInDecision]) -> list[WaitingReview]:
    """Each decision with the tries of its student at its session, refused ones too.

    It takes two queries, however many decisions there are.
    """
    found = CheckInDecision.objects.filter(
        session_id__in={row.session_id for row in decisions},
        student_id__in={row.student_id for row in decisions},
    ).order_by("-decided_at", "pk")
    fields = ("pk", "session_id", "student_id", "decided_at", "outcome", "reasons")
    rows = list(found.values_list(*fields))
    settled = refused_until(row[:4] for row in rows if row[4] == Outcome.REVIEW)
    tries: dict[_Place, list[Try]] = defaultdict(list)
    for _pk, session, student, at, outcome, reasons in rows:
        refused = outcome == Outcome.REVIEW and is_refused((session, student), at, settled)
        one = Try(outcome=outcome, was_refused=refused, reasons=reasons, decided_at=at)
        tries[session, student].append(one)
    return [_with_tries(row, tries[row.session_id, row.student_id]) for row in decisions]


def _with_tries(decision: CheckInDecision, tries: list[Try]) -> WaitingReview:
    return WaitingReview(
        decision=decision, tries=tries[:TRIES_LISTED], tries_count=max(len(tries), 1)
    )
