"""The dashboard shows today in numbers and the last 30 days, and leads to the error log."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from attendance_project import clock
from reports.models import ErrorEvent
from reports.tests.conftest import chart_of, days_ago, logged_in, meet, put_down, text_of
from reports.tests.test_admin_reports import decide, warn
from sessions_app.models import Course, Subject


def test_every_number_of_today_is_as_long_as_its_list(page_of, admin_user, course, student):
    session = meet(course, state="open")
    meet(course, state="closed")
    for outcome, reasons in (
        ("present", []),
        ("refused", ["code_too_old"]),
        ("refused", ["code_too_old", "face_mismatch"]),
        ("review", ["bluetooth_missing"]),
    ):
        decide(session, student, outcome, *reasons)
    text = text_of(page_of(admin_user, "dashboard-today"))
    figures = re.findall(
        r'<a class="figure[^"]*" id="today-[^"]*" href="([^"]*)"><b>(\d+)</b>', text
    )
    figures += re.findall(r'<a id="today-reason-[^"]*" href="([^"]*)">(\d+)</a>', text)
    assert len(figures) == 12
    browser = logged_in(admin_user)
    for href, number in figures:
        page = browser.get(href.replace("&amp;", "&")).context["list"].page
        assert page.paginator.count == int(number), href


def test_every_link_of_the_dashboard_leads_somewhere(page_of, admin_user, course, student):
    session = meet(course)
    put_down(session, student, "absent")
    warn(decide(session, student, "refused", "code_too_old"))
    text = text_of(page_of(admin_user, "dashboard"))
    browser = logged_in(admin_user)
    links = {href.replace("&amp;", "&") for href in re.findall(r'href="(/[^"#]+)', text)}
    assert len([href for href in links if not href.startswith("/static/")]) > 30
    for href in links:
        if not href.startswith("/static/"):
            assert browser.get(href).status_code == 200, href


def test_the_dashboard_cuts_30_days_by_class_and_department(
    page_of, admin_user, course, student, classmate
):
    for days, status in ((40, "absent"), (3, "present"), (2, "late"), (1, "absent")):
        put_down(meet(course, days_ago(days)), student, status)
    period = page_of(admin_user, "dashboard").context["period"]
    [(group, by_class)] = period.by_class
    [(department, by_department)] = period.by_department
    assert (group, department) == (course.class_group, "CS")
    assert by_class == by_department == period.total
    assert (period.total.attended, period.total.counted) == (2, 3)


@pytest.mark.parametrize("department", ["CS", ""])
def test_the_rows_of_a_department_are_those_it_counts(
    department, page_of, admin_user, colleague, course, student
):
    Subject.objects.filter(pk=course.subject_id).update(department=department)
    other = Course.objects.create(
        subject=Subject.objects.create(code="DB", name="Databases", department="Other"),
        class_group=course.class_group,
        teacher=colleague,
    )
    put_down(meet(course), student, "absent")
    put_down(meet(other), student)
    asked = {"department": department or "-"}
    rows = page_of(admin_user, "report-attendance", **asked).context["rows"]
    assert [row.course.subject for row in rows] == ["Operating Systems"]


def test_a_class_of_tomorrow_by_its_own_clock_is_listed_too(page_of, admin_user, course, student):
    """East of the site's time zone it may be tomorrow already."""
    row = put_down(meet(course), student)
    tomorrow = timezone.localdate() + timedelta(days=1)
    type(row).objects.filter(pk=row.pk).update(local_date=tomorrow.isoformat())
    context = page_of(admin_user, "report-attendance").context
    assert context["list"].page.paginator.count == context["total"].counted == 1


def test_check_ins_are_counted_by_the_minute(page_of, admin_user, course, student):
    session = meet(course, state="open")
    for minutes in (0, 0, 5, 29, 45):
        decision = decide(session, student, "present")
        type(decision).objects.filter(pk=decision.pk).update(
            decided_at=clock.now().replace(second=0, microsecond=0) - timedelta(minutes=minutes)
        )
    chart = chart_of(text_of(page_of(admin_user, "dashboard")), "per-minute")
    assert len(chart["labels"]) == 30
    assert sum(chart["series"][0]["values"]) in (3, 4)  # a minute may end in between


def test_the_error_log_is_filtered_and_told_in_detail(page_of, admin_user, student):
    for number, (status, code) in enumerate(((500, "KeyError"), (404, "not_found"))):
        event = ErrorEvent.objects.create(
            request_id=f"request-{number}",
            at=clock.now() - timedelta(days=number),
            method="GET",
            route="here/",
            status=status,
            code=code,
            detail="<b>own/place.py:3</b>",
            user=student,
        )
    for query, expected in (
        ({"kind": "unhandled"}, ["KeyError"]),
        ({"kind": "refused"}, ["not_found"]),
        ({"status": "404"}, ["not_found"]),
        ({"code": "KeyError"}, ["KeyError"]),
        ({"route": "there/"}, []),
        ({"request_id": "request-1"}, ["not_found"]),
        ({"user": str(student.pk)}, ["KeyError", "not_found"]),
        ({"from": timezone.localdate().isoformat()}, ["KeyError"]),
    ):
        page = page_of(admin_user, "errors", **query).context["list"].page
        assert [row.code for row in page] == expected, query
    text = text_of(page_of(admin_user, "error", event.pk))
    assert "&lt;b&gt;own/place.py:3" in text
