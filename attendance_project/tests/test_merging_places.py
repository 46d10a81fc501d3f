"""Places on courses of two accounts that are merged, and separate again."""

from datetime import timedelta

from accounts import services
from accounts.models import Role
from attendance_project import clock
from attendance_project.spans import Span
from attendance_project.tests.merging import enrolment, mark, merge, undo
from conftest import make_user
from reports.queries.students import student_overall
from sessions_app import services as teaching
from sessions_app.models import Course, Enrolment


def test_the_times_that_the_merged_account_was_off_are_no_times_on_the_course(
    student, twin, course, classmate
):
    elsewhere = Course.objects.create(
        subject=course.subject,
        class_group=course.class_group,
        teacher=make_user(Role.TEACHER, "T8"),
    )
    ago = {days: clock.now() - timedelta(days=days) for days in (60, 30, 20)}
    teaching.enrol(elsewhere, [twin], now=ago[60])
    services.switch_off(twin, now=ago[30])
    services.switch_on(twin, now=ago[20])
    row = merge(student, twin)
    kept = Enrolment.objects.get(course=elsewhere, student=student)
    assert kept.spans == [Span(ago[60], ago[30]), Span(ago[20])]
    undo(row)
    assert Enrolment.objects.get(course=elsewhere, student=twin).spans == [Span(ago[60])]


def test_who_was_marked_after_the_merge_keeps_a_place_on_the_course(student, twin, course, session):
    Enrolment.objects.filter(student=student).update(student=twin)
    row = merge(student, twin)
    mark(session, student, "present", "manual")
    undo(row)
    assert Enrolment.objects.get(student=twin).is_active
    place = Enrolment.objects.get(student=student)
    assert (place.is_active, place.enrolled_at) == (False, row.at)
    [shown] = student_overall(student, viewer=student, now=clock.now()).courses
    assert shown.course.course_id == course.pk


def test_two_enrolments_on_one_course_cover_the_times_of_both(student, twin, course):
    kept = enrolment(course, student, from_days=10)
    merged = enrolment(course, twin, from_days=60, until_days=30)
    row = merge(student, twin)
    kept.refresh_from_db()
    assert kept.is_active
    assert len(kept.spans) == 2
    assert kept.spans[0].from_at == merged.enrolled_at
    assert not Enrolment.objects.get(pk=merged.pk).is_active
    undo(row)
    for before in (kept, merged):
        now = Enrolment.objects.get(pk=before.pk)
        assert now.spans == (merged.spans if before is merged else now.spans[-1:])
    assert Enrolment.objects.get(pk=kept.pk).earlier_spans is None


def test_an_enrolment_that_lasts_goes_on_and_overlaps_are_one_time(student, twin, course):
    kept = enrolment(course, student, from_days=60, until_days=20)
    merged = enrolment(course, twin, from_days=30)
    merge(student, twin)
    kept_now = Enrolment.objects.get(pk=kept.pk)
    assert kept_now.is_active
    assert [(span.from_at, span.until_at) for span in kept_now.spans] == [(kept.enrolled_at, None)]
    assert not Enrolment.objects.get(pk=merged.pk).is_active
