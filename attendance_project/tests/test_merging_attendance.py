"""Marks, attendance and excuses of two accounts that are merged, and separate again."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts import hooks
from accounts.models import User
from attendance_project import clock
from attendance_project.tests.merging import enrolment, mark, merge, statuses, undo
from reports.tests.conftest import days_ago, meet
from sessions_app import services as teaching
from sessions_app.models import Attendance, AttendanceMark, Course, Enrolment, Excuse, Session
from sessions_app.services import marks


@pytest.mark.parametrize(
    ("mine", "others", "better"),
    [
        (("absent", "closing"), ("present", "check_in"), "present"),
        (("present", "check_in"), ("absent", "closing"), "present"),
        (("absent", "manual"), ("present", "check_in"), "present"),
        (("late", "check_in"), ("excused", "excuse"), "late"),
        (("absent", "closing"), ("excused", "excuse"), "excused"),
        (("late", "manual"), ("present", "manual"), "present"),
        (("absent", "closing"), ("absent", "closing"), "absent"),
    ],
)
def test_of_two_marks_the_better_counts_stays_and_goes_back(
    student, twin, session, mine, others, better
):
    mark(session, student, *mine)
    mark(session, twin, *others)
    row = merge(student, twin)
    assert statuses(student) == {session.pk: better}
    assert statuses(twin) == {}
    assert AttendanceMark.objects.filter(student=student).count() >= 2, "both stay readable"
    assert marks.update_attendance(session, student).status == better
    undo(row)
    assert statuses(student) == {session.pk: mine[0]}
    assert statuses(twin) == {session.pk: others[0]}


@pytest.mark.parametrize(
    ("mine", "others", "cleared", "shown"),
    [
        ("present", "absent", "twin", "present"),
        ("absent", "present", "student", "present"),
        ("absent", "late", "twin", "absent"),
        ("present", "absent", "both", None),
        ("present", None, "student", None),
        (None, "present", "twin", None),
    ],
)
def test_a_status_counts_more_than_a_cleared_mark_of_the_other_account(
    student, twin, session, mine, others, cleared, shown
):
    for person, name, status in ((student, "student", mine), (twin, "twin", others)):
        if status:
            mark(session, person, status, "closing" if status == "absent" else "check_in")
        if status and cleared in (name, "both"):
            mark(session, person, "", "manual", now=clock.now())
    before = statuses(student), statuses(twin)
    row = merge(student, twin)
    expected = {session.pk: shown} if shown else {}
    assert (statuses(student), statuses(twin)) == (expected, {})
    marks.update_attendance(session, student)
    assert statuses(student) == expected, "and the marks say the same"
    undo(row)
    assert (statuses(student), statuses(twin)) == before


@pytest.mark.parametrize("others", ["present", "absent"])
@pytest.mark.parametrize("mine", [("present", "check_in"), ("absent", "closing"), ("", "manual")])
def test_what_two_merges_moved_goes_back_all_the_way(
    student, twin, classmate, session, mine, others
):
    mark(session, twin, *mine)
    mark(session, classmate, others, "check_in" if others == "present" else "closing")
    before = statuses(twin)
    first, second = merge(student, twin), merge(classmate, student)
    undo(second)
    assert (statuses(student), statuses(twin)) == (before, {})
    undo(first)
    assert (statuses(student), statuses(twin)) == ({}, before)
    assert statuses(classmate) == {session.pk: others}
    for person in (student, twin):
        marks.update_attendance(session, person)
    assert (statuses(student), statuses(twin)) == ({}, before), "and the marks say the same"


def test_what_was_cleared_and_is_not_any_more_goes_back(student, twin, teacher, session):
    mark(session, twin, "late")
    row = merge(student, twin)
    now = clock.now() + timedelta(seconds=1)
    seen = {"reason": "Seen.", "by": teacher, "now": now, "key": "once"}
    teaching.mark_by_hand(session, student, status="", **seen)
    assert statuses(student) == {}
    clearing = AttendanceMark.objects.get(status="", student=student)
    teaching.undo_mark(clearing, by=teacher, now=now)
    undo(row, now=now)
    assert (statuses(student), statuses(twin)) == ({}, {session.pk: "late"})


def test_who_is_marked_and_enrolled_while_a_merge_is_planned_is_no_hindrance(
    student, twin, course, session, monkeypatch
):
    """The kept account checks in, and is enrolled, between the plan and its move."""
    mark(session, twin, "late")
    enrolment(course, twin, from_days=60)
    Enrolment.objects.filter(student=student).delete()

    class Late:
        def __init__(self, follower, meanwhile):
            self.follower, self.meanwhile = follower, meanwhile
            self.move, self.move_back = follower.move, follower.move_back

        def plan(self, row):
            planned = self.follower.plan(row)
            self.meanwhile()
            return planned

    late = {
        teaching.Marks: lambda: mark(session, student, "present"),
        teaching.Enrolments: lambda: enrolment(course, student, from_days=1),
    }
    with monkeypatch.context() as patch:
        for name, follower in list(hooks.merges.items()):
            if type(follower) in late:
                patch.setitem(hooks.merges, name, Late(follower, late[type(follower)]))
        row = merge(student, twin)
    assert row.done_at is not None
    assert (statuses(student), statuses(twin)) == ({session.pk: "present"}, {})
    assert [e.student for e in Enrolment.objects.filter(course=course, is_active=True)].count(
        student
    ) == 1
    undo(row)
    assert statuses(student) == {session.pk: "present"}
    assert statuses(twin) == {session.pk: "late"}
    assert Enrolment.objects.get(student=twin).is_active


def excuse_of(student, course, day, *, until=None, note="Ill.") -> Excuse:
    return teaching.give_excuse(
        course,
        student,
        from_date=day,
        until_date=until or day,
        note=note,
        by=course.teacher,
        now=day_of(day),
    )


def day_of(day):
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def test_what_was_noted_for_the_other_account_is_no_absence_once_they_are_separate(
    student, twin, course, session
):
    """An excuse that the kept account got meanwhile is noted wherever the other one was absent."""
    Session.objects.update(state="closed", closed_at=session.ends_at)
    Enrolment.objects.filter(student=student).update(student=twin)
    mark(session, twin, "absent", "closing")
    row = merge(student, twin)
    given = excuse_of(student, course, session.local_start.date())
    assert statuses(student) == {session.pk: "excused"}
    teaching.revoke_excuse(given, by=course.teacher, now=clock.now())
    assert statuses(student) == {session.pk: "absent"}
    undo(row)
    assert (statuses(student), statuses(twin)) == ({}, {session.pk: "absent"})


def test_an_excuse_that_goes_back_leaves_nobody_else_excused(student, twin, course, open_session):
    """A session is closed while two accounts are merged of which one has an excuse."""
    teaching.enrol(course, [twin], now=days_ago(9))
    enrolment(course, student, from_days=9)
    excuse_of(twin, course, open_session.local_start.date())
    row = merge(student, twin)
    teaching.close_session(open_session, by=course.teacher, now=clock.now())
    assert statuses(student) == {open_session.pk: "excused"}
    undo(row)
    assert statuses(student) == {open_session.pk: "absent"}
    twin.refresh_from_db()
    User.objects.filter(pk=twin.pk).update(earlier_off_spans=None)  # as if it had never been off
    teaching.close_session(open_session, by=course.teacher, now=clock.now())
    assert (statuses(student), statuses(twin)) == (
        {open_session.pk: "absent"},
        {open_session.pk: "excused"},
    )


def test_who_was_only_noted_on_closing_while_two_were_one_is_not_absent_once_they_are_separate(
    student, twin, course, open_session
):
    """The mark of the other account was cleared, so that nothing stood in the register of it."""
    for person in (student, twin):
        enrolment(course, person, from_days=9)
    mark(open_session, twin, "present")
    mark(open_session, twin, "", "manual", now=clock.now() + timedelta(seconds=1))
    row = merge(student, twin)
    teaching.close_session(open_session, by=course.teacher, now=clock.now())
    undo(row)
    assert (statuses(student), statuses(twin)) == ({}, {})
    assert marks.update_attendance(open_session, student) is None, "and no mark says otherwise"


def test_an_excuse_that_counts_again_while_two_are_one_can_go_back(student, twin, course, session):
    """It counted for the kept account by the merge, and then by a closing under its own key."""
    Session.objects.update(state="closed", closed_at=session.ends_at)
    session.refresh_from_db()
    day = session.local_start.date()
    enrolment(course, student, from_days=900)
    excuse_of(twin, course, day)
    mark(session, student, "absent", "closing")
    row = merge(student, twin)
    assert statuses(student) == {session.pk: "excused"}
    marks.record_absence(session, student, now=clock.now(), excuse=Excuse.objects.get())
    undo(row)
    assert (statuses(student), statuses(twin)) == ({session.pk: "absent"}, {})


@pytest.mark.parametrize("goes_back", ["twin", "student"])
def test_the_own_excuse_counts_where_the_one_that_counted_before_it_goes_back(
    student, twin, course, open_session, goes_back
):
    """While the two accounts are one, the excuse that was given first counts."""
    enrolment(course, student, from_days=9)
    day = open_session.local_start.date()
    first, second = (twin, student) if goes_back == "twin" else (student, twin)
    excuse_of(first, course, day - timedelta(days=1), until=day, note="Ill.")
    excuse_of(second, course, day, note="A match.")
    row = merge(student, twin)
    teaching.close_session(open_session, by=course.teacher, now=clock.now())
    assert statuses(student) == {open_session.pk: "excused"}
    undo(row)
    assert (statuses(student), statuses(twin)) == ({open_session.pk: "excused"}, {})


def test_an_excuse_that_came_while_two_were_one_counts_where_a_mark_of_the_merge_hid_the_absence(
    student, twin, course, session
):
    """The mark of the other account was cleared, so that the absence was marked by the merge. The
    student has left the course since: no closing notes them there any more."""
    Session.objects.update(state="closed", closed_at=session.ends_at)
    session.refresh_from_db()
    enrolment(course, student, from_days=900, until_days=1)
    mark(session, student, "absent", "closing")
    mark(session, twin, "", "manual")
    row = merge(student, twin)
    excuse_of(student, course, session.local_start.date())
    assert statuses(student) == {session.pk: "absent"}
    undo(row)
    assert (statuses(student), statuses(twin)) == ({session.pk: "excused"}, {})


def test_an_absence_of_ones_own_stays_where_marks_of_the_other_account_were_undone(
    student, twin, course, session
):
    mark(session, twin, "present")
    AttendanceMark.objects.update(undone_at=clock.now())
    marks.update_attendance(session, twin)
    row = merge(student, twin)
    mark(session, student, "absent", "closing", now=clock.now() + timedelta(seconds=1))
    undo(row)
    assert (statuses(student), statuses(twin)) == ({session.pk: "absent"}, {})


@pytest.mark.parametrize("kept_has_it", [True, False])
def test_an_excuse_of_one_account_counts_for_the_absence_of_the_other(
    student, twin, course, session, kept_has_it
):
    Session.objects.update(state="closed", closed_at=session.ends_at)
    session.refresh_from_db()
    day = session.local_start.date()
    with_excuse, absent = (student, twin) if kept_has_it else (twin, student)
    Enrolment.objects.filter(student=student).update(student=absent)
    given = excuse_of(with_excuse, course, day)
    mark(session, absent, "absent", "closing")
    row = merge(student, twin)
    assert statuses(student) == {session.pk: "excused"}
    undo(row)
    assert (statuses(absent), statuses(with_excuse)) == ({session.pk: "absent"}, {})
    merge(student, twin)
    assert statuses(student) == {session.pk: "excused"}, "also where it was undone before"
    given.refresh_from_db()
    teaching.revoke_excuse(given, by=course.teacher, now=clock.now())
    assert statuses(student) == {session.pk: "absent"}


def test_attendance_that_no_mark_explains_follows_and_goes_back_too(student, twin, session):
    about = teaching_row(session)
    Attendance.objects.create(student=student, status="absent", source="closing", **about)
    Attendance.objects.create(student=twin, status="present", source="check_in", **about)
    row = merge(student, twin)
    assert statuses(student) == {session.pk: "present"}
    undo(row)
    assert statuses(student) == {session.pk: "absent"}
    assert statuses(twin) == {session.pk: "present"}


def teaching_row(session) -> dict:
    return {
        "session": session,
        "course_id": session.course_id,
        "subject_id": session.subject_id,
        "class_group_id": session.class_group_id,
        "teacher_id": session.teacher_id,
        "local_date": "2026-03-02",
        "marked_at": clock.now(),
    }


def test_a_mark_made_after_the_merge_stays_with_the_kept_account(student, twin, session):
    mark(session, twin, "late")
    row = merge(student, twin)
    mark(session, student, "present", "manual", now=clock.now() + timedelta(seconds=1))
    undo(row)
    assert statuses(student) == {session.pk: "present"}
    assert statuses(twin) == {session.pk: "late"}


def test_nobody_is_absent_twice_after_a_merge(student, twin, course, open_session):
    enrolment(course, student, from_days=10)
    enrolment(course, twin, from_days=10)
    merge(student, twin)
    teaching.close_session(open_session, by=course.teacher, now=clock.now())
    names = {row.student.institution_number for row in Attendance.objects.all()}
    assert names == {"S1", "S2"}


def test_figures_after_a_merge_are_those_of_one_student(student, twin, course):
    mark(meet(course, days_ago(3)), student, "present")
    mark(meet(course, days_ago(2)), twin, "late")
    both = meet(course, days_ago(1))
    mark(both, student, "absent", "closing")
    mark(both, twin, "present")
    merge(student, twin)
    assert sorted(statuses(student).values()) == ["late", "present", "present"]
    assert Session.objects.count() == 3
    assert Course.objects.count() == 1
