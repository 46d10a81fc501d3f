"""What the report pages show, and what they refuse."""

import re
from datetime import timedelta

import pytest

from attendance_project import clock
from reports.tests.conftest import (
    chart_of,
    days_ago,
    meet,
    put_down,
    text_of,
)
from reports.tests.test_admin_reports import decide, warn
from sessions_app.models import Course, Enrolment, Subject

# --- a course -------------------------------------------------------------------------


def test_course_page_shows_the_matrix_and_marks_who_is_at_risk(
    page_of, teacher, course, student, classmate
):
    for days in (4, 3, 2):
        session = meet(course, days_ago(days))
        put_down(session, student, "absent")
        put_down(session, classmate, "late")
    text = text_of(page_of(teacher, "report-course", course.pk))
    assert text.count('<td class="a">A</td>') == text.count('<td class="l">L</td>') == 3
    [row] = re.findall(r'<tr class="risk">.*?</tr>', text, re.DOTALL)
    assert student.full_name in row
    assert "at risk" in row
    only = text_of(page_of(teacher, "report-course", course.pk, show="at-risk"))
    assert student.full_name in only
    assert classmate.full_name not in only


def test_course_chart_and_the_table_behind_it_say_the_same(page_of, teacher, course, student):
    for days, status in ((4, "present"), (3, "absent")):
        put_down(meet(course, days_ago(days)), student, status)
    text = text_of(page_of(teacher, "report-course", course.pk))
    chart = chart_of(text, "trend")
    assert chart["series"][0]["values"] == [100.0, 0.0]
    table = re.search(r'<table id="trend-table">.*?</table>', text, re.DOTALL)[0]
    assert re.findall(r'<td class="figures">(.*?)</td>', table) == ["100.0", "0.0"]
    assert all(label in table for label in chart["labels"])


def test_course_page_says_what_to_do_where_there_is_nothing(page_of, teacher, course):
    assert "No sessions in these days" in text_of(page_of(teacher, "report-course", course.pk))
    Enrolment.objects.all().delete()
    text = text_of(page_of(teacher, "report-course", course.pk))
    assert "No students on this course yet" in text
    assert f'href="/courses/{course.pk}/students/"' in text


def test_names_are_escaped_everywhere(page_of, teacher, admin_user, course, student):
    student.full_name = "<script>alert(1)</script>"
    student.save()
    put_down(meet(course), student, "absent")
    warn(decide(meet(course), student, "refused", "code_too_old"))
    pages = [("report-course", course.pk), ("report-class", course.class_group_id)]
    pages += [("report-student", student.pk), ("report-check-ins",), ("report-warned",)]
    for name, *args in [*pages, ("dashboard",)]:
        text = text_of(page_of(admin_user, name, *args))
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text, name


def test_courses_page_counts_rate_and_who_is_below_it(page_of, teacher, course, student, classmate):
    for days in (4, 3, 2):
        session = meet(course, days_ago(days))
        put_down(session, student, "absent")
        put_down(session, classmate, "present")
    text = text_of(page_of(teacher, "reports"))
    assert "50.0" in text
    assert re.search(r'show=at-risk">1\s*student<', text)


def test_a_students_sessions_are_those_that_the_counts_above_them_count(
    page_of, teacher, course, student
):
    for state in ("closed", "cancelled", "open"):
        put_down(meet(course, state=state), student, "absent")
    context = page_of(teacher, "report-student", student.pk).context
    [row] = context["list"].page
    assert row.session.state == "closed"
    assert context["attendance"].total.tally.absent == 1


# --- refusing what makes no sense -----------------------------------------------------

BAD = [
    {"from": "yesterday"},
    {"to": "2026-02-30"},
    {"from": "1999-12-31"},
    {"to": "9999-12-31"},
    {"from": "2026-03-02", "to": "2026-03-01"},
]


@pytest.mark.parametrize("query", BAD)
def test_days_that_make_no_sense_are_told_beside_the_field(query, page_of, admin_user, course):
    pages = [("report-course", course.pk), ("report-class", course.class_group_id)]
    pages += [("report-attendance",), ("report-sessions",), ("report-check-ins",), ("errors",)]
    for name, *args in pages:
        text = text_of(page_of(admin_user, name, *args, **query), status=400)
        assert 'class="errorlist"' in text, name


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("report-attendance", {"status": "asleep"}),
        ("report-attendance", {"student": "1"}),
        ("report-attendance", {"department": "x" * 101}),
        ("report-attendance", {"department": "a\x00b"}),
        ("report-sessions", {"state": "gone"}),
        ("report-check-ins", {"reason": "none_such"}),
        ("errors", {"status": "7"}),
        ("errors", {"status": "nine"}),
        ("errors", {"user": "me"}),
        ("errors", {"kind": "odd"}),
    ],
)
def test_filters_that_make_no_sense_are_refused(name, query, page_of, admin_user):
    assert page_of(admin_user, name, **query).status_code == 400


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", ""])
def test_pages_that_are_not_there_lead_to_the_nearest(page, page_of, admin_user, course):
    for name in ("reports", "report-attendance", "report-sessions", "report-warned", "errors"):
        assert page_of(admin_user, name, page=page).status_code == 200


@pytest.mark.parametrize("query", [{"from": ""}, {"to": ""}, {"from": "", "to": ""}])
def test_days_left_empty_are_no_error(query, page_of, admin_user, course, student):
    put_down(meet(course), student)
    for name in ("report-attendance", "report-sessions", "report-check-ins", "errors"):
        assert page_of(admin_user, name, **query).status_code == 200


def test_lists_with_one_day_named_reach_to_today(page_of, admin_user, course):
    now = clock.now()
    meet(course, now - timedelta(days=3))
    day = (now - timedelta(days=9)).date().isoformat()
    assert len(page_of(admin_user, "report-sessions", **{"from": day}).context["rows"]) == 1
    assert "No matching sessions" in text_of(page_of(admin_user, "report-sessions", to=day))


# --- whose things ---------------------------------------------------------------------


def test_a_colleague_sees_nothing_of_the_course_in_any_list(
    page_of, colleague, course, student, classmate, teacher
):
    session = meet(course)
    put_down(session, student)
    warn(decide(session, student, "refused", "code_too_old"))
    decide(session, classmate, "review", "bluetooth_missing")
    lists = ("reports", "report-attendance", "report-sessions", "report-check-ins")
    for name in (*lists, "report-reviews", "report-warned"):
        text = text_of(page_of(colleague, name))
        assert student.full_name not in text, name
        assert str(session.pk) not in text, name
        own = text_of(page_of(teacher, name))
        assert "Operating Systems" in own or student.full_name in own, name


def test_a_teacher_sees_a_students_own_courses_and_no_file(
    page_of, teacher, colleague, course, student
):
    subject = Subject.objects.create(code="DB", name="Databases")
    other = Course.objects.create(
        subject=subject, class_group=course.class_group, teacher=colleague
    )
    Enrolment.objects.create(course=other, student=student, enrolled_at=days_ago(9))
    put_down(meet(other), student, "absent")
    put_down(meet(course), student)
    text = text_of(page_of(teacher, "report-student", student.pk))
    assert "Operating Systems" in text
    assert "Databases" not in text
    assert "Phones" not in text
    assert "Consent" not in text


def test_an_admin_sees_the_whole_file_without_secrets(page_of, admin_user, course, student):
    warn(
        decide(meet(course), student, "refused", "code_of_another_session"), appeal="It was not me"
    )
    text = text_of(page_of(admin_user, "report-student", student.pk))
    for words in ("Phones", "Consent and face", "It was not me", student.email):
        assert words in text
    assert "jkt" not in text


def test_students_pages_are_of_students_only(page_of, admin_user, teacher):
    assert page_of(admin_user, "report-student", teacher.pk).status_code == 404
    assert page_of(admin_user, "report-student", admin_user.pk).status_code == 404


# --- days and lists ------------------------------------------------------------------


def test_a_students_sessions_and_files_are_those_of_the_days_asked_for(
    page_of, teacher, course, student
):
    for days in (2, 40):
        put_down(meet(course, days_ago(days)), student, "present")
    page = page_of(teacher, "report-student", student.pk)
    assert len(page.context["list"].page) == 2
    first_day = days_ago(10).date().isoformat()
    narrowed = page_of(teacher, "report-student", student.pk, **{"from": first_day})
    assert len(narrowed.context["list"].page) == 1
    assert f"student={student.pk}&amp;from={first_day}" in narrowed.content.decode()
    wrong = page_of(teacher, "report-student", student.pk, **{"from": "yesterday"})
    assert (wrong.status_code, len(wrong.context["list"].page)) == (400, 2)


def test_attended_lists_present_and_late_and_one_course_only_its_own(
    page_of, admin_user, course, student, classmate
):
    session = meet(course, days_ago(2))
    put_down(session, student, "late")
    put_down(session, classmate, "absent")

    def listed(**query):
        return [
            row.status
            for row in page_of(admin_user, "report-attendance", **query).context["list"].page
        ]

    assert sorted(listed()) == ["absent", "late"]
    assert listed(status="attended") == ["late"]
    assert sorted(listed(course=str(course.pk))) == ["absent", "late"]
    assert listed(course="0" * 32) == []
