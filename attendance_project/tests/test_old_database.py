"""A database with rows of earlier versions is brought to the newest one, and what it says stays."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from accounts.models import RosterEntry, User
from attendance_project.tests.old_database import ADDRESS, AT
from sessions_app.models import (
    CalendarMapping,
    ColumnMapping,
    Course,
    ExcuseKind,
    ImportRecord,
    Session,
    Subject,
)
from verification.models import FaceTemplate, TemplateAccess

pytestmark = pytest.mark.slow
OLD = "old"


@pytest.fixture
def rows(tmp_path, django_db_setup, django_db_blocker) -> Iterator[Any]:
    """Gives the rows of a model in a database of its own, known as OLD, that was filled long ago
    and migrated since."""
    on_mongodb = f"{connection.settings_dict['NAME']}_old"
    name = on_mongodb if settings.MONGODB_URL else str(tmp_path / "attendance.sqlite3")
    subprocess.run(
        [sys.executable, "-m", "attendance_project.tests.old_database"],
        check=True,
        cwd=settings.BASE_DIR,
        env=os.environ | {"SQLITE_PATH": name, "MONGODB_NAME": name},
    )
    with django_db_blocker.unblock():
        connections.settings[OLD] = connections["default"].settings_dict | {"NAME": name}
        yield lambda model: model._base_manager.using(OLD).order_by()
        if settings.MONGODB_URL:
            connections[OLD].connection.drop_database(name)
        connections[OLD].close()
        del connections[OLD], connections.settings[OLD]


@pytest.mark.django_db
def test_what_a_database_of_earlier_versions_says_stays(rows, subtests):
    """It is one test, since bringing the database to the newest version takes half a minute."""
    for check in (
        no_picture_of_a_face_is_left,
        addresses_are_readable_unless_somebody_has_that_spelling,
        accounts_from_before_are_confirmed_and_their_names_known,
        a_closed_session_is_done_and_an_open_one_is_not,
        codes_in_two_spellings_both_stay,
        choices_of_columns_belong_to_who_made_them,
        no_private_address_is_left,
        an_import_of_a_table_of_sessions_is_no_timetable,
        the_kinds_of_excuse_are_there,
        what_was_asked_of_the_face_is_a_level,
        the_tables_are_those_of_the_models,
    ):
        with subtests.test(check.__name__):
            check(rows)


def no_picture_of_a_face_is_left(rows):
    face = rows(FaceTemplate).get()
    assert (bytes(face.ciphertext), face.status) == (b"sealed", "waiting")
    told = rows(TemplateAccess).filter(purpose="frames_deleted")
    assert [one.student_id for one in told] == [face.student_id]
    tables = connections[OLD].introspection.table_names()
    assert tables
    assert not any("enrolmentframe" in name for name in tables)
    if not settings.MONGODB_URL:
        connections[OLD].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        file = Path(connections[OLD].settings_dict["NAME"])
        assert b"a-picture-of-a-face" not in file.read_bytes()


def addresses_are_readable_unless_somebody_has_that_spelling(rows):
    emails = dict(rows(User).values_list("institution_number", "email"))
    assert emails["S1"] == "ann@bücher.example"
    assert emails["S2"] == "bo@xn--bcher-kva.example"
    assert emails["S3"] == "bo@bücher.example"
    assert rows(RosterEntry).get().email == "eva@bücher.example"


def accounts_from_before_are_confirmed_and_their_names_known(rows):
    for user in rows(User):
        assert user.email_confirmed_at == user.created_at
        assert user.name_vouched_at == user.created_at


def a_closed_session_is_done_and_an_open_one_is_not(rows):
    done = dict(rows(Session).values_list("state", "finished_at"))
    assert done["closed"] > AT
    assert done["open"] is None


def what_was_asked_of_the_face_is_a_level(rows):
    """Preferred let nobody in without a face whom no teacher confirmed, and so does Strict."""
    levels = dict(rows(Session).values_list("state", "level"))
    assert levels == {"closed": "strict", "open": "room"}
    assert rows(Course).get().level == "strict"


def codes_in_two_spellings_both_stay(rows):
    keys = {row.code: row.code_key for row in rows(Subject)}
    assert keys.keys() == {"OS-1", "os-1"}
    assert len(set(keys.values())) == 2


def choices_of_columns_belong_to_who_made_them(rows):
    owners = {row.signature: (row.owner, row.by_id) for row in rows(ColumnMapping)}
    assert owners["a"] == (str(owners["a"][1]), owners["a"][1])
    assert owners["b"] == ("", None)


def no_private_address_is_left(rows):
    record = rows(ImportRecord).get(kind="timetable")
    for kept in (record, rows(CalendarMapping).get()):
        assert kept.source.startswith("calendar.school.test (")
        assert kept.source not in ADDRESS
    assert "private" not in record.file_name


def an_import_of_a_table_of_sessions_is_no_timetable(rows):
    kinds = dict(rows(ImportRecord).values_list("file_name", "kind"))
    assert kinds.pop("Term.XLSX") == "sessions"
    assert list(kinds.values()) == ["timetable"]


def the_kinds_of_excuse_are_there(rows):
    assert rows(ExcuseKind).count() >= 1


def the_tables_are_those_of_the_models(rows):
    """`test_migrated_tables` compares those of MongoDB."""
    if not settings.MONGODB_URL:
        assert tables_of(connections[OLD]) == tables_of(connections["default"])


def tables_of(database: Any) -> dict[str, Any]:
    """The columns and constraints of each table. Names of constraints are left out: a table that
    was renamed keeps those that it had."""
    introspect = database.introspection
    with database.cursor() as cursor:
        return {
            name: (
                {column[:-1] for column in introspect.get_table_description(cursor, name)},
                sorted(map(repr, introspect.get_constraints(cursor, name).values())),
            )
            for name in introspect.django_table_names(only_existing=True)
        }
