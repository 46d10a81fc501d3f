"""The report pages take as many queries for many rows as for few."""

import pytest
from django.urls import reverse

from accounts.models import Role
from attendance_project import clock
from conftest import make_user
from reports.models import ErrorEvent
from reports.tests.conftest import days_ago, logged_in, meet, put_down, queries_of, text_of
from reports.tests.test_admin_reports import decide, warn
from sessions_app.models import Course, Enrolment, Subject

# Two of each page's queries read the log-in session and the viewer.
QUERIES = {
    "reports": 7,
    "report-course": 8,
    "report-class": 16,
    "report-subject": 16,
    "report-attendance": 13,
    "report-student": 19,
    "report-sessions": 7,
    "report-check-ins": 6,
    "report-reviews": 10,
    "report-warned": 6,
    "dashboard": 27,
    "dashboard-today": 15,
    "errors": 4,
}


@pytest.mark.parametrize("name", QUERIES)
def test_pages_ask_as_many_queries_for_much_as_for_little(
    name, page_of, admin_user, course, student
):
    args = {
        "report-course": [course.pk],
        "report-class": [course.class_group_id],
        "report-subject": [course.subject_id],
        "report-student": [student.pk],
    }.get(name, [])

    browser = logged_in(admin_user)

    def ask() -> int:
        return queries_of(lambda: text_of(browser.get(reverse(name, args=args))))

    def add(person) -> None:
        session = meet(course)
        put_down(session, person, "absent")
        warn(decide(session, person, "review", "bluetooth_missing"))
        warn(decide(meet(course), student, "refused", "code_too_old"))
        ErrorEvent.objects.create(
            at=clock.now(), method="GET", route="x", status=404, code="x", user=person
        )

    add(student)
    few = ask()
    for number in range(6):
        person = make_user(Role.STUDENT, f"S{50 + number}")
        Enrolment.objects.create(course=course, student=person, enrolled_at=days_ago(1))
        add(person)
        subject = Subject.objects.create(code=f"X{number}", name="More", department=f"D{number}")
        further = Course.objects.create(
            subject=subject, class_group=course.class_group, teacher=course.teacher
        )
        put_down(meet(further), person)
    assert (few, ask()) == (QUERIES[name], QUERIES[name])
