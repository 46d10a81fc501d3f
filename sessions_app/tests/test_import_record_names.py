"""What an import changed is told by names that a person understands, and not by ids."""

from io import StringIO

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from accounts.models import Role, User
from attendance_project import lists
from attendance_project.tests.page_client import PageClient
from sessions_app.imports import record_names
from sessions_app.imports.record_names import named
from sessions_app.models import Course, CourseStaff, Enrolment, ImportRecord, Session
from sessions_app.tests.import_files import CLASS
from sessions_app.tests.import_files import run as run_people
from sessions_app.tests.test_import_marks import HEAD, session_at
from sessions_app.tests.test_import_marks import run as run_marks
from sessions_app.tests.test_timetable import WEEKLY
from sessions_app.tests.test_timetable import run as run_timetable
from sessions_app.views import import_records

ANN = "Ann Ågren (S7)"
COURSE = "OS Operating Systems · CSE-A"


def names_of(record: ImportRecord, to: User | None = None) -> list[str]:
    return [one.name for one in named(record, record.changes, to=to)]


def page_of(user: User, record: ImportRecord, query: str = "") -> str:
    client = PageClient()
    client.force_login(user)
    return client.get(f"/imports/{record.pk}/{query}").content.decode()


def api_of(user: User, record: ImportRecord) -> list[dict]:
    client = APIClient()
    client.force_authenticate(user)
    return client.get(f"/api/v1/imports/{record.pk}").json()["changes"]


@pytest.fixture
def of_people(db, admin_user) -> ImportRecord:
    run_people(CLASS, by=admin_user)
    return ImportRecord.objects.get()


@pytest.fixture
def of_marks(course, student, teacher) -> ImportRecord:
    lecture = session_at(course)
    Session.objects.filter(pk=lecture.pk).update(room="B-204")
    run_marks(HEAD + "S1,2026-11-23,present\n", teacher, course=course)
    return ImportRecord.objects.get()


def test_people_and_courses_have_their_names_and_no_ids(of_people, admin_user):
    html = page_of(admin_user, of_people)
    for name in (ANN, "Tea Cher (T7)", COURSE, f"{ANN} in {COURSE}"):
        assert name in html
    assert not [one["id"] for one in of_people.changes if one["id"] in html]
    assert "deleted since" not in html


def test_what_was_deleted_since_says_so(of_people, admin_user):
    Enrolment.objects.filter(student=User.objects.get(institution_number="S7")).delete()
    told = [one for one in api_of(admin_user, of_people) if one["is_deleted"]]
    assert [(one["kind"], one["name"]) for one in told] == [("enrolment", "")]
    assert page_of(admin_user, of_people).count("deleted since") == 1


def test_what_has_a_kept_name_keeps_it_when_it_is_deleted(course, teacher):
    run_timetable(WEEKLY, by=teacher)
    record = ImportRecord.objects.get()
    before = names_of(record)
    Session.objects.all().delete()
    assert names_of(record) == before
    assert "Operating Systems · CSE-A, Mon" in before[0]
    assert page_of(teacher, record).count("deleted since") == 3


def test_a_mark_names_its_student_and_session(of_marks, teacher, student):
    name = f"{student}, Operating Systems · CSE-A, Mon 23 Nov 2026, 10:00–11:30, B-204"
    assert name in page_of(teacher, of_marks)
    [change] = api_of(teacher, of_marks)
    assert (change["name"], change["student"]) == (name, str(student.pk))


def test_changes_are_found_by_names_of_today(of_people, admin_user):
    User.objects.filter(institution_number="S7").update(full_name="Ann Bergström")
    html = page_of(admin_user, of_people, "?q=bergström&sort=name")
    assert html.count("Ann Bergström (S7)") == 2
    assert "Bo Berg" not in html


def test_who_no_longer_runs_the_session_reads_no_names_of_students(of_marks, teacher, colleague):
    Course.objects.update(teacher=colleague)
    CourseStaff.objects.all().delete()
    Session.objects.update(teacher=colleague)
    html = page_of(teacher, of_marks)
    assert "Mon 23 Nov 2026, 10:00–11:30, B-204" in html
    assert "(S1)" not in html
    assert "(S1)" in names_of(of_marks)[0]  # a command is told


def test_who_is_no_longer_an_admin_reads_no_names_of_people(of_people, admin_user):
    User.objects.filter(pk=admin_user.pk).update(role=Role.TEACHER)
    admin_user.refresh_from_db()
    assert {one for one in names_of(of_people, admin_user) if one} == {
        "OS Operating Systems",
        "CSE-A Computer Science A",
    }
    assert "Ann" not in page_of(admin_user, of_people)


def test_a_record_from_before_students_were_kept_names_the_session(of_marks, teacher):
    changes = [{name: one[name] for name in one if name != "student"} for one in of_marks.changes]
    ImportRecord.objects.update(changes=changes)
    of_marks.refresh_from_db()
    assert names_of(of_marks, teacher) == [
        "Operating Systems · CSE-A, Mon 23 Nov 2026, 10:00–11:30, B-204"
    ]


def test_the_command_shows_what_an_import_changed_and_takes_nothing_back(of_people):
    out = StringIO()
    call_command("take_back_import", str(of_people.pk), dry_run=True, stdout=out)
    assert f"+ enrolment {ANN} in {COURSE}\n" in out.getvalue()
    of_people.refresh_from_db()
    assert of_people.taken_back_at is None


def test_names_take_as_many_queries_for_many_changes(of_people, django_assert_num_queries):
    with django_assert_num_queries(6):  # one for each kind of row that the import has
        named(of_people, of_people.changes, to=None)
    assert len(of_people.changes) == 8


def test_the_page_asks_for_the_names_that_it_shows_only(of_people, admin_user, monkeypatch):
    monkeypatch.setattr(lists, "ROWS_A_PAGE", 3)
    asked = []
    told = record_names.named
    monkeypatch.setattr(
        import_records, "named", lambda *all_, **to: asked.append(len(all_[1])) or told(*all_, **to)
    )
    pages = [page_of(admin_user, of_people, f"?page={n}") for n in (1, 2, 3)]
    assert asked == [3, 3, 2]
    assert sum(html.count(f"{ANN} in {COURSE}") for html in pages) == 1
    page_of(admin_user, of_people, "?sort=kind")
    page_of(admin_user, of_people, "?sort=-name")
    page_of(admin_user, of_people, "?q=ann")
    assert asked[3:] == [3, 8, 8]
