"""Days to skip, as people type and paste them into the form that plans a series."""

from datetime import date

import pytest
from django.forms import ValidationError

from sessions_app.forms.day_list import days_of
from sessions_app.models import Session
from sessions_app.tests.test_course_pages import desk, plan, url  # noqa: F401  # a fixture

FIRST = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", []),
        ("2026-12-24, 2026-12-31", ["2026-12-24", "2026-12-31"]),
        ("2026-12-24 2026-12-31", ["2026-12-24", "2026-12-31"]),
        ("2026-12-24\n\n2026-12-31\n", ["2026-12-24", "2026-12-31"]),
        ("24.12.2026; 31.12.26", ["2026-12-24", "2026-12-31"]),
        ("24 Dec 2026, 31 December 2026", ["2026-12-24", "2026-12-31"]),
        ("Dec 24, 2026, Dec 31, 2026", ["2026-12-24", "2026-12-31"]),
        ("24. Dezember 2026, 1er mai 2027", ["2026-12-24", "2027-05-01"]),
        ("Thu 24 Dec 2026", ["2026-12-24"]),
        ("24.12., 6.1.", ["2026-12-24", "2027-01-06"]),
        ("12/24/2026, 12/10/2026", ["2026-12-24", "2026-12-10"]),
        ("2026-12-24, 24.12.2026", ["2026-12-24"]),
        ("2026-12-30 – 2027-01-01", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("30.12. bis 1.1.", ["2026-12-30", "2026-12-31", "2027-01-01"]),
        ("29.2.", ["2028-02-29"]),
    ],
)
def test_days_are_read_in_the_forms_in_which_they_are_written(text, days):
    assert [day.isoformat() for day in days_of(text, first=FIRST)] == days


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2026-12-24, soon", "“soon” is no day that can be read. Write it as YYYY-MM-DD."),
        ("2026-02-30", "“2026-02-30” is no day that can be read. Write it as YYYY-MM-DD."),
        ("11/12/2026", "“11/12/2026” may be 11 December 2026 or 12 November 2026. Write it as"),
        ("2026-12-31 – 2026-12-24", "“2026-12-31 – 2026-12-24” ends before it begins, or is too"),
        ("2026-12-24 – 2036-12-24", "“2026-12-24 – 2036-12-24” ends before it begins, or is too"),
    ],
)
def test_what_is_no_day_or_may_be_two_is_named(text, problem):
    with pytest.raises(ValidationError) as refused:
        days_of(text, first=FIRST)
    assert refused.value.messages[0].startswith(problem)


def test_a_series_skips_days_in_any_form(desk, course):  # noqa: F811
    body = plan(weekdays=["1", "3"], until="2026-12-15", skip="8.12.\n10 Dec 2026")
    assert desk.post(url(course, "plan/"), body).status_code == 302
    days = [row.local_start.date().isoformat() for row in Session.objects.order_by("starts_at")]
    assert days == ["2026-12-01", "2026-12-03", "2026-12-15"]


def test_a_day_that_cannot_be_read_is_said_at_the_field(desk, course):  # noqa: F811
    body = plan(weekdays=["1"], until="2026-12-15", skip="8.12., next week")
    response = desk.post(url(course, "plan/"), body)
    assert response.status_code == 400
    assert "“next week” is no day that can be read." in response.content.decode()
    assert not Session.objects.exists()
