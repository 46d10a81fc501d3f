"""Two processes that mark one student at the same moment leave what the marks say.

The second one comes in where the first has read the marks and is about to write the attendance:
by a signal of the model where a row is stored or deleted, or else after the marks were read.
"""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models.signals import pre_delete, pre_save

from conftest import NOW
from sessions_app import services
from sessions_app.domain import precedence
from sessions_app.models import Attendance, AttendanceMark
from sessions_app.services import marks

pytestmark = pytest.mark.django_db(transaction=True)
"""A test within a transaction would take back what came in with a write that is refused."""
LATER = NOW + timedelta(seconds=5)


def by_hand(session, student, teacher, status, *, at=NOW, key="one"):
    return services.mark_by_hand(
        session, student, status=status, reason="Seen.", by=teacher, now=at, key=key
    )


def check_in(session, student):
    return services.record_mark(
        session=session, student=student, status="present", source="check_in", key="k", now=NOW
    )


def once_before(signal, act):
    """Call ``act`` before the next attendance is stored or deleted, and not again."""

    def come_in(**_):
        signal.disconnect(come_in, sender=Attendance)
        act()

    signal.connect(come_in, sender=Attendance, weak=False)


def stored(session, student) -> str | None:
    row = Attendance.objects.filter(session=session, student=student).first()
    return row.status if row else None


def test_a_mark_that_is_cleared_while_the_first_row_is_created_stays_cleared(
    open_session, student, teacher
):
    once_before(pre_save, partial(by_hand, open_session, student, teacher, ""))
    assert check_in(open_session, student) is None
    assert stored(open_session, student) is None


def test_a_mark_by_hand_that_comes_while_the_first_row_is_created_counts(
    open_session, student, teacher
):
    once_before(pre_save, partial(by_hand, open_session, student, teacher, "late"))
    assert check_in(open_session, student).status == "late"
    assert stored(open_session, student) == "late"


def test_a_clearing_that_is_undone_while_the_row_is_removed_leaves_the_row(
    open_session, student, teacher
):
    check_in(open_session, student)

    def undo():
        mark = AttendanceMark.objects.get(source="manual")
        services.undo_mark(mark, by=teacher, now=LATER)

    once_before(pre_delete, undo)
    assert by_hand(open_session, student, teacher, "", at=LATER).status == "present"
    assert stored(open_session, student) == "present"


def test_a_mark_that_is_undone_while_the_row_is_changed_changes_nothing(
    open_session, student, teacher, monkeypatch
):
    check_in(open_session, student)
    read = precedence.winner

    def and_undone(found):
        winner = read(found)
        monkeypatch.setattr(marks.precedence, "winner", read)
        services.undo_mark(AttendanceMark.objects.get(source="manual"), by=teacher, now=LATER)
        return winner

    monkeypatch.setattr(marks.precedence, "winner", and_undone)
    assert by_hand(open_session, student, teacher, "late", at=LATER).status == "present"
    assert stored(open_session, student) == "present"
