"""Tests that test_other_servers.py runs, on a MongoDB server that is no replica set."""

import re

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from attendance_project import transactions
from attendance_project.refusals import Kind
from attendance_project.tests.page_client import PageClient
from sessions_app import imports
from sessions_app.imports import ImportRefused
from sessions_app.models import Session
from sessions_app.tests.import_files import CLASS, EXISTING, csv_of, plan
from sessions_app.tests.test_import_whole import stored
from sessions_app.tests.test_timetable import WEEKLY
from sessions_app.tests.test_timetable import plan as plan_timetable

WHAT_TO_DO = "Start mongod with --replSet rs0 and run rs.initiate() once. One node is enough."
PEOPLE = "/imports/enrolments/"


def test_the_refusal_has_a_stable_code(db):
    refusal = transactions.obstacle()
    assert refusal is not None
    assert (refusal.code, refusal.kind) == ("replica_set_needed", Kind.UNAVAILABLE)
    with pytest.raises(ImportRefused, match=re.escape(WHAT_TO_DO)) as caught:
        imports.apply(plan(CLASS))
    assert caught.value.code == "replica_set_needed"


def test_the_command_shows_the_diff_and_refuses_before_the_first_write(db, tmp_path, capsys):
    file = tmp_path / "class.csv"
    file.write_bytes(CLASS)
    before = stored()
    call_command("import_enrolments", str(file), "--dry-run")
    shown = capsys.readouterr().out
    assert "8 added" in shown
    assert WHAT_TO_DO in shown
    with pytest.raises(CommandError, match=re.escape(WHAT_TO_DO)) as caught:
        call_command("import_enrolments", str(file))
    assert str(caught.value).endswith("Nothing was imported.")
    assert stored() == before


def test_the_page_shows_the_diff_and_offers_no_button(admin_user):
    client = PageClient()
    client.force_login(admin_user)
    before = stored()
    file = SimpleUploadedFile("class.csv", CLASS)
    response = client.post(PEOPLE, {"file": file}, follow=True)
    html = response.content.decode()
    assert "8 changes. Nothing has been saved yet." in html
    assert WHAT_TO_DO in html
    assert "Apply changes" not in html
    response = client.post(f"{PEOPLE}apply/", {"digest": plan(CLASS).digest})
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert WHAT_TO_DO in told[0]
    assert told[0].endswith("Nothing was imported.")
    assert stored() | {"WaitingFile": []} == before  # the file waits for another try


def test_a_file_with_nothing_to_do_is_no_problem(course, tmp_path, capsys):
    file = tmp_path / "class.csv"
    file.write_bytes(csv_of(EXISTING))
    call_command("import_enrolments", str(file))
    assert "Done." in capsys.readouterr().out


def test_a_timetable_is_refused_as_well(course):
    with pytest.raises(ImportRefused, match=re.escape(WHAT_TO_DO)):
        imports.apply(plan_timetable(WEEKLY))
    assert not Session.objects.exists()
