"""A whole import is taken back, while nothing was marked in it."""

import sys
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from attendance_project.refusals import Refusal
from attendance_project.tests.page_client import PageClient
from sessions_app import imports, services
from sessions_app.imports import Action
from sessions_app.models import Attendance, Course, CourseStaff, ImportRecord, Session
from sessions_app.tests.calendar_files import NOW, calendar, lecture, plan, planned, run

LATER = NOW + timedelta(hours=1)


def weekly(count: int, room: str = "B-204") -> bytes:
    lines = (f"RRULE:FREQ=WEEKLY;COUNT={count}", f"LOCATION:{room}")
    return calendar(lecture("OS CSE-A", "20261201T090000", "20261201T103000", *lines))


def rows() -> list[dict]:
    """All sessions, without the stamp that each change of a register renews."""
    found = Session.objects.order_by("pk").values()
    return [{name: row[name] for name in row if name != "change_stamp"} for row in found]


def newest() -> ImportRecord:
    return ImportRecord.objects.order_by("-at", "-pk")[0]


def do(data: bytes, minutes: int, **options) -> ImportRecord:
    run(data, now=NOW + timedelta(minutes=minutes), **options)
    return newest()


def refusal_of(record: ImportRecord, by=None) -> str:
    before = rows()
    with pytest.raises(Refusal) as caught:
        imports.take_back(record, by=by, now=LATER)
    assert rows() == before
    return caught.value.code


def marked_late_lecture(student, *, by) -> bytes:
    """A calendar with a lecture shortly before midnight in UTC, in which the student is marked."""
    Course.objects.update(time_zone="UTC")
    late = calendar(lecture("OS CSE-A", "20261201T233000Z", "20261201T235900Z", zone=""))
    do(late, 0)
    about = {"status": "excused", "reason": "Ill.", "key": "1"}
    services.mark_by_hand(Session.objects.get(), student, by=by, now=NOW, **about)
    return late


def test_the_sessions_that_it_planned_are_gone(course, teacher):
    record = do(weekly(3), 0, by=teacher)
    done = imports.take_back(record, by=teacher, now=LATER)
    assert not Session.objects.exists()
    assert (done.taken_back_at, done.taken_back_by) == (LATER, teacher)
    assert len(do(weekly(3), 1).changes) == 3


def test_what_it_cancelled_and_changed_is_as_before(course):
    do(weekly(3), 0)
    before = rows()
    record = do(weekly(1, room="C-1"), 1, drop_missing=True)
    assert len(planned()) == 1
    imports.take_back(record, by=None, now=LATER)
    assert rows() == before


def test_what_it_restored_is_cancelled_again(course):
    do(weekly(2), 0)
    do(weekly(1), 1, drop_missing=True)
    before = rows()
    record = do(weekly(2), 2)
    assert record.changes[0]["action"] == Action.RESTORED
    imports.take_back(record, by=None, now=LATER)
    assert rows() == before


def test_it_is_taken_back_once(course):
    record = do(weekly(1), 0)
    imports.take_back(record, by=None, now=LATER)
    assert refusal_of(record) == "import_taken_back"


@pytest.mark.parametrize("closes", [True, False])
def test_nothing_is_taken_back_once_a_session_was_opened(course, teacher, closes):
    record = do(weekly(2), 0)
    session = Session.objects.earliest("starts_at")
    now = session.starts_at
    services.open_session(session, by=teacher, now=now)
    if closes:
        services.close_session(session, by=teacher, now=now + timedelta(hours=1))
    assert refusal_of(record) == "import_marked"
    record.refresh_from_db()
    assert record.taken_back_at is None


def test_nothing_is_taken_back_that_a_beacon_was_let_into(course, teacher):
    record = do(weekly(2), 0)
    session = Session.objects.earliest("starts_at")
    services.issue_session_token(session, by=teacher, now=NOW)
    assert refusal_of(record) == "import_marked"


def test_what_somebody_changed_since_is_not_overwritten(course):
    do(weekly(1), 0)
    record = do(weekly(1, room="C-1"), 1)
    services.change_session(Session.objects.get(), room="D-1")
    assert refusal_of(record) == "import_changed_since"


def test_nothing_is_taken_back_once_somebody_was_marked_in_a_changed_session(
    course, teacher, student
):
    do(weekly(1), 0)
    record = do(weekly(1, room="C-1"), 1)
    session = Session.objects.get()
    services.mark_by_hand(
        session, student, status="excused", reason="Ill.", by=teacher, now=LATER, key="1"
    )
    assert refusal_of(record) == "import_marked"


def test_marks_from_before_go_along_with_a_session_that_goes_back(course, teacher, student):
    """By the zone that was corrected the session is on the next day."""
    late = marked_late_lecture(student, by=teacher)
    Course.objects.update(time_zone="Asia/Tokyo")
    record = do(late, 1)
    assert Attendance.objects.get().local_date == "2026-12-02"
    imports.take_back(record, by=None, now=LATER)
    assert Session.objects.get().time_zone == "UTC"
    assert Attendance.objects.get().local_date == "2026-12-01"


def test_marks_from_before_go_along_though_the_process_ends_right_after_the_import(
    course, teacher, student
):
    """They were moved after the whole was stored. Who never came to that left them on the day
    before, and no later import saw anything to do."""
    late = marked_late_lecture(student, by=teacher)
    Course.objects.update(time_zone="Asia/Tokyo")
    made = plan(late)
    made.afterwards.insert(0, sys.exit)
    with pytest.raises(SystemExit):
        imports.apply(made)
    assert Session.objects.get().time_zone == "Asia/Tokyo"
    assert Attendance.objects.get().local_date == "2026-12-02"


def test_what_a_person_cancelled_since_stays_cancelled(course, teacher):
    do(weekly(2), 0)
    record = do(weekly(1), 1, drop_missing=True)
    session = Session.objects.get(state="cancelled")
    services.restore_session(session)
    services.cancel_session(session, by=teacher, now=LATER)
    imports.take_back(record, by=None, now=LATER)
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_who_no_longer_runs_the_course_takes_nothing_back(course, teacher, colleague):
    record = do(weekly(1), 0, by=teacher)
    Session.objects.update(teacher=colleague)
    type(course).objects.update(teacher=colleague)
    CourseStaff.objects.filter(person=teacher).delete()
    assert refusal_of(record, by=teacher) == "import_not_yours"


def test_the_page_lists_shows_and_takes_back(course, teacher, colleague):
    record = do(weekly(3), 0, by=teacher)
    client = PageClient()
    client.force_login(teacher)
    page = client.get("/imports/", {"q": "term", "sort": "file"}).content.decode()
    assert "term.ics" in page
    assert "term.ics" not in client.get("/imports/", {"q": "autumn"}).content.decode()
    page = client.get(f"/imports/{record.pk}/").content.decode()
    assert "Take this import back" in page
    assert page.count("B-204") == 3
    other = PageClient()
    other.force_login(colleague)
    assert "term.ics" not in other.get("/imports/").content.decode()
    assert other.post(f"/imports/{record.pk}/take-back/").status_code == 404
    assert Session.objects.count() == 3
    page = client.post(f"/imports/{record.pk}/take-back/", follow=True).content.decode()
    assert "The import was taken back." in page
    assert not Session.objects.exists()


def test_the_api_lists_shows_and_takes_back(api_as, course, teacher, colleague, student):
    record = do(weekly(1), 0, by=teacher)
    api = api_as(teacher)
    listed = api.get("/api/v1/imports").json()
    assert [row["file_name"] for row in listed["results"]] == ["term.ics"]
    shown = api.get(f"/api/v1/imports/{record.pk}").json()
    assert shown["counts"] == {"added": 1}
    assert api_as(colleague).post(f"/api/v1/imports/{record.pk}/take-back").status_code == 404
    assert api_as(student).get("/api/v1/imports").status_code == 403
    answer = api.post(f"/api/v1/imports/{record.pk}/take-back")
    assert (answer.status_code, answer.json()["taken_back_by"]) == (200, str(teacher.pk))
    assert api.post(f"/api/v1/imports/{record.pk}/take-back").json()["code"] == "import_taken_back"


def test_the_command_lists_and_takes_back(course):
    record = do(weekly(1), 0)
    out = StringIO()
    call_command("take_back_import", stdout=out)
    assert str(record.pk) in out.getvalue()
    call_command("take_back_import", str(record.pk), stdout=out)
    assert not Session.objects.exists()
    with pytest.raises(CommandError, match="taken back already"):
        call_command("take_back_import", str(record.pk))
    with pytest.raises(CommandError, match="is no import"):
        call_command("take_back_import", str(uuid4()))
