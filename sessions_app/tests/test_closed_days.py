"""Days on which the institution is closed: noted, left out of plans, and shown."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from sessions_app import queries, services
from sessions_app.models import ClosedDay, Session
from sessions_app.tests.test_course_pages import plan
from sessions_app.tests.test_overlaps import sent, series

API = "/api/v1"


@pytest.fixture
def fair(db):
    return ClosedDay.objects.create(date=date(2026, 12, 8), name="Fair")


def local_days():
    rows = Session.objects.order_by("starts_at")
    return [row.local_start.date().isoformat() for row in rows]


def test_a_series_on_the_page_leaves_closed_days_out_and_says_so(client, teacher, course, fair):
    client.force_login(teacher)
    path, body = f"/courses/{course.pk}/plan/", plan(weekdays=["1"], until="2026-12-15")
    shown = client.post(path, {k: v for k, v in body.items() if k != "plan"}).content.decode()
    assert "Tue 8 Dec 2026: Fair" in shown
    assert "Plan 2 sessions" in shown
    assert re.search(r"Tue 15 Dec 2026, \d\d:\d\d–\d\d:\d\d\s*</li>", shown)
    client.post(path, body)
    assert local_days() == ["2026-12-01", "2026-12-15"]


def test_closed_days_can_be_planned_where_that_is_asked(client, teacher, course, fair):
    client.force_login(teacher)
    path, body = f"/courses/{course.pk}/plan/", plan(first="2026-12-08")
    page = client.post(path, body).content.decode()
    assert "The institution is closed" in page
    assert not Session.objects.exists()
    assert client.post(path, body | {"on_closed_days": "on"}).status_code == 302
    assert local_days() == ["2026-12-08"]


def test_the_day_is_the_courses_own(api_as, teacher, course, fair):
    """It is the 8th in Paris, while it is the 7th by UTC."""
    start = datetime(2026, 12, 7, 23, 30, tzinfo=UTC)
    api, body = api_as(teacher), sent(course, start, start + timedelta(hours=1))
    refused = api.post(f"{API}/sessions", body, "json")
    assert (refused.status_code, refused.json()["code"]) == (409, "closed_day")
    assert "Tue 8 Dec 2026: Fair" in refused.json()["fields"]["starts_at"][0]
    assert api.post(f"{API}/sessions", body | {"allow_closed_day": True}, "json").status_code == 201


def test_a_series_by_the_api_leaves_them_out_and_names_them(api_as, teacher, course):
    ClosedDay.objects.create(date=date(2027, 3, 8), name="Fair")
    path = f"{API}/courses/{course.pk}/series"
    answer = api_as(teacher).post(path, series(), "json").json()
    assert answer["left_out"] == [{"date": "2027-03-08", "name": "Fair"}]
    assert local_days() == ["2027-03-01", "2027-03-15"]


def test_the_courses_page_shows_them_and_the_sessions_on_them(client, teacher, course, fair):
    for day in (8, 10):
        start = datetime(2026, 12, day, 9, tzinfo=UTC)
        services.create_session(course, starts_at=start, ends_at=start + timedelta(hours=1))
    client.force_login(teacher)
    page = client.get(f"/courses/{course.pk}/").content.decode()
    assert "Closed: Fair" in page
    assert "Tue 8 Dec 2026: Fair" in page


def test_the_first_page_shows_those_of_the_next_two_weeks(client, teacher):
    today = timezone.localdate()
    for days, name in ((-1, "Yesterday"), (0, "Today's fair"), (14, "Last"), (15, "Later")):
        ClosedDay.objects.create(date=today + timedelta(days=days), name=name)
    client.force_login(teacher)
    shown = client.get("/").context["closed_days"]
    assert [day.name for day in shown] == ["Today's fair", "Last"]


def test_an_admin_adds_and_removes_days_by_the_page(client, admin_user):
    client.force_login(admin_user)
    body = {"first": "2026-12-24", "last": "2026-12-26", "name": "Christmas"}
    assert client.post("/closed-days/", body).status_code == 302
    page = client.post("/closed-days/", body, follow=True).content.decode()
    assert "3 days were closed already" in page
    assert ClosedDay.objects.count() == 3
    client.post(f"/closed-days/{ClosedDay.objects.first().pk}/remove/")
    assert ClosedDay.objects.count() == 2


def closed(first: str, count: int, name: str, source: str = "") -> list[ClosedDay]:
    day = date.fromisoformat(first)
    days = [services.Day(day + timedelta(days=n), name) for n in range(count)]
    return services.close_days(days, source=source)


def test_days_in_a_row_of_one_name_and_calendar_are_one_range():
    days = [
        *(ClosedDay(date=date(2026, 12, n), name="Christmas") for n in (26, 24, 25, 28)),
        ClosedDay(date=date(2026, 12, 29), name="Fair"),
        ClosedDay(date=date(2026, 12, 30), name="Fair", source="term.ics"),
    ]
    found = [(each.first.day, each.last.day, each.name) for each in queries.in_ranges(days)]
    assert found == [
        (24, 26, "Christmas"),
        (28, 28, "Christmas"),
        (29, 29, "Fair"),
        (30, 30, "Fair"),
    ]


def test_a_day_that_was_removed_meanwhile_is_a_range_of_its_own(db):
    first, second = closed("2026-12-21", 2, "Christmas")
    services.open_days([first])
    assert queries.range_of(first).days == (first,)
    assert queries.range_of(second).days == (second,)


def test_ten_closed_days_in_a_row_are_one_row_everywhere(client, admin_user, teacher, course):
    closed("2026-12-21", 10, "Christmas")
    client.force_login(admin_user)
    page = client.get("/closed-days/")
    assert page.context["list"].found == 1
    assert "Mon 21 Dec 2026 – Wed 30 Dec 2026" in page.content.decode()
    for asked in ("25 December", "2026-12-25", "christ"):  # each day of it is found
        assert client.get("/closed-days/", {"q": asked}).context["list"].found == 1
    found = client.get("/closed-days/", {"q": "2026-12-31"}).context["list"]
    assert found.found == 0


def test_a_range_is_removed_as_it_was_shown_or_day_by_day(client, admin_user):
    days = closed("2026-12-21", 5, "Christmas")
    client.force_login(admin_user)
    client.post(f"/closed-days/{days[2].pk}/remove/")
    left = {day.date.day for day in ClosedDay.objects.all()}
    assert left == {21, 22, 24, 25}
    path = f"/closed-days/{days[0].pk}/remove/"
    page = client.post(path, {"until": "2026-12-25"}, follow=True).content.decode()
    assert "2 days removed." in page  # what is behind the gap is another range
    assert {day.date.day for day in ClosedDay.objects.all()} == {24, 25}
    path = f"/closed-days/{days[3].pk}/remove/"
    page = client.post(path, {"until": "soon"}, follow=True).content.decode()
    assert "Nothing was removed." in page
    assert {day.date.day for day in ClosedDay.objects.all()} == {24, 25}


@pytest.mark.parametrize(
    "body",
    [
        {"first": "2026-12-24", "last": "2026-12-01", "name": "X"},
        {"first": "2026-12-24", "last": "2028-12-24", "name": "X"},
        {"first": "9999-12-31", "name": "X"},
        {"first": "2026-12-24", "name": ""},
        {"first": "2026-12-24", "name": "x" * 151},
    ],
)
def test_days_that_make_no_sense_are_refused(client, admin_user, body):
    client.force_login(admin_user)
    assert client.post("/closed-days/", body).status_code == 400
    assert not ClosedDay.objects.exists()


def test_by_the_api(api_as, admin_user, student):
    admin, body = api_as(admin_user), {"date": "2026-12-24", "name": "Eve"}
    made = admin.post(f"{API}/closed-days", body, "json")
    assert made.status_code == 201
    assert admin.post(f"{API}/closed-days", body, "json").json()["code"] == "already_exists"
    listed = api_as(student).get(f"{API}/closed-days?first=2026-12-01&until=2026-12-31").json()
    assert [row["name"] for row in listed["results"]] == ["Eve"]
    assert api_as(student).get(f"{API}/closed-days?first=2027-01-01").json()["count"] == 0
    path = f"{API}/closed-days/{made.json()['id']}"
    assert [admin.delete(path).status_code for _ in range(2)] == [204, 404]


HOLIDAYS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//school//EN
BEGIN:VEVENT
UID:christmas
SUMMARY:Christmas\\, closed
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
END:VEVENT
BEGIN:VEVENT
UID:labour
SUMMARY:Labour Day
DTSTART;VALUE=DATE:20100501
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:cancelled
SUMMARY:No fair
STATUS:CANCELLED
DTSTART;VALUE=DATE:20261110
END:VEVENT
BEGIN:VEVENT
UID:meeting
SUMMARY:Staff meeting
DTSTART:20261201T090000Z
DTEND:20261201T100000Z
END:VEVENT
END:VCALENDAR
"""


def upload(text):
    return {"file": SimpleUploadedFile("holidays.ics", text.encode())}


def test_a_calendar_of_holidays_is_imported_again_and_again(client, admin_user):
    client.force_login(admin_user)
    for _ in range(2):
        page = client.post("/closed-days/import/", upload(HOLIDAYS), follow=True).content.decode()
        assert "Staff meeting" in page
    assert "closed already" in page
    days = {day.date.isoformat(): day.name for day in ClosedDay.objects.all()}
    christmas = {f"2026-12-{n}": "Christmas, closed" for n in (24, 25, 26)}
    assert christmas.items() <= days.items()
    assert days["2027-05-01"] == "Labour Day"
    assert "2026-11-10" not in days
    assert set(ClosedDay.objects.values_list("source", flat=True)) == {"holidays.ics"}


@pytest.mark.parametrize("text", ["no calendar", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", ""])
def test_a_file_without_whole_days_is_refused(client, admin_user, text):
    client.force_login(admin_user)
    answer = client.post("/closed-days/import/", upload(text))
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    assert not ClosedDay.objects.exists()
