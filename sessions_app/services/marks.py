"""Marks, which are append-only, and the attendance that follows from them.

The attendance is what ``precedence.winner`` finds among all marks. Whoever writes next therefore
corrects what a crash between the two writes left behind.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccountMerge, User
from attendance_project.inserting import one_write
from attendance_project.reading import only_row
from attendance_project.refusals import Kind, Refusal
from sessions_app import live, queries
from sessions_app.domain import precedence
from sessions_app.models import (
    Attendance,
    AttendanceMark,
    AttendanceStatus,
    Excuse,
    MarkSource,
    MarkStatus,
    Session,
    SessionState,
)

_KEY_OF_CLOSING = 73
"""Signs in the key of an absence that was noted on closing, which leave 7 of the 80 of a key."""


def record_mark(
    *,
    session: Session,
    student: User,
    status: str,
    source: str,
    key: str,
    reason: str = "",
    evidence: Iterable[str] = (),
    excuse_kind_id: UUID | str | None = None,
    by: User | None = None,
    now: datetime,
    and_tell: Iterable[dict[str, Any]] = (),
) -> Attendance | None:
    """Append a mark and bring the attendance up to date. The same ``key`` again adds nothing.

    The session's watchers are told of the mark, and of the events ``and_tell`` with it.

    Returns the attendance as it then is, which another mark may have decided: None where somebody
    cleared it by hand. Raises key_reused if the key already stands for something else, mark_undone
    if its mark was undone and no other is left.
    """
    mark = AttendanceMark(
        key=key,
        session=session,
        student=student,
        status=status,
        source=source,
        reason=reason,
        evidence=list(evidence),
        excuse_kind_id=excuse_kind_id,
        by=by,
        at=now,
    )
    _append(mark)
    attendance = update_attendance(session, student)
    if attendance is None and not _standing(session, student).exists():
        raise Refusal("mark_undone", _("This mark was undone. Mark again."), Kind.CONFLICT)
    status = attendance.status if attendance else queries.CLEARED
    marked = {"type": "mark", "student_id": str(student.pk), "status": status}
    live.publish(session.pk, marked, *and_tell)
    return attendance


def mark_by_hand(
    session: Session, student: User, *, status: str, reason: str, by: User, now: datetime, key: str
) -> Attendance | None:
    """Mark a student by hand, with a reason. The empty status clears: no mark counts any more.

    Raises reason_required, and session_cancelled or session_annulled where nothing counts.
    """
    require_effect(session)
    if not reason.strip():
        raise Refusal(
            "reason_required",
            _("Give a reason in a few words. It is stored with the mark."),
            Kind.INVALID,
            fields={"reason": [_("Give a reason in a few words.")]},
        )
    return record_mark(
        session=session,
        student=student,
        status=status,
        source=MarkSource.MANUAL,
        key=f"manual:{by.pk.hex}:{key}",
        reason=reason.strip(),
        by=by,
        now=now,
    )


def record_imported(
    session: Session, *, student: User, status: str, by: User, now: datetime
) -> Attendance | None:
    """Note what an imported file says of a student. ``by`` signs for the import.

    What was marked by hand counts more. The same import again adds nothing.
    """
    return record_mark(
        session=session,
        student=student,
        status=status,
        source=MarkSource.IMPORT,
        key=f"import:{_digest(session.pk, student.pk, now)}",
        by=by,
        now=now,
    )


def _digest(*parts: object) -> str:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()


def require_effect(session: Session) -> None:
    """Raises session_cancelled or session_annulled where nothing in the register counts. It is then
    read and not changed."""
    if session.state == SessionState.CANCELLED:
        raise Refusal(
            "session_cancelled",
            _("This session was cancelled. Restore it before you change its register."),
            Kind.CONFLICT,
        )
    if session.state == SessionState.ANNULLED:
        raise Refusal(
            "session_annulled",
            _("This session was annulled. Restore it before you change its register."),
            Kind.CONFLICT,
        )


def record_absence(
    session: Session, student: User, *, now: datetime, excuse: Excuse | None = None
) -> Attendance | None:
    """Note on closing that nothing was seen of the student, with the excuse for it, if any.

    Everything that was seen counts more than either.
    """
    key = f"closing:{session.pk.hex}:{student.pk.hex}"
    _append(
        AttendanceMark(
            session=session,
            student=student,
            at=now,
            key=key,
            status=AttendanceStatus.ABSENT,
            source=MarkSource.CLOSING,
        )
    )
    if excuse is not None:
        key = excuse_key(excuse) + session.pk.hex
        _append(_by_excuse(excuse, session, student, key=key, at=now))
    return update_attendance(session, student)


def record_merged_excuse(
    session: Session, student: User, *, excuse: Excuse, merge: AccountMerge
) -> None:
    """Let an excuse of one account count for an absence of the other, after both were merged.

    It counts from when it was given, so that of several excuses the first given counts.
    """
    if of_excuse(excuse).filter(session_id=session.pk, undone_at=None).exists():
        return
    key = excuse_key(excuse) + session.pk.hex + merged_excuse_ending(merge)
    _append(_by_excuse(excuse, session, student, key=key, at=excuse.at))
    update_attendance(session, student)


def merged_excuse_ending(merge: AccountMerge) -> str:
    """How the keys of marks end that came of a merge and an excuse. The key of a mark has 80
    characters at most, which leaves 7 digits of the merge's id."""
    return f":{merge.pk.hex[:7]}"


def of_excuse(excuse: Excuse) -> QuerySet[AttendanceMark]:
    """The marks by which an excuse counts or counted for its student."""
    rows = AttendanceMark.objects.filter(student_id=excuse.student_id)
    return rows.filter(key__startswith=excuse_key(excuse))


def _by_excuse(
    excuse: Excuse, session: Session, student: User, *, key: str, at: datetime
) -> AttendanceMark:
    return AttendanceMark(
        key=key,
        session=session,
        student=student,
        status=excuse.status,
        source=MarkSource.EXCUSE,
        excuse_kind_id=excuse.kind_id,
        reason=excuse.note,
        by_id=excuse.by_id,
        at=at,
    )


def status_by_marks(session: Session, student: User) -> str | None:
    """The status that the student's marks say, or None where there is no mark that counts."""
    rows = AttendanceMark.objects.filter(session_id=session.pk, student_id=student.pk)
    mark = precedence.winner(rows)
    return None if mark is None else mark.status


def excuse_key(excuse: Excuse) -> str:
    """What the keys of the marks begin with by which an excuse counts. Usually there is one in a
    session, and another one where two accounts were merged."""
    return f"excuse:{excuse.pk.hex}:"


def update_attendance(session: Session, student: User) -> Attendance | None:
    """Make the attendance say what its marks say. Without a mark there is no attendance, and none
    where the mark that counts clears it.

    The marks are read once more after each write of the row. Another process may have appended or
    undone a mark before that write, and have left alone a row that it found to be right already, or
    not there yet. Whoever changes the marks after this last reading finds the row as written here.
    """
    while True:
        row = only_row(Attendance.objects.filter(session_id=session.pk, student_id=student.pk))
        mark = precedence.winner(_standing(session, student))
        wanted = None if mark is None or mark.status == MarkStatus.NO_MARK else mark
        if row is None and wanted is None:
            return None
        if row is not None and wanted is not None and _says(row, wanted):
            return row
        is_written, written = _write(session, row, wanted)
        if is_written and precedence.winner(_standing(session, student)) == mark:
            return written


def take_out(mark: AttendanceMark, *, by: User | None, now: datetime) -> None:
    """Undo a mark as if its session had never been closed, so that the next closing may note the
    same again. For this its key ends in other signs from now on.

    A closing tries to store the same key again, and on MongoDB that would end its transaction.
    """
    key = f"{mark.key[:_KEY_OF_CLOSING].rstrip(':')}:{uuid4().hex[:6]}"
    rows = AttendanceMark.objects.filter(pk=mark.pk, undone_at=None)
    rows.update(key=key, undone_at=now, undone_by=by)


def _standing(session: Session, student: User) -> QuerySet[AttendanceMark]:
    """The marks that nobody has undone, in any order."""
    rows = AttendanceMark.objects.filter(session_id=session.pk, student_id=student.pk)
    return rows.filter(undone_at=None).order_by()


def _append(mark: AttendanceMark) -> None:
    try:
        with one_write():
            mark.save(force_insert=True)
    except IntegrityError:
        first = AttendanceMark.objects.get(key=mark.key)
        # What was noted for an excuse stays, although its kind may count as something else by now.
        if mark.source != MarkSource.EXCUSE and _meaning(first) != _meaning(mark):
            raise Refusal(
                "key_reused",
                _("This key was already used for another mark. Send a new one."),
                Kind.CONFLICT,
            ) from None


def _meaning(mark: AttendanceMark) -> tuple[object, ...]:
    return (mark.session_id, mark.student_id, mark.status, mark.source)


def of_session(session: Session) -> dict[str, object]:
    """What an attendance repeats of its session, for lists and reports."""
    return {
        "session": session,
        "course_id": session.course_id,
        "subject_id": session.subject_id,
        "class_group_id": session.class_group_id,
        "teacher_id": session.teacher_id,
        "local_date": session.local_start.date().isoformat(),
    }


def _says(row: Attendance, mark: AttendanceMark) -> bool:
    return all(getattr(row, name) == value for name, value in _values(mark).items())


def _write(
    session: Session, row: Attendance | None, mark: AttendanceMark | None
) -> tuple[bool, Attendance | None]:
    """Create, change or remove the row, unless somebody else has done so since it was read.

    Returns whether it was done, and the row as it then is.
    """
    if mark is None:
        return row is not None and bool(_unchanged(row).delete()[0]), None
    if row is None:
        row = _create(session, mark)
        return row is not None, row
    values = _values(mark)
    is_done = bool(_unchanged(row).update(**values))
    for name, value in values.items():
        setattr(row, name, value)
    return is_done, row


def _create(session: Session, mark: AttendanceMark) -> Attendance | None:
    try:
        with one_write():
            return Attendance.objects.create(
                student_id=mark.student_id, **of_session(session), **_values(mark)
            )
    except IntegrityError:
        return None


def _unchanged(row: Attendance) -> QuerySet[Attendance]:
    seen = {name: getattr(row, name) for name in ("status", "source", "marked_at")}
    return Attendance.objects.filter(pk=row.pk, **seen)


def _values(mark: AttendanceMark) -> dict[str, object]:
    return {
        "status": mark.status,
        "source": mark.source,
        "evidence": list(mark.evidence),
        "excuse_kind_id": mark.excuse_kind_id,
        "marked_at": mark.at,
    }
