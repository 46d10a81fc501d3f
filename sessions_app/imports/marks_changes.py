"""Turns who was there into the changes of a plan. What somebody marked by hand stays."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from attendance_project.days import when
from attendance_project.tables.reading import listed
from sessions_app import live, queries, services
from sessions_app.imports.known import fetch
from sessions_app.imports.plans import Action, Change, Deed, Plan, RowKind
from sessions_app.imports.presence import Presence
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    MarkSource,
    Session,
    SessionState,
)


class MarkChanges:
    """Makes the plan. ``too_short`` lists afterwards who was not there for long enough."""

    def __init__(self, least_minutes: int | None, *, by: User, now: datetime) -> None:
        self.least_minutes = least_minutes
        self.by = by
        self.now = now
        self.too_short: list[str] = []

    def plan(
        self,
        found: Mapping[tuple[UUID, UUID], Presence],
        sessions: Mapping[UUID, Session],
        people: Mapping[UUID, User],
    ) -> Plan:
        """The plan of these presences, by the ids of their session and student."""
        plan = Plan()
        there = _attendances(list(sessions))
        by_hand = _marked_by_hand(list(sessions))
        absences = _Absences()
        counted: dict[UUID, set[UUID]] = defaultdict(set)
        for (session_id, student_id), presence in found.items():
            session, student = sessions[session_id], people[student_id]
            status = presence.status(session, self.least_minutes)
            row = there.get((session_id, student_id))
            told = _("line %(line)d %(student)s") % {
                "line": presence.lines[0],
                "student": student,
            }
            if not status:
                self.too_short.append(told)
            elif row is not None and row.status == status:
                continue
            elif (session_id, student_id) in by_hand:
                stays = _("%(status)s by hand") % {"status": _status_label(row)}
                self._stay(plan, session, student, stays, presence.lines[0])
            elif status == AttendanceStatus.ABSENT and (why := absences.stays(session, student)):
                self._stay(plan, session, student, why, presence.lines[0])
            else:
                counted[session_id].add(student_id)
                self._add(plan, session, student, status, row, presence.lines[0])
        for session_id, marked in counted.items():
            self._finish(plan, sessions[session_id], marked)
        plan.signing = self._signing([sessions[pk] for pk in counted])
        return plan

    def _signing(self, sessions: Sequence[Session]) -> str:
        """The sentence that applying is signing for which registers. Empty where there are none."""
        told = _(
            "Applying these changes is signing for them: each mark will say that %(person)s "
            "imported it. Registers: %(sessions)s."
        )
        named = listed([f"{session.course}, {start_of(session)}" for session in sessions])
        return told % {"person": self.by, "sessions": named} if sessions else ""

    def _stay(self, plan: Plan, session: Session, student: User, why: str, line: int) -> None:
        name = f"{student}, {session.course}, {start_of(session)}"
        plan.add(Change(Action.LEFT, RowKind.MARK, name, why), None, line)

    def _finish(self, plan: Plan, session: Session, marked: set[UUID]) -> None:
        """What follows from the marks of a session: it is recorded, and its pages are told."""
        state = session.state
        if session.is_forgotten(self.now):
            self._record(plan, session, marked)
            state = SessionState.CLOSED
        event = {"type": "state", "state": state}
        plan.afterwards.append(partial(live.publish, session.pk, event))

    def _add(
        self,
        plan: Plan,
        session: Session,
        student: User,
        status: str,
        row: Attendance | None,
        line: int,
    ) -> None:
        label = AttendanceStatus(status).label
        name = f"{student}, {session.course}, {start_of(session)}"
        if row is None:
            change = Change(Action.ADDED, RowKind.MARK, name, str(label), student_id=student.pk)
        else:
            before = f"{row.get_status_display()}, {row.get_source_display()}"
            detail = f"{before} → {label}"
            change = Change(Action.CHANGED, RowKind.MARK, name, detail, student_id=student.pk)
        act = partial(
            services.record_imported, student=student, status=status, by=self.by, now=self.now
        )
        plan.add(change, Deed(session, act, guards=("state",)), line)

    def _record(self, plan: Plan, session: Session, marked: set[UUID]) -> None:
        """Record a session that was planned and never opened, after its marks are written."""
        absent = {person.pk for person in queries.expected_at(session)} - marked
        name = f"{session.course}, {start_of(session)}"
        change = Change(Action.CHANGED, RowKind.SESSION, name, _told_of_held(len(absent)))
        act = partial(services.record_session, statuses={}, by=self.by, now=self.now)
        plan.add(change, Deed(session, act, guards=("state",)))


def _told_of_held(absent: int) -> str:
    """What is said of a session that is recorded as held, with so many who are not in the file."""
    if not absent:
        return _("was never opened, and is recorded as held.")
    return ngettext(
        "was never opened, and is recorded as held. %(n)d student who is expected and not in "
        "the file is noted as absent or excused.",
        "was never opened, and is recorded as held. %(n)d students who are expected and not in "
        "the file are noted as absent or excused.",
        absent,
    ) % {"n": absent}


class _Absences:
    """Knows the students whose absence a file cannot say: who was not expected, or is excused."""

    def __init__(self) -> None:
        self.expected: dict[UUID, set[UUID]] = {}
        self.excused: dict[UUID, set[UUID]] = {}

    def stays(self, session: Session, student: User) -> str:
        """Why the student is not noted as absent, or nothing."""
        if session.pk not in self.expected:
            self.expected[session.pk] = {one.pk for one in queries.expected_at(session)}
            self.excused[session.pk] = set(queries.excuses_covering(session))
        if student.pk not in self.expected[session.pk]:
            return _("not absent: was not expected in this session")
        if student.pk in self.excused[session.pk]:
            return _("not absent: is excused")
        return ""


def _status_label(row: Attendance | None) -> str:
    return str(row.get_status_display()) if row else _("No mark")


def start_of(session: Session) -> str:
    """The session's start on its own clock, in words."""
    local = timezone.localtime(session.starts_at, session.local_start.tzinfo)
    return when(local, "long day and time")


def _attendances(ids: list[UUID]) -> dict[tuple[UUID, UUID], Attendance]:
    rows = fetch(Attendance.objects.order_by(), "session_id", ids)
    return {(row.session_id, row.student_id): row for row in rows}


def _marked_by_hand(ids: list[UUID]) -> set[tuple[Any, Any]]:
    marks: models.QuerySet[AttendanceMark] = AttendanceMark.objects.filter(
        source=MarkSource.MANUAL, undone_at=None
    ).order_by()
    return {(mark.session_id, mark.student_id) for mark in fetch(marks, "session_id", ids)}
