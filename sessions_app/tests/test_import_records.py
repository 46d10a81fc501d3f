"""What is kept of each import: its file, who did it, when, and what it changed."""

import hashlib
import json

import pytest
from django.core.management import call_command

from attendance_project.tests.page_client import PageClient
from sessions_app import imports
from sessions_app.imports import records
from sessions_app.models import ImportRecord, Session
from sessions_app.tests.import_files import CLASS, csv_of
from sessions_app.tests.import_files import run as run_enrolments
from sessions_app.tests.test_import_pages import PEOPLE, apply, digest_of, upload
from sessions_app.tests.test_timetable import NOW, WEEKLY, plan, run


def test_an_import_is_kept_with_its_file_and_person(course, teacher):
    run(WEEKLY, by=teacher, file_name="week.ics")
    record = ImportRecord.objects.get()
    assert (record.kind, record.file_name, record.source) == ("timetable", "week.ics", "week.ics")
    assert (record.by, record.at) == (teacher, NOW)
    assert record.digest == hashlib.sha256(WEEKLY).hexdigest()
    assert records.counts(record) == {"added": 3}
    ids = {change["id"] for change in record.changes}
    assert ids == {str(pk) for pk in Session.objects.values_list("pk", flat=True)}


def test_a_record_tells_what_was_there_before(course):
    run(WEEKLY)
    run(WEEKLY.replace(b"B-204", b"C-101"))
    changes = [change for record in ImportRecord.objects.all() for change in record.changes]
    changed = [change for change in changes if change["action"] == "changed"]
    assert len(changed) == 3
    rooms = [changed[0][name]["room"] for name in ("before", "after")]
    assert rooms == ["B-204", "C-101"]
    assert "09:00–10:30" in changed[0]["name"]


def test_a_record_holds_no_name_of_a_person(db):
    run_enrolments(CLASS)
    told = json.dumps(ImportRecord.objects.get().changes, ensure_ascii=False)
    for word in ("Ann", "Berg", "@", "Cher", "S7", "T7"):
        assert word not in told


def test_what_was_not_written_leaves_no_record(course):
    late = plan(WEEKLY)
    run(WEEKLY)
    with pytest.raises(imports.ImportRefused):
        imports.apply(late)
    run(WEEKLY)  # nothing is left to do
    assert ImportRecord.objects.count() == 1


def test_the_page_and_the_command_write_records(admin_user, tmp_path):
    client = PageClient()
    client.force_login(admin_user)
    apply(client, PEOPLE, digest_of(upload(client, PEOPLE, CLASS, "term.csv")))
    path = tmp_path / "more.csv"
    path.write_bytes(csv_of({"subject_code": "X", "subject_name": "New"}))
    call_command("import_enrolments", str(path))
    told = ImportRecord.objects.order_by("at").values_list("kind", "file_name", "by")
    assert list(told) == [
        ("enrolments", "term.csv", admin_user.pk),
        ("enrolments", "more.csv", None),
    ]


def test_teachers_see_their_own_imports_and_admins_all(course, teacher, colleague, admin_user):
    run(WEEKLY, by=teacher)
    seen = [ImportRecord.objects.visible_to(user).count() for user in (teacher, colleague)]
    assert seen == [1, 0]
    assert ImportRecord.objects.visible_to(admin_user).count() == 1
