"""Who may read whose attendance, and what it says."""

from datetime import UTC, datetime, timedelta

import pytest

from attendance_project import clock
from conftest import NOW
from reports.queries import sessions
from reports.tests.conftest import days_ago, meet, put_down, queries_of
from sessions_app.models import Course, Enrolment, Subject

ALL = "/api/v1/attendance/statistics/all/{}"
TODAY = "/api/v1/attendance/statistics/today/{}"


@pytest.fixture
def other_course(colleague, student, course) -> Course:
    """The student's other course, which a colleague teaches to the same class."""
    subject = Subject.objects.create(code="DB", name="Databases")
    other = Course.objects.create(
        subject=subject, class_group=course.class_group, teacher=colleague, time_zone="UTC"
    )
    Enrolment.objects.create(course=other, student=student, enrolled_at=NOW)
    return other


@pytest.mark.parametrize("url", [ALL, TODAY])
def test_statistics_open_to_self_own_teacher_and_admin_only(
    url, as_user, student, classmate, outsider, teacher, colleague, admin_user, course
):
    who = {student: 200, teacher: 200, admin_user: 200}
    who |= {classmate: 404, outsider: 404, colleague: 404, None: 401}
    for viewer, status in who.items():
        assert as_user(viewer).get(url.format(student.pk)).status_code == status, viewer


@pytest.mark.parametrize("url", [ALL, TODAY])
def test_statistics_of_a_teacher_open_to_self_and_admin_only(
    url, as_user, student, teacher, colleague, admin_user, course
):
    who = {teacher: 200, admin_user: 200, student: 404, colleague: 404}
    for viewer, status in who.items():
        assert as_user(viewer).get(url.format(teacher.pk)).status_code == status, viewer


@pytest.mark.parametrize("url", [ALL, TODAY])
def test_statistics_of_an_unapproved_teacher_are_closed_to_them(url, as_user, teacher, student):
    teacher.is_approved = False
    assert as_user(teacher).get(url.format(teacher.pk)).status_code == 403


@pytest.mark.parametrize("url", [ALL, TODAY])
def test_statistics_of_nobody_are_not_found(url, as_user, admin_user, course):
    assert as_user(admin_user).get(url.format(course.pk)).status_code == 404
    assert as_user(admin_user).get(url.format(admin_user.pk)).status_code == 404
    assert as_user(admin_user).get(url.format("nobody")).status_code == 404


def test_overall_counts_per_course_and_in_all(as_user, student, course, other_course):
    for days, status in ((9, "present"), (8, "absent"), (7, "late"), (6, "excused")):
        put_down(meet(course, days_ago(days)), student, status)
    put_down(meet(other_course, days_ago(5)), student, "absent")
    meet(course, days_ago(-1), state="planned")
    meet(course, state="open")
    answer = as_user(student).get(ALL.format(student.pk)).json()
    databases, systems = answer["courses"]
    assert (databases["subject"], systems["subject"]) == ("Databases", "Operating Systems")
    assert systems["present"] == systems["late"] == systems["excused"] == systems["absent"] == 1
    assert systems["rate_percent"] == 66.7
    assert systems["absence_streak"] == 0
    assert systems["sessions_ahead"] == 2
    # Being at 4 of 5 would be 80 %, and at 3 of 5 only 60 %.
    assert (systems["may_still_miss"], systems["can_be_met"]) == (0, True)
    assert (databases["rate_percent"], databases["can_be_met"]) == (0, False)
    assert answer["total"]["rate_percent"] == 50
    assert answer["total"]["absence_streak"] == 1


def test_overall_allowance_follows_the_courses_own_limit(as_user, student, course):
    put_down(meet(course, days_ago(1)), student)
    meet(course, days_ago(-1), state="planned")
    for required, may_miss in ((75, 0), (50, 1)):
        Course.objects.update(at_risk_percent=required)
        [row] = as_user(student).get(ALL.format(student.pk)).json()["courses"]
        assert (row["required_percent"], row["may_still_miss"]) == (required, may_miss)


def test_overall_for_a_teacher_holds_their_own_courses_only(
    as_user, student, teacher, colleague, course, other_course
):
    put_down(meet(course), student)
    put_down(meet(other_course), student, "absent")
    seen = as_user(teacher).get(ALL.format(student.pk)).json()
    assert [c["course_id"] for c in seen["courses"]] == [str(course.pk)]
    assert seen["total"]["rate_percent"] == 100
    seen = as_user(colleague).get(ALL.format(student.pk)).json()
    assert [c["course_id"] for c in seen["courses"]] == [str(other_course.pk)]
    assert seen["total"]["rate_percent"] == 0


def test_overall_keeps_what_is_recorded_on_a_course_that_was_left(as_user, student, course):
    put_down(meet(course, days_ago(2)), student)
    meet(course, days_ago(-1), state="planned")
    Enrolment.objects.filter(student_id=student.pk).update(is_active=False)
    [row] = as_user(student).get(ALL.format(student.pk)).json()["courses"]
    assert (row["present"], row["sessions_ahead"]) == (1, 0)


def test_overall_of_a_teacher_sums_their_sessions(
    as_user, teacher, student, classmate, course, other_course
):
    session = meet(course, days_ago(1))
    put_down(session, student)
    put_down(session, classmate, "absent")
    put_down(meet(course, state="open"), student)
    meet(course, days_ago(-3), state="planned")
    put_down(meet(other_course), student)
    answer = as_user(teacher).get(ALL.format(teacher.pk)).json()
    assert [c["course_id"] for c in answer["courses"]] == [str(course.pk)]
    assert answer["total"]["sessions"] == 3
    assert answer["total"]["sessions_closed"] == 1
    assert (answer["total"]["attended"], answer["total"]["rate_percent"]) == (1, 50)


def test_today_names_each_session_and_what_is_recorded(
    as_user, student, teacher, classmate, course
):
    open_now = meet(course, state="open")
    put_down(open_now, student, "late")
    meet(course, days_ago(2))
    [row] = as_user(student).get(TODAY.format(student.pk)).json()["sessions"]
    assert (row["session_id"], row["state"], row["status"]) == (str(open_now.pk), "open", "late")
    [row] = as_user(classmate).get(TODAY.format(classmate.pk)).json()["sessions"]
    assert row["status"] is None
    answer = as_user(teacher).get(TODAY.format(teacher.pk)).json()
    [row] = answer["sessions"]
    assert (row["late"], row["rate_percent"], row["is_final"]) == (1, None, False)
    assert answer["total"]["attended"] == 0


@pytest.mark.parametrize(
    ("zone", "now", "starts_at", "is_today"),
    [
        # 23:30 in UTC is the next morning in Auckland, and still the day before in Honolulu.
        ("Pacific/Auckland", "2026-03-02 23:30", "2026-03-02 12:00", True),
        ("Pacific/Auckland", "2026-03-02 23:30", "2026-03-02 10:00", False),
        ("Pacific/Honolulu", "2026-03-03 05:00", "2026-03-02 11:00", True),
        ("Pacific/Honolulu", "2026-03-03 05:00", "2026-03-03 11:00", False),
        ("UTC", "2026-03-02 23:59", "2026-03-02 00:00", True),
        ("UTC", "2026-03-02 23:59", "2026-03-03 00:00", False),
        # The 25-hour day on which clocks in Paris go back.
        ("Europe/Paris", "2026-10-25 22:59", "2026-10-24 22:00", True),
        ("Europe/Paris", "2026-10-24 22:00", "2026-10-25 22:59", True),
        ("Europe/Paris", "2026-10-25 22:59", "2026-10-25 23:00", False),
        # It began at 23:30 in Paris, still goes on after midnight, and has ended by half past one.
        ("Europe/Paris", "2026-03-02 23:10", "2026-03-02 22:30", True),
        ("Europe/Paris", "2026-03-03 00:30", "2026-03-02 22:30", False),
    ],
)
def test_today_is_the_day_in_the_sessions_own_zone(zone, now, starts_at, is_today, course):
    def utc(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    course.time_zone = zone
    session = meet(course, utc(starts_at))
    found = sessions.all_sessions_today(now=utc(now), course_id__in=[course.pk])
    assert found == ([session] if is_today else [])


def test_local_day_is_that_of_the_zone():
    evening = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert sessions.local_day(evening, "UTC") == "2026-03-02"
    assert sessions.local_day(evening, "Europe/Paris") == "2026-03-03"


@pytest.mark.parametrize(("url", "expected"), [(ALL, [6, 6, 11, 8]), (TODAY, [9, 9, 14, 8])])
def test_statistics_ask_as_many_queries_for_much_as_for_little(
    url, expected, as_user, student, teacher, admin_user, course, other_course
):
    def asked() -> list[int]:
        calls = [(admin_user, student), (student, student), (teacher, student), (teacher, teacher)]
        return [
            queries_of(lambda who=who, whose=whose: as_user(who).get(url.format(whose.pk)))
            for who, whose in calls
        ]

    put_down(meet(course, state="open"), student)
    put_down(meet(other_course, state="open"), student)
    assert asked() == expected
    now = clock.now()
    for minutes in range(10):
        put_down(meet(course, now + timedelta(minutes=minutes)), student, "absent")
    assert asked() == expected
