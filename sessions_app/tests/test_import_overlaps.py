"""What an import says of sessions at the same time as others, and on closed days."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

from django.core.management import call_command

from accounts.models import Role
from attendance_project import clock
from conftest import make_user
from sessions_app import queries, services
from sessions_app.imports import subscriptions
from sessions_app.models import ClosedDay, Session
from sessions_app.tests import import_files
from sessions_app.tests.calendar_files import NOW, calendar, lecture, plan, run
from sessions_app.tests.test_import_pages import TIMETABLE, upload
from sessions_app.tests.test_overlaps import course_of

NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)
"""9 o'clock in Paris, when the lecture of these files begins."""
HOUR = timedelta(hours=1)
_TIMES = ("20261201T090000", "20261201T103000")


def test_a_session_that_is_there_is_named_with_what_is_shared(course, colleague):
    other = course_of(colleague, "MA", "CSE-A")
    services.create_session(other, starts_at=NINE + HOUR, ends_at=NINE + 2 * HOUR, room="C-1")
    made = plan(calendar(lecture()))
    assert made.overlaps() == [f"{other} takes place on Tue 1 Dec 2026, 10:00–11:00 (same class)."]
    assert plan(calendar(lecture(end="20261201T100000"))).overlaps() == []


def test_two_events_of_one_file_are_named_once(course, teacher):
    course_of(teacher, "MA", "CSE-B")
    other = lecture("MA CSE-B", "20261201T100000", "20261201T110000", uid="2")
    (told,) = plan(calendar(lecture(), other)).overlaps()
    assert told.endswith("(same teacher).")


def test_a_lecture_of_two_courses_at_once_is_no_overlap(course, teacher):
    course_of(teacher, "OS", "CSE-B")
    made = plan(calendar(lecture("OS CSE-A, CSE-B", *_TIMES, "LOCATION:B-204")))
    assert made.counts["added"] == 2
    assert made.overlaps() == []


def test_a_session_that_an_import_moves_away_or_takes_back_is_no_overlap(course, colleague):
    other = course_of(colleague, "MA", "CSE-A")
    run(calendar(lecture()), course=other)
    later = lecture(start="20261201T103000", end="20261201T113000")
    assert run(calendar(later), course=other, drop_missing=True).overlaps() == []
    assert plan(calendar(lecture())).overlaps() == []


def test_a_session_that_gets_another_room_is_looked_at_again(course, colleague):
    run(calendar(lecture()))
    other = course_of(colleague, "PH", "CSE-C")
    services.create_session(other, starts_at=NINE, ends_at=NINE + HOUR, room="C-1")
    assert plan(calendar(lecture())).overlaps() == []
    (told,) = plan(calendar(lecture("OS CSE-A", *_TIMES, "LOCATION:c-1"))).overlaps()
    assert told.endswith("(same room).")


def test_the_page_and_the_command_say_it(client, course, teacher, session, tmp_path):
    start = clock.now() + timedelta(days=3)
    Session.objects.filter(pk=session.pk).update(
        starts_at=start.replace(minute=0), ends_at=start.replace(minute=50)
    )
    at = [f"{start.replace(minute=m):%Y%m%dT%H%M00}Z" for m in (10, 40)]
    data = calendar(lecture("OS CSE-A", *at, zone=""))
    client.force_login(teacher)
    html = upload(client, TIMETABLE, data, "term.ics")
    assert "Other sessions take place at the same time:" in html
    assert "(same course)." in html
    file, out = tmp_path / "term.ics", StringIO()
    file.write_bytes(data)
    call_command("import_timetable", str(file), dry_run=True, stdout=out)
    assert "! At the same time: Operating Systems" in out.getvalue()


def test_a_calendar_that_applies_itself_waits_where_sessions_meet_others(
    course, colleague, teacher, monkeypatch
):
    other = course_of(colleague, "MA", "CSE-A")
    services.create_session(other, starts_at=NINE, ends_at=NINE + HOUR)
    kept = subscriptions.CalendarSubscription.objects.create(
        owner=teacher, address="http://x/term.ics", applies_itself=True, created_at=NOW
    )
    monkeypatch.setattr(subscriptions, "fetch_calendar", lambda address: calendar(lecture()))
    assert subscriptions.read(kept, now=NOW) == subscriptions.Reading(waiting=1)
    Session.objects.all().delete()
    assert subscriptions.read(kept, now=NOW) == subscriptions.Reading(applied=1)


def test_a_closed_day_is_named(course):
    ClosedDay.objects.create(date=date(2026, 12, 1), name="Founder's Day")
    (note,) = plan(calendar(lecture())).notes
    assert "Tue 1 Dec 2026: Founder's Day" in note
    run(calendar(lecture()))
    assert plan(calendar(lecture())).notes == []


def test_a_session_whose_substitute_teaches_elsewhere_is_named_when_it_moves(
    course, colleague, teacher
):
    run(calendar(lecture()))
    third = make_user(Role.TEACHER, "T3")
    Session.objects.update(substitute=colleague)
    other = course_of(third, "PH", "CSE-C")
    services.add_staff(other, person=colleague, role="assistant", by=None, now=NOW)
    services.create_session(other, starts_at=NINE + 4 * HOUR, ends_at=NINE + 5 * HOUR)
    later = calendar(lecture(start="20261201T130000", end="20261201T143000"))
    (told,) = plan(later).overlaps()
    assert told == f"{other} takes place on Tue 1 Dec 2026, 13:00–14:00 (same teacher)."


def test_a_room_among_several_is_taken(course, colleague):
    other = course_of(colleague, "PH", "CSE-C")
    services.create_session(other, starts_at=NINE, ends_at=NINE + HOUR, room="A101/B202")
    (told,) = plan(calendar(lecture("OS CSE-A", *_TIMES, "LOCATION:B 202\\, C 3"))).overlaps()
    assert told.endswith("(same room).")


def test_a_joint_lecture_that_a_person_moved_as_a_whole_stays_one(course, teacher):
    course_of(teacher, "OS", "CSE-B")
    run(calendar(lecture("OS CSE-A, CSE-B", *_TIMES, "LOCATION:B-204")))
    Session.objects.update(room="")
    (one, two) = Session.objects.all()
    for session in (one, two):
        assert queries.overlaps_of([queries.wanted_of(session)]) == []


def test_a_new_teacher_of_a_course_who_teaches_elsewhere_is_named(course, colleague, session):
    other = course_of(colleague, "PH", "CSE-C")
    services.create_session(other, starts_at=session.starts_at, ends_at=session.ends_at)
    (told,) = import_files.plan(b"subject_code,class_code,teacher_number\nOS,CSE-A,T2\n").overlaps()
    assert told.startswith(f"{other} takes place on ")
