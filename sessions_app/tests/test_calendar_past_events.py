"""What a calendar says of events that are past or have begun: once, what to do."""

from datetime import UTC, datetime, timedelta

from django.core.management import call_command

from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from sessions_app import services
from sessions_app.tests.calendar_files import NOW, calendar, lecture, plan
from sessions_app.tests.test_import_pages import TIMETABLE, upload

PAST = [
    lecture("OS CSE-A lecture", f"2026110{n}T090000", f"2026110{n}T103000", uid=f"{n}")
    for n in range(2, 5)
]
NEW = (
    "Only sessions to come are imported. If those on these lines took place, plan them on their "
    "course's page, and then import their marks: 4, 10, 16."
)


def test_what_to_do_about_past_events_is_said_once(course):
    made = plan(calendar(*PAST, lecture(uid="9")))
    assert made.advice == [NEW]
    assert made.counts["added"] == 1


def test_those_that_are_here_need_their_marks_only(course):
    starts_at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    ends_at = starts_at + timedelta(minutes=90)
    services.new_session(course, starts_at=starts_at, ends_at=ends_at).save()
    assert plan(calendar(PAST[0])).advice == [
        "If the sessions on these lines took place, import their marks: 4."
    ]


def test_past_dates_of_a_series_that_goes_on_need_no_advice(course):
    weekly = lecture("OS CSE-A", "20261103T090000", "20261103T103000", "RRULE:FREQ=WEEKLY;COUNT=9")
    assert plan(calendar(weekly)).advice == []


def test_the_page_says_it_in_the_list_of_what_is_not_planned(course, teacher, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = PageClient()
    client.force_login(teacher)
    html = upload(client, TIMETABLE, calendar(*PAST), "term.ics")
    told = html[html.index('id="left-out-head"') :]
    assert told.count("If those on these lines took place, plan them on their course&#x27;s") == 1


def test_the_command_says_it_as_well(course, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    file = tmp_path / "term.ics"
    file.write_bytes(calendar(*PAST))
    call_command("import_timetable", str(file), dry_run=True)
    assert f"! {NEW}" in capsys.readouterr().out
