"""What is not sure in a calendar: it is asked about, and the answer is remembered."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from attendance_project import clock
from attendance_project.tests.page_client import PageClient
from sessions_app.models import CalendarMapping, Course, Session
from sessions_app.tests.calendar_files import calendar, lecture, run
from sessions_app.tests.test_import_pages import TIMETABLE, apply, digest_of, upload


def week(title: str = "Networks CSE-A", **more) -> bytes:
    """A calendar with one event next week."""
    day = (clock.now() + timedelta(days=7)).strftime("%Y%m%d")
    return calendar(lecture(title, f"{day}T090000", f"{day}T100000"), **more)


@pytest.fixture
def office(admin_user) -> PageClient:
    client = PageClient()
    client.force_login(admin_user)
    return client


UNSURE = "Operating Systems for Poets, CSE-A"


def choose(client: PageClient, html: str, title: str, value: str, **fields) -> str:
    posted = {"digest": digest_of(html), "title": [title, ""], "course": [value, ""]} | fields
    return client.post(f"{TIMETABLE}apply/", posted, follow=True).content.decode()


def test_the_preview_asks_and_remembers_the_choice(office, course):
    html = upload(office, TIMETABLE, week(UNSURE), "term.ics")
    assert "Which course is meant?" in html
    assert f'value="{course.pk}"' in html
    html = choose(office, html, UNSURE, str(course.pk), show="1")
    assert "1 change. Nothing has been saved yet." in html
    assert f'<option value="{course.pk}" selected>' in html
    assert not CalendarMapping.objects.exists()
    assert apply(office, TIMETABLE, digest_of(html)) == ["Imported: 1 added, 0 changed, 0 removed."]
    assert Session.objects.get().course == course
    html = upload(office, TIMETABLE, week(UNSURE), "term (1).ics")
    assert "No changes" in html
    assert "Which course is meant?" not in html
    html = upload(office, TIMETABLE, week(UNSURE), "other.ics")
    assert "Which course is meant?" in html


def test_a_choice_that_was_not_previewed_is_shown_first(office, course):
    html = upload(office, TIMETABLE, week(UNSURE), "term.ics")
    html = choose(office, html, UNSURE, str(course.pk))
    assert "1 change. Nothing has been saved yet." in html
    assert not Session.objects.exists()


def test_leaving_out_is_remembered_without_a_change(office, course):
    html = upload(office, TIMETABLE, week(UNSURE), "term.ics")
    html = choose(office, html, UNSURE, "none", show="1")
    assert "is left out, as you chose before." in html
    assert "Remember my choices" in html
    apply(office, TIMETABLE, digest_of(html))
    assert CalendarMapping.objects.get().course is None
    html = upload(office, TIMETABLE, week(UNSURE), "term.ics")
    assert "Which course is meant?" not in html


def test_any_other_title_may_be_given_a_course(office, course):
    html = upload(office, TIMETABLE, week("Dentist"), "term.ics")
    assert "Nothing to do with your courses (1)" in html
    html = choose(office, html, "Dentist", str(course.pk), show="1")
    apply(office, TIMETABLE, digest_of(html))
    assert Session.objects.count() == 1


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_choice_of_no_course_plans_nothing(office, course, value):
    html = upload(office, TIMETABLE, week(UNSURE), "term.ics")
    posted = {"digest": digest_of(html), "title": UNSURE, "course": value}
    assert office.post(f"{TIMETABLE}apply/", posted).status_code in (302, 404)
    assert not Session.objects.exists()


def test_nobody_chooses_another_ones_course(teacher, course, colleague):
    client = PageClient()
    client.force_login(colleague)
    html = upload(client, TIMETABLE, week(UNSURE), "term.ics")
    posted = {"digest": digest_of(html), "title": UNSURE, "course": str(course.pk)}
    assert client.post(f"{TIMETABLE}apply/", posted).status_code == 404
    assert client.get(f"{TIMETABLE}preview/").status_code == 200  # the choice was not kept
    assert not Session.objects.exists()


def test_a_choice_is_for_whoever_chose_and_does_not_change_others(course, teacher, colleague):
    CalendarMapping.objects.create(
        owner=str(colleague.pk),
        source="term.ics",
        text="os cse-a lecture",
        course=None,
        by=colleague,
        at=clock.now(),
    )
    run(calendar(lecture()), courses=Course.objects.run_by(teacher), by=teacher)
    assert Session.objects.count() == 1


def test_the_command_maps_and_remembers(course, tmp_path, capsys):
    path = tmp_path / "term.ics"
    path.write_bytes(week(UNSURE))
    call_command("import_timetable", str(path))
    assert "? line 4: “Operating Systems for Poets, CSE-A” names no" in capsys.readouterr().out
    assert not Session.objects.exists()
    call_command("import_timetable", str(path), "--map", "for poets=OS CSE-A", "--dry-run")
    assert not CalendarMapping.objects.exists()
    call_command("import_timetable", str(path), "--map", "for poets=os/cse-a")
    assert Session.objects.get().course == course
    Session.objects.all().delete()
    call_command("import_timetable", str(path))
    assert Session.objects.count() == 1
    with pytest.raises(CommandError, match="write it as"):
        call_command("import_timetable", str(path), "--map", "poets")
    with pytest.raises(CommandError, match="OS X is 0 courses"):
        call_command("import_timetable", str(path), "--map", "poets=OS X")


def test_a_mapped_text_does_not_change_what_is_sure(course, tmp_path):
    path = tmp_path / "term.ics"
    path.write_bytes(week("OS CSE-A lecture"))
    call_command("import_timetable", str(path), "--map", "lecture=")
    assert Session.objects.count() == 1


def test_no_title_is_called_unsure_where_none_is(office, course):
    likely = "These titles are not sure."
    html = upload(office, TIMETABLE, week("Birthday"), "term.ics")
    assert "Another title" in html
    assert likely not in html
    assert likely in upload(office, TIMETABLE, week(UNSURE), "term.ics")
